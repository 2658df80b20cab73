// The frame around every page of the CRM and of the administration: bar, sections, main, status.
import { draw, h } from './dom.js';
import { shown } from './format.js';
import { get } from './http.js';
import { icon } from './icons.js';
import { pageWords as words } from './pages-words.js';

let settings = null;
let session = null;

/**
 * `product`: the bar's name and home; `label`: the sections' name; `sections(agent)`: [{href, label,
 * icon}]; `links(agent)`: further links in the bar; `main(path, agent, visit)`: the description of a
 * page, with `visit` in its key.
 */
export function openFrame(about) {
  settings = about;
}

/** Draws the page for a path; the router's `show`. Each `visit` is a new page, also of one path. */
export function showPage(path, visit) {
  Object.assign(settings, { path, visit });
  drawFrame();
}

/** Loads who is signed in, once, and draws again with what this agent may see. */
export async function loadSession() {
  try {
    session = await get('/api/v1/session');
  } catch {
    session = null; // The page itself will say what is wrong.
  }
  drawFrame();
}

/** The agent who is signed in; null until that is known. */
export const signedIn = () => session?.agent ?? null;

/** Says something to screen readers, without moving the focus. */
export function announce(text) {
  const region = document.getElementById('status');
  if (!region) return;
  // The same words twice are two announcements.
  region.textContent = region.textContent === text ? `${text}\u00a0` : text;
}

function drawFrame() {
  const agent = signedIn();
  const { product, label, sections, links, main, path, visit } = settings;
  draw(document.getElementById('page'),
    h('a', { key: 'skip', class: 'skip-link', href: '#main' }, words.skip),
    h('header', { key: 'bar', class: 'pages-bar' },
      h('a', { class: 'pages-brand', href: product.href }, product.name),
      h('p', { class: 'pages-organisation', dir: 'auto' }, shown(session?.organisation?.name)),
      h('ul', { class: 'pages-links' }, links(agent).map(barLink))),
    h('nav', { key: 'sections', class: 'pages-sections', 'aria-label': label },
      h('ul', {}, sections(agent).map((section) => sectionLink(section, path)))),
    h('main', { key: 'main', id: 'main', class: 'pages-main', tabindex: '-1' }, main(path, agent, visit)));
}

const barLink = ({ href, label }) => h('li', { key: href },
  h('a', { class: 'button button-quiet button-small', href }, label));

const sectionLink = ({ href, label, icon: name }, path) => h('li', { key: href },
  h('a', { class: 'pages-section', href, 'aria-current': current(path, href) }, icon(name), label));

/** The section itself, or a page of it. */
function current(path, section) {
  if (path === section) return 'page';
  return path.startsWith(`${section}/`) ? 'true' : null;
}
