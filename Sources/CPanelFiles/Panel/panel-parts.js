// Small parts that several views draw.
import { h } from './dom.js';
import { icon } from './icons.js';
import { store } from './panel-store.js';

/** Facts in a row with dots between them. Each may run in its own direction. */
export function dotted(facts, tag = 'p', className = '') {
  const there = facts.filter(Boolean);
  return there.length > 0 && h(tag, { class: ['dotted', className] },
    there.map((fact, index) => h('span', { key: index, class: ['dotted-part', isWhole(fact) && 'no-wrap'] },
      h('bdi', null, fact))));
}

// Numbers, dates and amounts are not broken across lines.
const isWhole = (fact) => fact.length <= 24 && /\d/.test(fact);

/** What is left of the wrap-up, the same wherever it stands and never more than is set. */
export const wrapUpLeft = (until, more = {}) =>
  h('running-time', { until, most: store.desk?.organisation.wrapUpSeconds ?? null, ...more });

/** What a link to a record says of it, so that a page around the panel can open it there. */
export const naming = (ref) => ({ 'data-crm': ref?.crm, 'data-record': ref?.id });

/** A link to a record that is drawn as an icon only. */
export const openElsewhere = (href, name, ref) => href && h('a', { class: 'button button-icon', href, target: '_blank',
  rel: 'noopener', 'aria-label': name, title: name, ...naming(ref) }, icon('open'));

/** What keeps the place of rows that are on their way. */
export const placeholders = (rows, label) => h('div',
  { class: 'stack skeletons', key: 'waiting', role: 'img', 'aria-label': label },
  Array.from({ length: rows }, (_, row) => h('div', { key: row, class: 'skeleton' })));

/** A button. `look` is one or more classes of controls.css, `more` holds further attributes. */
export const button = (look, content, click, more = {}) =>
  h('button', { type: 'button', class: ['button', look], ...more, on: { click } }, content);

/** For `aria-disabled`: a button whose command is on its way keeps the focus. */
export const disabledWhen = (isBusy) => (isBusy ? true : null);
