// Rows of records: in the lists, and in the related lists of a record.
import { h } from './dom.js';
import { shown } from './format.js';
import { phone } from './crm-values.js';
import { words } from './crm-words.js';
import { foreign, when } from './pages-parts.js';

const keyOf = ({ ref }) => `${ref.kind}/${ref.id}`;

/** A record as a row: the name leads to it, the number dials. */
export const summaryRow = (summary) => h('li', { key: keyOf(summary), class: 'summary' },
  h('div', { class: 'summary-who' },
    h('a', { class: 'summary-name', href: summary.url, dir: 'auto' }, shown(summary.name) ?? words.list.noName),
    summary.subtitle && h('p', { class: 'quiet small' }, foreign(summary.subtitle))),
  summary.phone && h('p', { class: 'summary-phone' }, phone(summary.phone)),
  h('p', { class: 'summary-changed quiet small' },
    `${words.list.changed} `, when(summary.changedAt)));

/** Earlier and newly loaded rows as one list; a record appears once, as it is now. */
export function joined(...pages) {
  const all = new Map();
  for (const summary of pages.flat()) if (!all.has(keyOf(summary))) all.set(keyOf(summary), summary);
  return [...all.values()];
}
