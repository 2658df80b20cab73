// A refused save because somebody else saved first: who, what, and which one shall stay.
import { h } from './dom.js';
import { button, notice } from './pages-parts.js';
import { pageWords } from './pages-words.js';

const words = pageWords.conflict;

/**
 * `conflict`: {by, conflicts, taken} of a merge, `by` the other's name if it is known; `label(name)`
 * and `say(name, value)` put a field into words; `onUseTheirs(name)` takes the other value.
 */
export function conflictNotice({ conflict, label, say, onUseTheirs }) {
  if (!conflict) return null;
  const { by, conflicts, taken } = conflict;
  return notice({ key: 'conflict', tone: 'warning', title: words.title, role: 'alert', focusable: true },
    h('p', {}, words.who(by)),
    h('p', {}, words.kept),
    taken.length > 0 && h('p', {}, words.taken(taken.map(label).join(', '))),
    conflicts.length > 0 && h('ul', { class: 'conflicts' }, conflicts.map((each) => h('li', { key: each.name },
      h('p', { class: 'strong' }, words.both(label(each.name))),
      h('dl', { class: 'conflict' },
        h('dt', {}, words.theirs), h('dd', { dir: 'auto' }, say(each.name, each.theirs) || words.empty),
        h('dt', {}, words.mine), h('dd', { dir: 'auto' }, say(each.name, each.mine) || words.empty)),
      button(words.useTheirsShort, () => onUseTheirs(each.name), {
        kind: 'button-small', name: words.useTheirs(label(each.name)),
      })))));
}

/** The conflict without one field that was settled, and the form's values with theirs in it. */
export function settle(conflict, values, name) {
  const settled = conflict.conflicts.find((each) => each.name === name);
  const conflicts = conflict.conflicts.filter((each) => each.name !== name);
  return { conflict: { ...conflict, conflicts }, values: { ...values, [name]: settled.theirs } };
}
