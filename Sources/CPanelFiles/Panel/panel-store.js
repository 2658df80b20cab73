// What the panel knows: the server's snapshot, and what the agent has opened or typed. Everything
// on the page is drawn from here.

export const store = {
  desk: null, // the snapshot
  connection: 'starting', // starting | open | lost
  lostSince: null, // server time at which the connection went, as ISO text
  signedOut: false,
  chosen: null, // the call whose Caller and Call log are shown
  before: [], // what was chosen before, newest last
  past: new Map(), // call id → {call, timeline} of calls opened from Recent calls
  filter: null, // the scope just chosen, until the snapshot says the same
  dialog: null, // settings | shortcuts | demo | dial
  busy: new Set(), // commands on their way: "id/command"
  toasts: [],
  focusNext: null, // id of the element that takes the focus once it is there
};

/** Whether the panel stands inside another page, a CRM's say. */
export const isFramed = parent !== window;

const views = new Map();
const drawers = new Set();
let isQueued = false;

/** What the agent has opened and typed outside the log, for one call. Calls never share it. */
export function viewOf(callID) {
  if (!views.has(callID)) {
    views.set(callID, {
      tab: 'activity', isListOpen: false, isInformationOpen: true, isSeeking: false, showsClosed: false,
      transferTo: null, hasFollowUp: false,
      search: { text: '', people: null, truncated: false, isBusy: false, failed: false, showsAll: false },
      showsAll: new Set(), // tabs whose list is shown to its end
    });
  }
  return views.get(callID);
}

export function forgetViews(isNeeded) {
  for (const id of views.keys()) if (!isNeeded(id)) views.delete(id);
}

/** Says that something changed; the page is drawn once for all changes of this turn. */
export function changed() {
  if (isQueued) return;
  isQueued = true;
  queueMicrotask(() => {
    isQueued = false;
    drawers.forEach((drawer) => drawer());
  });
}

export function onChange(drawer) {
  drawers.add(drawer);
}

/** The call that Caller and Call log show: a live one, or one opened from Recent calls. */
export function shownCall() {
  return findCall(store.chosen) ?? null;
}

export function findCall(id) {
  if (id === null) return null;
  return store.desk?.calls.find((call) => call.id === id) ?? store.past.get(id)?.call ?? null;
}

/** Every call of which the panel holds all there is. */
export function knownCalls() {
  const past = [...store.past.values()].map((entry) => entry.call).filter(Boolean);
  return [...(store.desk?.calls ?? []), ...past];
}

export const isLive = (id) => Boolean(store.desk?.calls.some((call) => call.id === id));

/** The person that a call is with, as far as is known. */
export const personOf = (call) => call.person ?? call.log?.person ?? null;

export const sameRef = (one, other) => Boolean(one && other) && one.kind === other.kind && one.id === other.id
  && (one.crm ?? null) === (other.crm ?? null);

let toastID = 0;

/** A short message at the foot of the page, `about` a call. Bad news stays until it is dismissed. */
export function toast(text, { isBad = false, about = null } = {}) {
  if (!text) return;
  const entry = { id: (toastID += 1), text, isBad, about };
  store.toasts = [...store.toasts.filter((old) => old.text !== text), entry].slice(-3);
  if (!isBad) setTimeout(() => dismiss(entry.id), 6000);
  changed();
}

export function dismiss(id) {
  store.toasts = store.toasts.filter((entry) => entry.id !== id);
  changed();
}

export function focusNext(id) {
  store.focusNext = { id, until: Date.now() + 3000 };
  changed();
}
