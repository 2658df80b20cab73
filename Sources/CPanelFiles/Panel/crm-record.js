// The page of a record: its fields, what belongs to it, and its activity.
import { h } from './dom.js';
import { shown } from './format.js';
import { get, pathOf } from './http.js';
import { listOf, pageOf } from './crm-kinds.js';
import { activity, relatedLists } from './crm-related.js';
import { fieldValue } from './crm-values.js';
import { words } from './crm-words.js';
import { failure, loadingRows, notice, pageHead, section } from './pages-parts.js';
import { View } from './pages-view.js';

class CRMRecord extends View {
  state = { record: null, related: {}, problem: null };

  get list() {
    return this.getAttribute('list');
  }

  get recordID() {
    return this.getAttribute('record');
  }

  opened() {
    this.load();
  }

  async load() {
    this.set({ problem: null });
    const answer = await this.attempt((signal) => get(pathOf('records', this.list, this.recordID), { signal }));
    if (answer) this.set({ record: answer.record, related: answer.related ?? {} });
  }

  pageTitle({ record, problem }) {
    if (problem) return words.one[this.list];
    return record && (shown(record.name) ?? words.list.noName);
  }

  view({ record, related, problem }) {
    return [
      pageHead({
        up: { href: pageOf(this.list), label: words.plurals[this.list] },
        kind: record && words.one[this.list],
        title: record ? shown(record.name) ?? words.list.noName : words.one[this.list],
        actions: record ? [this.editLink()] : [],
      }),
      problem && failure(problem, () => this.load()),
      !record && !problem && loadingRows(),
      record?.successor && successor(record.successor),
      record && this.record(record, related),
    ];
  }

  record({ fields }, related) {
    const beside = relatedLists(this.list, related);
    return h('div', { key: 'record', class: ['record', beside.length > 0 && 'record-pair'] },
      h('div', { class: 'stack' }, details(fields), activity(related.activities)),
      beside.length > 0 && h('div', { class: 'stack' }, beside));
  }

  editLink = () => h('a', { class: 'button', href: pageOf(this.list, this.recordID, 'edit') }, words.record.edit);
}

/** A converted lead, or the account of one person: where the living record is. */
const successor = ({ kind, id }) => notice({ key: 'successor' }, h('p', {}, words.record.successor, ' ',
  h('a', { href: pageOf(listOf(kind), id) }, words.record.openKind(words.one[listOf(kind)]))));

/** The fields that are filled in. */
function details(fields) {
  const isShown = ({ name }) => name !== 'currency' || !fields.some((each) => each.name === 'amount' && each.value);
  // A currency is shown with its amount.
  const all = fields.filter(isShown).map((each) => [each, fieldValue(each, fields)]);
  const filled = all.filter(([, value]) => value !== null);
  return section({ key: 'details', title: words.record.details },
    filled.length === 0 && h('p', { class: 'quiet' }, words.record.noDetails),
    h('dl', { class: 'details' }, filled.map(([field, value]) => h('div', {
      key: field.name, class: ['detail', field.type === 'multiline' && 'detail-wide'],
    }, h('dt', { class: 'quiet small' }, shown(field.label)), h('dd', {}, value)))));
}

customElements.define('crm-record', CRMRecord);
