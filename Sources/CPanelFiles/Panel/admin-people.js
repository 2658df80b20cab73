// People and lines: who may sign in, which extensions ring for them, and which ring for nobody.
import { shown } from './format.js';
import { get, patch, pathOf, post } from './http.js';
import { personDialog } from './admin-person.js';
import { giveDialog, linkDialog } from './admin-person-dialogs.js';
import { peopleList, unknownList } from './admin-people-views.js';
import { words as all } from './admin-daily-words.js';
import { words as common } from './admin-words.js';
import { announce } from './pages-frame.js';
import { button, failure, loadingRows, pageHead, refusal as refused } from './pages-parts.js';
import { View } from './pages-view.js';
import { icon } from './icons.js';

const words = all.people;
const path = (...rest) => pathOf('admin', 'people', ...rest);

class AdminPeople extends View {
  state = { people: null, unknown: [], problem: null, refusal: null, dialog: null, isBusy: false };

  opened() {
    this.load();
  }

  async load() {
    this.set({ problem: null });
    const answer = await this.attempt((signal) => get(path(), { signal }));
    if (answer) this.set({ people: answer.people });
    const unknown = await this.attempt((signal) => get(path('unknown-extensions'), { signal }));
    if (unknown) this.set({ unknown: unknown.extensions ?? unknown });
  }

  pageTitle = ({ people, problem }) => (people || problem ? common.pages.people : null);

  /** Does one write and loads anew; a refusal goes to the open dialog, or above the list. */
  async write(work, said) {
    if (this.state.isBusy) return undefined;
    this.set({ isBusy: true, refusal: null });
    const refused = (problem) => this.refused(problem);
    const done = await this.attempt(async (signal) => ({ answer: await work(signal) }), refused);
    if (!done) return undefined;
    this.set({ isBusy: false });
    if (said) {
      this.closeDialog();
      announce(said);
      await this.load();
    }
    return done.answer;
  }

  refused(problem) {
    const { dialog } = this.state;
    this.set(dialog ? { isBusy: false, dialog: { ...dialog, problem } } : { isBusy: false, refusal: problem });
    this.focusFirstError();
  }

  save() {
    const { id, isNew, values } = this.state.dialog;
    const { displayName, role } = values;
    const extensions = values.extensions.split(/[,;\s]+/).filter(Boolean);
    const body = { displayName: displayName.trim(), role, extensions };
    this.write((signal) => (isNew
      ? post(path(), { id: values.id.trim(), ...body }, { signal })
      : patch(path(id), body, { signal })), words.saved(shown(displayName) ?? ''));
  }

  setDisabled(person, disabled) {
    const said = (disabled ? words.disabledNow : words.enabledNow)(shown(person.displayName) ?? person.id);
    this.write((signal) => patch(path(person.id), { disabled }, { signal }), said);
  }

  async link(person) {
    const link = await this.write((signal) => post(path(person.id, 'link'), {}, { signal }));
    if (link) this.set({ dialog: { what: 'link', person, link } });
  }

  give({ extension, id }) {
    const person = this.state.people.find((each) => each.id === id);
    if (!person) return;
    const extensions = [...person.extensions, extension];
    this.write((signal) => patch(path(id), { extensions }, { signal }), words.saved(shown(person.displayName) ?? id));
  }

  actions = {
    add: () => this.set({
      dialog: { what: 'person', isNew: true, values: { id: '', displayName: '', role: 'agent', extensions: '' } },
    }),
    edit: (person) => this.set({
      dialog: {
        what: 'person', id: person.id,
        values: { displayName: person.displayName, role: person.role, extensions: person.extensions.join(', ') },
      },
    }),
    link: (person) => this.link(person),
    setDisabled: (person, disabled) => this.setDisabled(person, disabled),
    give: (extension) => this.set({ dialog: { what: 'give', extension, id: this.state.people[0]?.id ?? '' } }),
  };

  changeDialog(changes) {
    this.set({ dialog: { ...this.state.dialog, ...changes, problem: null } });
  }

  view({ people, unknown, problem, refusal }) {
    const add = button([icon('add'), words.add], this.actions.add, { kind: 'button-primary' });
    return [
      pageHead({ title: common.pages.people, text: words.text, actions: people ? [add] : [] }),
      problem && failure(problem, () => this.load()),
      refused(refusal),
      !people && !problem && loadingRows(4),
      people && peopleList(people, this.actions),
      people && unknownList(unknown, this.actions),
      this.dialogView(this.state),
    ];
  }

  dialogView({ dialog, people, isBusy }) {
    const tools = {
      isBusy, change: (changes) => this.changeDialog(changes), close: () => this.closeDialog(),
      closed: () => this.set({ dialog: null }), save: () => this.save(), give: () => this.give(this.state.dialog),
    };
    switch (dialog?.what) {
      case 'person': return personDialog(dialog, tools);
      case 'link': return linkDialog(dialog, tools);
      case 'give': return giveDialog(dialog, people, tools);
      default: return null;
    }
  }
}

customElements.define('admin-people', AdminPeople);
