// The activity, opportunities and cases of a person, loaded when they are shown. What is already
// there stays until the new answer comes.
import { get, pathOf, query } from './http.js';
import { changed, personOf, shownCall, store, viewOf } from './panel-store.js';

const freshFor = 60_000; // ms; a person shown again later is asked for again
const most = 40; // answers kept

const answers = new Map(); // "crm kind id" → {data, reason, at, isBusy, failure}

/** The scope chosen by this agent: what was just clicked, else what the server remembers. */
export const chosenScope = (desk) => store.filter ?? desk.agent.preferences.filter ?? 'account';

/** {data, isBusy, failure} for a person, for the view; `failure` is what the server said against it. */
export function relatedOf(person) {
  const entry = answers.get(keyOf(person));
  return { data: entry?.data ?? null, isBusy: entry?.isBusy ?? true, failure: entry?.failure ?? null };
}

/** Loads what the page shows and has not got. */
export function loadRelated() {
  const call = shownCall();
  const person = call && personOf(call);
  if (!person || !viewOf(call.id).isInformationOpen) return;
  const scope = chosenScope(store.desk);
  const entry = answers.get(keyOf(person));
  const reason = `${call.id} ${scope} ${call.log?.state === 'filed'}`;
  const isFresh = entry?.reason === reason && (entry.isBusy || entry.failure || Date.now() - entry.at < freshFor);
  if (!isFresh) load(person, scope, reason);
}

/** What is there stays meanwhile. */
export function loadRelatedAgain(person) {
  const entry = answers.get(keyOf(person));
  if (entry && !entry.isBusy) entry.reason = null;
  changed();
}

async function load(person, scope, reason) {
  const key = keyOf(person);
  const entry = { ...answers.get(key), reason, isBusy: true };
  answers.delete(key);
  answers.set(key, entry);
  if (answers.size > most) answers.delete(answers.keys().next().value);
  changed();
  try {
    const { crm, kind, id } = person.ref;
    const data = await get(`${pathOf('people', kind, id)}/related${query({ scope, crm })}`);
    Object.assign(entry, { data, at: Date.now(), failure: null });
  } catch (problem) {
    entry.failure = problem;
  }
  entry.isBusy = false;
  changed();
}

const keyOf = ({ ref }) => `${ref.crm ?? ''} ${ref.kind} ${ref.id}`;
