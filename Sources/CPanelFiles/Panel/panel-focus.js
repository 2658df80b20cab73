// Where the focus goes when what had it is gone: never to the top of the page.
import { store } from './panel-store.js';

/** Call before drawing; call what it returns after. */
export function keepFocus() {
  const had = document.activeElement;
  const around = [];
  for (let node = had; node; node = node.parentElement) {
    if (node.id && node.matches('article, section')) around.push(node.id);
  }
  return () => {
    const isLost = !document.activeElement || document.activeElement === document.body;
    uncover(had);
    if (takeNext(isLost || around.includes(document.activeElement.closest('section')?.id))) return;
    if (!isLost || !had || had === document.body) return;
    const next = [...around, 'live-calls', 'desk'].map((id) => document.getElementById(id)).find(canFocus);
    next?.focus({ preventScroll: true });
  };
}

// An element without a box of its own takes no focus.
const canFocus = (element) => element && element.getClientRects().length > 0;

// A call that rings stays at the top of the page; what is typed into must not end up behind it.
function uncover(field) {
  const call = document.querySelector('.call-ringing.call-other');
  if (!call || !field?.isConnected || !field.matches('input, textarea, select')) return;
  const hidden = call.getBoundingClientRect().bottom - field.getBoundingClientRect().top;
  if (hidden > 0 && !call.contains(field) && scrollY > 0) scrollBy(0, -hidden - 40);
}

// After a command the focus goes to what it brought, once that is there.
function takeNext(mayMove) {
  const wish = store.focusNext;
  if (!wish) return false;
  if (Date.now() > wish.until || !mayMove) {
    store.focusNext = null;
    return false;
  }
  const element = document.getElementById(wish.id);
  if (!element) return false;
  store.focusNext = null;
  element.focus();
  return true;
}
