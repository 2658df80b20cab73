// The caller-information drop-down: three tabs, and at the top of the list whose results they show.
import { h } from './dom.js';
import { words as link } from './crm-link-words.js';
import { day, fullTime, money, moment, shown, timeAndDay } from './format.js';
import { icon } from './icons.js';
import * as commands from './panel-commands.js';
import { button, disabledWhen, dotted, naming, openElsewhere, placeholders } from './panel-parts.js';
import { chosenScope, loadRelatedAgain, relatedOf } from './panel-related.js';
import { changed, focusNext, sameRef, viewOf } from './panel-store.js';
import { words } from './words.js';

const tabs = ['activity', 'opportunities', 'cases'];

export function callerInformation(call, person, desk) {
  const view = viewOf(call.id);
  const toggle = () => {
    view.isInformationOpen = !view.isInformationOpen;
    changed();
  };
  return h('div', { class: 'information', key: 'information' },
    h('button', { type: 'button', class: 'information-button', id: 'caller-information',
      'aria-expanded': view.isInformationOpen, 'aria-controls': 'information-panel', on: { click: toggle } },
    words.caller.information, icon('down', view.isInformationOpen && 'icon-turned')),
    view.isInformationOpen && h('div', { id: 'information-panel', class: 'information-panel' },
      tabList(view, person), tabPanel(call, person, desk, view)));
}

function tabList(view, person) {
  const { data } = relatedOf(person);
  return h('arrow-keys', { class: 'tabs', role: 'tablist', 'aria-label': words.caller.information },
    tabs.map((tab) => h('button', { key: tab, type: 'button', class: 'tab', role: 'tab', id: `tab-${tab}`,
      'aria-selected': view.tab === tab, 'aria-controls': 'tab-panel', tabindex: view.tab === tab ? '0' : '-1',
      on: { click: () => show(view, tab) } },
    words.related.tabs[tab],
    tab !== 'activity' && data
      && h('span', { class: 'tab-count', 'aria-hidden': 'true' }, String(data[tab].open.length)))));
}

function show(view, tab) {
  view.tab = tab;
  changed();
}

function tabPanel(call, person, desk, view) {
  const { data, isBusy, failure } = relatedOf(person);
  const again = tryAgain(person, isBusy);
  return h('div', { id: 'tab-panel', class: 'tab-panel', role: 'tabpanel', 'aria-labelledby': `tab-${view.tab}`,
    'aria-busy': isBusy },
  filter(data, desk),
  h('div', { key: 'trouble', role: 'status' }, data && trouble(data, failure, desk, again)),
  failure && !data ? nothingLoaded(failure, again) : !data ? placeholders(3, words.loading)
    : h('div', { class: 'related dims-when-busy', key: view.tab }, lists(call, data, view)));
}

// Both choices are always there, so the list below never moves; what a person has not, is disabled.
function filter(data, desk) {
  const available = data?.available ?? ['account', 'contact'];
  const wish = chosenScope(desk);
  const chosen = available.includes(wish) ? wish : data.scope;
  return h('div', { class: 'segments segments-filter', role: 'radiogroup', 'aria-label': words.related.filter },
    ['account', 'contact'].map((scope) => h('label', { key: scope },
      h('input', { type: 'radio', name: 'scope', value: scope, checked: chosen === scope,
        disabled: !available.includes(scope) && chosen !== scope,
        on: { change: () => commands.chooseFilter(scope) } }),
      words.related.scopes[scope])));
}

function lists(call, data, view) {
  if (view.tab === 'activity') {
    return data.activity.length > 0
      ? [h('ul', { class: 'list', key: 'list' }, first(data.activity, view).map(activity)),
        showAll(data.activity, view)]
      : h('p', { class: 'empty' }, words.related.empty.activity);
  }
  const { open, closed } = data[view.tab];
  const draw = view.tab === 'opportunities' ? opportunity : caseRow;
  return [
    open.length > 0
      ? h('ul', { class: 'list', key: 'open' }, first(open, view).map((record) => row(call, record, draw)))
      : h('p', { class: 'empty', key: 'none' }, words.related.empty[view.tab]),
    showAll(open, view),
    closed.length > 0 && h('details', { key: 'closed', class: 'closed', open: view.showsClosed,
      on: { toggle: (event) => { view.showsClosed = event.target.open; } } },
    h('summary', { class: 'list-button small' }, words.related.closed(closed.length), icon('down')),
    h('ul', { class: 'list' }, closed.map((record) => row(call, record, draw)))),
  ];
}

