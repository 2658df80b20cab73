// Nodes: the servers that share the store, and which of them does what.
import { h } from './dom.js';
import { exactTime, shown } from './format.js';
import { get, pathOf } from './http.js';
import { words as all } from './admin-daily-words.js';
import { words } from './admin-nodes-words.js';
import { words as common } from './admin-words.js';
import { announce } from './pages-frame.js';
import { button, failure, loadingRows, pageHead, section, when } from './pages-parts.js';
import { View } from './pages-view.js';
import { icon } from './icons.js';

const refreshEvery = 5000; // ms
const looks = { up: ['badge-good', 'check'], stopping: ['badge-warning', 'hold'], silent: ['badge-bad', 'warning'] };

class AdminNodes extends View {
  state = { told: null, at: null, problem: null };

  opened() {
    this.load();
    this.timer = setInterval(() => {
      if (!document.hidden) this.load();
    }, refreshEvery);
  }

  closed() {
    clearInterval(this.timer);
  }

  async load({ isAsked = false } = {}) {
    const told = await this.attempt((signal) => get(pathOf('admin', 'nodes'), { signal }));
    if (!told) return;
    this.set({ told, at: Date.now(), problem: null });
    if (isAsked) announce(all.health.updated(exactTime(this.state.at)));
  }

  pageTitle = ({ told, problem }) => (told || problem ? common.pages.nodes : null);

  view({ told, at, problem }) {
    return [
      pageHead({ title: common.pages.nodes, text: words.text }),
      problem && failure(problem, () => this.load()),
      !told && !problem && loadingRows(2),
      told && [
        h('div', { key: 'tools', class: 'row' },
          button(all.health.refresh, () => this.load({ isAsked: true }), { kind: 'button-small' }),
          h('p', { class: 'quiet small' }, all.health.updated(exactTime(at)))),
        told.vacant.length > 0 && vacancy(told.vacant),
        section({ key: 'nodes', title: words.servers, number: told.nodes.length },
          h('ul', { class: 'list' }, told.nodes.map(nodeRow)),
          h('p', { class: 'quiet' }, told.isShared ? words.shared : words.alone(shown(told.engine)))),
      ],
    ];
  }
}

const dutyName = ({ kind, name }) => (words.duties[kind] ?? words.duties.other)(shown(name));

const vacancy = (duties) => h('div', { key: 'vacant', class: 'card stack', role: 'status' },
  h('p', { class: 'row strong' }, icon('warning'), words.vacant),
  h('ul', { class: 'facts' }, duties.map((duty) => h('li', { key: duty.name }, dutyName(duty)))),
  h('p', { class: 'quiet small' }, words.vacantText));

function nodeRow(node) {
  const [tone, symbol] = looks[node.state] ?? looks.silent;
  return h('li', { key: `${node.name} ${node.startedAt}`, class: 'source' },
    h('p', { class: 'row' },
      h('bdi', { class: 'strong', dir: 'ltr' }, shown(node.name)),
      h('span', { class: ['badge', tone] }, icon(symbol), words.states[node.state] ?? shown(node.state)),
      node.isThis && h('span', { class: 'badge' }, words.this)),
    h('p', {}, node.state === 'silent' ? words.silent(node.silentSeconds)
      : node.duties.length ? node.duties.map(dutyName).join(' · ') : words.idle),
    h('ul', { class: 'facts quiet small' },
      h('li', {}, h('bdi', { dir: 'ltr' }, shown(node.address, 400))),
      h('li', {}, words.version(shown(node.version))),
      h('li', {}, words.since, ' ', when(node.startedAt))));
}

customElements.define('admin-nodes', AdminNodes);
