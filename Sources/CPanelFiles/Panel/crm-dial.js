// A click on a number of the CRM's pages: the agent's phone rings, and then it dials.
import { draw, h } from './dom.js';
import { shown } from './format.js';
import { get, post } from './http.js';
import { icon } from './icons.js';
import { words } from './crm-words.js';

const shownFor = 8000; // milliseconds
let isBusy = false;
let clearing = null;

/** Takes the clicks on `tel:` links. Where no phone can be told to dial, the link does what it does anyway. */
export function dialOnClick() {
  document.addEventListener('click', (event) => {
    const link = event.target.closest?.('a.phone[href^="tel:"]');
    const isOrdinary = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
    if (!link || !isOrdinary) return;
    event.preventDefault();
    if (!isBusy) dial(link.getAttribute('href'), shown(link.textContent));
  });
}

/** `said`: the number as it stands on the page. */
async function dial(address, said) {
  const number = address.slice('tel:'.length).split(';')[0];
  isBusy = true;
  try {
    const { line } = await get('/api/v1/desk');
    if (!line.canDial) {
      location.assign(address);
      return;
    }
    say(words.dial.asking(said ?? number));
    await post('/api/v1/dial', { number });
    say(words.dial.ringing(said ?? number));
  } catch (problem) {
    if (problem.status !== 401) say(problem.message || words.dial.failed, { isBad: true });
  } finally {
    isBusy = false;
  }
}

function say(text, { isBad = false } = {}) {
  clearTimeout(clearing);
  show(h('p', { class: ['toast', 'toast-plain', isBad && 'toast-bad'] },
    icon(isBad ? 'warning' : 'phone'), h('bdi', null, text)));
  clearing = setTimeout(() => show(null), shownFor);
}

const show = (content) => draw(document.getElementById('toasts'), content);
