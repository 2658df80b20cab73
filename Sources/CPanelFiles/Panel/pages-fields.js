// Labelled controls: hint and error belong to the control by name, not only by place.
import { h } from './dom.js';
import { shown } from './format.js';
import { icon } from './icons.js';
import { pageWords as words } from './pages-words.js';

/** Attributes that tie a control to its hint and its error. */
function described(id, { hint, error, required }) {
  const ids = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return {
    id, 'aria-describedby': ids || null, 'aria-invalid': error ? 'true' : null,
    'aria-required': required ? 'true' : null,
  };
}

const hintAndError = (id, { hint, error }) => [
  hint && h('p', { key: 'hint', class: 'field-hint', id: `${id}-hint` }, hint),
  error && h('p', { key: 'error', class: 'field-error', id: `${id}-error` },
    icon('warning'), shown(error, 400)),
];

/**
 * A control under its label. `control(attributes)` describes it. Whether it may stay empty is said
 * in words where most must be filled, or most must not.
 */
export function field({ id, label, hint, error, required, mark }, control) {
  return h('div', { key: id, class: 'field' },
    h('label', { for: id }, shown(label), mark && h('span', { class: 'field-mark' }, ` (${mark})`)),
    control(described(id, { hint, error, required })),
    hintAndError(id, { hint, error }));
}

/** One line of text. `input` holds further attributes, such as `type` and `inputmode`. */
export const textField = ({ value, onInput, input = {}, ...about }) => field(about, (attributes) => h('input', {
  class: 'input', type: 'text', dir: 'auto', autocomplete: 'off', ...input, ...attributes, value,
  on: { input: (event) => onInput(event.target.value) },
}));

export const linesField = ({ value, onInput, ...about }) => field(about, (attributes) => h('growing-text', {},
  h('textarea', {
    class: 'input', dir: 'auto', rows: '4', ...attributes, value,
    on: { input: (event) => onInput(event.target.value) },
  })));

/** `options`: [value, label] pairs. */
export const choiceField = ({ value, options, onInput, ...about }) => field(about, (attributes) => h('select', {
  class: 'input', ...attributes, value, on: { change: (event) => onInput(event.target.value) },
}, options.map(([option, label]) => h('option', { key: `o-${option}`, value: option }, label))));

export function checkField({ id, label, hint, error, value, onInput }) {
  return h('div', { key: id, class: 'field' },
    h('div', { class: 'check' },
      h('input', {
        type: 'checkbox', ...described(id, { hint, error }), checked: value,
        on: { change: (event) => onInput(event.target.checked) },
      }),
      h('label', { for: id }, label)),
    hintAndError(id, { hint, error }));
}

export function numberField({ id, label, hint, error, value, unit, onInput, min, max }) {
  return field({ id, label, hint, error }, (attributes) => h('div', { class: 'row' },
    h('input', {
      class: 'input input-number', type: 'number', inputmode: 'numeric', min, max, ...attributes, value,
      on: { input: (event) => onInput(event.target.value === '' ? null : Number(event.target.value)) },
    }),
    unit && h('span', { class: 'quiet' }, unit)));
}

/** A text to take along: read-only, with a button that copies it. `note` says how it went. */
export function copyField({ id, label, value, note, onCopy }) {
  return field({ id, label }, (attributes) => h('div', { class: 'copy' },
    h('input', {
      class: 'input', type: 'text', readonly: true, dir: 'ltr', ...attributes, value,
      on: { focus: (event) => showBeginning(event.target) },
    }),
    h('button', {
      type: 'button', class: 'button', 'aria-label': `${words.copy}: ${label}`,
      on: { click: async (event) => onCopy(await copy(event.currentTarget.previousElementSibling)) },
    }, words.copy),
    h('p', { class: 'field-hint', role: 'status' }, note ?? '')));
}

// All of it is selected, and where it is longer than the field its beginning is seen.
const showBeginning = (input) => input.setSelectionRange(0, input.value.length, 'backward');

// Browsers give the clipboard to secure pages only; elsewhere the text is selected for the keyboard.
async function copy(input) {
  input.select();
  try {
    await navigator.clipboard.writeText(input.value);
    return words.copied;
  } catch {
    input.focus();
    return words.copyByHand;
  }
}
