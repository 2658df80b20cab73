// The tab that a framed panel opens for an agent's consent to the CRM. It says for whom it asks, and goes on after a click
// only: a ticket that somebody else sent would connect this person's user of the CRM to that agent.
import { words as all } from './crm-link-words.js';
import { draw, h } from './dom.js';
import { shown } from './format.js';
import { post } from './http.js';
import { words as common } from './words.js';

const words = all.tab;
const tickets = '/api/v1/crm/consent/tickets';
const ticket = takeTicket();
let isBusy = false;

// Nothing of it stays in the address or in the history.
function takeTicket() {
  const text = location.hash.slice(1);
  history.replaceState(null, '', location.pathname);
  return text;
}

const ask = (what) => post(`${tickets}/${what}`, { ticket }, { stayOn401: true });

const say = (title, text) => draw(document.getElementById('connect'),
  h('div', { key: 'said', class: 'card sign-in-card', role: 'status' },
    h('h1', null, h('bdi', null, title)), h('p', null, h('bdi', null, text))));

function drawQuestion(agent, crm) {
  const name = h('bdi', { class: 'strong' }, agent);
  draw(document.getElementById('connect'), h('div', { key: 'question', class: 'card sign-in-card' },
    h('h1', { id: 'question' }, words.question(h('bdi', null, crm), h('bdi', null, agent))),
    h('p', null, words.then(h('bdi', null, crm))),
    h('p', null, words.onlyIf(name)),
    h('button', { type: 'button', class: 'button button-primary button-wide', 'aria-describedby': 'question',
      'aria-disabled': isBusy ? true : null, on: { click: () => goOn(agent, crm) } }, words.goOn),
    h('button', { type: 'button', class: 'button button-wide',
      'aria-disabled': isBusy ? true : null, on: { click: refuse } }, words.notMe)));
}

async function goOn(agent, crm) {
  if (isBusy) return;
  isBusy = true;
  drawQuestion(agent, crm);
  const answer = await answerOr(() => ask('use'));
  if (answer) location.assign(answer.page);
}

async function refuse() {
  if (isBusy) return;
  isBusy = true;
  if (await answerOr(() => ask('refuse')) !== undefined) say(words.refused, words.refusedText);
}

// What the server says against it takes the place of the question; undefined then.
async function answerOr(request) {
  try {
    return await request();
  } catch (problem) {
    const offline = problem.isOffline ? common.connection.offline : null;
    say(shown(problem.title) ?? words.failed, offline ?? shown(problem.detail, 300) ?? words.begin);
    return undefined;
  }
}

// What the browser says of itself is not always so.
function keepsCookies() {
  const name = '__Host-try';
  document.cookie = `${name}=1; Path=/; Secure; SameSite=Lax`;
  const isKept = document.cookie.includes(`${name}=`);
  document.cookie = `${name}=; Path=/; Secure; SameSite=Lax; Max-Age=0`;
  return isKept;
}

async function begin() {
  if (!keepsCookies()) return say(words.noCookies, words.noCookiesText);
  if (!ticket) return say(words.failed, words.begin);
  const about = await answerOr(() => ask('look'));
  if (about) drawQuestion(shown(about.agent), shown(about.crm));
}

begin();
