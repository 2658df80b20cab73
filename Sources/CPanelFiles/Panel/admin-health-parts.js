// The parts of the health page: today's calls, times from ring to panel, phone systems, the server.
import { h } from './dom.js';
import { count, shown, span, timeAndDay } from './format.js';
import { ringChart } from './admin-chart.js';
import { crmRow } from './admin-crms.js';
import { sourceRow } from './admin-sources.js';
import { words as all } from './admin-daily-words.js';
import { words as link } from './crm-link-words.js';
import { notice, section } from './pages-parts.js';
import { icon } from './icons.js';

const words = all.health;

const tile = (label, value, unit) => h('div', { key: label, class: 'tally-item' },
  h('dt', {}, label), h('dd', {}, value, unit && h('span', { class: 'tally-unit' }, ` ${unit}`)));

/** @param compared absent where the CRM is our own. */
export function todayPart(counts, compared, crms) {
  const isExplained = counts.unexplained === 0;
  const tiles = Object.entries(words.counts).map(([name, label]) => tile(label, count(counts[name] ?? 0)));
  return section({ key: 'today', title: words.today, kind: 'stack' },
    h('dl', { key: 'unexplained', class: ['verdict', isExplained ? 'verdict-good' : 'verdict-bad'] },
      h('dt', {}, icon(isExplained ? 'check' : 'warning'), words.unexplained),
      h('dd', { class: 'verdict-count' }, count(counts.unexplained)),
      h('dd', {}, isExplained ? words.allExplained : words.notExplained(counts.unexplained)),
      !isExplained && counts.examples?.length > 0 && h('dd', { class: 'verdict-more small' },
        words.examples(shown(counts.examples.join(', '), 400)))),
    h('dl', { key: 'counts', class: 'tally' }, tiles),
    compared && comparison(compared, shown(crms?.[0]?.product) ?? link.connections.crm),
    counts.parked > 0 && h('p', { key: 'parked' }, h('a', { href: '/admin/deliveries' }, words.parkedMore)));
}

function comparison({ comparedAt, problem }, crm) {
  const last = comparedAt ? words.comparedAt(crm, timeAndDay(comparedAt)) : null;
  if (!problem) return h('p', { key: 'compared', class: 'quiet small' }, last ?? words.notComparedYet(crm));
  return notice({ key: 'compared', tone: 'warning' },
    h('p', {}, words.notCompared(crm)), h('p', { class: 'small', dir: 'auto' }, shown(problem, 400)),
    last && h('p', { class: 'small' }, last));
}

export function ringsPart(times) {
  const about = { key: 'rings', title: words.ring, kind: 'stack' };
  if (!times?.buckets?.some((bucket) => bucket.count > 0)) {
    return section(about, h('p', { class: 'quiet' }, words.noRings));
  }
  const unit = shown(times.unit) ?? 'ms';
  // A tenth matters below ten only.
  const rounded = (value) => (typeof value === 'number'
    ? count(value < 10 ? Math.round(value * 10) / 10 : Math.round(value)) : '–');
  const tiles = Object.entries(words.percentiles).map(([name, label]) => tile(label, rounded(times[name]), unit));
  return section(about,
    h('p', { class: 'quiet' }, words.ringText), h('dl', { class: 'tally' }, tiles), ringChart(times.buckets, unit));
}

export const sourcesPart = (sources) => section({ key: 'sources', title: words.sources },
  sources.length > 0 && h('ul', { class: 'list' }, sources.map((source) => sourceRow(source, { isShort: true }))),
  sources.length === 0 && h('p', { class: 'quiet' }, words.noSources),
  h('p', {}, h('a', { href: '/admin/connections' }, words.sourcesMore)));

/** Nothing where the CRM is our own: it cannot be out of reach. */
export const crmsPart = (crms) => crms?.length > 0 && section({ key: 'crms', title: link.connections.crm },
  h('ul', { class: 'list' }, crms.map(crmRow)),
  h('p', {}, h('a', { href: '/admin/connections' }, words.crmsMore)));

export function serverPart({ store, streams, uptimeSeconds, version }) {
  const { writable } = store;
  const text = shown(store.text, 400);
  const state = h('span', { class: ['badge', writable ? 'badge-good' : 'badge-bad'] },
    writable ? words.writable : words.notWritable);
  const facts = [
    [words.store, state], [words.engine, shown(store.engine)], [words.version, shown(version)],
    [words.uptime, span(uptimeSeconds)], [words.streams, count(streams)],
  ];
  return section({ key: 'server', title: words.server, kind: 'stack' },
    !writable && notice({ key: 'store', tone: 'bad', role: 'alert' }, h('p', {}, text ?? words.notWritable)),
    h('dl', { class: 'server-facts' }, facts.map(([name, value]) => h('div', { key: name },
      h('dt', { class: 'quiet small' }, name), h('dd', {}, value)))),
    writable && h('p', { class: 'quiet small' }, text));
}
