// What an agent types into a call log, against what the server has. Pure: no timers, no network.
// A field is `value` (typed), `base` (the server's, as last agreed) and `sent` (on its way).
// Nothing that arrives replaces a typed value: where both changed, the field is in conflict.

import { stripped } from './format.js';

export const fields = ['subject', 'notes', 'disposition', 'followUp'];

export function newDraft(log) {
  const draft = { log: log.id, version: log.version, value: {}, base: {}, sent: {}, conflict: {} };
  for (const field of fields) {
    draft.value[field] = draft.base[field] = read(log, field);
    draft.sent[field] = [];
  }
  return draft;
}

export function type(draft, field, value) {
  draft.value[field] = value;
}

/** Takes the server's log. An older one than is known is left aside. */
export function merge(draft, log) {
  if (log.version < draft.version) return;
  draft.version = log.version;
  for (const field of fields) {
    const theirs = read(log, field);
    if (isSame(theirs, draft.base[field])) {
      delete draft.conflict[field];
    } else if (draft.sent[field].some((sent) => isSame(sent, theirs)) || isSame(theirs, draft.value[field])) {
      draft.base[field] = isSame(theirs, draft.value[field]) ? draft.value[field] : theirs;
      delete draft.conflict[field];
    } else if (isUntouched(draft, field)) {
      draft.base[field] = draft.value[field] = theirs;
    } else {
      draft.conflict[field] = theirs;
    }
  }
}

/** What is to be saved now: {notes: "…"}; null when there is nothing. Conflicts wait for the agent. */
export function changes(draft) {
  const open = fields.filter((field) => !isUntouched(draft, field) && !(field in draft.conflict));
  return open.length === 0 ? null : Object.fromEntries(open.map((field) => [field, draft.value[field]]));
}

export const isUnsaved = (draft) => fields.some((field) => !isUntouched(draft, field));

export const conflicts = (draft) => fields.filter((field) => field in draft.conflict);

export function sending(draft, values) {
  for (const [field, value] of Object.entries(values)) draft.sent[field].push(value);
}

/** Whether something was sent of which it is not known if it arrived. */
export const isUnconfirmed = (draft) => fields.some((field) => draft.sent[field].length > 0);

/** The server took `values` as `version`. */
export function saved(draft, values, version) {
  // A snapshot of this very version came before the answer: it holds this change as the server keeps it.
  const isKnown = draft.version === version;
  draft.version = Math.max(draft.version, version);
  for (const [field, value] of Object.entries(values)) {
    draft.base[field] = value;
    draft.sent[field] = [];
    if (!isKnown || !(field in draft.conflict)) continue;
    if (isUntouched(draft, field)) useOther(draft, field);
    else keepMine(draft, field);
  }
}

export function keepMine(draft, field) {
  draft.base[field] = draft.conflict[field];
  delete draft.conflict[field];
}

export function useOther(draft, field) {
  draft.value[field] = draft.base[field] = draft.conflict[field];
  delete draft.conflict[field];
}

function read(log, field) {
  if (field === 'followUp') return log.followUp ?? null;
  if (field === 'disposition') return log.disposition ?? null;
  // A proposed subject holds the caller's name, which may hold anything.
  return field === 'subject' ? stripped(log.subject ?? '') : log[field] ?? '';
}

const isUntouched = (draft, field) => exact(draft.value[field]) === exact(draft.base[field]);

const exact = (value) => (value && typeof value === 'object'
  ? JSON.stringify([value.on ?? null, value.text ?? ''])
  : value);

// Space at the end of a text and the kind of line break are nobody's edit.
function isSame(one, other) {
  const plain = (value) => {
    const text = exact(value);
    return typeof text === 'string' ? text.replaceAll('\r\n', '\n').trimEnd() : text;
  };
  return plain(one) === plain(other);
}
