// The call log: what was said, with whom, about what, and what comes of it.
import { h } from './dom.js';
import { isoDay, shown } from './format.js';
import { icon } from './icons.js';
import { isAsking } from './panel-asking.js';
import { completesAt } from './panel-calls.js';
import * as commands from './panel-commands.js';
import { conflict } from './panel-conflict.js';
import { button, disabledWhen, wrapUpLeft } from './panel-parts.js';
import { relatedOf } from './panel-related.js';
import { draftOf, edit, savingState } from './panel-saving.js';
import { focusNext, personOf } from './panel-store.js';
import { words } from './words.js';

export function callLog(call, desk) {
  const heading = h('h2', { class: 'section-title', id: 'call-log-title' }, words.log.region);
  const draft = draftOf(call);
  if (!call.log || !draft) return [h('div', { class: 'log-head' }, heading), noLog(call)];
  return [
    h('div', { class: 'log-head' }, heading, stateBadge(call.log)),
    attention(call),
    subject(call, draft),
    h('div', { class: 'log-pair' }, person(call), related(call)),
    notes(call, draft),
    h('div', { class: 'log-pair' }, disposition(call, draft, desk), followUp(call, draft)),
    footer(call),
  ];
}

function noLog(call) {
  const isOver = call.state === 'wrapUp' || call.state === 'ended';
  const text = call.needsPerson ? personNeeded(call)
    : call.match.outcome === 'internal' ? words.log.internal
      : isOver ? words.log.notLogged : words.log.opensOnAnswer;
  const mayOpen = isOver && !call.needsPerson && personOf(call) && call.match.outcome !== 'internal';
  return h('div', { class: 'log-none', key: 'none' },
    h('p', { class: ['log-none-text', !call.needsPerson && 'quiet'] },
      call.needsPerson && icon('people', 'quiet'), text),
    mayOpen && button('', words.log.openLog, () => commands.choosePerson(call, personOf(call))));
}

// Who is still looked up is not to be chosen yet.
const personNeeded = (call) => (isAsking(call) ? words.log.lookedUp : words.log.needsPerson);

const stateLooks = { filed: 'badge-good', attention: 'badge-bad', ready: 'badge-warning', waiting: 'badge-warning' };

/** The state of a log in words; filed, it leads to the CRM. */
function stateBadge({ state, crmUrl }) {
  const look = stateLooks[state];
  const text = words.log.states[state] ?? state;
  if (state === 'filed' && crmUrl) {
    return h('a', { class: ['badge', look], key: 'filed', href: crmUrl, target: '_blank', rel: 'noopener',
      title: words.log.openFiled }, text, icon('open'));
  }
  return h('span', { class: ['badge', look], key: 'state' }, text);
}

function attention(call) {
  if (call.log.state !== 'attention') return null;
  return h('div', { class: 'notice notice-bad', key: 'attention' }, icon('warning'),
    h('div', { class: 'grow stack' },
      h('p', null, h('bdi', null, shown(call.log.attention, 300) ?? words.log.states.attention)),
      !personOf(call) && h('p', null, words.log.attentionPerson),
      h('div', null, button('button-small', words.log.retry, () => commands.retry(call), { 'data-command': 'retry',
        'aria-disabled': disabledWhen(commands.isBusy(call.id, 'retry')) }))));
}

function subject(call, draft) {
  return h('div', { class: 'field', key: 'subject' },
    h('label', { for: 'log-subject' }, words.log.subject),
    h('input', { id: 'log-subject', class: 'input', type: 'text', dir: 'auto', maxlength: 255, autocomplete: 'off',
      value: draft.value.subject, on: { input: (event) => edit(call, 'subject', event.target.value) } }),
    conflict(call, draft, 'subject', words.log.subject));
}

function person(call) {
  const who = call.log.person ?? call.person;
  return h('div', { class: 'field', role: 'group', 'aria-labelledby': 'log-person-label' },
    h('span', { class: 'field-label', id: 'log-person-label' }, words.log.person),
    who
      ? h('p', { class: 'log-fact' }, h('bdi', { class: 'strong' }, shown(who.name)), ' ',
        h('span', { class: 'badge' }, words.kinds[who.kind] ?? who.kind))
      : h('p', { class: ['log-fact', call.needsPerson && !isAsking(call) ? 'strong' : 'quiet'] },
        call.needsPerson || isAsking(call) ? personNeeded(call) : words.log.nobody));
}

