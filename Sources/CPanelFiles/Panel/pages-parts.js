// Views that the CRM's pages and the administration share. All text is shown as text, in one line
// each, cut and free of direction overrides; `dir="auto"` keeps foreign scripts apart.
import { h } from './dom.js';
import { count, fullTime, moment, shown } from './format.js';
import { icon } from './icons.js';
import { pageWords as words } from './pages-words.js';

/** Text of unknown origin inside other text. */
export const foreign = (text) => h('bdi', {}, shown(text));

/** Several lines of unknown origin as paragraphs' lines: each line is cleaned, none is cut. */
export function lines(text, limit = 20_000) {
  const all = String(text ?? '').slice(0, limit).split(/\r\n|\n|\r/);
  return all.map((line) => shown(line, limit) ?? '').join('\n').trim();
}

/** A long text, folded to its beginning. */
export function longText(text) {
  const whole = lines(text);
  if (whole === '') return null;
  const start = shown(whole);
  const isShort = [...whole].length <= 128 && whole.split('\n').length <= 4;
  if (isShort) return h('p', { class: 'written', dir: 'auto' }, whole);
  return h('details', { class: 'long-text' },
    h('summary', {},
      h('bdi', { class: 'when-closed' }, start), ' ',
      h('span', { class: 'long-text-more when-closed' }, words.showAll),
      h('span', { class: 'long-text-more when-open' }, words.showLess)),
    h('p', { class: 'written', dir: 'auto' }, whole));
}

/** A time as the agent reads it; the full one in its title. */
export const when = (at) => (at && !Number.isNaN(Date.parse(at))
  ? h('time', { datetime: at, title: fullTime(at) }, moment(at))
  : null);

/** The heading of a page: a link up, what it is, its name, what can be done. */
export const pageHead = ({ up, kind, title, actions = [], text }) => h('header', { class: 'page-head' },
  up && h('a', { class: 'page-up', href: up.href }, icon('back'), up.label),
  h('div', { class: 'page-title' },
    h('div', { class: 'grow' },
      kind && h('p', { class: 'quiet small' }, kind),
      h('h1', { tabindex: '-1', dir: 'auto' }, title)),
    actions.length > 0 && h('div', { class: 'row' }, actions)),
  text && h('p', { class: 'quiet page-text' }, text));

/** A place kept for a list on its way. */
export const loadingRows = (number = 6) => h('div', { class: 'card', 'aria-busy': 'true' },
  h('p', { class: 'unseen' }, words.loading),
  Array.from({ length: number }, () => h('div', { class: 'loading-row', 'aria-hidden': 'true' },
    h('div', { class: 'skeleton loading-long' }), h('div', { class: 'skeleton loading-short' }))));

export const empty = ({ title, text, actions = [] }) => h('div', { class: 'empty' },
  h('p', { class: 'strong empty-title' }, title), text && h('p', {}, text),
  actions.length > 0 && h('div', { class: 'row empty-actions' }, actions));

/** What the server said, or our own words where it said nothing. */
export function problemText(problem) {
  if (problem.isOffline) return words.failure.offline;
  if (problem.status === 429) return shown(problem.detail, 400) ?? words.form.busy;
  if (problem.status === 404) return shown(problem.detail, 400) ?? words.failure.notFound;
  return shown(problem.detail || problem.title, 400) ?? words.failure.unknown;
}

/** In place of what could not be loaded. */
export const failure = (problem, onRetry) => h('div', { class: 'notice notice-bad', role: 'alert' },
  icon('warning'),
  h('div', { class: 'stack grow' },
    h('p', { class: 'strong' }, words.failure.title),
    h('p', {}, problemText(problem)),
    h('div', { class: 'row' },
      h('button', { type: 'button', class: 'button button-small', on: { click: onRetry } }, words.tryAgain))));

/** Something that needs to be read: `tone` is 'bad', 'warning', 'good' or nothing. */
export const notice = ({ tone, title, key = null, role, focusable = false }, ...children) => h('div', {
  key, class: ['notice', tone && `notice-${tone}`], role, tabindex: focusable ? '-1' : null,
}, icon(tone === 'good' ? 'check' : 'warning'),
h('div', { class: 'stack grow' }, title && h('p', { class: 'strong' }, title), ...children));

/** What the server refused, in words; gets the focus where no field is to blame. */
export const refusal = (problem, { title, hint } = {}) => problem && notice(
  { key: 'refusal', tone: 'bad', title, role: 'alert', focusable: true },
  h('p', {}, problemText(problem)), hint && h('p', {}, hint));

/** A part of a page under a heading of its own. `number` follows the title. */
export const section = ({ key, title, number, kind }, ...content) => h('section', {
  key, class: ['card', kind], 'aria-labelledby': `${key}-title`,
}, h('h2', { id: `${key}-title` }, title, number !== undefined
  && h('span', { class: 'quiet figures' }, ` (${count(number)})`)), ...content);

/** A dialog; `View` opens it when it is drawn. */
export const dialog = ({ key, title, onClose }, ...children) => h('dialog', {
  key, class: 'dialog', 'aria-labelledby': `${key}-title`, on: { close: onClose },
}, h('h2', { id: `${key}-title` }, title), ...children);

/** Sends its form. While that lasts it is off, but keeps the focus. */
export const submitButton = (label, isBusy, busyLabel, kind = 'button-primary') => h('button', {
  type: 'submit', class: ['button', kind], 'aria-disabled': isBusy ? 'true' : null,
}, isBusy ? busyLabel : label);

export const button = (label, onClick, { kind = '', name, ...props } = {}) => h('button', {
  type: 'button', class: ['button', kind], 'aria-label': name, ...props, on: { click: onClick },
}, label);
