// Name and password for a session; then to where the agent wanted to go.
import { draw, h } from './dom.js';
import { get, post } from './http.js';
import { newSignInForm } from './sign-in-form.js';
import { words } from './words.js';

const parameters = new URLSearchParams(location.search);

/** A path on this server, whatever the address says; `//elsewhere` and the like lead to the panel. */
function safeNext(next, origin = location.origin) {
  if (!next || !next.startsWith('/') || /[\\\u0000-\u0020]/.test(next)) return '/';
  try {
    const address = new URL(next, origin);
    return address.origin === origin ? address.pathname + address.search + address.hash : '/';
  } catch {
    return '/';
  }
}

const goOn = () => location.replace(safeNext(parameters.get('next')));

const form = newSignInForm({
  redraw: drawPage,
  signIn: async (credentials) => {
    await post('/api/v1/session', credentials, { stayOn401: true });
    goOn();
  },
});

function drawPage() {
  draw(document.getElementById('sign-in'), [
    h('p', { class: 'sign-in-brand' }, h('img', { src: '/panel/icon.svg', alt: '' }), words.product),
    form(parameters.has('expired') ? words.signIn.expired : null),
    h('p', { class: 'quiet small sign-in-link' }, words.signIn.link),
  ]);
}

// Whoever is signed in already goes on; after an expired session that question was just answered.
async function goOnIfSignedIn() {
  if (parameters.has('expired')) return;
  try {
    await get('/api/v1/session', { stayOn401: true });
    goOn();
  } catch {
    // Not signed in: that is what this page is for.
  }
}

drawPage();
document.getElementById('name').focus();
goOnIfSignedIn();
