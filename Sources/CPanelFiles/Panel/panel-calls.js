// Live calls: one card a call, newest ringing on top, with the buttons that work now.
import { h } from './dom.js';
import { duration, shown } from './format.js';
import { icon } from './icons.js';
import { openDialog } from './panel-bar.js';
import * as commands from './panel-commands.js';
import { button, disabledWhen, dotted, wrapUpLeft } from './panel-parts.js';
import { choose } from './panel-selection.js';
import { changed, focusNext, viewOf } from './panel-store.js';
import { words } from './words.js';

export function liveCalls(desk, chosen) {
  return [
    h('h2', { class: 'unseen' }, words.calls.region),
    desk.calls.length === 0
      ? nothing(desk)
      : h('div', { class: 'calls' }, desk.calls.map((call) => card(call, desk, chosen))),
  ];
}

function nothing({ organisation }) {
  return h('div', { class: 'idle', key: 'idle' },
    h('div', { class: 'idle-mark' }, icon('phone')),
    h('div', { class: 'grow' },
      h('p', { class: 'strong' }, words.calls.none),
      h('p', { class: 'quiet small' }, words.calls.noneHint)),
    organisation.sample && h('button', { class: 'button button-primary', type: 'button', id: 'ring-me',
      on: { click: () => openDialog('demo') } }, words.demo.open));
}

function card(call, desk, chosen) {
  const name = titleOf(call);
  const isChosen = call.id === chosen;
  const canChoose = desk.calls.length > 1 || !isChosen;
  return h('article', { key: call.id, id: `call-${call.id}`, tabindex: '-1', 'aria-label': name,
    class: ['card', 'call', `call-${call.state}`, !isChosen && 'call-other'] },
    h('div', { class: 'call-line' },
      h('span', { class: 'call-state' }, icon(callIcon(call)), h('span', null, stateText(call), heldFor(call))),
      runningTime(call)),
    h('h3', { class: 'call-name' }, canChoose ? chooseButton(call, name, isChosen) : h('bdi', null, name)),
    details(call, name, isChosen),
    isChosen && completion(call),
    buttons(call),
    transferForm(call));
}

const chooseButton = (call, name, isChosen) =>
  h('button', { type: 'button', class: 'call-choose', 'aria-pressed': isChosen,
    'aria-label': isChosen ? name : words.calls.show(name), on: { click: () => choose(call.id) } },
  h('bdi', null, name));

/** What a call is called: never empty, never with characters that turn the line around. */
export function titleOf(call) {
  const fallback = call.number?.kind === 'withheld' ? words.calls.withheld : words.calls.unknown;
  return shown(call.title) ?? shown(call.number?.formatted) ?? shown(call.number?.presented) ?? fallback;
}

export const numberText = (number) => (number?.kind === 'withheld' ? words.calls.withheld
  : shown(number?.formatted) ?? shown(number?.presented));

function callIcon({ direction, state }) {
  if (state === 'held') return 'hold';
  return { inbound: 'incoming', outbound: 'outgoing', internal: 'internal' }[direction] ?? 'phone';
}

function stateText(call) {
  const state = words.calls.state[call.state];
  if (call.state === 'dialling') return state;
  return [state ?? words.calls.direction[call.direction], call.queue && words.calls.queue(shown(call.queue, 60))]
    .filter(Boolean).join(' ');
}

function runningTime(call) {
  const label = h('span', { class: 'unseen' }, words.calls.runningTime, ' ');
  if (call.state === 'wrapUp') {
    return h('span', { class: 'call-time' }, label, h('time', null, duration(call.talkSeconds ?? 0)));
  }
  const since = (call.state !== 'ringing' && call.answeredAt) || call.startedAt;
  return h('span', { class: 'call-time' }, label, h('running-time', { since }));
}

const heldFor = ({ state, heldSince }) => state === 'held' && heldSince
  && [' ', h('running-time', { since: heldSince })];

// After the call: when its log completes by itself, and the way to it.
function completion(call) {
  if (call.state !== 'wrapUp' || !call.log) return null;
  const until = completesAt(call);
  return h('div', { class: 'call-completion', key: 'completion' },
    until && h('p', { class: 'small quiet' }, `${words.log.completes} `, wrapUpLeft(until)),
    h('a', { class: 'small', href: '#call-log', on: { click: goToLog } }, words.calls.toLog));
}

/** When the log of an ended call completes by itself; null where it does not. */
export const completesAt = (call) =>
  (call.log?.state === 'draft' && !call.needsPerson && call.wrapUpEndsAt) || null;

