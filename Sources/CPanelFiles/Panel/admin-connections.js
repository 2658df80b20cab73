// Connections: where events about calls come from, whether they arrive, and a new source.
import { h } from './dom.js';
import { shown } from './format.js';
import { get, pathOf, post } from './http.js';
import { crmCard, noCRM } from './admin-crms.js';
import { dialogActions } from './admin-person.js';
import { sourceRow } from './admin-sources.js';
import { words as all } from './admin-daily-words.js';
import { words as common } from './admin-words.js';
import { words as link } from './crm-link-words.js';
import { choiceField, copyField, textField } from './pages-fields.js';
import {
  button, dialog as dialogView, empty, failure, loadingRows, pageHead, problemText, refusal,
} from './pages-parts.js';
import { View } from './pages-view.js';
import { icon } from './icons.js';

const words = all.connections;
const path = pathOf('admin', 'sources');
const refreshEvery = 5000; // ms, while the people of a CRM come in

class AdminConnections extends View {
  state = { sources: null, crms: [], addresses: {}, problem: null, dialog: null, isBusy: false };

  opened() {
    this.load();
    this.timer = setInterval(() => {
      if (!document.hidden && this.state.crms.some((crm) => crm.loading)) this.load();
    }, refreshEvery);
  }

  closed() {
    clearInterval(this.timer);
  }

  /** How the sources are comes with the health; their addresses with the list of sources. */
  async load() {
    const [health, list] = await this.attempt((signal) => Promise.all(
      [pathOf('admin', 'health'), path].map((address) => get(address, { signal })))) ?? [];
    if (!health) return;
    const known = Array.isArray(list) ? list : list?.sources ?? [];
    const addresses = Object.fromEntries(known.map((source) => [source.name, source.address]));
    this.set({ problem: null, sources: health.sources, crms: health.crms ?? [], addresses });
  }

  pageTitle = ({ sources, problem }) => (sources || problem ? common.pages.connections : null);

  async add() {
    const { name, dialect } = this.state.dialog;
    if (this.state.isBusy) return;
    this.set({ isBusy: true });
    const refused = (problem) => {
      this.change({ problem }, { isBusy: false });
      this.focusFirstError();
    };
    const added = await this.attempt((signal) => post(path, { name: name.trim(), dialect }, { signal }), refused);
    if (!added) return;
    this.set({ isBusy: false, dialog: { what: 'added', added, notes: {} } });
    this.load();
  }

  change(changes, more = {}) {
    this.set({ dialog: { ...this.state.dialog, problem: null, ...changes }, ...more });
  }

  view({ sources, crms, addresses, problem, dialog }) {
    const open = () => this.set({ dialog: { what: 'add', name: '', dialect: 'callmatch' } });
    const add = () => button([icon('add'), words.add], open, { kind: 'button-primary' });
    return [
      pageHead({ title: common.pages.connections, text: words.text }),
      problem && failure(problem, () => this.load()),
      !sources && !problem && loadingRows(3),
      sources && (crms.length > 0 ? crms.map(crmCard) : noCRM()),
      sources && h('div', { key: 'systems', class: 'row row-apart systems-title' },
        h('h2', {}, link.connections.systems), sources.length > 0 && add()),
      sources?.length === 0 && empty({ title: words.empty, text: words.emptyText, actions: [add()] }),
      sources?.length > 0 && h('ul', { key: 'sources', class: 'list card' },
        sources.map((source) => sourceRow(source, { address: addresses[source.name] }))),
      dialog?.what === 'add' && this.addDialog(dialog),
      dialog?.what === 'added' && this.addedDialog(dialog),
    ];
  }

  addDialog({ name, dialect, problem }) {
    const submit = (event) => {
      event.preventDefault();
      this.add();
    };
    const tools = { close: () => this.closeDialog(), isBusy: this.state.isBusy };
    const isOfName = problem?.field === 'name';
    return dialogView({ key: 'add', title: words.add, onClose: () => this.closedDialog('add') },
      h('form', { class: 'stack dialog-form', novalidate: true, on: { submit } },
        !isOfName && refusal(problem),
        textField({
          id: 'source-name', label: words.name, hint: words.nameHint, value: name, required: true,
          error: isOfName ? problemText(problem) : null,
          input: { dir: 'ltr', autocapitalize: 'none', spellcheck: 'false' },
          onInput: (value) => this.change({ name: value }),
        }),
        choiceField({
          id: 'source-dialect', label: words.dialect, hint: words.dialectHints[dialect], value: dialect,
          options: Object.entries(words.dialects), onInput: (value) => this.change({ dialect: value }),
        }),
        dialogActions(tools, words.add)));
  }

  addedDialog({ added, notes }) {
    const isInside = added.address.includes(added.secret);
    const copy = (name) => copyField({
      id: `source-${name}`, label: words[name], value: added[name], note: notes[name],
      onCopy: (note) => this.change({ notes: { [name]: note } }),
    });
    const title = words.addedTitle(shown(added.name));
    return dialogView({ key: 'added', title, onClose: () => this.closedDialog('added') },
      h('div', { class: 'stack dialog-form' },
        h('p', {}, isInside ? words.onceInside : words.once), copy('address'), !isInside && copy('secret'),
        h('div', { class: 'dialog-actions' },
          button(words.done, () => this.closeDialog(), { kind: 'button-primary' }))));
  }

  // The first dialog's `close` arrives after the second one has taken its place.
  closedDialog(what) {
    if (this.state.dialog?.what === what) this.set({ dialog: null });
  }
}

customElements.define('admin-connections', AdminConnections);
