// While the CRM is asked whether this agent may see who calls: the place of the person is kept, nobody is named, and
// nothing is said that an answer a moment later would make untrue.
import { words } from './crm-link-words.js';
import { h } from './dom.js';
import { shown } from './format.js';
import { findPeople } from './panel-people.js';

/** Whether it is not known yet whom this agent may see as the caller. */
export const isAsking = (call) => call.match.outcome === 'checking';

export function asking(call, { organisation: { crm } }) {
  return h('div', { key: 'asking', class: 'stack asking' },
    h('div', { class: 'person' },
      h('span', { class: 'initials skeleton', 'aria-hidden': 'true' }),
      h('div', { class: 'grow asking-words' },
        h('h3', { class: 'person-name', id: 'unknown-name', tabindex: '-1' },
          h('bdi', null, words.asking(shown(crm.name) ?? 'CRM'))),
        h('div', { class: 'skeleton asking-fact', 'aria-hidden': 'true' }))),
    findPeople(call),
    h('div', { class: 'stack skeletons asking-rest', 'aria-hidden': 'true' },
      Array.from({ length: 3 }, (_, row) => h('div', { key: row, class: 'skeleton' }))));
}
