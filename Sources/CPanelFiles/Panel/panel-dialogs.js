// Settings, the list of shortcuts, the pretend phone of the sample organisation, and dialling.
import { h } from './dom.js';
import { shown } from './format.js';
import * as commands from './panel-commands.js';
import { consentSettings, leaveConsent } from './panel-consent.js';
import { demoDialog, leaveDemo } from './panel-demo.js';
import { askForNotifications, notificationsAreBlocked } from './panel-notify.js';
import { leavePassword, passwordForm } from './panel-password.js';
import { soundIsBlocked } from './panel-ring.js';
import { button } from './panel-parts.js';
import { keyNames, keysAreOn, setKeysOn, shortcuts } from './panel-shortcuts.js';
import { changed, store } from './panel-store.js';
import { words } from './words.js';

const kinds = { settings, shortcuts: shortcutList, demo: demoDialog, dial };
const titles = {
  settings: words.bar.settings, shortcuts: words.bar.shortcuts, demo: words.demo.title, dial: words.dial.title,
};
let number = '';

/** The open dialog, if any. It closes with Escape, and the focus goes back to where it was. */
export function dialog(desk) {
  const draw = kinds[store.dialog];
  if (!draw || !desk) return null;
  const name = store.dialog;
  return h('dialog', { key: name, class: ['dialog', `dialog-${name}`], 'aria-labelledby': 'dialog-title',
    on: { close: closed, click: closeOutside } },
  h('h2', { id: 'dialog-title', class: 'dialog-title', tabindex: '-1', autofocus: name !== 'dial' }, titles[name]),
  draw(desk));
}

/** After drawing: `showModal` is what makes the rest of the page wait. */
export function openDrawnDialog() {
  const element = document.querySelector('dialog:not([open])');
  if (element && store.dialog) element.showModal();
}

export function closeDialog() {
  document.querySelector('dialog[open]')?.close();
}

function closed() {
  store.dialog = null;
  number = '';
  leaveDemo();
  leavePassword();
  leaveConsent();
  changed();
}

function closeOutside(event) {
  if (event.target === event.currentTarget) event.currentTarget.close();
}

const dialogActions = (...buttons) =>
  h('div', { class: 'dialog-actions' }, button('', words.close, closeDialog, { key: 'close' }), buttons);

function settings(desk) {
  const { preferences } = desk.agent;
  return [
    setting('sound', words.settings.sound,
      soundIsBlocked() && preferences.sound ? words.settings.soundBlocked : words.settings.soundHint,
      preferences.sound, (isOn) => commands.setPreference('sound', isOn)),
    setting('notifications', words.settings.notifications,
      notificationsAreBlocked() ? words.settings.notificationsBlocked : words.settings.notificationsHint,
      preferences.notifications, async (isOn) => {
        if (isOn) await askForNotifications();
        await commands.setPreference('notifications', isOn);
      }),
    setting('keys', words.settings.keys, words.settings.keysHint, keysAreOn(), (isOn) => {
      setKeysOn(isOn);
      changed();
    }),
    consentSettings(desk),
    passwordForm(desk),
    dialogActions(),
  ];
}

const setting = (name, text, hint, isOn, set) => h('div', { key: name, class: 'setting' },
  h('label', { class: 'check' },
    h('input', { type: 'checkbox', checked: isOn, 'aria-describedby': `setting-${name}`,
      on: { change: (event) => set(event.target.checked) } }),
    text),
  h('p', { class: 'field-hint', id: `setting-${name}` }, hint));

function shortcutList() {
  const row = (each) => h('div', { key: each.name, class: 'shortcut' },
    h('dt', null, words.shortcuts[each.name]),
    h('dd', null, keyNames(each).map((key) => h('kbd', { key }, key))));
  const group = ([name, title]) => h('section', { key: name, class: 'shortcut-group' },
    h('h3', { class: 'section-title' }, title),
    h('dl', null, shortcuts.filter((each) => each.group === name).map(row)));
  return [Object.entries(words.shortcuts.titles).map(group), dialogActions()];
}

function dial({ line }) {
  const submit = async (event) => {
    event.preventDefault();
    if (number.trim() && await commands.dial(number.trim())) closeDialog();
  };
  return h('form', { class: 'stack', on: { submit } },
    h('div', { class: 'field' },
      h('label', { for: 'dial-number' }, words.dial.number),
      h('input', { id: 'dial-number', class: 'input', type: 'tel', autocomplete: 'off', maxlength: 64,
        autofocus: true, value: number, on: { input: (event) => { number = event.target.value; } } })),
    line.text && h('p', { class: 'field-hint' }, shown(line.text, 200)),
    dialogActions(h('button', { key: 'call', type: 'submit', class: 'button button-primary', disabled: !line.canDial },
      words.dial.call)));
}

