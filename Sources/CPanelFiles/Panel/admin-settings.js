// A page of settings: load, change, save or reset; what somebody else saved meanwhile is not lost.
import { h } from './dom.js';
import { shown, time } from './format.js';
import { get, put } from './http.js';
import { textList } from './admin-lists.js';
import { words as all } from './admin-words.js';
import { conflictNotice, settle } from './pages-conflict.js';
import { checkField } from './pages-fields.js';
import { announce } from './pages-frame.js';
import { askToLeave } from './pages-leave.js';
import { merge, same } from './pages-merge.js';
import { failure, loadingRows, pageHead, problemText, refusal, section } from './pages-parts.js';
import { guardUnsaved } from './pages-router.js';
import { View } from './pages-view.js';
import { pageWords } from './pages-words.js';

const words = all.settings;

/**
 * Subclasses give `path`, `heading`, `words`, `form(state)`, and may give `below(state)` and
 * `unreadable(values)`: errors by name for what cannot even be sent.
 */
export class SettingsPage extends View {
  state = {
    saved: null, values: null, drafts: {}, errors: {}, problem: null, conflict: null, isSaving: false, savedAt: null,
  };

  get isDirty() {
    const { saved, values, drafts } = this.state;
    return saved !== null && (!same(saved, values) || Object.values(drafts).some((text) => text.trim()));
  }

  opened() {
    guardUnsaved(this, () => this.isDirty, askToLeave);
    this.load();
  }

  async load() {
    this.set({ problem: null });
    const saved = await this.attempt((signal) => get(this.path, { signal }));
    if (saved) this.set({ saved, values: saved });
  }

  pageTitle({ saved, problem }) {
    return saved || problem ? this.heading : null;
  }

  change(name, value) {
    const errors = { ...this.state.errors };
    delete errors[name];
    this.set({ values: { ...this.state.values, [name]: value }, errors, savedAt: null });
  }

  /** What is typed into the "add" field of a list, before it is added. */
  draft(name, text) {
    const { drafts, errors } = this.state;
    this.set({ drafts: { ...drafts, [name]: text }, errors: { ...errors, [name]: undefined } });
  }

  reset() {
    if (!this.isDirty || this.state.isSaving) return;
    this.set({ values: this.state.saved, drafts: {}, errors: {}, problem: null, conflict: null });
    announce(words.reset);
  }

  async submit(event) {
    event.preventDefault();
    if (this.state.isSaving || !this.isDirty) return;
    const values = { ...this.withDrafts(), version: this.state.saved.version };
    const errors = this.unreadable?.(values) ?? {};
    this.set({ values, drafts: {}, problem: null, errors });
    if (Object.keys(errors).length > 0) this.focusFirstError();
    else await this.save(values);
  }

  async save(values) {
    this.set({ isSaving: true });
    await this.attempt(async (signal) => {
      const answer = await put(this.path, values, { signal });
      const saved = this.isWhole(answer) ? answer : await get(this.path, { signal });
      this.set({ saved, values: saved, isSaving: false, conflict: null, savedAt: time(Date.now()) });
      announce(words.saved);
    }, (problem) => this.refused(problem));
  }

  // The answer to a save may be all settings, or only the new version.
  isWhole = (answer) => answer && Object.keys(this.state.saved).every((name) => name in answer);

  /** An entry that was typed but not added is meant to be saved, too. */
  withDrafts() {
    const { values, drafts } = this.state;
    const isMeant = ([name, text]) => text.trim() && !values[name].includes(text.trim());
    const longer = ([name, text]) => [name, [...values[name], text.trim()]];
    return { ...values, ...Object.fromEntries(Object.entries(drafts).filter(isMeant).map(longer)) };
  }

  async refused(problem) {
    if (problem.status === 409) {
      const current = problem.body.current ?? await this.attempt((signal) => get(this.path, { signal }));
      if (current && current.version !== this.state.saved.version) {
        await this.rebase(problem, current);
        return;
      }
    }
    const isOfField = problem.field in this.state.values;
    const errors = isOfField ? { [problem.field]: problemText(problem) } : {};
    this.set({ isSaving: false, problem: isOfField ? null : problem, errors });
    announce(pageWords.form.notSaved);
    this.focusFirstError();
  }

  rebase(problem, current) {
    const without = ({ version, ...rest }) => rest;
    const merged = merge(without(this.state.saved), without(this.state.values), without(current));
    const values = { ...merged.values, version: current.version };
    // All settings share a version: a change on another page is none of this one's.
    if (merged.conflicts.length + merged.taken.length === 0) {
      this.set({ saved: current, values });
      return this.save(values);
    }
    this.set({
      saved: current, values, isSaving: false,
      conflict: { by: shown(problem.body.changedBy), conflicts: merged.conflicts, taken: merged.taken },
    });
    this.querySelector('[role=alert]')?.focus();
    return undefined;
  }

  view(state) {
    const head = pageHead({ title: this.heading, text: this.words.text });
    if (!state.saved) return [head, state.problem ? failure(state.problem, () => this.load()) : loadingRows()];
    const submit = (event) => this.submit(event);
    const form = h('form', { key: 'form', class: 'settings', novalidate: true, on: { submit } },
      this.notices(state), this.form(state), this.bar(state));
    return [head, form, this.below?.(state)];
  }

  /** What a field view needs for the setting of this name. */
  about(name) {
    const { errors, values } = this.state;
    return {
      id: name, ...this.words[name], error: errors[name], value: values[name],
      onInput: (value) => this.change(name, value),
    };
  }

  check = (name) => checkField(this.about(name));

  list(name, more = {}) {
    const { values, drafts, errors } = this.state;
    return textList({
      id: name, ...this.words[name], ...more, items: values[name], draft: drafts[name], error: errors[name],
      onChange: (items) => this.change(name, items),
      onDraft: (text) => this.draft(name, text),
      onError: (error) => this.set({ errors: { ...errors, [name]: error } }),
    });
  }

  notices = ({ conflict, values, problem }) => [
    conflictNotice({
      conflict, label: (name) => this.words[name]?.label ?? name, say: sayValue,
      onUseTheirs: (name) => this.set(settle(conflict, values, name)),
    }),
    refusal(problem, { title: pageWords.form.notSaved, hint: pageWords.form.nothingLost }),
  ];

  // Always there, so that nothing jumps when the first change is made; off, but able to hold the focus.
  bar({ isSaving, savedAt, conflict }) {
    const { isDirty } = this;
    const off = isDirty && !isSaving ? null : 'true';
    const label = conflict ? pageWords.form.saveMine : pageWords.form.save;
    return h('div', {
      key: 'bar', class: ['settings-bar', isDirty && 'settings-bar-dirty'], role: 'group', 'aria-label': words.bar,
    },
      h('p', { class: 'grow small' }, isDirty ? pageWords.form.unsaved : savedAt && words.savedAt(savedAt)),
      h('button', { type: 'button', class: 'button', 'aria-disabled': off, on: { click: () => this.reset() } },
        pageWords.form.reset),
      h('button', { type: 'submit', class: 'button button-primary', 'aria-disabled': off },
        isSaving ? pageWords.form.saving : label));
  }
}

/** A setting's value in words, for the conflict notice. */
function sayValue(name, value) {
  if (typeof value === 'boolean') return value ? words.on : words.off;
  if (Array.isArray(value)) return shown(value.join(', '), 400);
  if (value !== null && typeof value === 'object') return shown(Object.values(value).join(' – '));
  return shown(value);
}

export const group = (key, title, ...content) => section({ key, title, kind: 'settings-group' }, ...content);
