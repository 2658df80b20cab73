// Setting one's own password, in the settings: for signing in without a link.
import { h } from './dom.js';
import { Problem, post } from './http.js';
import { changed } from './panel-store.js';
import { words as all } from './words.js';

const words = {
  ...all,
  password: {
    title: 'Password', hint: 'For signing in without a link. Your other sessions end.',
    current: 'Current password', currentHint: 'Empty if you have none yet.',
    next: 'New password', nextHint: '8 to 256 characters.', set: 'Set password',
    done: 'Your password is set.',
  },
};
const empty = { current: '', next: '', isBusy: false, isDone: false, reason: null, field: null };
const form = { ...empty };

/** What was typed is forgotten when the dialog closes. */
export function leavePassword() {
  Object.assign(form, empty);
}

export function passwordForm({ agent }) {
  return h('form', { key: 'password', class: 'stack settings-part', 'aria-labelledby': 'password-title',
    on: { submit: save } },
  h('h3', { class: 'section-title', id: 'password-title' }, words.password.title),
  h('p', { class: 'field-hint' }, words.password.hint),
  // A password manager keeps the new one under this name.
  h('input', { type: 'text', hidden: true, autocomplete: 'username', value: agent.id ?? '', readonly: true,
    'aria-hidden': 'true', tabindex: '-1' }),
  field('current', words.password.current, 'current-password', words.password.currentHint),
  field('next', words.password.next, 'new-password', words.password.nextHint),
  h('button', { type: 'submit', class: 'button', 'aria-disabled': form.isBusy ? 'true' : null }, words.password.set),
  h('p', { class: 'field-hint', role: 'status' }, form.isDone ? words.password.done : ''));
}

function field(name, label, autocomplete, hint) {
  const isWrong = form.reason && form.field === name;
  const text = isWrong ? form.reason : hint;
  return h('div', { key: name, class: 'field' },
    h('label', { for: `password-${name}` }, label),
    h('input', { id: `password-${name}`, class: 'input', type: 'password', autocomplete, maxlength: 256,
      value: form[name], 'aria-invalid': isWrong ? 'true' : null, 'aria-describedby': `password-${name}-hint`,
      on: { input: (event) => { form[name] = event.target.value; } } }),
    h('p', { class: isWrong ? 'field-error' : 'field-hint', id: `password-${name}-hint`,
      role: isWrong ? 'alert' : null }, text));
}

async function save(event) {
  event.preventDefault();
  if (form.isBusy) return;
  Object.assign(form, { isBusy: true, isDone: false, reason: null, field: null });
  changed();
  try {
    const current = form.current ? { current: form.current } : {};
    await post('/api/v1/session/password', { ...current, new: form.next });
    leavePassword();
    form.isDone = true;
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    Object.assign(form, {
      isBusy: false, reason: problem.message || words.connection.failed,
      field: problem.field === 'current' ? 'current' : 'next',
    });
  }
  changed();
}
