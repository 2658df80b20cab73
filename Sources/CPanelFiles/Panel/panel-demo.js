// The pretend phone of the sample organisation: choose who calls, and your phone rings.
import { h } from './dom.js';
import { shown } from './format.js';
import { get, post } from './http.js';
import * as commands from './panel-commands.js';
import { button, disabledWhen } from './panel-parts.js';
import { changed } from './panel-store.js';
import { words } from './words.js';

const demo = { offer: null, failed: false, isLoading: false, target: 'me', number: '' };

export function demoDialog(desk) {
  if (!demo.offer && !demo.isLoading && !demo.failed) load();
  const { rules } = demo.offer ?? {};
  return [
    h('p', { class: 'quiet' }, words.demo.hint),
    targets(desk),
    rules && h('p', { class: 'field-hint' }, words.demo.rules(rules.noAnswerSeconds, shown(rules.to))),
    demo.failed ? h('p', { class: 'field-error', role: 'alert' }, words.demo.failed) : callers(desk),
    anotherNumber(desk),
    h('div', { class: 'dialog-actions' }, button('', words.close, leave)),
  ];
}

export function leaveDemo() {
  Object.assign(demo, { failed: false, number: '' });
}

function targets({ agent: { extension } }) {
  const choices = { me: words.demo.me(extension ?? '–'), group: words.demo.group };
  const choose = (target) => {
    demo.target = target;
    changed();
  };
  const choice = ([target, text]) => h('label', { key: target },
    h('input', { type: 'radio', name: 'demo-target', value: target, checked: demo.target === target,
      on: { change: () => choose(target) } }), text);
  return h('div', { class: 'field', role: 'radiogroup', 'aria-labelledby': 'demo-to' },
    h('span', { class: 'field-label', id: 'demo-to' }, words.demo.to),
    h('div', null, h('div', { class: 'segments' }, Object.entries(choices).map(choice))));
}

function callers(desk) {
  if (!demo.offer) return h('div', { class: 'skeleton', key: 'waiting' });
  const isBusy = disabledWhen(commands.isBusy('demo', 'ring'));
  const row = (caller, index) => h('li', { key: index },
    h('button', { type: 'button', class: 'list-button demo-caller', 'data-stop': '', 'aria-disabled': isBusy,
      on: { click: () => ring(desk, caller) } },
    h('bdi', { class: 'grow' }, shown(caller.label) ?? shown(caller.name) ?? shown(caller.number)),
    h('bdi', { class: 'quiet small figures' }, shown(caller.number))));
  return h('arrow-keys', { key: 'callers' },
    h('ul', { class: 'list demo-callers', 'aria-label': words.demo.callers }, demo.offer.callers.map(row)));
}

function anotherNumber(desk) {
  const submit = (event) => {
    event.preventDefault();
    ring(desk, { number: demo.number.trim() });
  };
  return h('form', { class: 'demo-number', on: { submit } },
    h('div', { class: 'field grow' },
      h('label', { for: 'demo-number' }, words.demo.number),
      h('input', { id: 'demo-number', class: 'input', type: 'tel', autocomplete: 'off', maxlength: 64,
        value: demo.number, 'aria-describedby': 'demo-number-hint',
        on: { input: (event) => { demo.number = event.target.value; } } })),
    h('button', { type: 'submit', class: 'button button-primary' }, words.demo.ring),
    h('p', { class: 'field-hint', id: 'demo-number-hint' }, words.demo.numberHint));
}

async function load() {
  demo.isLoading = true;
  try {
    demo.offer = await get('/api/v1/demo');
  } catch {
    demo.failed = true;
  }
  demo.isLoading = false;
  changed();
}

async function ring({ agent: { extension } }, { number, name }) {
  const target = demo.target === 'group' ? { group: true } : { extension };
  const call = { number: number ?? '', ...(name ? { name } : {}), ...target };
  if (await commands.attempt('demo', 'ring', () => post('/api/v1/demo/ring', call))) leave();
}

function leave() {
  document.querySelector('dialog[open]')?.close();
}
