// What belongs to a record: other records, and what was said and done.
import { h } from './dom.js';
import { shown } from './format.js';
import { icon } from './icons.js';
import { has, listOf, lists } from './crm-kinds.js';
import { summaryRow } from './crm-summaries.js';
import { length } from './crm-values.js';
import { words as all } from './crm-words.js';
import { foreign, longText, section, when } from './pages-parts.js';

const words = all.record;
const icons = { call: 'phone', email: 'mail', task: 'task' };

const part = (name, items, content) => section(
  { key: name, title: words[name], number: items.length || undefined },
  items.length > 0 ? content() : h('p', { class: 'quiet' }, words.nothing[name]));

/** One section for each list that belongs to a record of `list`, in the order of the navigation. */
export const relatedLists = (list, related) => lists
  .filter((name) => related[name]?.length > 0 || (related[name] && has(list, name)))
  .map((name) => part(name, related[name], () => h('ul', { class: 'list summaries summaries-narrow' },
    related[name].map(summaryRow))));

/** The activity of a record, newest first as the server sends it. */
export const activity = (items) => (Array.isArray(items)
  ? part('activities', items, () => h('ol', { class: 'list activities' }, items.map(activityRow)))
  : null);

function activityRow(item) {
  const subject = shown(item.subject) ?? words.activityKinds[item.kind] ?? item.kind;
  const talk = length(item.seconds);
  return h('li', { key: `${listOf(item.ref.kind)}/${item.ref.id}`, class: 'activity' },
    h('span', { class: 'activity-icon' }, icon(icons[item.kind] ?? 'task')),
    h('div', { class: 'grow stack activity-what' },
      h('p', { class: 'strong' }, item.url ? h('a', { href: item.url, dir: 'auto' }, subject) : subject),
      h('ul', { class: 'facts quiet small' }, [
        words.activityKinds[item.kind] ?? shown(item.kind),
        when(item.at),
        item.agent && foreign(words.by(shown(item.agent))),
        talk && words.duration(talk),
        item.disposition && foreign(words.disposition(shown(item.disposition))),
      ].filter(Boolean).map((fact) => h('li', {}, fact))),
      longText(item.notes ?? (item.kind === 'call' ? null : item.summary))));
}
