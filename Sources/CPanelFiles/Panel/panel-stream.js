// The desk as it changes. The browser reconnects by itself; this module notices what the browser
// does not (a silent connection, a refused one) and says when the connection is lost.
import { serverNow, setServerTime } from './clock.js';
import { EventStream } from './event-stream.js';
import { authorization, get, hasToken } from './http.js';
import { saveAll } from './panel-saving.js';
import { followDesk } from './panel-selection.js';
import { changed, isFramed, store, toast } from './panel-store.js';
import { words } from './words.js';

const address = '/api/v1/desk/stream';
const patience = 3000; // ms without a connection before the page says so
const silence = 40_000; // ms without even a ping (one every 15 s) after which a connection is dead
const reopenWaits = [1000, 2000, 4000, 8000]; // ms; only when the browser has given up

let source = null;
let lostTimer = null;
let silenceTimer = null;
let reopenTimer = null;
let refusals = 0;

export function openStream() {
  close();
  source = hasToken() ? new EventStream(address, authorization) : new EventSource(address);
  source.addEventListener('desk', (event) => take(event.data));
  source.addEventListener('ping', alive);
  source.addEventListener('open', alive);
  source.addEventListener('error', interrupted);
  expectNews();
}

function take(data) {
  const desk = JSON.parse(data);
  setServerTime(desk.now);
  alive();
  const before = store.desk;
  store.desk = desk;
  if (store.filter === desk.agent.preferences.filter) store.filter = null;
  followDesk(before, desk);
  changed();
}

function alive() {
  refusals = 0;
  clearTimeout(lostTimer);
  clearTimeout(reopenTimer);
  lostTimer = null;
  expectNews();
  if (store.connection === 'open' && !store.signedOut) return;
  const wasLost = store.connection === 'lost';
  Object.assign(store, { connection: 'open', lostSince: null, signedOut: false });
  if (wasLost) toast(words.connection.back);
  saveAll();
  changed();
}

function interrupted() {
  const lostAt = new Date(serverNow()).toISOString();
  lostTimer ??= setTimeout(() => {
    Object.assign(store, { connection: 'lost', lostSince: lostAt });
    changed();
  }, patience);
  if (source.readyState === EventSource.CLOSED) refused();
}

// An answer other than 200 ends an EventSource for good. Ask why: 401 leads to the sign-in page.
async function refused() {
  clearTimeout(reopenTimer);
  reopenTimer = setTimeout(openStream, reopenWaits[Math.min(refusals, reopenWaits.length - 1)]);
  refusals += 1;
  try {
    await get('/api/v1/session');
  } catch (problem) {
    // 401 is dealt with where requests are sent; anything else is tried again. In a frame the agent signs in on this
    // page, which opens the stream then.
    if (problem.status === 401 && isFramed) wait();
  }
}

function wait() {
  close();
  clearTimeout(lostTimer);
  lostTimer = null;
}

function expectNews() {
  clearTimeout(silenceTimer);
  silenceTimer = setTimeout(() => {
    interrupted();
    openStream();
  }, silence);
}

function close() {
  source?.close();
  clearTimeout(silenceTimer);
  clearTimeout(reopenTimer);
}

addEventListener('online', () => store.connection !== 'open' && openStream());
addEventListener('pagehide', close);
addEventListener('pageshow', (event) => event.persisted && openStream());
document.addEventListener('visibilitychange', () => {
  const isBack = document.visibilityState === 'visible';
  if (isBack && source && (lostTimer || store.connection === 'lost' || store.signedOut)) openStream();
});
