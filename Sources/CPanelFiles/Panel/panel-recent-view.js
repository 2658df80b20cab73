// Recent calls as a list, and the one that was opened from it.
import { h } from './dom.js';
import { duration, exactTime, fullTime, moment, shown } from './format.js';
import { query } from './http.js';
import { icon } from './icons.js';
import { numberText, titleOf } from './panel-calls.js';
import * as commands from './panel-commands.js';
import { button, disabledWhen, dotted, placeholders } from './panel-parts.js';
import { loadFirst, loadMore, recent, recentCalls, setFilter, setSearch } from './panel-recent.js';
import { closePast, openPast } from './panel-selection.js';
import { words } from './words.js';

export function recentList(desk, chosen) {
  const calls = recentCalls();
  return [
    h('div', { class: 'recent-head' },
      h('h2', { class: 'section-title', id: 'recent-title' }, words.recent.region),
      h('div', { class: 'segments', role: 'radiogroup', 'aria-label': words.recent.show },
        Object.entries(words.recent.filters).map(([filter, text]) => h('label', { key: filter },
          h('input', { type: 'radio', name: 'recent-filter', value: filter, checked: recent.filter === filter,
            on: { change: () => setFilter(filter) } }), text)))),
    h('div', { class: 'input-with-icon' }, icon('search'),
      h('input', { id: 'recent-search', class: 'input', type: 'search', autocomplete: 'off', maxlength: 128,
        'aria-label': words.recent.search, placeholder: words.recent.search, value: recent.search,
        on: { input: (event) => setSearch(event.target.value) } })),
    h('arrow-keys', { class: 'recent-body', 'aria-busy': recent.isBusy },
      calls === null ? placeholders(4, words.loading) : calls.length === 0 ? none() : list(calls, chosen),
      end(calls)),
  ];
}

const list = (calls, chosen) =>
  h('ul', { class: 'recent-list', key: 'list', 'aria-labelledby': 'recent-title' },
    calls.map((call) => row(call, chosen)));

function row(call, chosen) {
  const isBad = call.missed || ['missed', 'declined', 'notReached', 'voicemail'].includes(call.outcome);
  const name = titleOf(call);
  const number = numberText(call.number);
  const who = shown(call.company) ?? (number !== name && number);
  const facts = [
    !['answered', 'outgoing'].includes(call.outcome) && words.recent.outcomes[call.outcome],
    call.seconds > 0 && duration(call.seconds),
  ].filter(Boolean);
  return h('li', { key: call.id },
    h('a', { href: `/${query({ open: call.id })}`, id: `recent-${call.id}`, 'data-stop': '',
      'aria-current': call.id === chosen ? 'true' : null, class: ['recent-call', call.missed && 'is-missed'],
      on: { click: (event) => open(event, call.id) } },
    icon(directionIcon(call, isBad), 'recent-icon'),
    h('bdi', { class: 'recent-name one-line' }, name),
    h('time', { class: 'recent-when small', datetime: call.startedAt, title: fullTime(call.startedAt) },
      moment(call.startedAt)),
    h('span', { class: 'recent-facts small quiet' },
      who && h('bdi', { class: 'recent-who one-line' }, who),
      facts.map((fact, index) => h('span', { key: index, class: 'recent-fact' }, h('bdi', null, fact)))),
    logState(call.log)));
}

// A link, so that a call can be opened in a window of its own.
function open(event, id) {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  openPast(id);
}

function directionIcon({ direction, outcome }, isBad) {
  if (isBad && direction !== 'outbound') return 'missed';
  if (direction === 'outbound' || outcome === 'outgoing') return 'outgoing';
  return direction === 'internal' ? 'internal' : 'incoming';
}

function logState(log) {
  const state = log ?? 'unlogged';
  const look = { attention: 'badge-bad', ready: 'badge-warning', waiting: 'badge-warning', draft: '' }[state];
  return h('span', { class: ['recent-log', look === undefined ? 'small quiet' : `badge ${look}`] },
    state === 'filed' && icon('check', 'icon-small'), words.log.states[state] ?? state);
}

const none = () => h('p', { class: 'empty', key: 'none' },
  recent.search.trim() ? words.recent.noneFound : words.recent.none[recent.filter]);

function end(calls) {
  if (recent.failed) {
    return h('div', { class: 'empty', key: 'failed' }, h('p', null, words.connection.offline),
      button('button-small', words.tryAgain, recent.calls ? loadMore : loadFirst));
  }
  if (!recent.next || !calls?.length) return null;
  return h('endless-end', { key: 'end', class: 'recent-end', after: recent.next, on: { reached: loadMore } },
    button('button-small', words.recent.showMore, loadMore,
      { 'data-stop': '', 'aria-disabled': disabledWhen(recent.isBusy) }));
}

/** The call opened from the list: when, how long, what happened, and a way back to the caller. */
export function pastCall({ call, timeline }, id, desk) {
  const close = button('button-icon', icon('close'), () => closePast(id),
    { key: 'close', 'data-action': 'close-past', 'aria-label': words.close });
  if (!call) {
    return [h('h2', { class: 'unseen' }, words.recent.opened),
      h('div', { class: 'card', key: 'opening' },
        h('div', { class: 'row' }, h('div', { class: 'skeleton grow' }), close))];
  }
  const name = titleOf(call);
  const number = numberText(call.number);
  const callable = call.number.kind !== 'withheld' && (call.number.e164 ?? call.number.presented);
  const lasted = call.talkSeconds > 0 ? words.recent.duration(duration(call.talkSeconds)) : null;
  return [
    h('h2', { class: 'unseen' }, words.recent.opened),
    h('div', { class: 'card past', key: 'past' },
      h('div', { class: 'call-line' },
        h('span', { class: 'call-state' },
          icon(directionIcon(call, !call.answeredAt)), words.recent.past[call.direction] ?? words.recent.opened),
        close),
      h('h3', { class: 'past-name' }, h('bdi', null, name)),
      h('p', { class: 'quiet small' }, h('time', { datetime: call.startedAt }, fullTime(call.startedAt))),
      dotted([shown(call.company), number !== name && number, lasted]),
      desk.line.canDial && callable && h('div', { class: 'row' },
        button('', [icon('phone'), words.recent.callBack], () => commands.dial(callable))),
      timeline.length > 0
        && h('ol', { class: 'timeline', 'aria-label': words.recent.timeline }, timeline.map(step))),
  ];
}

const step = ({ at, who, text }, index) => h('li', { key: `${at}${index}`, class: 'small' },
  h('time', { class: 'quiet', datetime: at, title: fullTime(at) }, exactTime(at)),
  h('bdi', null, shown([text, who && !text?.includes(who) ? `(${who})` : null].filter(Boolean).join(' '), 200)));
