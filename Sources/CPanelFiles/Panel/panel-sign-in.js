// Signing in inside another page's frame. The sign-in page may not be framed, and a session begun in a tab of its own
// does not reach a frame, whose cookies browsers keep apart: so name and password are asked for in the panel itself.
//
// The session is in the cookie where the browser keeps one for this frame. Where it keeps none, the server says 401 to
// the next request; then the panel signs in once more and gets a token, which is kept in memory and sent as a header.
// A link that works once is used here as well, and gives both at once.
import { h } from './dom.js';
import { get, goToSignIn, post, useToken } from './http.js';
import { words } from './open-cti-words.js';
import { newLinkForm } from './panel-link-form.js';
import { button } from './panel-parts.js';
import { hasUnsaved } from './panel-saving.js';
import { changed, focusNext, isFramed, store, toast } from './panel-store.js';
import { openStream } from './panel-stream.js';
import { newSignInForm } from './sign-in-form.js';

const session = '/api/v1/session';
const form = newSignInForm({ signIn, redraw: changed });
const linkForm = newLinkForm({ signIn: signInByLink, redraw: changed, back: () => useLink(false) });
let usesLink = false;

async function signIn(credentials) {
  useToken(null);
  await post(session, credentials, { stayOn401: true });
  if (!await isSignedIn()) {
    const { token } = await post(session, { ...credentials, token: true }, { stayOn401: true });
    useToken(token);
    toast(words.signIn.inMemory);
  }
  openStream();
}

// A link is good once: what it gives is asked for in both forms.
async function signInByLink(link) {
  useToken(null);
  const { token } = await post(session, { link, token: true }, { stayOn401: true });
  if (!await isSignedIn()) {
    useToken(token);
    toast(words.signIn.inMemory);
  }
  usesLink = false;
  openStream();
}

function useLink(isWished) {
  usesLink = isWished;
  focusNext(isWished ? 'link' : 'name');
}

async function isSignedIn() {
  try {
    await get(session, { stayOn401: true });
    return true;
  } catch (problem) {
    if (problem.status === 401) return false;
    throw problem;
  }
}

/** The form in place of the desk, or above a desk on which something unsaved stands; null when signed in. */
export function signInHere() {
  if (!isFramed || !store.signedOut) return null;
  const notice = store.desk && words.signIn.keepsText;
  return h('div', { class: 'sign-in', key: 'sign-in' }, usesLink ? linkForm(notice) : form(notice),
    !usesLink && h('p', { class: 'sign-in-link', key: 'offer' },
      button('button-quiet button-small', words.linkForm.offer, () => useLink(true))));
}

/**
 * The server does not know any more who this is. What was typed stays, and is kept by signing in again; with nothing
 * typed, nothing of the desk is left on the page or in its memory.
 */
export function whenSignedOut() {
  if (!isFramed && !hasUnsaved()) goToSignIn();
  else if (isFramed && store.desk && !hasUnsaved()) location.reload();
  else {
    store.signedOut = true;
    changed();
  }
}

/** After the agent has signed out. */
export function leave() {
  if (isFramed) location.reload();
  else goToSignIn({ isWish: true });
}
