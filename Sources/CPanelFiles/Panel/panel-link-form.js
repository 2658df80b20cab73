// Signing in inside another page's frame with a link that works once: it is copied and put in here, since opening it would
// sign in a tab, whose session no frame has.
import { h } from './dom.js';
import { words } from './open-cti-words.js';

const form = words.linkForm;
const link = /^\s*(?:\S*\/sign-in\/link\/)?([\w-]{22,128})\s*$/;

/** A form that calls `signIn(token)`, which rejects with Problem, `redraw()` after each change, and `back()`. */
export function newLinkForm({ signIn, redraw, back }) {
  const state = { typed: '', isBusy: false, problem: null };

  async function submit(event) {
    event.preventDefault();
    if (state.isBusy) return;
    const token = link.exec(state.typed)?.[1];
    if (!token) {
      fail(form.noLink);
      return;
    }
    Object.assign(state, { isBusy: true, problem: null });
    redraw();
    try {
      await signIn(token);
      Object.assign(state, { typed: '', isBusy: false });
    } catch (problem) {
      state.typed = '';
      fail(problem.status === 401 ? form.used : problem.message || words.signIn.failed);
    }
  }

  function fail(problem) {
    Object.assign(state, { isBusy: false, problem });
    redraw();
    document.getElementById('link')?.focus();
  }

  /** The form as it should be now, with a notice above its field. */
  return (notice) => h('form', { class: 'card sign-in-card', key: 'link-sign-in', novalidate: true, on: { submit } },
    h('h1', null, words.signIn.title),
    notice && h('p', { class: 'notice', role: 'status' }, notice),
    h('div', { class: 'field' },
      h('label', { for: 'link' }, form.label),
      h('input', { id: 'link', class: 'input', type: 'text', inputmode: 'url', dir: 'ltr', required: true, maxlength: 2000,
        autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', value: state.typed,
        'aria-invalid': state.problem ? true : null,
        'aria-describedby': state.problem ? 'problem link-hint' : 'link-hint',
        on: { input: (event) => { state.typed = event.target.value; } } }),
      h('p', { class: 'field-hint', id: 'link-hint' }, form.hint)),
    h('p', { class: 'field-error sign-in-problem', id: 'problem', role: 'alert' }, state.problem),
    h('button', { class: 'button button-primary button-wide', type: 'submit',
      'aria-disabled': state.isBusy ? true : null }, words.signIn.submit),
    h('button', { class: 'button button-quiet button-wide', type: 'button', on: { click: back } }, form.back));
}
