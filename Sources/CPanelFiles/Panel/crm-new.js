// A new record. Opened from a call it starts with the caller's number, and the call gets the person.
import { h } from './dom.js';
import { shown } from './format.js';
import { pathOf, post, query } from './http.js';
import { sent, valuesOf } from './crm-form.js';
import { FormPage } from './crm-form-page.js';
import { pageOf } from './crm-kinds.js';
import { words as all } from './crm-words.js';
import { announce } from './pages-frame.js';
import { changed } from './pages-merge.js';
import { button, notice, pageHead } from './pages-parts.js';
import { go } from './pages-router.js';
import { icon } from './icons.js';

const words = all.form;

class CRMNew extends FormPage {
  asked = new URLSearchParams(location.search);

  get call() {
    return this.asked.get('call');
  }

  get path() {
    const { phone, call } = Object.fromEntries(this.asked);
    return pathOf('records', this.list, 'new') + query({ phone, call });
  }

  get cancelAddress() {
    return pageOf(this.list);
  }

  pageTitle({ fields, problem, created }) {
    if (created) return words.saved;
    return fields || problem ? all.list.create[this.list] : null;
  }

  head({ created }) {
    if (created) return null;
    return pageHead({
      up: { href: this.cancelAddress, label: all.plurals[this.list] }, title: all.list.create[this.list],
    });
  }

  above() {
    if (!this.call) return null;
    return h('p', { key: 'call', class: 'notice' }, icon('incoming'),
      h('span', { class: 'grow' }, words.forCall(shown(this.asked.get('number') ?? this.asked.get('phone')))));
  }

  async save(signal) {
    const { fields, values } = this.state;
    const call = this.call ?? undefined; // left out where there is none
    const body = { fields: sent(changed({}, values)), call };
    const created = await post(pathOf('records', this.list), body, { signal });
    this.set({ isSaved: true, base: valuesOf(fields) });
    if (!call) {
      await go(created.url, { replace: true });
      announce(words.saved);
      return;
    }
    this.set({ created });
    this.querySelector('h1')?.focus();
  }

  view(state) {
    return state.created ? this.saved(state) : super.view(state);
  }

  saved = ({ created, cannotClose }) => h('section', { key: 'saved', class: 'card empty saved' },
    icon('check', 'saved-icon'),
    h('h1', { tabindex: '-1' }, words.savedWithCall),
    h('p', {}, words.savedWithCallHint),
    h('div', { class: 'row empty-actions' },
      h('a', { class: 'button', href: created.url }, words.openRecord),
      button(words.closeTab, () => this.closeTab(), { kind: 'button-primary' })),
    cannotClose && notice({ key: 'open', role: 'alert' },
      h('p', {}, words.cannotClose), h('p', {}, h('a', { href: '/' }, words.goToPanel))));

  // Browsers close only tabs that a page opened, or that have shown one page.
  closeTab() {
    window.close();
    this.closing = setTimeout(() => this.set({ cannotClose: true }), 300);
  }

  closed() {
    clearTimeout(this.closing);
  }
}

customElements.define('crm-new', CRMNew);
