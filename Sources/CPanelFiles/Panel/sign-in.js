// Name and password for a session; then to where the agent wanted to go.
import { draw, h } from './dom.js';
import { get, post } from './http.js';
import { words } from './words.js';

const parameters = new URLSearchParams(location.search);
const typed = { name: '', password: '' };
const state = { isBusy: false, problem: null, wrongField: null };

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

function page() {
  return [
    h('p', { class: 'sign-in-brand' }, h('img', { src: '/panel/icon.svg', alt: '' }), words.product),
    h('form', { class: 'card sign-in-card', novalidate: true, on: { submit } },
      h('h1', null, words.signIn.title),
      parameters.has('expired') && h('p', { class: 'notice', role: 'status' }, words.signIn.expired),
      field('name', words.signIn.name, { type: 'text', autocomplete: 'username', autocapitalize: 'none' }),
      field('password', words.signIn.password, { type: 'password', autocomplete: 'current-password' }),
      h('p', { class: 'field-error sign-in-problem', id: 'problem', role: 'alert' }, state.problem),
      h('button', { class: 'button button-primary button-wide', type: 'submit',
        'aria-disabled': state.isBusy ? true : null }, words.signIn.submit)),
    h('p', { class: 'quiet small sign-in-link' }, words.signIn.link),
  ];
}

const field = (name, label, attributes) => h('div', { class: 'field', key: name },
  h('label', { for: name }, label),
  h('input', { id: name, name, class: 'input', required: true, maxlength: 256, spellcheck: 'false', ...attributes,
    value: typed[name],
    'aria-invalid': state.wrongField === name || state.wrongField === 'both' ? true : null,
    'aria-describedby': state.problem ? 'problem' : null,
    on: { input: (event) => { typed[name] = event.target.value; } } }));

async function submit(event) {
  event.preventDefault();
  if (state.isBusy) return;
  if (!typed.name.trim() || !typed.password) {
    fail(words.signIn.missing, typed.name.trim() ? 'password' : 'name');
    return;
  }
  Object.assign(state, { isBusy: true, problem: null, wrongField: null });
  drawPage();
  try {
    await post('/api/v1/session', { name: typed.name.trim(), password: typed.password }, { stayOn401: true });
    location.replace(safeNext(parameters.get('next')));
  } catch (problem) {
    typed.password = '';
    if (problem.status === 401) fail(words.signIn.wrong, 'both');
    else if (problem.status === 429) fail(words.signIn.tooOften(problem.retryAfter ?? 60), null);
    else fail(problem.message || words.signIn.failed, null);
  }
}

function fail(text, wrongField) {
  Object.assign(state, { isBusy: false, problem: text, wrongField });
  drawPage();
  document.getElementById(wrongField === 'name' ? 'name' : 'password').focus();
}

const drawPage = () => draw(document.getElementById('sign-in'), page());

// Whoever is signed in already goes on; after an expired session that question was just answered.
async function goOn() {
  if (parameters.has('expired')) return;
  try {
    await get('/api/v1/session', { stayOn401: true });
    location.replace(safeNext(parameters.get('next')));
  } catch {
    // Not signed in: that is what this page is for.
  }
}

drawPage();
document.getElementById('name').focus();
goOn();
