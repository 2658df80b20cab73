// Recent calls: what the server has, page by page, with the newest kept up to date by the stream.
import { get, query } from './http.js';
import { changed, isLive, store } from './panel-store.js';

const pageSize = 30;
const snapshotSize = 20; // newest calls in a snapshot
const pause = 220; // ms without a key before searching

export const recent = {
  filter: 'all', // all | missed | not-logged
  search: '',
  calls: null, // null: not loaded yet
  next: null, // cursor of the next page
  isBusy: false,
  failed: false,
};

let abort = null;
let timer = null;
let seen = null; // the snapshot's newest calls as they were last seen

export function setFilter(filter) {
  Object.assign(recent, { filter, next: null });
  loadFirst();
}

export function setSearch(text) {
  recent.search = text;
  clearTimeout(timer);
  timer = setTimeout(loadFirst, pause);
  changed();
}

/** The calls to list: without live ones, each with what the snapshot knows better. */
export function recentCalls() {
  const newest = store.desk?.recent ?? [];
  const isWhole = recent.filter === 'all' && !recent.search.trim();
  if (recent.calls === null) return isWhole ? newest : null;
  const better = new Map(newest.map((call) => [call.id, call]));
  const listed = recent.calls.map((call) => better.get(call.id) ?? call);
  const ids = new Set(listed.map((call) => call.id));
  const fresh = isWhole ? newest.filter((call) => !ids.has(call.id)) : [];
  return [...fresh, ...listed].filter((call) => !isLive(call.id))
    .sort((one, other) => Date.parse(other.startedAt) - Date.parse(one.startedAt));
}

/**
 * A new snapshot: its newest calls are kept, as it forgets them. Where calls may have come between them and
 * the list, and where the list is filtered, it is asked for again.
 */
export function followRecent() {
  const now = JSON.stringify(store.desk.recent.map(({ id, log, missed, title }) => [id, log, missed, title]));
  const isNews = now !== seen;
  const isFirst = seen === null;
  seen = now;
  if (!isFirst && !isNews) return;
  const isWhole = recent.filter === 'all' && !recent.search.trim();
  if (isFirst || !isWhole || !keepNewest(store.desk.recent)) loadFirst();
}

/** False where calls may be missing between these and the list. */
function keepNewest(newest) {
  if (recent.calls === null) return true;
  const known = new Set(recent.calls.map((call) => call.id));
  const fresh = newest.filter((call) => !known.has(call.id));
  recent.calls = [...fresh, ...recent.calls];
  return fresh.length < newest.length || newest.length < snapshotSize;
}

export async function loadFirst() {
  await load(null, (calls) => calls);
}

export async function loadMore() {
  if (recent.isBusy || !recent.next) return;
  await load(recent.next, (calls) => {
    const known = new Set(recent.calls.map((call) => call.id));
    return [...recent.calls, ...calls.filter((call) => !known.has(call.id))];
  });
}

async function load(before, join) {
  abort?.abort();
  abort = new AbortController();
  const { signal } = abort;
  Object.assign(recent, { isBusy: true, failed: false });
  changed();
  const { filter, search } = recent;
  try {
    const path = `/api/v1/recent${query({ filter, search: search.trim(), before, limit: pageSize })}`;
    const { calls, next } = await get(path, { signal });
    Object.assign(recent, { calls: join(calls), next: next ?? null, isBusy: false });
  } catch (problem) {
    if (problem.name === 'AbortError') return;
    Object.assign(recent, { isBusy: false, failed: true });
  }
  changed();
}
