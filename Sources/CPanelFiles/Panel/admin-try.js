// "Try a number": who a caller would be with the saved settings, and on what evidence.
import { h } from './dom.js';
import { shown } from './format.js';
import { pathOf, post } from './http.js';
import { words as all } from './admin-words.js';
import { announce } from './pages-frame.js';
import { textField } from './pages-fields.js';
import { foreign, problemText, refusal, section, submitButton } from './pages-parts.js';
import { View } from './pages-view.js';
import { words as panelWords } from './words.js';

const words = all.attempt;

/** `<admin-try unsaved>`: `unsaved` when the form above has changes that do not count yet. */
class AdminTry extends View {
  static observedAttributes = ['unsaved'];

  state = { number: '', result: null, error: null, problem: null, isBusy: false };

  attributeChangedCallback() {
    if (this.leaving) this.redraw();
  }

  async submit(event) {
    event.preventDefault();
    if (this.state.isBusy) return;
    this.set({ isBusy: true, error: null, problem: null });
    const body = { number: this.state.number };
    const result = await this.attempt(
      (signal) => post(pathOf('admin', 'matching', 'try'), body, { signal }), (problem) => this.refused(problem));
    if (!result) return;
    this.set({ result, isBusy: false });
    announce(outcome(result));
  }

  refused(problem) {
    const isOfField = problem.field === 'number';
    const said = isOfField ? { error: problemText(problem) } : { problem };
    this.set({ isBusy: false, result: null, ...said });
    this.focusFirstError();
  }

  view({ number, result, error, problem, isBusy }) {
    return section({ key: 'try', title: words.title, kind: 'stack' },
      h('p', { class: 'quiet' }, words.text),
      this.hasAttribute('unsaved') && h('p', { class: 'small', key: 'unsaved' }, words.unsaved),
      h('form', { class: 'try-form', on: { submit: (event) => this.submit(event) } },
        textField({
          id: 'try-number', label: words.number, value: number, error,
          input: { type: 'tel', dir: 'ltr', spellcheck: 'false' },
          onInput: (value) => this.set({ number: value, error: null }),
        }),
        submitButton(words.button, isBusy, words.trying, '')),
      refusal(problem),
      result && found(result));
  }
}

const outcome = ({ outcome: name, candidates }) => words.outcomes[name]?.(candidates.length) ?? name;

function found(result) {
  const { number, candidates } = result;
  const facts = [
    [words.presented, number.presented], [words.read, number.formatted], [words.e164, number.e164],
    [words.kind, words.kinds[number.kind] ?? number.kind],
  ].filter(([, value]) => shown(value));
  return h('div', { key: 'result', class: 'stack' },
    h('dl', { class: 'try-number' }, facts.map(([name, value]) => h('div', {},
      h('dt', { class: 'quiet small' }, name), h('dd', { class: 'figures' }, foreign(value))))),
    h('p', { class: 'strong' }, outcome(result)),
    candidates.length > 0 && h('ol', { class: 'list try-candidates' }, candidates.map(candidate)));
}

function candidate({ ref, name, kind, title, account, url, evidence, reason }) {
  const isOurs = url?.startsWith('/');
  const about = [panelWords.kinds[kind], title, account?.name].map((each) => shown(each)).filter(Boolean);
  return h('li', { key: `${ref.kind}/${ref.id}`, class: 'try-candidate' },
    h('p', {},
      isOurs ? h('a', { class: 'strong', href: url, dir: 'auto' }, shown(name)) : h('strong', {}, foreign(name)), ' ',
      h('span', { class: 'quiet small' }, foreign(about.join(' · ')))),
    h('ul', { class: 'small' }, evidence.map((each) => h('li', {},
      foreign(words.fields(shown(each.field) ?? '', shown(each.stored) ?? '')), ' – ',
      panelWords.caller.equality[each.equality] ?? shown(each.equality)))),
    reason && h('p', { class: 'quiet small' }, foreign(reason)));
}

customElements.define('admin-try', AdminTry);
