// The first step of an import: a file, by the button or dropped.
import { h } from './dom.js';
import { lists, kindOf } from './crm-kinds.js';
import { words as all } from './crm-words.js';
import { choiceField } from './pages-fields.js';
import { notice } from './pages-parts.js';
import { icon } from './icons.js';

const words = all.importing;

/** The select for the kind of record; empty means "by its columns". */
export const kindField = (kind, onInput, hint) => choiceField({
  id: 'import-kind', label: words.what, hint, value: kind, onInput,
  options: [['', words.recognise], ...lists.map((list) => [kindOf(list), all.plurals[list]])],
});

export const refusal = (text) => text && notice({ key: 'refusal', tone: 'bad', role: 'alert' }, h('p', {}, text));

export function chooseView({ kind, refusal: text, busy, isOver }, actions) {
  const drop = (event) => {
    event.preventDefault();
    actions.take([...event.dataTransfer.files]);
  };
  const over = (isInside) => (event) => {
    event.preventDefault();
    if (isOver !== isInside) actions.over(isInside);
  };
  return h('div', { key: 'choose', class: 'stack' },
    refusal(text),
    h('div', { class: 'card stack' },
      kindField(kind, actions.kind, words.whatHint),
      h('div', {
        class: ['drop', isOver && 'drop-over'],
        on: { drop, dragover: over(true), dragenter: over(true), dragleave: over(false) },
      },
      h('input', {
        id: 'import-file', class: 'unseen', type: 'file', accept: '.csv,.tsv,.txt,.vcf,.vcard,text/csv,text/vcard',
        'aria-describedby': 'import-accepts', disabled: Boolean(busy),
        on: { change: (event) => choose(event.target, actions) },
      }),
      h('label', { class: 'button button-primary', for: 'import-file' }, icon('folder'), words.choose),
      h('p', { class: 'quiet' }, words.drop),
      h('p', { class: 'quiet small', id: 'import-accepts' }, words.accepts),
      h('p', { class: 'strong', role: 'status' }, busy ?? ''))));
}

// Emptied, so that the same file can be chosen again after it was mended.
function choose(input, actions) {
  const files = [...input.files];
  input.value = '';
  actions.take(files);
}
