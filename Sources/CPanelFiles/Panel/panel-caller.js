// Who is calling: one person, several, or nobody that is known.
import { words as linkWords } from './crm-link-words.js';
import { h } from './dom.js';
import { shown } from './format.js';
import { query } from './http.js';
import { icon } from './icons.js';
import { asking, isAsking } from './panel-asking.js';
import { titleOf } from './panel-calls.js';
import * as commands from './panel-commands.js';
import { button, disabledWhen, dotted, openElsewhere } from './panel-parts.js';
import { findPeople } from './panel-people.js';
import { callerInformation } from './panel-related-view.js';
import { changed, focusNext, personOf, sameRef, viewOf } from './panel-store.js';
import { words } from './words.js';

export function caller(call, desk) {
  const person = personOf(call);
  const view = viewOf(call.id);
  const heading = h('h2', { class: 'unseen', id: 'caller-title' }, words.caller.region);
  if (person && !view.isSeeking) return [heading, onePerson(call, person, desk)];
  if (call.match.candidates.length > 0 && !view.isSeeking) return [heading, several(call, desk)];
  return [heading, isAsking(call) ? asking(call, desk) : nobody(call, desk)];
}

function onePerson(call, person, desk) {
  const candidate = call.match.candidates.find((each) => sameRef(each.ref, person.ref));
  const isOnlyMatch = call.match.outcome === 'single' && Boolean(candidate);
  const facts = [shown(person.title), person.account && shown(person.account.name)];
  return h('div', { key: 'one', class: 'stack' },
    h('div', { class: 'person' },
      h('span', { class: 'initials', 'aria-hidden': 'true' }, initials(person.name)),
      h('div', { class: 'grow' },
        h('h3', { class: 'person-name', id: 'person-name', tabindex: '-1' },
          h('bdi', null, shown(person.name) ?? titleOf(call)), ' ',
          h('span', { class: 'badge' }, words.kinds[person.kind] ?? person.kind)),
        dotted(facts),
        shown(person.owner) && h('p', { class: 'quiet small' }, words.caller.owner(shown(person.owner)))),
      openElsewhere(person.url, words.caller.open(shown(desk.organisation.crm.name) ?? 'CRM'),
        person.ref)),
    candidate && why(candidate),
    h('div', { class: 'row' },
      backButton(call, isOnlyMatch, 'button-small'),
      newContact(call, desk, 'button-small')),
    callerInformation(call, person, desk));
}

function why(candidate) {
  const { evidence } = candidate;
  const reason = furtherReason(candidate);
  const lines = (evidence ?? []).slice(0, 3).map((each, index) => h('li', { key: index },
    h('bdi', { class: 'figures' }, evidenceText(each)),
    h('span', { class: 'quiet' }, ` – ${equalityText(each)}`)));
  if (lines.length === 0 && !reason) return null;
  return h('div', { class: 'why small' },
    h('h4', { class: 'unseen' }, words.caller.why),
    lines.length > 0 && h('ul', null, lines),
    reason && h('p', { class: 'quiet' }, h('bdi', null, reason)));
}

// The server's sentence says the evidence once more, unless it tells of an earlier conversation.
const furtherReason = ({ evidence, lastSpoken, reason }) =>
  (lastSpoken || !evidence?.length ? shown(reason, 200) : null);

const evidenceText = ({ field, stored }) => words.caller.evidence(shown(field) ?? '', shown(stored) ?? '');
const equalityText = ({ equality }) => words.caller.equality[equality] ?? shown(equality);

function several(call, desk) {
  const { count, candidates, truncated, outcome } = call.match;
  const view = viewOf(call.id);
  const isOpen = view.isListOpen || outcome === 'single';
  const toggle = () => {
    view.isListOpen = !view.isListOpen;
    changed();
  };
  return h('div', { key: 'several', class: 'stack' },
    outcome === 'single'
      ? h('h3', { id: 'matches', tabindex: '-1', class: 'person-name' }, words.caller.one)
      : button('matches', [icon('people'), h('span', { class: 'grow' }, words.caller.multiple(count)),
        icon('down', isOpen && 'icon-turned')], toggle,
      { id: 'matches', 'aria-expanded': isOpen, 'aria-controls': 'matches-list' }),
    !isOpen && h('p', { class: 'quiet small' }, words.caller.chooseHint),
    isOpen && h('arrow-keys', { id: 'matches-list', key: 'list' },
      h('ul', { class: 'list' }, candidates.map((candidate) => choice(call, candidate)))),
    isOpen && truncated && h('p', { class: 'quiet small' }, words.caller.truncated(candidates.length)),
    h('div', { class: 'row', key: 'else' },
      isOpen && button('', words.caller.noneOfThese, () => seek(call), { id: 'none-of-these' }),
      newContact(call, desk)));
}

