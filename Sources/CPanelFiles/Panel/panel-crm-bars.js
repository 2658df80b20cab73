// Below the top bar: what is not as usual with the CRM, and an agent's consent to it that is missing. Drawn by itself
// from the store, and started by the page.
import { words } from './crm-link-words.js';
import { draw, h } from './dom.js';
import { fullTime, shown, timeAndDay } from './format.js';
import { icon } from './icons.js';
import { connectControl, connectProblem } from './panel-consent-tab.js';
import { watchNewRecords } from './panel-look-again.js';
import { button } from './panel-parts.js';
import { onChange, store } from './panel-store.js';
import { words as all } from './words.js';

const laterKey = 'callmatch.consent-later';
let drawn = null; // which bars are there: "notice consent"

/** While the phone rings, no bar comes or goes: nothing moves under the hand. */
function drawBars({ isAsked = false } = {}) {
  const { desk } = store;
  if (!desk) return;
  const { crm } = desk.organisation;
  const notice = shown(crm.notice, 300);
  const consent = asksForConsent(crm.consent) ? shown(crm.consent.text, 300) : null;
  const now = `${Boolean(notice)} ${Boolean(consent)}`;
  const rings = desk.calls.some((call) => call.state === 'ringing');
  if (drawn !== null && drawn !== now && rings && !isAsked) return;
  drawn = now;
  draw(document.getElementById('crm-bars'),
    h('div', { key: 'notice', role: 'status' }, notice && noticeBar(notice, crm)),
    h('div', { key: 'consent', role: 'status' }, consent && consentBar(consent, crm)));
}

const noticeBar = (notice, { asOf }) => h('div', { class: 'crm-bar' },
  icon('warning'),
  h('p', { class: 'grow' }, h('bdi', null, notice), ' ',
    asOf && h('time', { datetime: asOf, title: fullTime(asOf) }, words.asOf(timeAndDay(asOf)))));

// An expired consent is asked for as long as it lasts: until then callers stay unknown.
const consentBar = (text, crm) => h('div', { class: 'crm-bar crm-bar-consent' },
  icon('people'),
  h('div', { class: 'grow' }, h('p', null, h('bdi', null, text)), connectProblem()),
  h('div', { class: 'row' },
    connectControl(words.consent.connectNamed(shown(crm.name) ?? 'CRM')),
    crm.consent.state === 'missing'
      && button('button-icon', icon('close'), later, { key: 'later', 'aria-label': all.dismiss })));

function asksForConsent(consent) {
  if (consent?.state === 'expired') return true;
  return consent?.state === 'missing' && !isLater;
}

let isLater = (() => {
  try {
    return sessionStorage.getItem(laterKey) !== null;
  } catch {
    return false; // A frame whose storage the browser keeps closed: until it is loaded anew.
  }
})();

function later() {
  isLater = true;
  try {
    sessionStorage.setItem(laterKey, '1');
  } catch {
    // As above.
  }
  drawBars({ isAsked: true });
  document.getElementById('desk').focus({ preventScroll: true });
}

onChange(drawBars);
drawBars();
watchNewRecords();
