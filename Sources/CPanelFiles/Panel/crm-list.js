// A list of records: search as you type, more as you scroll; coming back finds it as it was left.
import { h } from './dom.js';
import { get, pathOf, query } from './http.js';
import { isList, pageOf } from './crm-kinds.js';
import { joined, summaryRow } from './crm-summaries.js';
import { words as all } from './crm-words.js';
import { announce } from './pages-frame.js';
import { button, empty, failure, loadingRows, pageHead } from './pages-parts.js';
import { recall, rememberHere } from './pages-router.js';
import { View } from './pages-view.js';
import { icon } from './icons.js';
import './elements.js';

const words = all.list;
const pageLength = 50;
const pauseBeforeSearch = 200; // ms, so that a typed name is one search

class CRMList extends View {
  state = { search: '', found: '', records: null, next: null, total: 0, isBusy: false, problem: null };

  get list() {
    return this.getAttribute('list');
  }

  opened() {
    if (!isList(this.list)) return;
    this.keep = rememberHere();
    const before = recall();
    if (before) this.state = { ...before, isBusy: false, problem: null };
    this.load({ isRefresh: Boolean(before?.records) });
  }

  closed() {
    clearTimeout(this.pause);
    this.keep?.(this.state);
  }

  pageTitle({ records, problem }) {
    return records || problem ? all.plurals[this.list] : null;
  }

  /** The first page for the search that is typed. A refresh keeps what was loaded behind it. */
  async load({ isRefresh = false } = {}) {
    const page = await this.page({ search: this.state.search });
    if (!page) return;
    const behind = isRefresh ? this.state.records : [];
    const next = isRefresh && behind.length > pageLength ? this.state.next : page.next;
    this.set({ ...page, records: joined(page.records, behind), next });
    if (this.state.search) announce(words.found(page.total));
  }

  async loadMore() {
    const { next, search, isBusy } = this.state;
    if (isBusy || !next) return;
    const page = await this.page({ search, before: next });
    if (!page) return;
    this.set({ ...page, records: joined(this.state.records, page.records) });
    announce(words.loaded(this.state.records.length, page.total));
  }

  /** A newer request makes an older one void, so that results never overtake each other. */
  async page(wanted) {
    this.asking?.abort();
    this.asking = new AbortController();
    const signal = AbortSignal.any([this.signal, this.asking.signal]);
    this.set({ isBusy: true, problem: null });
    const path = pathOf('records', this.list) + query({ ...wanted, limit: pageLength });
    const page = await this.attempt(() => get(path, { signal }));
    return page && {
      found: wanted.search, records: page.records, next: page.next ?? null, total: page.total, isBusy: false,
    };
  }

  search(text) {
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.load(), pauseBeforeSearch);
    this.set({ search: text });
  }

  clear() {
    this.search('');
    this.querySelector('input[type=search]')?.focus();
  }

  view(state) {
    const isEmpty = state.records?.length === 0 && !state.found;
    return [
      pageHead({ title: all.plurals[this.list], actions: isEmpty ? [] : [this.createLink()] }),
      this.searchField(state),
      state.problem && failure(state.problem, () => (state.records ? this.loadMore() : this.load())),
      state.records ? this.rows(state) : !state.problem && loadingRows(),
    ];
  }

  createLink = () => h('a', { class: 'button button-primary', href: pageOf(this.list, 'new') },
    icon('add'), words.create[this.list]);

  searchField = ({ search, found, total, records }) => h('search', { class: 'list-search' },
    h('label', { class: 'unseen', for: 'search' }, words.search[this.list]),
    h('input', {
      id: 'search', class: 'input', type: 'search', dir: 'auto', autocomplete: 'off', spellcheck: 'false',
      placeholder: words.searchHint, value: search, on: { input: (event) => this.search(event.target.value) },
    }),
    h('p', { class: 'quiet small list-total' },
      records && (found || total > 0) && (found ? words.found : words.total)(total)));

  rows({ records, next, total, found, isBusy, problem }) {
    if (records.length === 0) return this.nothing(found);
    return [
      h('ul', { key: 'rows', class: 'list card summaries', 'aria-label': all.plurals[this.list] },
        records.map(summaryRow)),
      next && !problem && h('endless-end', { key: 'end', after: next, on: { reached: () => this.loadMore() } }),
      next && h('div', { key: 'more', class: 'list-more' },
        button(words.more, () => this.loadMore(), { 'aria-disabled': isBusy ? 'true' : null }),
        h('p', { class: 'quiet small' }, words.loaded(records.length, total))),
    ];
  }

  nothing(found) {
    if (found) {
      return empty({
        title: words.nothing(found.trim()), text: words.nothingHint,
        actions: [button(words.clear, () => this.clear())],
      });
    }
    return empty({ title: words.none[this.list], text: words.noneHint, actions: [this.createLink()] });
  }
}

customElements.define('crm-list', CRMList);
