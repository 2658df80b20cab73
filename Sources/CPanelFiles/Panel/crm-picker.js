// Chooses a record for a field: type, then pick from the list (the combobox pattern of ARIA 1.2).
import { h } from './dom.js';
import { shown } from './format.js';
import { get, pathOf, query } from './http.js';
import { words as all } from './crm-words.js';
import { announce } from './pages-frame.js';
import { View } from './pages-view.js';

const words = all.picker;
const pauseBeforeSearch = 200; // ms
const most = 8; // results that fit without scrolling on a phone

/**
 * `<record-picker input list chosen described invalid required>`: `input` is the id for the label, `list` the
 * plural to search in, `chosen` the name in the field. Fires `picked` with {ref, name}, with the typed
 * text, or with null when the field was emptied.
 */
class RecordPicker extends View {
  static observedAttributes = ['chosen', 'described', 'invalid'];

  state = { text: '', results: null, at: -1, note: '' };

  opened() {
    this.state.text = this.getAttribute('chosen') ?? '';
  }

  closed() {
    clearTimeout(this.pause);
  }

  attributeChangedCallback(name, before, now) {
    if (!this.isConnected || before === now || !this.leaving) return;
    if (name === 'chosen') this.state.text = now ?? '';
    this.redraw();
  }

  typed(text) {
    clearTimeout(this.pause);
    this.set({ text, at: -1, note: '', results: text.trim() ? this.state.results : null });
    this.tell(text.trim() === '' ? null : text);
    if (text.trim()) this.pause = setTimeout(() => this.search(text), pauseBeforeSearch);
  }

  async search(text) {
    const path = pathOf('records', this.getAttribute('list')) + query({ search: text.trim(), limit: most });
    const refused = () => this.set({ results: null, note: words.failed });
    const answer = await this.attempt((signal) => get(path, { signal }), refused);
    if (!answer || this.state.text !== text) return;
    const results = answer.records.slice(0, most);
    const note = results.length ? words.found(results.length) : words.nothing(shown(text) ?? '');
    this.set({ results, note, at: -1 });
  }

  choose(result) {
    this.set({ text: result.name, results: null, at: -1, note: '' });
    this.tell({ ref: result.ref, name: result.name });
    announce(words.chosen(shown(result.name) ?? ''));
  }

  tell(detail) {
    this.dispatchEvent(new CustomEvent('picked', { detail }));
  }

  pressed(event) {
    const { results, at } = this.state;
    if (!results?.length) return;
    const last = results.length - 1;
    const moves = { ArrowDown: at === last ? 0 : at + 1, ArrowUp: at <= 0 ? last : at - 1 };
    if (event.key in moves) this.set({ at: moves[event.key] });
    else if (event.key === 'Enter' && at >= 0) this.choose(results[at]);
    else if (event.key === 'Escape') this.set({ results: null, at: -1, note: '' });
    else return;
    event.preventDefault();
  }

  view({ text, results, at, note }) {
    const id = this.getAttribute('input');
    const isOpen = Boolean(results?.length);
    return [
      h('input', {
        id, class: 'input', type: 'text', role: 'combobox', dir: 'auto', autocomplete: 'off', value: text,
        'aria-expanded': String(isOpen), 'aria-controls': `${id}-list`, 'aria-autocomplete': 'list',
        'aria-activedescendant': at >= 0 ? `${id}-${at}` : null,
        'aria-describedby': this.getAttribute('described'), 'aria-invalid': this.getAttribute('invalid'),
        'aria-required': this.getAttribute('required'),
        on: {
          input: (event) => this.typed(event.target.value),
          keydown: (event) => this.pressed(event),
          blur: () => this.set({ results: null, at: -1, note: '' }),
        },
      }),
      h('ul', {
        id: `${id}-list`, class: 'picker-list', role: 'listbox', 'aria-label': words.results, hidden: !isOpen,
      }, (results ?? []).map((result, index) => this.option(result, index, `${id}-${index}`))),
      h('p', { class: isOpen ? 'unseen' : 'field-hint', role: 'status' }, note),
    ];
  }

  // The press must not take the focus from the field: leaving it closes the list.
  option = (result, index, id) => h('li', {
    key: `${result.ref.kind}/${result.ref.id}`, id, class: 'picker-option', role: 'option',
    'aria-selected': String(index === this.state.at),
    on: { mousedown: (event) => event.preventDefault(), click: () => this.choose(result) },
  }, h('span', { dir: 'auto' }, shown(result.name) ?? all.list.noName),
  result.subtitle && h('span', { class: 'quiet small', dir: 'auto' }, shown(result.subtitle)));
}

customElements.define('record-picker', RecordPicker);
