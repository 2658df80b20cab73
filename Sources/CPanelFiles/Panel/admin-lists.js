// Lists inside settings: entries that are added, changed in place, moved and removed.
import { h } from './dom.js';
import { shown } from './format.js';
import { words as all } from './admin-words.js';
import { announce } from './pages-frame.js';
import { icon } from './icons.js';

const words = all.list;

/** `items` with the entry at `from` moved to `to`. */
export function moved(items, from, to) {
  const next = [...items];
  next.splice(to, 0, ...next.splice(from, 1));
  return next;
}

const iconButton = (name, label, onClick, { iconClass, ...more } = {}) => h('button', {
  type: 'button', class: 'button button-icon', 'aria-label': label, ...more, on: { click: onClick },
}, icon(name, iconClass));

/** Buttons that move an entry; focus goes along. The outermost ones are off, not gone. */
export function moveButtons({ id, name, index, length, onMove }) {
  const go = (to, way, otherWay) => () => {
    onMove(to);
    const same = document.getElementById(`${id}-${way}-${to}`);
    (same?.disabled ? document.getElementById(`${id}-${otherWay}-${to}`) : same)?.focus();
  };
  return [
    iconButton('down', words.up(name), go(index - 1, 'up', 'down'), {
      id: `${id}-up-${index}`, disabled: index === 0, iconClass: 'icon-up',
    }),
    iconButton('down', words.down(name), go(index + 1, 'down', 'up'), {
      id: `${id}-down-${index}`, disabled: index === length - 1,
    }),
  ];
}

/**
 * An editable list of texts. `items` and `onChange(items)`; `draft` and `onDraft(text)` for the field
 * that adds; `onError(text)` for what cannot be added; `isOrdered`: the order means something; `input`:
 * attributes of the fields.
 */
export function textList(list) {
  const { id, label, hint, error, items } = list;
  const described = [`${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return h('fieldset', { key: id, class: 'text-list field', 'aria-describedby': described },
    h('legend', { class: 'legend' }, label),
    h('p', { class: 'field-hint', id: `${id}-hint` }, hint),
    items.length > 0
      ? h('ul', { class: 'text-list-rows' }, items.map((item, index) => entry(list, item, index)))
      : h('p', { class: 'quiet' }, words.empty),
    newEntry(list),
    error && h('p', { key: 'error', class: 'field-error', id: `${id}-error` }, icon('warning'), shown(error, 400)));
}

const field = (input) => ({ class: 'input', type: 'text', dir: 'auto', autocomplete: 'off', ...input });

function entry(list, item, index) {
  const { id, label, items, isOrdered, input, onChange } = list;
  const name = shown(item) ?? '';
  const onMove = (to) => onChange(moved(items, index, to));
  return h('li', { class: 'text-list-row' },
    h('input', {
      ...field(input), value: item, 'aria-label': words.entry(label, index + 1),
      on: { input: (event) => onChange(items.with(index, event.target.value)) },
    }),
    isOrdered && moveButtons({ id, name, index, length: items.length, onMove }),
    iconButton('close', words.remove(name), () => remove(list, index), { id: `${id}-remove-${index}` }));
}

const newEntry = (list) => h('div', { class: 'text-list-row' },
  h('input', {
    ...field(list.input), id: list.id, value: list.draft ?? '', 'aria-label': words.new(list.label),
    'aria-invalid': list.error ? 'true' : null, 'aria-describedby': list.error ? `${list.id}-error` : null,
    on: { input: (event) => list.onDraft(event.target.value), keydown: (event) => onEnter(event, list) },
  }),
  h('button', {
    type: 'button', class: 'button', 'aria-label': words.addTo(list.label), on: { click: () => add(list) },
  }, icon('add'), words.add));

function add({ id, items, draft = '', onChange, onDraft, onError }) {
  const text = draft.trim();
  if (text !== '' && items.includes(text)) {
    onError(words.twice);
  } else if (text !== '') {
    onDraft('');
    onChange([...items, text]);
    announce(words.added(shown(text)));
  }
  document.getElementById(id)?.focus();
}

/** The focus goes to the entry that takes the place, or to the field that adds. */
function remove({ id, items, onChange }, index) {
  onChange(items.filter((item, at) => at !== index));
  announce(words.removed(shown(items[index]) ?? ''));
  const next = document.getElementById(`${id}-remove-${Math.min(index, items.length - 2)}`);
  (next ?? document.getElementById(id))?.focus();
}

// Enter adds what is typed; with nothing typed it saves the form, as everywhere.
function onEnter(event, list) {
  if (event.key !== 'Enter' || event.target.value.trim() === '') return;
  event.preventDefault();
  add(list);
}
