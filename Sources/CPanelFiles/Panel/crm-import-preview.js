// The second step of an import: what each column becomes, the first rows, and the start.
import { h } from './dom.js';
import { shown } from './format.js';
import { kindField, refusal } from './crm-import-choose.js';
import { warningRows } from './crm-import-report.js';
import { words as all } from './crm-words.js';
import { button, notice } from './pages-parts.js';

const words = all.importing;

/** "mobilePhone" → "Mobile Phone" */
const fieldName = (field) => all.fields[field]
  ?? shown(field.replace(/([a-z])([A-Z])/g, '$1 $2').replace(/^./, (first) => first.toUpperCase()));

export function previewView({ import: found, file, kind, isGuessed, refusal: text, busy }, actions) {
  const unknown = found.columns.filter((each) => !each.field);
  return h('div', { key: 'preview', class: 'stack' },
    refusal(text),
    isGuessed && notice({ key: 'guessed', tone: 'warning' }, h('p', {}, words.guessed)),
    found.rows === 0 && notice({ key: 'none', tone: 'warning' }, h('p', {}, words.noRows)),
    unknown.length > 0 && notice({ key: 'unknown', tone: 'warning' }, h('p', {},
      words.unknown(unknown.length), ' ', unknown.map((each) => shown(each.column) ?? '–').join(', '))),
    h('div', { key: 'kind', class: 'card stack' },
      h('p', { class: 'strong' }, words.rows(found.rows)),
      file && kindField(kind, actions.kind)),
    columnsTable(found),
    warningRows(found),
    h('div', { key: 'actions', class: 'row form-actions' },
      button(words.another, () => actions.again()),
      button(busy ?? words.start(found.rows), () => actions.start(), {
        kind: 'button-primary', disabled: found.rows === 0, 'aria-disabled': busy ? 'true' : null,
      })));
}

const columnsTable = ({ columns, preview }) => h('div', {
  key: 'table', class: 'card table-scroll', role: 'region', tabindex: '0', 'aria-labelledby': 'first-rows',
}, h('table', { class: 'table' },
  h('caption', { id: 'first-rows' }, words.firstRows),
  h('thead', {},
    h('tr', {}, h('th', { scope: 'row' }, words.column),
      columns.map((each) => h('th', { scope: 'col', dir: 'auto' }, shown(each.column) ?? '–'))),
    h('tr', {}, h('th', { scope: 'row' }, words.becomes),
      columns.map((each) => h('td', {}, becomes(each))))),
  h('tbody', {}, preview.map((row, index) => h('tr', {},
    h('th', { scope: 'row', class: 'quiet' }, `${words.row} ${index + 1}`),
    columns.map((each, column) => cell(each, row[column])))))));

const becomes = ({ field }) => h('span', { class: ['badge', field ? 'badge-good' : 'badge-warning'] },
  field ? fieldName(field) : words.notImported);

const cell = ({ field }, value) => h('td', { dir: 'auto', class: !field && 'quiet' }, shown(value));