function goToLog(event) {
  event.preventDefault();
  const log = document.getElementById('call-log');
  log?.scrollIntoView();
  log?.focus({ preventScroll: true });
}

function details(call, name, isChosen) {
  const number = numberText(call.number);
  const presented = shown(call.presentedName);
  const dialled = numberText(call.dialled);
  const notes = [
    presented && presented !== name && words.calls.presented(presented),
    call.attestation === 'A' && words.calls.vouched('A'),
    call.answeredBy && !call.can.includes('completeTransfer') && words.calls.answeredBy(shown(call.answeredBy)),
    call.can.includes('completeTransfer') && words.calls.consulting,
    call.joinedInProgress && words.calls.joined,
    call.reconstructed && !call.joinedInProgress && words.calls.reconstructed,
  ].filter(Boolean);
  return h('div', { class: 'call-details' },
    dotted([shown(call.company) ?? matchText(call, isChosen), number !== name && number,
      dialled && words.calls.dialled(dialled)]),
    notes.map((text) => h('p', { class: 'quiet small', key: text }, h('bdi', null, text))));
}

// While nobody is chosen, the line of the company says how the look-up went. For the call that is
// shown below, its Caller says that.
function matchText({ match: { outcome, count }, person }, isChosen) {
  if (person || (isChosen && outcome !== 'multiple')) return null;
  return outcome === 'multiple' ? words.calls.possible(count) : words.calls.match[outcome] ?? null;
}

function buttons(call) {
  const can = new Set(call.can);
  const view = viewOf(call.id);
  const isTransferOpen = view.transferTo !== null;
  const transfer = () => {
    view.transferTo = isTransferOpen ? null : '';
    if (isTransferOpen) changed();
    else focusNext(`transfer-${call.id}`);
  };
  const { answer, decline, hangUp, hold, retrieve, completeTransfer, cancelTransfer } = commands;
  const all = [
    can.has('answer') && command(call, 'answer', words.calls.answer, 'phone', 'button-primary', answer),
    can.has('decline') && command(call, 'decline', words.calls.decline, 'hangUp', 'button-danger', decline),
    can.has('hold') && command(call, 'hold', words.calls.hold, 'hold', '', hold),
    can.has('retrieve') && command(call, 'retrieve', words.calls.retrieve, 'play', 'button-primary', retrieve),
    can.has('transfer') && command(call, 'transfer', words.calls.transfer, 'transfer', '', transfer,
      { 'aria-expanded': isTransferOpen, 'aria-controls': isTransferOpen ? `transfer-form-${call.id}` : null }),
    can.has('completeTransfer')
      && command(call, 'complete-transfer', words.calls.completeTransfer, 'transfer', 'button-primary',
        completeTransfer),
    can.has('cancelTransfer')
      && command(call, 'cancel-transfer', words.calls.cancelTransfer, 'play', '', cancelTransfer),
    // Last, where Decline was: never where Answer was a moment ago.
    can.has('hangUp') && command(call, 'hang-up', words.calls.hangUp, 'hangUp', 'button-danger-full', hangUp),
  ].filter(Boolean);
  return all.length > 0 && h('div', { class: 'call-buttons' }, all);
}

const command = (call, name, text, picture, look, click, more = {}) =>
  button(look, [icon(picture), text], () => click(call), { key: name, 'data-command': name, ...more,
    'aria-disabled': disabledWhen(commands.isBusy(call.id, name)) });

function transferForm(call) {
  const view = viewOf(call.id);
  if (view.transferTo === null || !call.can.includes('transfer')) return null;
  const submit = (event) => {
    event.preventDefault();
    commands.transfer(call, view.transferTo, 'transfer');
  };
  const consult = () => commands.transfer(call, view.transferTo, 'consult');
  const cancel = () => {
    view.transferTo = null;
    changed();
  };
  return h('form', { class: 'call-transfer', id: `transfer-form-${call.id}`, key: 'transfer', on: { submit,
    keydown: (event) => event.key === 'Escape' && cancel() } },
    h('div', { class: 'field' },
      h('label', { for: `transfer-${call.id}` }, words.calls.transferTo),
      h('input', { id: `transfer-${call.id}`, class: 'input', type: 'tel', inputmode: 'tel', autocomplete: 'off',
        placeholder: words.calls.transferHint, value: view.transferTo,
        on: { input: (event) => { view.transferTo = event.target.value; } } })),
    h('div', { class: 'row' },
      button('button-quiet', words.cancel, cancel),
      call.can.includes('consult') && button('', words.calls.consult, consult),
      h('button', { class: 'button button-primary', type: 'submit' }, words.calls.transferNow)));
}
