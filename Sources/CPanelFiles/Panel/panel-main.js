// The panel: takes the stream, draws the page from the store.
import './elements.js';
import { draw, h } from './dom.js';
import { onSignedOut } from './http.js';
import { announce } from './panel-announce.js';
import { connectionBar, toasts, topBar } from './panel-bar.js';
import { caller } from './panel-caller.js';
import { liveCalls } from './panel-calls.js';
import { dialog, openDrawnDialog } from './panel-dialogs.js';
import { keepFocus } from './panel-focus.js';
import { followHost, meetHost } from './panel-host.js';
import { callLog } from './panel-log.js';
import { followNotifications } from './panel-notify.js';
import { followRecent } from './panel-recent.js';
import { pastCall, recentList } from './panel-recent-view.js';
import { loadRelated } from './panel-related.js';
import { followRing } from './panel-ring.js';
import { choose, openPast } from './panel-selection.js';
import { listenToKeys } from './panel-shortcuts.js';
import { signInHere, whenSignedOut } from './panel-sign-in.js';
import { isLive, onChange, shownCall, store } from './panel-store.js';
import { openStream } from './panel-stream.js';
import { words } from './words.js';

const place = (id) => document.getElementById(id);

/** The page as it should be now. */
function drawPage() {
  const { desk, chosen } = store;
  const restoreFocus = keepFocus();
  draw(place('bar'), topBar(desk));
  draw(place('connection'), connectionBar(desk));
  const signIn = signInHere();
  draw(place('desk'), signIn, desk ? columns(desk, chosen) : !signIn && starting());
  draw(place('toasts'), toasts());
  draw(place('dialogs'), dialog(desk));
  openDrawnDialog();
  restoreFocus();
}

function columns(desk, chosen) {
  const call = shownCall();
  const past = store.past.get(chosen);
  return [
    h('div', { class: 'column-now', key: 'now' },
      region('live-calls', words.calls.region, { key: 'calls' }, liveCalls(desk, chosen)),
      past && region('past-call', words.recent.opened, { key: `past-${chosen}` }, pastCall(past, chosen, desk)),
      call && region('caller', words.caller.region, { key: `caller-${chosen}`, class: 'card', 'data-call': chosen },
        caller(call, desk)),
      call && region('call-log', words.log.region, { key: `log-${chosen}`, class: 'card log', 'data-call': chosen },
        callLog(call, desk))),
    region('recent', words.recent.region, { key: 'recent', class: 'column-recent' }, recentList(desk, chosen)),
  ];
}

const region = (id, name, props, children) =>
  h('section', { id, 'aria-label': name, tabindex: '-1', ...props }, children);

const starting = () => h('p', { class: 'empty starting', key: 'starting', role: 'status' }, words.connection.starting);

// What follows from a picture, besides drawing it.
function followPicture() {
  if (!store.desk) return;
  loadRelated();
  if (store.desk === followed) return;
  if (!followed) openAskedFor();
  followed = store.desk;
  followRecent();
  announce(store.desk);
  followRing(store.desk);
  followNotifications(store.desk);
  followHost(store.desk);
}
let followed = null;

// `/?open=…` opens that call, as a link from elsewhere may ask for.
function openAskedFor() {
  const address = new URL(location.href);
  const id = address.searchParams.get('open');
  if (!id) return;
  address.searchParams.delete('open');
  history.replaceState(null, '', address);
  if (isLive(id)) choose(id);
  else openPast(id);
}

document.documentElement.lang = words.language;
place('skip').textContent = words.skipToCaller;
onSignedOut(whenSignedOut);
onChange(drawPage);
onChange(followPicture);
drawPage();
listenToKeys();
meetHost();
openStream();