const idOf = ({ ref }) => `related-${ref?.kind}-${ref?.id}`;

const rowsAtFirst = 5; // whole ones; the log below stays near

const first = (rows, view) => (isShort(rows, view) ? rows : rows.slice(0, rowsAtFirst));

// One row more is shown rather than hidden behind a button of its size.
const isShort = (rows, view) => rows.length <= rowsAtFirst + 1 || view.showsAll.has(view.tab);

function showAll(rows, view) {
  const show = () => {
    view.showsAll.add(view.tab);
    focusNext(idOf(rows[rowsAtFirst]));
  };
  return !isShort(rows, view)
    && button('button-quiet button-small', words.related.showAll(rows.length), show, { key: 'all' });
}

function row(call, record, draw) {
  const isChosen = sameRef(call.log?.related?.ref, record.ref);
  const isBusy = disabledWhen(commands.isBusy(call.id, 'related'));
  const { name, facts } = draw(record);
  return h('li', { key: record.ref.id, class: ['found', isChosen && 'is-chosen'] },
    h('button', { type: 'button', class: 'list-button grow related-record', id: idOf(record),
      'aria-pressed': isChosen, 'aria-disabled': isBusy,
      on: { click: () => !isChosen && commands.relate(call, record.ref) } },
    isChosen && icon('check'),
    h('span', { class: 'related-text' },
      h('bdi', { class: 'strong' }, name), dotted(facts, 'span', 'quiet small'))),
    openElsewhere(record.url, words.related.open(name), record.ref));
}

const opportunity = ({ name, stage, amount, currency, closesOn, account }) => ({
  name: shown(name) ?? words.kinds.opportunity,
  facts: [typeof amount === 'number' && money(amount, currency), shown(stage),
    closesOn && words.related.closes(day(closesOn)), accountName(account)],
});

const caseRow = ({ number, subject, status, priority, changedAt }) => ({
  name: [shown(number), shown(subject)].filter(Boolean).join(' · ') || words.kinds.case,
  facts: [shown(status), shown(priority), changedAt && words.related.changed(moment(changedAt))],
});

const accountName = (account) => shown(typeof account === 'object' ? account?.name : account);

function activity({ ref, subject, at, agent, kind, summary, url }) {
  const name = shown(subject) ?? words.kinds.activity;
  const known = words.related.activityKinds[kind];
  return h('li', { key: ref?.id, id: idOf({ ref }), tabindex: '-1', class: 'activity' },
    icon({ call: 'phone', email: 'mail', task: 'task' }[kind] ?? 'task', 'quiet'),
    h('div', { class: 'grow' },
      h('p', { class: 'activity-head' },
        known && h('span', { class: 'unseen' }, `${known}: `),
        url ? h('a', { class: 'grow', href: url, target: '_blank', rel: 'noopener', ...naming(ref) },
          h('bdi', null, name))
          : h('bdi', { class: 'grow' }, name),
        h('time', { class: 'quiet small', datetime: at, title: fullTime(at) }, moment(at))),
      h('p', { class: 'quiet small clamp' },
        h('bdi', null, [shown(agent), unbroken(shown(summary, 240))].filter(Boolean).join(' · ')))));
}

// A telephone number stays in one line.
const unbroken = (text) => text?.replace(/(\d) (?=\d)/g, '$1\u00a0');

// What is there is old: since when, or why.
function trouble(data, failure, { organisation: { crm } }, again) {
  const text = failure ? reason(failure) : data.asOf && link.old(shown(crm.name) ?? 'CRM', timeAndDay(data.asOf));
  return text && h('div', { class: 'notice related-notice small' },
    icon('warning'), h('p', { class: 'grow' }, h('bdi', null, text)), again);
}

const reason = (problem) => (problem.isOffline ? words.connection.offline
  : shown(problem.message, 300) ?? words.related.failed);

const nothingLoaded = (problem, again) => h('div', { class: 'empty', key: 'failed' },
  h('p', null, words.related.failed),
  reason(problem) !== words.related.failed && h('p', { class: 'small' }, h('bdi', null, reason(problem))),
  again);

// Asks only: what was said stays until there is an answer.
const tryAgain = (person, isBusy) => button('button-small', words.tryAgain, () => loadRelatedAgain(person),
  { key: 'again', 'aria-disabled': disabledWhen(isBusy) });
