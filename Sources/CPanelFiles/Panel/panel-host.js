// The panel inside another page, a CRM's say: what that page is told, and what it asks. Which page that is, and how one
// talks with it, is the host page's own: a class with `follow`, `pop`, `opens`, `onDial`, `onRecord`, `setCanDial`,
// `show`, `hide`, `setLabel` and `setIcon`.
import { shown } from './format.js';
import { pathOf, post } from './http.js';
import { openCTIPage } from './open-cti-page.js';
import { words } from './open-cti-words.js';
import { titleOf } from './panel-calls.js';
import { dial } from './panel-commands.js';
import { popsFor } from './panel-pops.js';
import { personOf, shownCall, store, toast } from './panel-store.js';

const longestLabel = 60; // characters
const ownCRM = 'callmatch'; // its pages are ours, and open in a tab

const page = openCTIPage();
const said = { canDial: null, label: null, icon: null, ringing: new Set() };
let newFor = null; // the call for which a new record is being made

/** Call once. Without a host page nothing happens. */
export function meetHost() {
  if (!page) return;
  page.onDial(async (number) => {
    page.show();
    await dial(number);
  });
  page.onRecord(lookAgain);
  document.addEventListener('click', openThere);
}

/** Tells the host page what has changed. */
export function followHost(desk) {
  if (!page) return;
  page.follow(desk.organisation.crm);
  tell('canDial', desk.line.canDial, (canDial) => page.setCanDial(canDial));
  const { icon, label } = stateOf(desk.calls);
  tell('icon', icon, (state) => page.setIcon(state));
  tell('label', label, (text) => page.setLabel(text));
  const ringing = new Set(desk.calls.filter(isRinging).map((call) => call.id));
  if ([...ringing].some((id) => !said.ringing.has(id))) page.show();
  said.ringing = ringing;
  if (opensRecords(desk)) popsFor(desk.calls.filter(isTheirs), popPerson);
}

function tell(name, value, say) {
  if (said[name] === value) return;
  said[name] = value;
  say(value);
}

const isRinging = (call) => call.state === 'ringing' && call.direction !== 'outbound';

function stateOf(calls) {
  const ringing = calls.find(isRinging);
  if (ringing) return { icon: 'call', label: shown(words.host.ringing(titleOf(ringing)), longestLabel) };
  if (calls.some((call) => call.state !== 'wrapUp')) return { icon: 'call', label: words.host.talking };
  return calls.length > 0 ? { icon: 'ended', label: words.host.ended } : { icon: 'idle', label: words.product };
}

// The server says whether the page around us is the one of its CRM.
const opensRecords = (desk) => Boolean(desk?.organisation.crm.openCTI);
const isThere = (ref) => Boolean(ref?.id) && ref.crm !== ownCRM;
const isTheirs = (call) => isThere(personOf(call)?.ref);

function popPerson(person) {
  page.pop({ record: person.ref.id }).catch((error) => console.info(String(error)));
}

// Links to the CRM lead there in the page around us instead of in a new tab.
function openThere(event) {
  const link = event.target.closest?.('a[href]');
  const isOrdinary = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  const target = link && isOrdinary && opensRecords(store.desk) ? targetOf(link) : null;
  if (!target) return;
  event.preventDefault();
  page.pop(target).catch((error) => {
    if (error.isSilence) console.info(String(error));
    else toast(words.host.refused, { isBad: true });
  });
}

function targetOf({ dataset, href }) {
  const kind = { 'new-contact': 'contact', 'new-lead': 'lead' }[dataset.action];
  if (kind) return newRecord(kind, shownCall());
  if (dataset.record && dataset.crm !== ownCRM) return { record: dataset.record };
  return page.opens(href) ? { address: href } : null;
}

function newRecord(kind, call) {
  newFor = call.id;
  const { number, direction, presentedName } = call;
  const isWithheld = number?.kind === 'withheld';
  return {
    newRecord: kind,
    phone: number?.e164 ?? (isWithheld ? null : shown(number?.presented)),
    name: direction === 'outbound' ? null : shown(presentedName, 80),
  };
}

// The agent made a record for a call and is on a record now: perhaps it is the new one.
async function lookAgain() {
  const id = newFor;
  newFor = null;
  if (!id) return;
  try {
    await post(`${pathOf('calls', id)}/look-again`);
  } catch (problem) {
    console.info(String(problem));
  }
}
