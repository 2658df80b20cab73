// What the forms for a new and for an existing record have in common: typing, guarding, refusals.
import { h } from './dom.js';
import { get } from './http.js';
import { formFields, unchosen, valuesOf } from './crm-form.js';
import { announce } from './pages-frame.js';
import { askToLeave } from './pages-leave.js';
import { same } from './pages-merge.js';
import { failure, loadingRows, problemText, refusal, submitButton } from './pages-parts.js';
import { guardUnsaved } from './pages-router.js';
import { View } from './pages-view.js';
import { pageWords } from './pages-words.js';

/** Subclasses give `path`, `head(state)`, `save()`, `cancelAddress`, and what else the form shows. */
export class FormPage extends View {
  state = { fields: null, base: {}, values: {}, errors: {}, problem: null, isSaving: false };

  get list() {
    return this.getAttribute('list');
  }

  get isDirty() {
    return this.state.fields !== null && !this.state.isSaved && !same(this.state.base, this.state.values);
  }

  opened() {
    guardUnsaved(this, () => this.isDirty, askToLeave);
    this.load();
  }

  async load() {
    this.set({ problem: null });
    const answer = await this.attempt((signal) => get(this.path, { signal }));
    if (!answer) return;
    const { fields } = answer.record ?? answer;
    this.set({ fields, base: valuesOf(fields), values: valuesOf(fields), record: answer.record ?? null });
  }

  typed(name, value) {
    const errors = { ...this.state.errors };
    delete errors[name];
    this.set({ values: { ...this.state.values, [name]: value }, errors });
  }

  async submit(event) {
    event.preventDefault();
    if (this.state.isSaving) return;
    const errors = unchosen(this.state.fields, this.state.values);
    if (Object.keys(errors).length > 0) {
      this.set({ errors, problem: null });
      this.focusFirstError();
      return;
    }
    this.set({ isSaving: true, problem: null, errors: {} });
    await this.attempt((signal) => this.save(signal), (problem) => this.refused(problem));
  }

  /** A refusal that names a field of this form is shown beside it, any other above the form. */
  async refused(problem) {
    const isOfField = this.state.fields?.some((each) => each.name === problem.field);
    const errors = isOfField ? { [problem.field]: problemText(problem) } : {};
    this.set({ isSaving: false, problem: isOfField ? null : problem, errors });
    if (isOfField) announce(pageWords.form.notSaved);
    this.focusFirstError();
  }

  view(state) {
    if (state.fields === null) {
      return [this.head(state), state.problem ? failure(state.problem, () => this.load()) : loadingRows()];
    }
    return [this.head(state), this.form(state)];
  }

  form({ fields, values, errors, problem, isSaving }) {
    const submit = (event) => this.submit(event);
    return h('form', { key: 'form', class: 'card stack form', novalidate: true, on: { submit } },
      this.above?.(this.state),
      refusal(problem, { title: pageWords.form.notSaved, hint: pageWords.form.nothingLost }),
      formFields({ fields, values, errors, onInput: (name, value) => this.typed(name, value) }),
      h('div', { key: 'actions', class: 'row form-actions' },
        h('a', { class: 'button', href: this.cancelAddress }, pageWords.cancel),
        submitButton(this.saveLabel ?? pageWords.form.save, isSaving, pageWords.form.saving)));
  }
}
