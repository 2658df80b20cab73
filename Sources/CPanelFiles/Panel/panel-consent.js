// The agent's own consent to the CRM, in the settings: how it stands, giving it, taking it back.
import { words } from './crm-link-words.js';
import { h } from './dom.js';
import { shown } from './format.js';
import { remove } from './http.js';
import { connectControl, connectProblem, leaveTab, refusalOf, refusedText } from './panel-consent-tab.js';
import { button, disabledWhen } from './panel-parts.js';
import { changed, focusNext } from './panel-store.js';

const atRest = { isAsked: false, isBusy: false, refusal: null };
const state = { ...atRest };

/** A question that was not answered is forgotten when the dialog closes. */
export function leaveConsent() {
  Object.assign(state, atRest);
  leaveTab();
}

export function consentSettings({ organisation: { crm } }) {
  if (!crm.consent) return null;
  const name = shown(crm.name) ?? 'CRM';
  const { state: standing, user, text } = crm.consent;
  const says = words.consent.states[standing]?.(shown(user)) ?? null;
  return h('section', { key: 'crm', class: 'stack settings-part', 'aria-labelledby': 'consent-title' },
    h('h3', { class: 'section-title', id: 'consent-title', tabindex: '-1' }, h('bdi', null, name)),
    h('div', { role: 'status', class: 'stack consent-state' },
      h('p', { key: 'state' }, h('bdi', null, says)),
      shown(text) && h('p', { key: 'text', class: 'field-hint' }, h('bdi', null, shown(text, 300)))),
    standing === 'given' ? given(name) : standing !== 'notNeeded' && missing(name));
}

const missing = (name) => h('div', { key: 'missing', class: 'stack consent-state' },
  h('div', null, connectControl(words.consent.connect,
    { 'aria-label': words.consent.connectNamed(name), 'aria-describedby': 'consent-hint' })),
  connectProblem(),
  h('p', { class: 'field-hint', id: 'consent-hint' }, words.consent.newTab));

function given(name) {
  const ask = () => {
    Object.assign(state, { isAsked: true, refusal: null });
    focusNext('consent-keep');
  };
  const keep = () => {
    Object.assign(state, atRest);
    focusNext('consent-end');
  };
  if (!state.isAsked) {
    return h('div', { key: 'given' }, button('button-small', words.consent.disconnect, ask,
      { id: 'consent-end', 'aria-label': words.consent.disconnectNamed(name) }));
  }
  const about = { role: 'group', 'aria-labelledby': 'consent-question' };
  return h('div', { key: 'asked', class: 'notice consent-question', ...about },
    h('div', { class: 'stack grow' },
      h('p', { class: 'strong', id: 'consent-question' }, words.consent.askTitle(name)),
      h('p', null, words.consent.ask(name)),
      h('div', { role: 'alert' }, state.refusal && refusedText(state.refusal)),
      h('div', { class: 'row' },
        button('button-small', words.consent.keep, keep, { id: 'consent-keep' }),
        button('button-small button-danger', words.consent.disconnect, disconnect,
          { 'aria-disabled': disabledWhen(state.isBusy) }))));
}

// What the server says against it stands here: a message at the foot of the page lies behind the dialog.
async function disconnect() {
  if (state.isBusy) return;
  Object.assign(state, { isBusy: true, refusal: null });
  changed();
  try {
    await remove('/api/v1/crm/consent');
    Object.assign(state, atRest);
    focusNext('consent-title');
  } catch (problem) {
    Object.assign(state, { isBusy: false, refusal: refusalOf(problem) });
  }
  changed();
}
