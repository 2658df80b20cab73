// The fields of a record as a form, and what of it goes to the server.
import { h } from './dom.js';
import { shown } from './format.js';
import { listOf } from './crm-kinds.js';
import { words } from './crm-words.js';
import { choiceField, field as fieldView, linesField, textField } from './pages-fields.js';
import './crm-picker.js';
import './elements.js';

const inputs = {
  phone: { type: 'tel', dir: 'ltr' },
  email: { type: 'email', dir: 'ltr', spellcheck: 'false' },
  date: { type: 'date', dir: 'ltr' },
  money: { inputmode: 'decimal', dir: 'ltr' },
  text: {},
};

/**
 * What a form starts with: the text of each field, empty where there is none; of a reference, the
 * record it names. What is typed for a reference and not chosen from its list is a text again.
 */
export const valuesOf = (fields) => Object.fromEntries(fields.map((field) => [field.name, startOf(field)]));

const startOf = ({ type, value, shows, references }) => (type === 'reference' && value
  ? { ref: { kind: references, id: value }, name: shows ?? value }
  : value ?? '');

/** Values as the server takes them: texts, and of a chosen record its id. */
export const sent = (values) => Object.fromEntries(Object.entries(values)
  .map(([name, value]) => [name, value?.ref ? value.ref.id : value]));

/** References that were typed, but not chosen: nobody can know which record is meant. */
export const unchosen = (fields, values) => Object.fromEntries(fields
  .filter(({ name, type }) => type === 'reference' && typeof values[name] === 'string' && values[name].trim())
  .map(({ name, references }) => [name, words.picker.choose(words.plurals[listOf(references)])]));

/** `errors`: texts by field name. `onInput(name, value)` is told what is typed or chosen. */
export const formFields = ({ fields, values, errors, onInput }) => h('div', { key: 'fields', class: 'form-fields' },
  fields.map((each) => h('div', { key: each.name, class: each.type === 'multiline' && 'detail-wide' },
    formField(each, values[each.name], errors[each.name], (value) => onInput(each.name, value)))));

function formField({ name, label, type, choices, required, references }, value, error, onInput) {
  const about = {
    id: `field-${name}`, label, error, required, onInput, mark: required && words.form.required,
  };
  switch (type) {
    case 'multiline': return linesField({ ...about, value });
    case 'choice': return choiceField({ ...about, value, options: optionsOf(choices ?? [], value, required) });
    case 'reference': return referenceField(about, value, listOf(references));
    default: return textField({ ...about, value, input: inputs[type] });
  }
}

// A value that is no longer among the choices stays, until another is chosen.
function optionsOf(choices, value, required) {
  const known = choices.includes(value) || value === '' ? choices : [value, ...choices];
  const options = known.filter((each) => each !== '').map((each) => [each, shown(each)]);
  return required && value !== '' ? options : [['', words.form.chooseNone], ...options];
}

function referenceField(about, value, list) {
  const hint = words.picker.hint(words.plurals[list]);
  return fieldView({ ...about, hint }, (attributes) => h('record-picker', {
    input: attributes.id, list, chosen: value?.name ?? value, described: attributes['aria-describedby'],
    invalid: attributes['aria-invalid'], required: attributes['aria-required'],
    on: { picked: (event) => about.onInput(event.detail ?? '') },
  }));
}
