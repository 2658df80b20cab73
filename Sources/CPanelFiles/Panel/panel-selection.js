// Which call the agent is looking at. A new call is shown at once, unless that would take the page
// away from under someone who is typing.
import { get, pathOf } from './http.js';
import {
  changed, dismiss, findCall, focusNext, forgetViews, isLive, knownCalls, personOf, sameRef, store, toast,
  viewOf,
} from './panel-store.js';
import { followLogs, hasUnsaved } from './panel-saving.js';
import { words } from './words.js';

/** Takes a new snapshot: what it means for the call that is shown. */
export function followDesk(before, desk) {
  const known = new Set(before?.calls.map((call) => call.id));
  const fresh = desk.calls.filter((call) => !known.has(call.id));
  for (const call of desk.calls) showNewPerson(before?.calls.find((each) => each.id === call.id), call);
  for (const call of desk.calls) store.past.delete(call.id);
  dismissRefused(desk);
  if (store.chosen && known.has(store.chosen) && !isLive(store.chosen)) keepOrLeave(before);
  const news = fresh.find((call) => call.state === 'ringing') ?? fresh[0];
  if (news && !isTyping()) choose(news.id);
  if (!findCall(store.chosen) && !isOpening(store.chosen)) fallBack();
  refreshPast();
  followLogs(knownCalls());
  forgetViews((id) => isLive(id) || store.past.has(id));
}

// A call that has a person it did not have before shows them, whatever was searched for meanwhile.
function showNewPerson(before, call) {
  const person = personOf(call);
  const view = viewOf(call.id);
  if (!view.isSeeking || !person || !before || sameRef(personOf(before)?.ref, person.ref)) return;
  view.isSeeking = false;
  Object.assign(view.search, { text: '', people: null, isBusy: false, failed: false });
}

// "Sent to the CRM" does not stand beside what the CRM has against it.
function dismissRefused(desk) {
  const refused = new Set([
    ...desk.recent.filter((call) => call.log === 'attention').map((call) => call.id),
    ...desk.calls.filter((call) => call.log?.state === 'attention').map((call) => call.id),
  ]);
  for (const { id, about } of store.toasts) if (refused.has(about)) dismiss(id);
}

/** The agent picks a card. */
export function choose(id) {
  if (store.chosen === id) return;
  const earlier = store.before.filter((old) => old !== store.chosen && old !== id);
  store.before = store.chosen ? [...earlier, store.chosen] : earlier;
  store.chosen = id;
  changed();
}

/** Opens a call from Recent calls in the same place where live ones are. */
export async function openPast(id) {
  store.past.set(id, store.past.get(id) ?? { call: null, timeline: [] });
  choose(id);
  focusNext('past-call');
  await loadPast(id);
}

export function closePast(id) {
  store.past.delete(id);
  if (store.chosen === id) fallBack();
  focusNext(`recent-${id}`);
}

const loading = new Map(); // call id → whether something changed since it was asked for

async function loadPast(id) {
  if (loading.has(id)) {
    loading.set(id, true);
    return;
  }
  loading.set(id, false);
  try {
    const { call, timeline } = await get(pathOf('calls', id));
    if (store.past.has(id)) {
      showNewPerson(store.past.get(id).call, call);
      store.past.set(id, { call, timeline: timeline ?? [] });
    }
    followLogs(knownCalls());
  } catch (problem) {
    const old = store.past.get(id);
    if (old && !old.call) {
      toast(problem.status === 404 ? words.recent.gone : words.connection.offline, { isBad: true });
      closePast(id);
    }
  } finally {
    const isOld = loading.get(id);
    loading.delete(id);
    changed();
    if (isOld && store.past.has(id)) loadPast(id);
  }
}

// The stream carries live calls only; an opened past call is fetched again when anything changed.
function refreshPast() {
  if (store.chosen && store.past.has(store.chosen)) loadPast(store.chosen);
}

const isOpening = (id) => store.past.has(id) && store.past.get(id).call === null;

// A call left the desk. Whoever still types about it keeps it on the page.
function keepOrLeave(before) {
  const id = store.chosen;
  if (!isTyping() && !hasUnsaved(id)) return;
  const call = before.calls.find((each) => each.id === id);
  store.past.set(id, { call: { ...call, state: 'ended', can: [] }, timeline: [] });
}

function fallBack() {
  const earlier = store.before.findLast((id) => findCall(id));
  store.chosen = earlier ?? store.desk.calls[0]?.id ?? null;
  store.before = store.before.filter((id) => id !== store.chosen && findCall(id));
  changed();
}

// Whether the agent is writing about the call that is shown.
function isTyping() {
  const field = document.activeElement;
  if (!store.chosen || !field?.closest('#caller, #call-log')) return false;
  const isText = field.matches('textarea, input:not([type=radio], [type=checkbox]), select');
  return isText || viewOf(store.chosen).search.text !== '';
}
