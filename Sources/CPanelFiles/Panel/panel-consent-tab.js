// Connecting the CRM: a link to a tab, which has the panel's session. Inside another page's frame no tab has it, so there
// the tab gets a ticket that is good once. It stands behind the # of the address, which no server is sent.
import { words } from './crm-link-words.js';
import { h } from './dom.js';
import { shown } from './format.js';
import { Problem, post } from './http.js';
import { icon } from './icons.js';
import { button, disabledWhen } from './panel-parts.js';
import { changed, isFramed } from './panel-store.js';
import { words as all } from './words.js';

const atRest = { isBusy: false, address: null, refusal: null };
const tab = { ...atRest };

/** A link or a button, because the CRM's own page asks; its answer comes back to the server. */
export function connectControl(text, more = {}) {
  const content = [text, icon('open', 'icon-small')];
  if (isFramed && !tab.address) {
    return button('button-small', content, openTab,
      { key: 'connect', ...more, 'aria-disabled': disabledWhen(tab.isBusy) });
  }
  return h('a', { key: 'connect-link', class: 'button button-small', href: tab.address ?? '/connect/crm',
    target: '_blank', rel: 'noopener', ...more, ...(isFramed && { on: { click: forget } }) }, content);
}

/** Why the tab is not there; null when nothing is wrong. */
export const connectProblem = () =>
  tab.refusal && h('div', { key: 'connect-problem', role: 'alert' }, refusedText(tab.refusal));

/** What is said against it, {title, text}: each may be missing. */
export const refusedText = ({ title, text }) => h('div', { class: 'field-error consent-refused' }, icon('warning'),
  h('div', null,
    title && h('p', null, h('bdi', null, title)),
    text && h('p', null, h('bdi', null, text))));

/** The words of the server, or our own where it said nothing. */
export function refusalOf(problem) {
  if (!(problem instanceof Problem)) throw problem;
  if (problem.isOffline) return { text: all.connection.offline };
  const [title, text] = [shown(problem.title, 300), shown(problem.detail, 300)];
  return { title, text: title || text ? text : all.connection.failed };
}

/** A question that was not answered is forgotten when the dialog closes. */
export const leaveTab = () => Object.assign(tab, atRest);

// After the click that needs the address.
const forget = () => setTimeout(() => {
  leaveTab();
  changed();
});

async function openTab() {
  if (tab.isBusy) return;
  Object.assign(tab, { ...atRest, isBusy: true });
  changed();
  try {
    const { ticket } = await post('/api/v1/crm/consent/tickets');
    const address = `/connect/crm/tab#${ticket}`;
    const opened = open(address, '_blank');
    if (opened) opened.opener = null;
    // A second press is a link, which no browser blocks.
    else Object.assign(tab, { address, refusal: { text: words.consent.blocked } });
  } catch (problem) {
    tab.refusal = refusalOf(problem);
  }
  tab.isBusy = false;
  changed();
}
