// Deliveries: call logs on their way into the CRM, those that it refused first.
import { h } from './dom.js';
import { exactTime, shown } from './format.js';
import { get, pathOf, post, query } from './http.js';
import { words as all } from './admin-daily-words.js';
import { words as common } from './admin-words.js';
import { announce } from './pages-frame.js';
import {
  button, failure, foreign, loadingRows, pageHead, refusal as refused, section, when,
} from './pages-parts.js';
import { View } from './pages-view.js';

const words = all.deliveries;
const refreshAfter = 1500; // ms; a retried delivery needs a moment
const path = (...rest) => pathOf('admin', 'deliveries', ...rest);

class AdminDeliveries extends View {
  state = { parked: null, waiting: null, at: null, problem: null, refusal: null, isBusy: false };

  opened() {
    this.load();
  }

  closed() {
    clearTimeout(this.later);
  }

  async load() {
    this.set({ problem: null });
    const both = await this.attempt((signal) => Promise.all(['parked', 'waiting'].map(
      (state) => get(path() + query({ state }), { signal }))));
    if (both) this.set({ parked: both[0].deliveries, waiting: both[1].deliveries, at: Date.now() });
  }

  async retry(address, said) {
    if (this.state.isBusy) return;
    this.set({ isBusy: true, refusal: null });
    const done = await this.attempt(async (signal) => {
      await post(address, {}, { signal });
      return true;
    }, (problem) => this.set({ isBusy: false, refusal: problem }));
    if (!done) return;
    this.set({ isBusy: false });
    announce(said);
    await this.load();
    // The row that was retried may be gone, and the focus with it.
    if (document.activeElement === document.body) this.querySelector('h1')?.focus();
    clearTimeout(this.later);
    this.later = setTimeout(() => this.load(), refreshAfter);
  }

  pageTitle = ({ parked, problem }) => (parked || problem ? common.pages.deliveries : null);

  view({ parked, waiting, at, problem, refusal }) {
    const isAny = parked && parked.length + waiting.length > 0;
    const retry = () => this.retry(path('retry'), words.retriedAll);
    const retryAll = button(words.retryAll, retry);
    return [
      pageHead({ title: common.pages.deliveries, text: words.text, actions: isAny ? [retryAll] : [] }),
      at && h('div', { key: 'tools', class: 'row' },
        button(all.health.refresh, () => this.load(), { kind: 'button-small' }),
        h('p', { class: 'quiet small' }, all.health.updated(exactTime(at)))),
      refused(refusal),
      problem && failure(problem, () => this.load()),
      !parked && !problem && loadingRows(4),
      parked && this.part('parked', parked, words.parked, words.parkedText, words.noneParked),
      waiting && this.part('waiting', waiting, words.waiting, words.waitingText, words.noneWaiting),
    ];
  }

  part = (key, items, title, text, none) => section({ key, title, number: items.length },
    h('p', { class: 'quiet' }, items.length ? text : none),
    items.length > 0 && h('ul', { class: 'list' }, items.map((item) => this.row(item))));

  row(item) {
    const title = shown(item.title) ?? words.noTitle;
    return h('li', { key: item.id, class: 'delivery' },
      h('div', { class: 'grow stack delivery-what' },
        h('p', { class: 'strong', dir: 'auto' }, title),
        item.reason && h('p', { class: item.state === 'parked' && 'delivery-reason', dir: 'auto' },
          shown(item.reason, 400)),
        h('ul', { class: 'facts quiet small' },
          item.agent && h('li', {}, foreign(words.agent(shown(item.agent)))),
          h('li', {}, item.attempts > 0 ? words.attempts(item.attempts) : words.firstAttempt),
          item.state !== 'parked' && item.nextAttemptAt && h('li', {}, words.next, ' ', when(item.nextAttemptAt)))),
      button(words.retry, () => this.retry(path(item.id, 'retry'), words.retried(title)), {
        kind: 'button-small', name: words.retryOf(title),
      }));
  }
}

customElements.define('admin-deliveries', AdminDeliveries);
