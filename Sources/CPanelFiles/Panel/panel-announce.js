// What screen readers hear, and the title of the window, when the phone rings.
import { shown } from './format.js';
import { titleOf } from './panel-calls.js';
import { words } from './words.js';

const pause = 250; // ms; the match comes a moment after the call, and is said once
const said = new Map(); // call id → text

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
}

// A second element for the same words, so that they are heard again.
function say(text) {
  const line = document.createElement('p');
  line.textContent = text;
  const region = document.getElementById('announcements');
  region.replaceChildren(line);
}
