// What the agent can do. A command is sent once; the new picture comes back on the stream.
import { patch, pathOf, post, remove } from './http.js';
import { hasUnsaved, save } from './panel-saving.js';
import { changed, focusNext, personOf, store, toast, viewOf } from './panel-store.js';
import { shown } from './format.js';
import { words } from './words.js';

export const isBusy = (id, command) => store.busy.has(`${id}/${command}`);

export const answer = (call) => run(call.id, 'answer');
export const decline = (call) => run(call.id, 'decline');
export const hangUp = (call) => run(call.id, 'hang-up');
export const hold = (call) => run(call.id, 'hold');
export const retrieve = (call) => run(call.id, 'retrieve');
export const retry = (call) => run(call.id, 'retry');

export const completeTransfer = (call) => run(call.id, 'complete-transfer');
export const cancelTransfer = (call) => run(call.id, 'cancel-transfer');

/** `how`: `transfer`, at once, or `consult`, after a word with the target. */
export async function transfer(call, to, how) {
  if (!to.trim()) return;
  if (await run(call.id, how, { to: to.trim() })) viewOf(call.id).transferTo = null;
  changed();
}

/** The call is with this person. */
export async function choosePerson(call, person) {
  if (!await run(call.id, 'person', { person: refOf(person) })) return;
  found(call);
}

/** Adds the caller's number to this person; the call is then with them. */
export async function addNumber(call, person) {
  if (!await run(call.id, 'number', { person: refOf(person) })) return;
  toast(words.caller.added(shown(person.name)));
  found(call);
}

function found(call) {
  const view = viewOf(call.id);
  view.isSeeking = false;
  Object.assign(view.search, { text: '', people: null, isBusy: false, failed: false });
  focusNext('person-name');
}

/** Back: the call is with nobody again; what was typed into the log stays. */
export async function back(call) {
  const view = viewOf(call.id);
  view.isListOpen = true;
  if (view.isSeeking) {
    view.isSeeking = false;
    focusNext('matches');
    return;
  }
  if (!personOf(call)) return;
  await attempt(call.id, 'back', () => remove(`${pathOf('calls', call.id)}/person`));
  focusNext(call.match.candidates.length > 0 ? 'matches' : 'people-search');
}

export const relate = (call, ref) => run(call.id, 'related', { record: named(ref) });

export const removeRelated = (call) =>
  attempt(call.id, 'related', () => remove(`${pathOf('calls', call.id)}/related`));

/** Files the log at once, after what is still unsaved. */
export async function done(call) {
  if (call.needsPerson) {
    focusNext('caller');
    return;
  }
  if (hasUnsaved(call.id) && !await save(call.id)) return;
  if (await run(call.id, 'done')) toast(words.log.sent(shown(call.title)), { about: call.id });
}

/** Account or Contact, remembered by the server for the agent's later calls. */
export async function chooseFilter(filter) {
  store.filter = filter;
  changed();
  const isDone = await attempt('agent', 'filter', () => patch('/api/v1/agent', { filter }));
  if (!isDone) store.filter = null;
  changed();
}

export const setPreference = (name, value) =>
  attempt('agent', name, () => patch('/api/v1/agent', { [name]: value }));

export const dial = (number) => attempt('dial', 'dial', () => post('/api/v1/dial', { number }));

const run = (id, command, body) =>
  attempt(id, command, () => post(`${pathOf('calls', id)}/${command}`, body));

/** True when the server agreed. What it says against it is shown. */
export async function attempt(id, command, work) {
  if (isBusy(id, command)) return false;
  store.busy.add(`${id}/${command}`);
  changed();
  try {
    await work();
    return true;
  } catch (problem) {
    if (problem.status !== 401) {
      const reason = problem.isOffline ? words.connection.offline : problem.message;
      toast(reason || words.connection.failed, { isBad: true });
    }
    return false;
  } finally {
    store.busy.delete(`${id}/${command}`);
    changed();
  }
}

// A record without its CRM is one of the CRM that the server is connected to.
const named = ({ crm, kind, id }) => ({ crm, kind, id });
const refOf = (person) => named(person.ref);
