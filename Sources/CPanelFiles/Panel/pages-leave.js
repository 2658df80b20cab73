// Asks before unsaved changes are lost.
import { build, h } from './dom.js';
import { pageWords } from './pages-words.js';

const words = pageWords.leave;

/** Resolves to true when the agent wants to leave. Escape means stay. */
export function askToLeave() {
  return new Promise((resolve) => {
    const answer = (value) => () => box.close(value);
    const box = build(h('dialog', {
      class: 'dialog', 'aria-labelledby': 'leave-title', 'aria-describedby': 'leave-text',
    },
    h('h2', { id: 'leave-title' }, words.title),
    h('p', { id: 'leave-text' }, words.text),
    h('div', { class: 'dialog-actions' },
      choice(words.leave, 'button-danger', answer('leave')),
      choice(words.stay, 'button-primary', answer('stay'), true))));
    box.addEventListener('close', () => {
      box.remove();
      resolve(box.returnValue === 'leave');
    });
    document.body.append(box);
    box.showModal();
  });
}

const choice = (label, kind, click, autofocus = false) => h('button', {
  type: 'button', class: ['button', kind], autofocus, on: { click },
}, label);
