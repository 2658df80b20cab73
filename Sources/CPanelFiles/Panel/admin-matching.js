// Matching: how a caller's number becomes a person.
import { h } from './dom.js';
import { shown } from './format.js';
import { countries } from './admin-countries.js';
import { moveButtons, moved } from './admin-lists.js';
import { group, SettingsPage } from './admin-settings.js';
import { words as all } from './admin-words.js';
import { choiceField, numberField, textField } from './pages-fields.js';
import { pathOf } from './http.js';
import './admin-try.js';

const words = all.matching;
const everyKind = ['contact', 'lead', 'account'];

class AdminMatching extends SettingsPage {
  path = pathOf('admin', 'matching');
  heading = all.pages.matching;
  words = words;

  unreadable({ extensionLengths: lengths }) {
    const isHalf = lengths && (!Number.isInteger(lengths.from) || !Number.isInteger(lengths.to));
    return isHalf ? { extensionLengths: words.extensionLengths.both } : {};
  }

  form(state) {
    return [
      group('place', words.groups.place, this.country(state), this.areaCode()),
      group('dialling', words.groups.dialling,
        this.prefixes(), this.check('internationalWithoutPlus'), this.lengths(state)),
      group('people', words.groups.people, this.check('requireMatch'), this.kinds(state), this.shared()),
    ];
  }

  below = () => h('admin-try', { key: 'try', unsaved: this.isDirty });

  country = ({ values }) => choiceField({ ...this.about('country'), options: countries(values.country) });

  areaCode = () => textField({
    ...this.about('areaCode'), input: { inputmode: 'numeric', dir: 'ltr', class: 'input input-number' },
  });

  prefixes = () => this.list('outsideLinePrefixes', { input: { inputmode: 'tel', dir: 'ltr' } });

  lengths({ values, errors }) {
    const about = words.extensionLengths;
    const lengths = values.extensionLengths ?? {};
    const change = (name, value) => {
      const changed = { from: null, to: null, ...lengths, [name]: value };
      this.change('extensionLengths', changed.from === null && changed.to === null ? null : changed);
    };
    const end = (name) => numberField({
      id: `extensionLengths-${name}`, label: about[name], value: lengths[name], min: 1, max: 10, unit: about.digits,
      onInput: (value) => change(name, value),
    });
    return h('fieldset', { key: 'extensionLengths', class: 'field', 'aria-describedby': 'extensionLengths-hint' },
      h('legend', { class: 'legend' }, about.label),
      h('p', { class: 'field-hint', id: 'extensionLengths-hint' }, about.hint),
      h('div', { class: 'row' }, end('from'), end('to')),
      groupError(errors.extensionLengths));
  }

  /** The chosen kinds in their order, then the others. */
  kinds({ values, errors }) {
    const chosen = values.kinds;
    const toggle = (kind) => (event) => this.change('kinds', event.target.checked
      ? [...chosen, kind] : chosen.filter((each) => each !== kind));
    const row = (kind) => {
      const index = chosen.indexOf(kind);
      const name = words.kinds[kind] ?? shown(kind);
      const move = (to) => this.change('kinds', moved(chosen, index, to));
      return h('li', { key: kind, class: 'text-list-row' },
        h('label', { class: 'check grow' },
          h('input', { type: 'checkbox', checked: index >= 0, on: { change: toggle(kind) } }), name),
        index >= 0 && moveButtons({ id: 'kinds', name, index, length: chosen.length, onMove: move }));
    };
    const others = everyKind.filter((kind) => !chosen.includes(kind));
    return h('fieldset', { key: 'kinds', class: 'field text-list', 'aria-describedby': 'kinds-hint' },
      h('legend', { class: 'legend' }, words.kinds.label),
      h('p', { class: 'field-hint', id: 'kinds-hint' }, words.kinds.hint),
      h('ul', { class: 'text-list-rows' }, [...chosen, ...others].map(row)),
      groupError(errors.kinds));
  }

  // A decision of the product, shown because it is asked for; there is nothing to choose.
  shared = () => h('div', { key: 'sharedNumber', class: 'field' },
    h('p', { class: 'legend' }, words.sharedNumber.label),
    h('p', { class: 'field-hint' }, words.sharedNumber.choice));
}

/** What is wrong with a group of controls; there is no one control to blame. */
const groupError = (text) => text
  && h('p', { class: 'field-error', role: 'alert', tabindex: '-1' }, shown(text, 400));

customElements.define('admin-matching', AdminMatching);
