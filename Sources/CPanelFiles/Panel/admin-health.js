// Health: how quickly calls reach the panel, and whether every call is accounted for.
import { h } from './dom.js';
import { exactTime } from './format.js';
import { get, pathOf } from './http.js';
import { crmsPart, ringsPart, serverPart, sourcesPart, todayPart } from './admin-health-parts.js';
import { words as all } from './admin-daily-words.js';
import { words as common } from './admin-words.js';
import { announce } from './pages-frame.js';
import { button, failure, loadingRows, pageHead } from './pages-parts.js';
import { View } from './pages-view.js';

const words = all.health;
const refreshEvery = 10_000; // ms

class AdminHealth extends View {
  state = { health: null, at: null, problem: null, isAutomatic: true };

  opened() {
    this.load();
    this.timer = setInterval(() => {
      if (this.state.isAutomatic && !document.hidden) this.load();
    }, refreshEvery);
  }

  closed() {
    clearInterval(this.timer);
  }

  async load({ isAsked = false } = {}) {
    const health = await this.attempt((signal) => get(pathOf('admin', 'health'), { signal }));
    if (!health) return;
    this.set({ health, at: Date.now(), problem: null });
    if (isAsked) announce(words.updated(exactTime(this.state.at)));
  }

  pageTitle = ({ health, problem }) => (health || problem ? common.pages.health : null);

  view({ health, problem }) {
    return [
      pageHead({ title: common.pages.health, text: words.text }),
      problem && failure(problem, () => this.load()),
      !health && !problem && loadingRows(5),
      health && [
        this.tools(this.state), todayPart(health.today, health.filedLogs, health.crms), ringsPart(health.ringToPanel),
        crmsPart(health.crms), sourcesPart(health.sources), serverPart(health),
      ],
    ];
  }

  tools({ at, isAutomatic }) {
    const change = (event) => this.set({ isAutomatic: event.target.checked });
    return h('div', { key: 'tools', class: 'row health-tools' },
      button(words.refresh, () => this.load({ isAsked: true }), { kind: 'button-small' }),
      h('label', { class: 'check' },
        h('input', { type: 'checkbox', checked: isAutomatic, on: { change } }), words.automatic),
      h('p', { class: 'quiet small' }, words.updated(exactTime(at))));
  }
}

customElements.define('admin-health', AdminHealth);
