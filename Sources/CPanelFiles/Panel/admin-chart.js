// The times from ring to panel as bars in a table: the same figures for eyes and for screen readers.
import { h } from './dom.js';
import { count, locale } from './format.js';
import { words as all } from './admin-daily-words.js';

const words = all.health;
const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
const full = 100; // units of a drawing's width
const nearlyAll = 0.9;

/**
 * `buckets`: {le, count}, `count` the calls of this bucket alone: longer than the `le` before it, at
 * most its own. A bucket without `le` holds everything above the others.
 */
export function ringChart(buckets, unit) {
  const total = Math.max(1, buckets.reduce((sum, bucket) => sum + bucket.count, 0));
  const most = Math.max(1, ...buckets.map((bucket) => bucket.count));
  return h('table', { class: 'table chart' },
    h('caption', {}, words.chart),
    h('thead', {}, h('tr', {}, Object.values(words.columns).map((name) => h('th', { scope: 'col' }, name)))),
    h('tbody', {}, buckets.map((bucket, index) => h('tr', { key: `${bucket.le}` },
      h('th', { scope: 'row' }, label(buckets, index, unit)),
      h('td', { class: 'chart-bar' }, bar(bucket.count, most), h('span', {}, count(bucket.count))),
      h('td', {}, percent.format(bucket.count / total))))));
}

function label(buckets, index, unit) {
  const { le } = buckets[index];
  if (Number.isFinite(le)) return words.upTo(count(le), unit);
  return words.over(count(buckets[index - 1]?.le ?? 0), unit);
}

/** Whether little is left of something; the bar changes its colour then, and words have to say so. */
export const isNearlyUsedUp = (part, whole) => part / whole >= nearlyAll;

/** How much of something is used up; words beside it say so too. */
export const ratioBar = (part, whole) => h('svg', { class: ['bar', 'bar-ratio', isNearlyUsedUp(part, whole) && 'bar-bad'],
  viewBox: `0 0 ${full} 1`, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
h('rect', { x: 0, y: 0, width: Math.min(full, Math.max(0.7, (part / whole) * full)), height: 1 }));

// Anything that happened is visible, however little it is beside the rest.
function bar(number, most) {
  const width = number === 0 ? 0 : Math.max(0.7, (number / most) * full);
  return h('svg', { class: 'bar', viewBox: `0 0 ${full} 1`, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    h('rect', { x: 0, y: 0, width, height: 1 }));
}
