// The dialog that adds or edits a person.
import { h } from './dom.js';
import { shown } from './format.js';
import { words as all } from './admin-daily-words.js';
import { textField } from './pages-fields.js';
import { button, dialog as dialogView, problemText, refusal, submitButton } from './pages-parts.js';
import { pageWords } from './pages-words.js';

const words = all.people;
const fields = ['id', 'displayName', 'role', 'extensions'];

/** `dialog`: {isNew, id, values, problem}; `tools`: {change, save, close, closed, isBusy}. */
export function personDialog({ isNew, id, values, problem }, tools) {
  const set = (name) => (value) => tools.change({ values: { ...values, [name]: value } });
  const error = (name) => (problem?.field === name ? problemText(problem) : null);
  const text = (name, input) => textField({
    id: `person-${name}`, label: words.fields[name], hint: words.fields[`${name}Hint`], value: values[name],
    error: error(name), onInput: set(name), input, required: name !== 'extensions',
  });
  const submit = (event) => {
    event.preventDefault();
    tools.save();
  };
  const title = isNew ? words.add : words.edit(shown(id));
  return dialogView({ key: 'person', title, onClose: tools.closed },
    h('form', { class: 'stack dialog-form', novalidate: true, on: { submit } },
      !fields.includes(problem?.field) && refusal(problem),
      isNew && text('id', { dir: 'ltr', autocapitalize: 'none', spellcheck: 'false' }),
      text('displayName', {}),
      roleField(values.role, set('role'), error('role')),
      text('extensions', { dir: 'ltr', inputmode: 'tel' }),
      dialogActions(tools, pageWords.form.save)));
}

const roleField = (value, onInput, error) => h('fieldset', { key: 'role', class: 'field' },
  h('legend', { class: 'legend' }, words.fields.role),
  Object.keys(words.roles).map((role) => h('label', { key: role, class: 'check role' },
    h('input', {
      type: 'radio', name: 'role', value: role, checked: value === role, on: { change: () => onInput(role) },
    }),
    h('span', {}, words.roles[role], h('span', { class: 'field-hint role-hint' }, words.roleHints[role])))),
  error && h('p', { class: 'field-error', role: 'alert' }, error));

/** Cancel and the button that sends the dialog's form. */
export const dialogActions = (tools, label) => h('div', { key: 'actions', class: 'dialog-actions' },
  button(pageWords.cancel, tools.close), submitButton(label, tools.isBusy, pageWords.form.saving));
