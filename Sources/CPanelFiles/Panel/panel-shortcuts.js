// The keyboard: every action has a key. Alt and a letter work while typing too; "?" lists them.
import { openDialog } from './panel-bar.js';
import { closeDialog } from './panel-dialogs.js';
import { choose } from './panel-selection.js';
import { store } from './panel-store.js';
import { words } from './words.js';

const setting = 'callmatch.keys'; // in this browser; holds nothing about anybody
const isMac = /mac|iphone|ipad/i.test(navigator.userAgentData?.platform ?? navigator.platform ?? '');

/** `code` is the place of the key, so that layouts and Option characters do not matter. */
export const shortcuts = [
  { group: 'call', name: 'answer', code: 'KeyA', run: () => pressInCalls('answer') },
  { group: 'call', name: 'decline', code: 'KeyX', run: () => pressInCalls('decline') },
  { group: 'call', name: 'hangUp', code: 'KeyU', run: () => pressInCalls('hang-up') },
  { group: 'call', name: 'hold', code: 'KeyH', run: () => pressInCalls('retrieve') || pressInCalls('hold') },
  { group: 'call', name: 'transfer', code: 'KeyT',
    run: () => pressInCalls('complete-transfer') || pressInCalls('transfer') },
  { group: 'call', name: 'cancelTransfer', code: 'KeyK', run: () => pressInCalls('cancel-transfer') },
  { group: 'call', name: 'next', code: 'KeyJ', run: chooseNext },
  { group: 'call', name: 'dial', code: 'KeyP', run: () => store.desk?.line.canDial && openDialog('dial') },
  { group: 'caller', name: 'multiple', code: 'KeyM', run: () => press('#matches') },
  { group: 'caller', name: 'back', code: 'KeyB', run: () => press('#caller [data-action=back]') },
  { group: 'caller', name: 'search', code: 'KeyS', run: () => focus('#people-search') || press('#none-of-these') },
  { group: 'caller', name: 'information', code: 'KeyI', run: showInformation },
  { group: 'caller', name: 'newContact', code: 'KeyC', run: () => press('#caller [data-action=new-contact]') },
  { group: 'caller', name: 'newLead', code: 'KeyL', run: () => press('#caller [data-action=new-lead]') },
  { group: 'caller', name: 'notes', code: 'KeyN', run: () => focus('#log-notes') },
  { group: 'caller', name: 'done', code: 'Enter', run: () => press('#call-log [data-command=done]') },
  { group: 'caller', name: 'retry', code: 'KeyY', run: () => press('#call-log [data-command=retry]') },
  { group: 'page', name: 'recent', code: 'KeyR', run: () => focus('#recent-search') },
  { group: 'page', name: 'close', code: 'KeyW', run: () => press('[data-action=close-past]') },
  { group: 'page', name: 'settings', code: 'Comma', run: () => openDialog('settings') },
  { group: 'page', name: 'help', key: '?', run: () => openDialog('shortcuts') },
];

/** ["Alt", "A"] */
export function keyNames({ code, key }) {
  if (key) return [key];
  const letter = { Enter: '↵', Comma: ',' }[code] ?? code.replace('Key', '');
  return [isMac ? words.shortcuts.altMac : words.shortcuts.alt, letter];
}

export function keysAreOn() {
  try {
    return localStorage.getItem(setting) !== 'off';
  } catch {
    return true;
  }
}

export function setKeysOn(isOn) {
  try {
    if (isOn) localStorage.removeItem(setting);
    else localStorage.setItem(setting, 'off');
  } catch {
    // Without storage the keys stay on.
  }
}

export function listenToKeys() {
  addEventListener('keydown', (event) => {
    if (!keysAreOn() || event.repeat || event.isComposing) return;
    const shortcut = shortcuts.find((each) => fits(each, event));
    if (!shortcut) return;
    event.preventDefault();
    if (store.dialog) closeDialog();
    shortcut.run();
  });
}

function fits({ code, key }, event) {
  if (event.ctrlKey || event.metaKey) return false;
  if (code) return event.altKey && !event.shiftKey && !event.getModifierState('AltGraph') && event.code === code;
  return !event.altKey && event.key === key && !event.target.closest?.('input, textarea, select');
}

// The call that is shown first, else the newest that can.
function pressInCalls(command) {
  const chosen = store.chosen ? `#call-${CSS.escape(store.chosen)} ` : null;
  return (chosen && press(`${chosen}[data-command=${command}]`)) || press(`#live-calls [data-command=${command}]`);
}

function showInformation() {
  return focus('#caller [role=tab][aria-selected=true]') || press('#caller-information');
}

function chooseNext() {
  const ids = store.desk?.calls.map((call) => call.id) ?? [];
  const next = ids[(ids.indexOf(store.chosen) + 1) % ids.length];
  if (!next) return;
  choose(next);
  document.getElementById(`call-${next}`)?.focus();
}

function press(selector) {
  const button = document.querySelector(selector);
  button?.click();
  return Boolean(button);
}

function focus(selector) {
  const element = document.querySelector(selector);
  element?.focus();
  return Boolean(element);
}
