// The list of people, and the list of extensions that belong to nobody.
import { h } from './dom.js';
import { shown } from './format.js';
import { words as all } from './admin-daily-words.js';
import { signedIn } from './pages-frame.js';
import { button, empty, foreign, section, when } from './pages-parts.js';

const words = all.people;

export const peopleList = (people, actions) => (people.length === 0
  ? empty({ title: words.empty })
  : h('ul', { key: 'people', class: 'list card people' }, people.map((person) => personRow(person, actions))));

function personRow(person, actions) {
  const name = shown(person.displayName) ?? person.id;
  const { disabled } = person;
  return h('li', { key: person.id, class: 'person' },
    h('div', { class: 'person-who' },
      h('p', { class: 'row' }, h('bdi', { class: 'strong' }, name),
        person.role === 'administrator' && h('span', { class: 'badge' }, words.roles.administrator),
        disabled && h('span', { class: 'badge badge-warning' }, words.disabled),
        person.signedIn && h('span', { class: 'badge badge-good' }, words.signedIn)),
      h('ul', { class: 'facts quiet small' },
        h('li', {}, foreign(person.id)),
        h('li', {}, person.lastSeen ? [words.lastSeen, ' ', when(person.lastSeen)] : words.neverSeen))),
    extensions(person.extensions, person.missing),
    h('div', { class: 'row person-actions' },
      small('edit', words.editShort, words.edit(name), () => actions.edit(person)),
      !disabled && small('link', words.link, words.linkFor(name), () => actions.link(person)),
      // Nobody locks out themselves by a slip.
      person.id !== signedIn()?.id && ableButton(person, name, actions)));
}

const small = (key, label, name, onClick) => button(label, onClick, { key, kind: 'button-small', name });

const ableButton = (person, name, actions) => (person.disabled
  ? small('able', words.enable, words.enableWho(name), () => actions.setDisabled(person, false))
  : small('able', words.disable, words.disableWho(name), () => actions.setDisabled(person, true)));

const extensions = (numbers, missing) => h('p', { class: 'person-extensions' },
  h('span', { class: 'quiet small' }, numbers.length ? words.extension(numbers.length) : words.noExtension),
  h('span', { class: 'figures' }, shown(numbers.join(', '))),
  missing.length > 0 && h('span', { class: 'badge badge-warning' }, words.missing(shown(missing.join(', ')))));

export const unknownList = (unknown, actions) => section({ key: 'unknown', title: words.unknown },
  h('p', { class: 'quiet' }, unknown.length ? words.unknownText : words.unknownNone),
  unknown.length > 0 && h('ul', { class: 'list' }, unknown.map((each) => h('li', {
    key: `${each.system}/${each.extension}`, class: 'row row-apart unknown-row',
  },
  h('div', {},
    h('p', { class: 'strong figures' }, foreign(each.extension)),
    h('ul', { class: 'facts quiet small' },
      h('li', {}, foreign(each.system)), h('li', {}, words.events(each.events)),
      each.lastSeen && h('li', {}, when(each.lastSeen)))),
  small('give', words.give, words.giveOf(shown(each.extension)), () => actions.give(each.extension))))));
