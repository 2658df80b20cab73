// A field that was changed here and elsewhere: both versions side by side, and the agent decides.
import { h } from './dom.js';
import { day, shown } from './format.js';
import { button } from './panel-parts.js';
import { resolve } from './panel-saving.js';
import { focusNext } from './panel-store.js';
import { words } from './words.js';

const fieldIDs = {
  subject: 'log-subject', notes: 'log-notes', disposition: 'log-disposition', followUp: 'follow-up-on',
};

export function conflict(call, draft, field, label) {
  if (!(field in draft.conflict)) return null;
  const decide = (keepsMine) => {
    resolve(call, field, keepsMine);
    focusNext(fieldIDs[field]);
  };
  return h('div', { class: 'conflict', key: 'conflict', role: 'group', 'aria-label': words.log.versions },
    h('p', { class: 'conflict-title', role: 'alert' }, words.log.conflict(label)),
    h('p', { class: 'small' }, words.log.conflictHint),
    h('div', { class: 'conflict-sides' },
      side(words.log.mine, draft.value[field], words.log.keepMine, () => decide(true)),
      side(words.log.other, draft.conflict[field], words.log.useOther, () => decide(false))));
}

const side = (title, value, action, click) => h('div', { class: 'conflict-side', key: action },
  h('p', { class: 'field-label' }, title),
  h('p', { class: 'conflict-text', dir: 'auto' }, text(value) || words.log.empty),
  button('button-small', action, click));

function text(value) {
  if (value && typeof value === 'object') {
    return [value.on && day(value.on), shown(value.text, 255)].filter(Boolean).join(' · ');
  }
  return String(value ?? '').slice(0, 32000);
}
