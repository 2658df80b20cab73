// The form for name and password: on the sign-in page, and in the panel where it cannot leave for that page.
import { h } from './dom.js';
import { words } from './words.js';

/**
 * A form that calls `signIn({name, password})`, which rejects with Problem, and `redraw()` after each change.
 * Returns what draws it.
 */
export function newSignInForm({ signIn, redraw }) {
  const typed = { name: '', password: '' };
  const state = { isBusy: false, problem: null, wrongField: null };

  async function submit(event) {
    event.preventDefault();
    if (state.isBusy) return;
    if (!typed.name.trim() || !typed.password) {
      fail(words.signIn.missing, typed.name.trim() ? 'password' : 'name');
      return;
    }
    Object.assign(state, { isBusy: true, problem: null, wrongField: null });
    redraw();
    try {
      await signIn({ name: typed.name.trim(), password: typed.password });
      Object.assign(typed, { password: '' });
      state.isBusy = false;
    } catch (problem) {
      typed.password = '';
      fail(...whatWentWrong(problem));
    }
  }

  function fail(text, wrongField) {
    Object.assign(state, { isBusy: false, problem: text, wrongField });
    redraw();
    document.getElementById(wrongField === 'name' ? 'name' : 'password')?.focus();
  }

  const field = (name, label, attributes) => h('div', { class: 'field', key: name },
    h('label', { for: name }, label),
    h('input', { id: name, name, class: 'input', required: true, maxlength: 256, spellcheck: 'false', ...attributes,
      value: typed[name],
      'aria-invalid': state.wrongField === name || state.wrongField === 'both' ? true : null,
      'aria-describedby': state.problem ? 'problem' : null,
      on: { input: (event) => { typed[name] = event.target.value; } } }));

  /** The form as it should be now, with a notice above its fields. */
  return (notice) => h('form', { class: 'card sign-in-card', key: 'sign-in', novalidate: true, on: { submit } },
    h('h1', null, words.signIn.title),
    notice && h('p', { class: 'notice', role: 'status' }, notice),
    field('name', words.signIn.name, { type: 'text', autocomplete: 'username', autocapitalize: 'none' }),
    field('password', words.signIn.password, { type: 'password', autocomplete: 'current-password' }),
    h('p', { class: 'field-error sign-in-problem', id: 'problem', role: 'alert' }, state.problem),
    h('button', { class: 'button button-primary button-wide', type: 'submit',
      'aria-disabled': state.isBusy ? true : null }, words.signIn.submit));
}

function whatWentWrong(problem) {
  if (problem.status === 401) return [words.signIn.wrong, 'both'];
  if (problem.status === 429) return [words.signIn.tooOften(problem.retryAfter ?? 60), null];
  return [problem.message || words.signIn.failed, null];
}
