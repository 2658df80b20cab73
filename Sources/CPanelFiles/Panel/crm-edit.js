// Edits a record. Only what was changed is sent; what somebody else changed meanwhile is never lost.
import { shown } from './format.js';
import { get, patch, pathOf } from './http.js';
import { sent, valuesOf } from './crm-form.js';
import { FormPage } from './crm-form-page.js';
import { pageOf } from './crm-kinds.js';
import { valueInWords } from './crm-values.js';
import { words } from './crm-words.js';
import { conflictNotice, settle } from './pages-conflict.js';
import { announce } from './pages-frame.js';
import { changed, merge } from './pages-merge.js';
import { pageHead } from './pages-parts.js';
import { go } from './pages-router.js';
import { pageWords } from './pages-words.js';

class CRMEdit extends FormPage {
  get path() {
    return pathOf('records', this.list, this.getAttribute('record'));
  }

  get cancelAddress() {
    return pageOf(this.list, this.getAttribute('record'));
  }

  get saveLabel() {
    return this.state.conflict ? pageWords.form.saveMine : pageWords.form.save;
  }

  pageTitle({ record, problem }) {
    if (problem && !record) return words.form.editKind(words.one[this.list]);
    return record && words.form.edit(shown(record.name) ?? words.list.noName);
  }

  head(state) {
    const name = shown(state.record?.name);
    return pageHead({
      up: { href: this.cancelAddress, label: name ?? words.plurals[this.list] },
      title: this.pageTitle(state) ?? words.form.editKind(words.one[this.list]),
    });
  }

  async save(signal) {
    const { record, base, values } = this.state;
    const fields = sent(changed(base, values));
    if (Object.keys(fields).length > 0) await patch(this.path, { version: record.version, fields }, { signal });
    this.set({ isSaved: true });
    await go(this.cancelAddress, { replace: true });
    announce(words.form.savedHint);
  }

  async refused(problem) {
    if (problem.status !== 409) return super.refused(problem);
    const current = problem.body.current ?? (await this.attempt((signal) => get(this.path, { signal })))?.record;
    return current ? this.rebase(problem, current) : undefined;
  }

  /** The form goes on from what is saved now: a second save overwrites only what the agent saw. */
  rebase(problem, current) {
    if (current.version === this.state.record.version) return super.refused(problem);
    const theirs = valuesOf(current.fields);
    const { values, conflicts, taken } = merge(this.state.base, this.state.values, theirs);
    this.set({
      record: current, fields: current.fields, base: theirs, values, isSaving: false,
      conflict: { by: shown(problem.body.changedBy), conflicts, taken },
    });
    this.querySelector('[role=alert]')?.focus();
    return undefined;
  }

  above({ conflict, values, fields }) {
    return conflictNotice({
      conflict, say: (name, value) => valueInWords(value),
      label: (name) => shown(fields.find((each) => each.name === name)?.label) ?? name,
      onUseTheirs: (name) => {
        this.set(settle(conflict, values, name));
        document.getElementById(`field-${name}`)?.focus();
      },
    });
  }
}

customElements.define('crm-edit', CRMEdit);
