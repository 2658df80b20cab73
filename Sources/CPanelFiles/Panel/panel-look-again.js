// The agent opened the CRM's page for a new contact or lead and comes back: perhaps the caller is known there now.
import { pathOf, post } from './http.js';
import { findCall, personOf, store } from './panel-store.js';

const pause = 5000; // ms between two questions about a call
const most = 5; // questions about a call

const waiting = new Map(); // call id → {asked, at, timer}
let isAway = false;

/** Call once. */
export function watchNewRecords() {
  document.addEventListener('click', remember, { capture: true });
  addEventListener('blur', left);
  addEventListener('focus', back);
  document.addEventListener('visibilitychange', () => (document.hidden ? left() : back()));
}

function remember({ target }) {
  const link = target.closest?.('[data-action^="new-"]');
  const id = link?.closest('[data-call]')?.dataset.call;
  if (!id || waiting.has(id) || !isUnknown(id) || !isOfAnotherCRM()) return;
  waiting.set(id, { asked: 0, at: -Infinity, timer: null });
}

const left = () => { isAway = true; };

// A window that comes back says so twice.
function back() {
  if (!isAway || document.hidden) return;
  isAway = false;
  for (const id of waiting.keys()) lookSoon(id);
}

function lookSoon(id) {
  const entry = waiting.get(id);
  clearTimeout(entry.timer);
  entry.timer = setTimeout(() => look(id), Math.max(0, entry.at + pause - performance.now()));
}

async function look(id) {
  const entry = waiting.get(id);
  if (!entry || !isUnknown(id)) {
    waiting.delete(id);
    return;
  }
  Object.assign(entry, { asked: entry.asked + 1, at: performance.now() });
  if (entry.asked >= most) waiting.delete(id);
  try {
    await post(`${pathOf('calls', id)}/look-again`);
  } catch (problem) {
    console.info(String(problem)); // Nobody asked for it: whoever is there now is seen with the next picture.
  }
}

function isUnknown(id) {
  const call = findCall(id);
  return Boolean(call) && !personOf(call);
}

// Of the built-in CRM a new record finds its call by itself.
const isOfAnotherCRM = () => Boolean(store.desk?.organisation.crm.consent);
