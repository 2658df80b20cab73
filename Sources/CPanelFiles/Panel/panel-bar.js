// The top bar, the bar of a lost connection, and the messages at the foot.
import { h } from './dom.js';
import { shown } from './format.js';
import { remove } from './http.js';
import { icon } from './icons.js';
import { attempt } from './panel-commands.js';
import { wrapUpLeft } from './panel-parts.js';
import { saveAll } from './panel-saving.js';
import { leave } from './panel-sign-in.js';
import { changed, dismiss, isFramed, store } from './panel-store.js';
import { words } from './words.js';

export function topBar(desk) {
  return h('div', { class: 'bar-inner' },
    h('h1', { class: 'brand' }, brandMark(), h('span', { class: 'brand-name' }, words.product)),
    desk && agent(desk),
    desk && lineState(desk),
    (desk || !store.signedOut) && h('button', { class: 'button button-icon', type: 'button', popovertarget: 'menu',
      id: 'menu-button', 'aria-label': words.bar.menu, disabled: !desk }, icon('menu')),
    desk && menu(desk));
}

function agent({ agent: { displayName, extension } }) {
  return h('p', { class: 'bar-agent' },
    h('bdi', { class: 'bar-name' }, shown(displayName)),
    extension && h('span', { class: 'bar-extension' },
      h('span', { class: 'unseen' }, ` ${words.bar.extension('')}`), extension));
}

// After a call the line is free, but the agent is not: the time left is shown, and not read out.
function lineState({ line: { state }, calls }) {
  const ended = calls.filter((call) => call.state === 'wrapUp');
  if (state !== 'ready' || ended.length === 0) {
    return h('p', { class: ['line', `line-${state}`], key: 'line', role: 'status' }, words.bar.line[state] ?? state);
  }
  const until = ended.map((call) => call.wrapUpEndsAt).filter(Boolean).sort().at(-1);
  return h('p', { class: 'line line-wrap-up', key: 'line', role: 'status' }, words.bar.line.wrapUp,
    until && wrapUpLeft(until, { 'aria-hidden': 'true' }));
}

function menu({ agent: { role }, organisation, line }) {
  return h('div', { id: 'menu', class: 'menu menu-top', popover: 'auto', on: { click: closeMenu } },
    link('/crm', shown(organisation.crm?.name) ?? 'CRM', 'people'),
    role === 'administrator' && link('/admin', words.bar.administration, 'building'),
    h('hr', null),
    line.canDial && entry(words.bar.dial, 'phone', () => openDialog('dial')),
    organisation.sample && entry(words.demo.open, 'bell', () => openDialog('demo')),
    entry(words.bar.settings, 'sliders', () => openDialog('settings')),
    entry(words.bar.shortcuts, 'keyboard', () => openDialog('shortcuts')),
    h('hr', null),
    entry(words.bar.signOut, 'exit', signOut));
}

const link = (href, text, name) =>
  h('a', { class: 'list-button menu-entry', href, target: '_blank', rel: 'noopener' },
    icon(name), h('span', { class: 'grow' }, text), icon('open', 'icon-small quiet'));

const entry = (text, name, click) =>
  h('button', { class: 'list-button menu-entry', type: 'button', on: { click } }, icon(name), text);

function closeMenu(event) {
  if (event.target.closest('a, button')) event.currentTarget.hidePopover();
}

export function openDialog(name) {
  store.dialog = name;
  changed();
}

async function signOut() {
  await saveAll();
  if (await attempt('agent', 'signOut', () => remove('/api/v1/session'))) leave();
}

/** What is wrong with the connection, always in the same place, so that nothing jumps. */
export function connectionBar(desk) {
  if (store.signedOut && isFramed) return null; // The form says so.
  if (store.signedOut) {
    return h('div', { class: 'alarm alarm-bad', key: 'out' }, icon('warning'),
      h('p', null, words.connection.signedOut, ' ',
        h('a', { href: '/sign-in', target: '_blank', rel: 'noopener' }, words.connection.signIn)));
  }
  if (store.connection === 'lost') {
    return h('div', { class: 'alarm alarm-bad', key: 'lost' }, icon('warning'),
      h('p', null, h('strong', null, words.connection.lost), ` ${words.connection.since} `,
        h('running-time', { since: store.lostSince, 'aria-hidden': 'true' }),
        h('span', { class: 'alarm-more' }, words.connection.explain)));
  }
  if (desk?.line.state === 'lost') {
    return h('div', { class: 'alarm alarm-warning', key: 'line' }, icon('warning'),
      h('p', null, h('strong', null, words.connection.lineLost), ' ', shown(desk.line.text, 300)));
  }
  return null;
}

export function toasts() {
  return store.toasts.map(({ id, text, isBad }) =>
    h('div', { class: ['toast', isBad && 'toast-bad'], key: id, role: isBad ? 'alert' : null },
      icon(isBad ? 'warning' : 'check'),
      h('p', { class: 'grow' }, shown(text, 300)),
      h('button', { class: 'button button-icon', type: 'button', 'aria-label': words.dismiss,
        on: { click: () => dismiss(id) } }, icon('close'))));
}

const brandMark = () => h('svg', { class: 'brand-mark', viewBox: '0 0 32 32', 'aria-hidden': 'true' },
  h('rect', { class: 'brand-tile', width: 32, height: 32, rx: 9 }),
  h('path', { class: 'brand-line', d: 'M21.5 11.5a7 7 0 1 0 0 9' }),
  h('circle', { class: 'brand-dot', cx: 21, cy: 16, r: 2.6 }));
