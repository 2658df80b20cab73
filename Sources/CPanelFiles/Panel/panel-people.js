// Finding a person by name, company or number, as you type.
import { h } from './dom.js';
import { shown } from './format.js';
import { get, query } from './http.js';
import { icon } from './icons.js';
import * as commands from './panel-commands.js';
import { button, disabledWhen, dotted } from './panel-parts.js';
import { changed, focusNext, store, viewOf } from './panel-store.js';
import { words } from './words.js';

const pause = 180; // ms without a key before asking
const shortest = 2; // letters
const peopleAtFirst = 6;
const running = new Map(); // call id → {timer, abort}

export function findPeople(call) {
  const { search } = viewOf(call.id);
  return h('arrow-keys', { key: 'find', class: 'find stack' },
    h('div', { class: 'field' },
      h('label', { for: 'people-search' }, words.caller.search),
      h('div', { class: 'input-with-icon' }, icon('search'),
        h('input', { id: 'people-search', class: 'input', type: 'search', autocomplete: 'off', spellcheck: 'false',
          maxlength: 128, placeholder: words.caller.searchHint, value: search.text, 'data-stop': '',
          on: { input: (event) => typed(call.id, event.target.value) } }))),
    h('p', { class: 'unseen', role: 'status' }, status(search)),
    results(call, search));
}

function results(call, search) {
  if (search.text.trim().length < shortest) return null;
  if (search.failed) return h('p', { class: 'quiet small', key: 'failed' }, words.connection.offline);
  if (search.people === null) return h('p', { class: 'quiet small', key: 'busy' }, words.caller.searching);
  if (search.people.length === 0) {
    return h('p', { class: 'quiet', key: 'nobody' }, h('bdi', null, words.caller.nobody(shown(search.text) ?? '')));
  }
  const isWhole = search.showsAll || search.people.length <= peopleAtFirst;
  const people = isWhole ? search.people : search.people.slice(0, peopleAtFirst);
  const showAll = () => {
    search.showsAll = true;
    focusNext(`found-${keyOf(search.people[peopleAtFirst])}`);
  };
  return h('div', { key: 'found', 'aria-busy': search.isBusy },
    h('ul', { class: 'list dims-when-busy', 'aria-label': words.caller.results },
      people.map((person) => row(call, person))),
    !isWhole && button('button-small results-more', words.caller.showMore, showAll, { key: 'more', 'data-stop': '' }),
    isWhole && search.truncated && h('p', { class: 'quiet small' }, words.caller.manyFound));
}

const keyOf = ({ ref }) => `${ref.kind}/${ref.id}`;

function row(call, person) {
  const key = keyOf(person);
  const company = shown(person.account?.name);
  const facts = [shown(person.title), company !== shown(person.name) && company];
  const canAdd = store.desk?.organisation.crm.addsNumbers !== false && person.kind !== 'account'
    && call.number.kind !== 'withheld' && Boolean(call.number.presented);
  // What was found for an earlier text can be read, but not chosen by mistake.
  const isStale = viewOf(call.id).search.isBusy;
  const isBusy = disabledWhen(isStale || commands.isBusy(call.id, 'person') || commands.isBusy(call.id, 'number'));
  return h('li', { key, class: 'found' },
    h('button', { type: 'button', class: 'list-button grow', 'data-stop': '', id: `found-${key}`,
      'aria-disabled': isBusy, on: { click: () => !isStale && commands.choosePerson(call, person) } },
    h('bdi', { class: 'strong' }, shown(person.name)), ' ',
    h('span', { class: 'badge' }, words.kinds[person.kind] ?? person.kind),
    dotted(facts, 'span', 'quiet small')),
    canAdd && h('button', { type: 'button', class: 'button button-small', title: words.caller.addHint,
      'aria-describedby': `found-${key}`, 'aria-disabled': isBusy,
      on: { click: () => !isStale && commands.addNumber(call, person) } }, words.caller.add));
}

function status(search) {
  if (search.people === null || search.isBusy) return null;
  return search.people.length > 0 ? words.caller.found(search.people.length) : words.caller.nobody(search.text);
}

function typed(callID, text) {
  const { search } = viewOf(callID);
  Object.assign(search, { text, showsAll: false });
  const old = running.get(callID);
  clearTimeout(old?.timer);
  old?.abort.abort();
  running.delete(callID);
  if (text.trim().length < shortest) {
    Object.assign(search, { people: null, isBusy: false, failed: false });
  } else {
    search.isBusy = true;
    const abort = new AbortController();
    running.set(callID, { abort, timer: setTimeout(() => ask(search, text.trim(), abort.signal), pause) });
  }
  changed();
}

// Answers that come after more was typed are aborted, so they never show.
async function ask(search, text, signal) {
  try {
    const { people, truncated } = await get(`/api/v1/people${query({ search: text })}`, { signal });
    Object.assign(search, { people, truncated, isBusy: false, failed: false });
  } catch (problem) {
    if (problem.name === 'AbortError') return;
    Object.assign(search, { isBusy: false, failed: true });
  }
  changed();
}