function choice(call, candidate) {
  const facts = [shown(candidate.title), candidate.account && shown(candidate.account.name)];
  const evidence = candidate.evidence?.[0];
  const reason = furtherReason(candidate);
  return h('li', { key: `${candidate.ref.kind}/${candidate.ref.id}` },
    h('button', { type: 'button', class: 'list-button choice', 'data-stop': '',
      'aria-disabled': disabledWhen(commands.isBusy(call.id, 'person')),
      on: { click: () => commands.choosePerson(call, candidate) } },
    h('span', { class: 'initials initials-small', 'aria-hidden': 'true' }, initials(candidate.name)),
    h('span', { class: 'grow' },
      h('span', { class: 'choice-name' }, h('bdi', { class: 'strong' }, shown(candidate.name)), ' ',
        h('span', { class: 'badge' }, words.kinds[candidate.kind] ?? candidate.kind)),
      dotted(facts, 'span'),
      evidence && h('span', { class: 'block quiet small' },
        h('bdi', null, evidenceText(evidence)),
        evidence.equality !== 'exact' && ` – ${equalityText(evidence)}`),
      reason && h('bdi', { class: 'block quiet small' }, reason))));
}

function nobody(call, desk) {
  const { outcome, candidates } = call.match;
  const isWithheld = outcome === 'withheld' || call.number.kind === 'withheld';
  const crm = shown(desk.organisation.crm.name) ?? 'CRM';
  const explain = isWithheld ? words.caller.withheldHint : {
    unchecked: linkWords.unchecked(crm),
    none: words.caller.noMatch, unusable: words.caller.unusable, internal: words.caller.internal,
  }[outcome];
  return h('div', { key: 'nobody', class: 'stack' },
    candidates.length > 0 && h('div', { key: 'back' }, backButton(call, false, 'button-small')),
    h('div', { class: 'unknown' },
      h('h3', { class: 'person-name', id: 'unknown-name', tabindex: '-1' }, whoText(call)),
      explain && h('p', { class: 'quiet' }, explain)),
    outcome !== 'internal' && [
      findPeople(call),
      h('div', { class: 'row', key: 'create' },
        newContact(call, desk), newLead(call, desk)),
    ]);
}

// The number stands large in the call's card.
function whoText({ state, direction }) {
  if (state === 'wrapUp' || state === 'ended') return words.caller.whoWas;
  return direction === 'outbound' ? words.caller.whoOutbound : words.caller.who;
}

function backButton(call, isOnlyMatch, size = '') {
  const content = isOnlyMatch ? words.caller.someoneElse : [icon('back'), words.caller.back];
  return button(size, content, () => commands.back(call), { key: 'back', 'data-action': 'back',
    'aria-disabled': disabledWhen(commands.isBusy(call.id, 'back')) });
}

function seek(call) {
  viewOf(call.id).isSeeking = true;
  focusNext('people-search');
}

const newContact = (call, { organisation: { crm } }, size = '') =>
  create(call, crm.newContact, words.caller.newContact, 'contact', size);
const newLead = (call, { organisation: { crm } }) => create(call, crm.newLead, words.caller.newLead, 'lead', '');

// A link, because it opens the CRM's own page; named and drawn like the buttons beside it.
function create(call, address, text, kind, size) {
  const phone = call.number.e164 ?? (call.number.kind === 'withheld' ? null : call.number.presented);
  const separator = address.includes('?') ? '&' : '?';
  const number = phone && shown(call.number.formatted); // as it is shown
  const href = address + query({ phone, number, call: call.id }).replace('?', separator);
  return h('a', { key: kind, class: ['button', size], role: 'button', href, target: '_blank', rel: 'noopener',
    'data-action': `new-${kind}`, on: { keydown: pressOnSpace } }, icon('add'), text);
}

function pressOnSpace(event) {
  if (event.key !== ' ') return;
  event.preventDefault();
  event.currentTarget.click();
}

function initials(name) {
  const isLetter = (character) => /[\p{L}\p{N}]/u.test(character);
  const found = (shown(name) ?? '?').split(/\s+/).map((word) => [...word].find(isLetter)).filter(Boolean);
  return (found.length > 1 ? found[0] + found.at(-1) : found[0] ?? '?').toLocaleUpperCase();
}
