// The last steps of an import: how far it is, and how it ended.
import { h } from './dom.js';
import { count, shown } from './format.js';
import { pathOf } from './http.js';
import { pageOf } from './crm-kinds.js';
import { words as all } from './crm-words.js';
import { refusal } from './crm-import-choose.js';
import { button, dialog, notice, section } from './pages-parts.js';
import { pageWords } from './pages-words.js';

const words = all.importing;
const outcomes = ['created', 'updated', 'unchanged', 'refused'];

export const runningView = ({ import: found, isLost }) => h('div', { key: 'running', class: 'stack' },
  isLost && notice({ key: 'lost', tone: 'warning', role: 'alert' }, h('p', {}, words.waiting)),
  h('div', { key: 'progress', class: 'card stack' },
    h('label', { class: 'strong', for: 'import-progress' }, words.progressLabel),
    h('progress', { id: 'import-progress', class: 'progress', max: Math.max(1, found.rows), value: found.done }),
    h('p', { class: 'figures' }, words.progress(found.done, found.rows)),
    tally(found)),
  h('p', { key: 'hint', class: 'quiet small' }, words.leave));

const tally = (found) => h('dl', { key: 'tally', class: 'tally' }, outcomes.map((each) => h('div', {
  class: ['tally-item', each === 'refused' && found.refused > 0 && 'tally-bad'],
}, h('dt', {}, words.counts[each]), h('dd', {}, count(found[each])))));

export function reportView({ import: found, busy, undone, refusal: text }, actions, list) {
  const refusals = found.refusals ?? [];
  return h('div', { key: 'report', class: 'stack' },
    refusal(text),
    undone && notice({ key: 'undone', tone: 'good', role: 'status' }, h('p', {}, words.undone(undone))),
    found.state === 'failed' && notice({ key: 'failed', tone: 'bad' },
      shown(found.failure) && h('p', {}, shown(found.failure, 400)), h('p', {}, words.failedHint)),
    h('div', { key: 'counts', class: 'card stack' },
      h('p', { class: 'figures' }, words.progress(found.done, found.rows)), tally(found)),
    h('div', { key: 'actions', class: 'row' },
      h('a', { class: 'button button-primary', href: pageOf(list) }, words.see(all.plurals[list])),
      button(words.importAnother, () => actions.again()),
      !undone && found.created > 0 && button(busy ?? words.undo, () => actions.askUndo(), {
        kind: 'button-danger', 'aria-disabled': busy ? 'true' : null,
      })),
    rows('refused', [words.refusals, words.reason], refusals.map((each) => [each.row, each.reason]), [
      found.refused === 0 && h('p', { class: 'quiet' }, words.noneRefused),
      found.refused > 0 && h('p', {},
        h('a', { class: 'button', href: refusedRows(found.id), download: 'refused.csv' }, words.download)),
      found.refused > 0 && h('p', { class: 'quiet small' }, words.downloadHint,
        found.refused > refusals.length && ` ${words.firstRefusals(refusals.length, found.refused)}`),
    ]),
    warningRows(found));
}

/** What was imported, or will be, but not as it stands in the file. */
export function warningRows({ warnings = [], warningCount = warnings.length }) {
  if (warnings.length === 0) return null;
  const isCut = warningCount > warnings.length;
  return rows('warnings', [words.warnings, words.warning], warnings.map((each) => [each.row, each.text]),
    isCut && h('p', { class: 'quiet small' }, words.firstWarnings(warnings.length, warningCount)));
}

export const undoDialog = (actions) => dialog({ key: 'undo', title: words.undoTitle, onClose: actions.closeUndo },
  h('p', {}, words.undoText),
  h('div', { class: 'dialog-actions' },
    button(words.undoNow, actions.undo, { kind: 'button-danger' }),
    button(pageWords.cancel, actions.cancelUndo, { kind: 'button-primary' })));

const refusedRows = (id) => pathOf('imports', id, 'refused.csv');

/** What was said about rows of the file, as a table under a heading. */
const rows = (key, [title, column], items, extra = []) => section({ key, title, kind: 'stack' },
  extra,
  items.length > 0 && h('table', { class: 'table', 'aria-labelledby': `${key}-title` },
    h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, words.row), h('th', { scope: 'col' }, column))),
    h('tbody', {}, items.map(([row, text]) => h('tr', {},
      h('td', { class: 'figures' }, Number.isFinite(row) ? count(row) : '–'),
      h('td', { dir: 'auto' }, shown(text, 400)))))));
