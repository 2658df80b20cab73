// Addresses below one path are drawn here without loading a page. What a page remembers for "back"
// stays in memory: no contact data is written to the browser's history or storage.

const remembered = new Map(); // entry → what its page left behind
const longestMemory = 20; // pages; each may hold some hundred records
const scrolled = new Map(); // entry → how far it was scrolled
let settings = null;
let shownAddress = null;
let entry = 0;
let newest = 0;
let isReturn = false;
let isGoingBack = false;
let awaitsFocus = false;
let unsaved = null; // {owner, isDirty, ask} of the page with a form

/**
 * `base`: the path whose links are handled; `show(path, visit)`: draws the page for an address;
 * `productName`: ends the document's title.
 */
export function startRouter({ base, show, productName }) {
  settings = { base, show, productName };
  history.scrollRestoration = 'manual';
  entry = history.state?.entry ?? Date.now();
  newest = Math.max(entry, Date.now());
  history.replaceState({ entry }, '');
  document.addEventListener('click', followLink);
  addEventListener('popstate', comeBack);
  addEventListener('beforeunload', (event) => {
    if (unsaved?.isDirty()) event.preventDefault();
  });
  showAddress();
}

/** Goes to an address, in this document where it can. Asks first if there are unsaved changes. */
export async function go(address, { replace = false } = {}) {
  if (!await mayLeave()) return;
  const url = new URL(address, location.href);
  if (!isOurs(url)) {
    location.assign(url);
    return;
  }
  scrolled.set(entry, scrollY);
  if (!replace) entry = newest += 1;
  history[replace ? 'replaceState' : 'pushState']({ entry }, '', url);
  isReturn = false;
  awaitsFocus = true;
  showAddress();
}

/** Changes the address of the page that is shown, without drawing another. */
export function renameAddress(address) {
  history.replaceState({ entry }, '', address);
  shownAddress = location.pathname + location.search;
}

/** Guards `owner`'s unsaved changes until it leaves the document. `ask` resolves to "may leave". */
export function guardUnsaved(owner, isDirty, ask) {
  unsaved = { owner, isDirty, ask };
  owner.signal.addEventListener('abort', () => {
    if (unsaved?.owner === owner) unsaved = null;
  });
}

/** What the page of this entry left behind, if the agent came back to it. */
export const recall = () => (isReturn ? remembered.get(entry) ?? null : null);

/** Returns what keeps a value for a return to the entry that is shown now; call it on leaving. */
export function rememberHere() {
  const here = entry;
  return (value) => {
    remembered.set(here, value);
    if (remembered.size > longestMemory) remembered.delete(remembered.keys().next().value);
  };
}

/** A page has its content: title, focus and scroll follow, once for each navigation. */
export function arrived(page, title) {
  document.title = `${title} · ${settings.productName}`;
  if (!awaitsFocus) return;
  awaitsFocus = false;
  page.querySelector('h1')?.focus({ preventScroll: true });
  scrollTo(0, isReturn ? scrolled.get(entry) ?? 0 : 0);
}

const isOurs = (url) => url.origin === location.origin
  && (url.pathname === settings.base || url.pathname.startsWith(`${settings.base}/`));

async function mayLeave() {
  if (!unsaved?.isDirty()) return true;
  const may = await unsaved.ask();
  if (may) unsaved = null;
  return may;
}

function followLink(event) {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target.closest?.('a[href]');
  if (!link || link.target || link.hasAttribute('download')) return;
  const url = new URL(link.href);
  if (!isOurs(url) || url.hash) return;
  event.preventDefault();
  go(url);
}

async function comeBack() {
  if (isGoingBack) {
    isGoingBack = false;
    return;
  }
  if (location.pathname + location.search === shownAddress) return;
  const wanted = history.state?.entry ?? 0;
  if (unsaved?.isDirty()) {
    const steps = wanted < entry ? 1 : -1;
    isGoingBack = true;
    history.go(steps);
    if (await mayLeave()) history.go(-steps);
    return;
  }
  scrolled.set(entry, scrollY);
  entry = wanted;
  isReturn = true;
  awaitsFocus = true;
  showAddress();
}

function showAddress() {
  shownAddress = location.pathname + location.search;
  settings.show(location.pathname, entry);
}
