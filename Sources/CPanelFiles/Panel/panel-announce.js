// What screen readers hear, and the title of the window, when the phone rings.
import { words as link } from './crm-link-words.js';
import { shown } from './format.js';
import { isAsking } from './panel-asking.js';
import { titleOf } from './panel-calls.js';
import { personOf } from './panel-store.js';
import { words } from './words.js';

const pause = 250; // ms; the match comes a moment after the call, and is said once
const said = new Map(); // call id → text
let asked = new Set(); // ids of calls whose caller was being asked for

/** Says "Incoming call from Ada Lovelace, Analytical Engines" once for each call and name. */
export function announce(desk) {
  const ringing = desk.calls.filter((call) => call.state === 'ringing' && call.direction !== 'outbound');
  for (const call of ringing) {
    const text = words.calls.announce(titleOf(call), shown(call.company));
    if (said.get(call.id) === text) continue;
    said.set(call.id, text);
    setTimeout(() => {
      if (said.get(call.id) === text) say(text);
    }, pause);
  }
  for (const id of said.keys()) if (!ringing.some((call) => call.id === id)) said.delete(id);
  document.title = ringing.length > 0 ? words.calls.titleWhileRinging(titleOf(ringing[0])) : words.product;
  followAsking(desk.calls, ringing);
}

// The CRM has answered who this is. Of a call that rings, the name has just been said.
function followAsking(calls, ringing) {
  for (const call of calls) {
    if (!asked.has(call.id) || isAsking(call) || (personOf(call) && ringing.includes(call))) continue;
    const text = answer(call);
    if (text) setTimeout(() => say(text), pause);
  }
  asked = new Set(calls.filter(isAsking).map((call) => call.id));
}

function answer(call) {
  if (personOf(call)) return link.known(titleOf(call), shown(call.company));
  const { outcome, count } = call.match;
  return { multiple: words.caller.multiple(count), single: words.caller.one, none: words.caller.noMatch }[outcome];
}

// A second element for the same words, so that they are heard again.
function say(text) {
  const line = document.createElement('p');
  line.textContent = text;
  const region = document.getElementById('announcements');
  region.replaceChildren(line);
}
