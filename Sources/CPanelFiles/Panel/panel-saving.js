// Saves what is typed: soon after the last key, at once when a field or the page is left, and again
// and again while the server is away.
import { patch, pathOf } from './http.js';
import * as drafts from './panel-draft.js';
import { changed, store } from './panel-store.js';
import { words } from './words.js';

const pause = 500; // ms without a key before saving
const longestWait = 2000; // ms after which a fast typist is saved too
const retryWaits = [1000, 2000, 4000, 8000, 15000]; // ms

const open = new Map(); // call id → {draft, timer, since, flight, failures, state, reason}

/** The draft of a call's log; null without a log. */
export const draftOf = (call) => (call?.log ? open.get(call.id)?.draft ?? null : null);

/** idle | saved | saving | unsaved | undecided | offline | refused, with the server's reason when refused. */
export function savingState(callID) {
  const entry = open.get(callID);
  if (!entry) return { state: 'idle', reason: null };
  const waitsForAgent = drafts.conflicts(entry.draft).length > 0 && !drafts.changes(entry.draft);
  if (waitsForAgent && store.connection !== 'lost') return { state: 'undecided', reason: null };
  if (entry.state !== 'saved') return { state: entry.state, reason: entry.reason };
  const quiet = entry.hasSaved ? 'saved' : 'idle';
  return { state: drafts.isUnsaved(entry.draft) ? 'unsaved' : quiet, reason: null };
}

export function edit(call, field, value) {
  const entry = open.get(call.id);
  drafts.type(entry.draft, field, value);
  if (entry.state === 'refused') entry.state = 'saved';
  entry.since ??= Date.now();
  schedule(call.id, Math.min(pause, Math.max(0, entry.since + longestWait - Date.now())));
  changed();
}

export function resolve(call, field, keepsMine) {
  const { draft } = open.get(call.id);
  if (keepsMine) drafts.keepMine(draft, field);
  else drafts.useOther(draft, field);
  changed();
  return save(call.id);
}

export const hasUnsaved = (callID) => (callID
  ? open.has(callID) && drafts.isUnsaved(open.get(callID).draft)
  : [...open.values()].some((entry) => drafts.isUnsaved(entry.draft)));

/** Takes what a new snapshot, or an opened past call, says about logs. */
export function followLogs(calls) {
  for (const call of calls) if (call.log) follow(call);
  const here = new Set(calls.map((call) => call.id));
  for (const [id, entry] of open) {
    if (!here.has(id) && !entry.flight && !drafts.isUnsaved(entry.draft)) open.delete(id);
  }
}

/** Everything unsaved, now: the connection is back, or the page is going away. */
export function saveAll({ isLeaving = false } = {}) {
  return Promise.all([...open.keys()].map((id) => save(id, { isLeaving })));
}

/** Saves one call's log; true when nothing is left to save. `isLeaving`: the page cannot wait. */
export async function save(callID, { isLeaving = false } = {}) {
  const entry = open.get(callID);
  if (!entry) return true;
  clearTimeout(entry.timer);
  while (entry.flight && !isLeaving) await entry.flight;
  const values = drafts.changes(entry.draft);
  if (!values) return !drafts.isUnsaved(entry.draft);
  entry.since = null;
  const { version } = entry.draft;
  // A page that goes away cannot wait to hear whether the change before this one made a version.
  const isUnsure = isLeaving && drafts.isUnconfirmed(entry.draft);
  const flight = send(callID, entry, { version, ...values });
  if (isUnsure) send(callID, entry, { version: version + 1, ...values });
  entry.flight = flight;
  try {
    return await flight;
  } finally {
    if (entry.flight === flight) entry.flight = null;
    changed();
  }
}

async function send(callID, entry, { version, ...values }) {
  const { draft } = entry;
  drafts.sending(draft, values);
  if (entry.state !== 'offline') entry.state = 'saving';
  changed();
  try {
    const path = `${pathOf('calls', callID)}/log`;
    const answer = await patch(path, { version, ...values }, { keepalive: isShort(values) });
    drafts.saved(draft, values, answer.version);
    Object.assign(entry, { state: 'saved', hasSaved: true, failures: 0, reason: null });
    if (drafts.changes(draft)) schedule(callID, pause);
    return !drafts.isUnsaved(draft);
  } catch (problem) {
    return failed(callID, entry, problem);
  }
}

// The browser finishes a short request even when its page goes away; it refuses to for long ones.
const isShort = (values) => JSON.stringify(values).length < 20_000;

// A conflict of versions alone (another field changed) is resolved by sending again.
function failed(callID, entry, problem) {
  const { draft } = entry;
  if (problem.status === 409 && problem.body.current) {
    drafts.merge(draft, problem.body.current);
    entry.state = 'saved';
    if (drafts.changes(draft)) schedule(callID, waitAfter(entry) - retryWaits[0]);
  } else if (problem.isOffline || problem.status >= 500 || problem.status === 429 || problem.status === 401) {
    entry.state = 'offline';
    schedule(callID, waitAfter(entry));
  } else {
    Object.assign(entry, { state: 'refused', reason: problem.message || words.connection.failed });
  }
  return false;
}

function waitAfter(entry) {
  entry.failures += 1;
  return retryWaits[Math.min(entry.failures, retryWaits.length) - 1];
}

function schedule(callID, wait) {
  const entry = open.get(callID);
  clearTimeout(entry.timer);
  entry.timer = setTimeout(() => save(callID), wait);
}

function follow(call) {
  const entry = open.get(call.id);
  if (entry && entry.draft.log === call.log.id) {
    drafts.merge(entry.draft, call.log);
    return;
  }
  clearTimeout(entry?.timer);
  const draft = drafts.newDraft(call.log);
  open.set(call.id, { draft, timer: null, since: null, flight: null, failures: 0, state: 'saved', reason: null });
  // A call got another log while its old one was typed into: the text moves along.
  if (entry && drafts.isUnsaved(entry.draft)) {
    Object.assign(draft.value, drafts.changes(entry.draft));
    schedule(call.id, pause);
  }
}

addEventListener('pagehide', () => saveAll({ isLeaving: true }));
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'hidden') saveAll();
});
addEventListener('focusout', (event) => {
  const log = event.target.closest?.('#call-log');
  if (log) save(log.dataset.call);
});
addEventListener('beforeunload', (event) => {
  if (store.connection === 'lost' && hasUnsaved()) event.preventDefault();
});
