// The sign-in link, shown once, and whose extension an unknown one is.
import { h } from './dom.js';
import { shown, time } from './format.js';
import { dialogActions } from './admin-person.js';
import { words as all } from './admin-daily-words.js';
import { choiceField, copyField } from './pages-fields.js';
import { button, dialog as dialogView, refusal } from './pages-parts.js';
import { pageWords } from './pages-words.js';

const words = all.people;

export const linkDialog = ({ person, link, note }, tools) => dialogView({
  key: 'link', title: words.linkTitle(shown(person.displayName) ?? person.id), onClose: tools.closed,
},
h('div', { class: 'stack dialog-form' },
  h('p', {}, words.linkOnce),
  copyField({
    id: 'sign-in-link', label: words.linkLabel, value: link.url, note,
    onCopy: (said) => tools.change({ note: said }),
  }),
  link.expiresAt && h('p', { class: 'quiet' }, words.linkUntil(time(link.expiresAt))),
  h('div', { class: 'dialog-actions' },
    button(words.done, tools.close, { kind: 'button-primary' }))));

export function giveDialog({ extension, id, problem }, people, tools) {
  const submit = (event) => {
    event.preventDefault();
    tools.give();
  };
  return dialogView({ key: 'give', title: words.giveTitle(shown(extension)), onClose: tools.closed },
    h('form', { class: 'stack dialog-form', on: { submit } },
      refusal(problem),
      choiceField({
        id: 'give-to', label: words.person, value: id, onInput: (value) => tools.change({ id: value }),
        options: people.map((person) => [person.id, `${shown(person.displayName) ?? ''} (${shown(person.id)})`]),
      }),
      dialogActions(tools, pageWords.form.save)));
}