function related(call) {
  const record = call.log.related;
  const name = record && (shown(record.name) ?? words.kinds[record.kind]);
  return h('div', { class: 'field', role: 'group', 'aria-labelledby': 'log-related-label' },
    h('span', { class: 'field-label', id: 'log-related-label' }, words.log.related),
    record
      ? h('p', { class: 'log-fact', key: 'chip' }, h('span', { class: 'chip' },
        h('span', { class: 'one-line' },
          h('span', { class: 'quiet small' }, `${words.kinds[record.kind] ?? ''} `), h('bdi', null, name)),
        button('button-icon', icon('close'), () => commands.removeRelated(call),
          { 'aria-label': words.log.removeRelated(name) })))
      : h('p', { class: 'log-fact quiet small', key: 'none' }, relatedHint(call)));
}

function relatedHint(call) {
  const who = personOf(call);
  if (!who) return isAsking(call) ? words.log.lookedUp : words.log.relatedNobody;
  const { data } = relatedOf(who);
  const lists = data ? [data.opportunities, data.cases] : [];
  const isEmpty = data && lists.every(({ open, closed }) => open.length + closed.length === 0);
  return isEmpty ? words.log.relatedNone : words.log.relatedHint;
}

function notes(call, draft) {
  return h('div', { class: 'field', key: 'notes' },
    h('label', { for: 'log-notes' }, words.log.notes),
    h('growing-text', null, h('textarea', { id: 'log-notes', class: 'input notes', dir: 'auto', rows: 4,
      // Twice what is saved: more than that is refused in words; a book would only slow the page.
      maxlength: 64000, 'aria-describedby': 'log-saving', value: draft.value.notes,
      on: { input: (event) => edit(call, 'notes', event.target.value) } })),
    conflict(call, draft, 'notes', words.log.notes));
}

function disposition(call, draft, desk) {
  const chosen = draft.value.disposition ?? '';
  const known = desk.organisation.dispositions ?? [];
  const choices = chosen && !known.includes(chosen) ? [chosen, ...known] : known;
  return h('div', { class: 'field', key: 'disposition' },
    h('label', { for: 'log-disposition' }, words.log.disposition),
    h('select', { id: 'log-disposition', class: 'input', value: chosen,
      on: { change: (event) => edit(call, 'disposition', event.target.value || null) } },
    h('option', { value: '', key: '' }, words.log.dispositionNone),
    choices.map((choice) => h('option', { value: choice, key: `=${choice}` }, shown(choice)))),
    conflict(call, draft, 'disposition', words.log.disposition));
}

function followUp(call, draft) {
  const value = draft.value.followUp;
  const set = (change) => edit(call, 'followUp', { on: value?.on ?? null, text: value?.text ?? '', ...change });
  const add = () => {
    set({ on: isoDay(1) });
    focusNext('follow-up-on');
  };
  if (!value) {
    return h('div', { class: 'field', key: 'no-follow-up' },
      h('span', { class: 'field-label' }, words.log.followUp),
      button('', [icon('add'), words.log.followUpAdd], add),
      conflict(call, draft, 'followUp', words.log.followUp));
  }
  return h('div', { class: 'field', key: 'follow-up' },
    h('label', { for: 'follow-up-on' }, words.log.followUpOn),
    h('div', { class: 'follow-up' },
      h('input', { id: 'follow-up-on', class: 'input', type: 'date', min: isoDay(), value: value.on ?? '',
        on: { input: (event) => event.target.value && set({ on: event.target.value }) } }),
      button('button-icon', icon('close'), () => edit(call, 'followUp', null),
        { 'aria-label': words.log.followUpRemove })),
    h('input', { class: 'input', type: 'text', dir: 'auto', maxlength: 255, 'aria-label': words.log.followUpText,
      placeholder: words.log.followUpText, value: value.text,
      on: { input: (event) => set({ text: event.target.value }) } }),
    conflict(call, draft, 'followUp', words.log.followUp));
}

function footer(call) {
  const isOver = call.state === 'wrapUp' || call.state === 'ended';
  const canFinish = isOver && call.log.state === 'draft';
  const isWaiting = canFinish && call.needsPerson;
  return h('div', { class: 'log-foot', key: 'foot' },
    h('div', { class: 'grow' },
      savingText(call),
      canFinish && completesAt(call) && h('p', { class: 'small quiet' },
        `${words.log.completes} `, wrapUpLeft(completesAt(call))),
      isWaiting && h('p', { class: 'small strong', id: 'log-needs' }, personNeeded(call))),
    canFinish && button('button-primary', [icon('check'), words.log.done], () => commands.done(call), {
      'data-command': 'done', 'aria-describedby': isWaiting ? 'log-needs' : null,
      'aria-disabled': disabledWhen(isWaiting || commands.isBusy(call.id, 'done')) }));
}

function savingText(call) {
  const { state, reason } = savingState(call.id);
  const look = { refused: 'field-error', undecided: 'field-error', offline: 'log-warning' }[state] ?? 'quiet';
  return h('p', { class: ['small', look], id: 'log-saving', role: 'status' },
    state === 'refused' ? `${words.log.refused} ${shown(reason, 200)}` : words.log[state]);
}
