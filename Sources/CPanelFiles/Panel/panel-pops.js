// Which records the host page opens by itself: the person of a call, once for each call and person. After a reload, and
// in a second window, not again.
import { personOf } from './panel-store.js';

const place = 'callmatch.popped';
const most = 50; // remembered
// How long a window hears the others before it pops, in ms. One in the background leaves it to the one in front; one
// that was just opened asks what was there before it.
const waits = { inFront: 150, opened: 300, behind: 450 };

const memory = remembered();
const wanted = new Map(); // "call person" → {rank, isBeaten}: the windows are agreeing who pops
const tab = Math.random().toString(36).slice(2);
const others = window.BroadcastChannel ? new BroadcastChannel(place) : null;
let isFirst = true;

/** Calls `pop(person)` for each call that has a person whom this agent has not been shown. */
export function popsFor(calls, pop) {
  for (const call of calls) {
    const person = personOf(call);
    const name = `${call.id} ${person.ref.kind}/${person.ref.id}`;
    if (memory.has(name) || wanted.has(name) || !isWanted(call)) continue;
    // Where nothing is remembered, a call that was there before the page may have been popped already.
    if (isFirst && !memory.lasts) remember(name);
    else inOneWindow(name, () => pop(person));
  }
  isFirst = false;
}

// Who calls is shown at once where it is certain, else when the agent has chosen. Whom the agent calls is shown only
// after a choice: the agent comes from there, or knows.
const isWanted = (call) => call.direction === 'inbound' || call.match.outcome !== 'single';

// Web Locks would do this in a line, but browsers that block cookies block them too.
function inOneWindow(name, pop) {
  const isBehind = document.visibilityState === 'hidden';
  const wish = { rank: `${isBehind ? 'behind' : 'a'} ${tab}`, isBeaten: false };
  wanted.set(name, wish);
  others?.postMessage({ name, rank: wish.rank });
  setTimeout(() => {
    wanted.delete(name);
    remember(name);
    if (wish.isBeaten) return;
    others?.postMessage({ name, rank: null });
    pop();
  }, isFirst ? waits.opened : isBehind ? waits.behind : waits.inFront);
}

// A rank of null says that this is done; of two that want to, the lower one does it.
others?.addEventListener('message', ({ data }) => {
  const { name, rank } = data ?? {};
  if (typeof name !== 'string') return;
  const wish = wanted.get(name);
  if (rank === null) remember(name);
  if (wish && (rank === null || rank < wish.rank)) wish.isBeaten = true;
  else if (wish) others.postMessage({ name, rank: wish.rank });
  else if (rank !== null && memory.has(name)) others.postMessage({ name, rank: null });
});

function remember(name) {
  memory.add(name);
  while (memory.size > most) memory.delete(memory.values().next().value);
  try {
    sessionStorage.setItem(place, JSON.stringify([...memory]));
  } catch {
    // Refused in this frame, as was reading it.
  }
}

/** The names of this window's pops; `lasts` says whether a reload will find them. */
function remembered() {
  try {
    const names = JSON.parse(sessionStorage.getItem(place) ?? '[]');
    return Object.assign(new Set(names), { lasts: true });
  } catch {
    return Object.assign(new Set(), { lasts: false });
  }
}
