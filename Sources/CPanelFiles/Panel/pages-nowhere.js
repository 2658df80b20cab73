// An address that names no page, or a page for administrators only.
import { h } from './dom.js';
import { empty, pageHead } from './pages-parts.js';
import { View } from './pages-view.js';
import { pageWords } from './pages-words.js';

const words = pageWords.nowhere;

/** `<page-nowhere home administrators>`: `administrators` when the page exists, but not for this agent. */
class PageNowhere extends View {
  get why() {
    return this.hasAttribute('administrators') ? words.administrators : words.missing;
  }

  pageTitle() {
    return this.why.title;
  }

  view() {
    const home = h('a', { class: 'button', href: this.getAttribute('home') }, words.home);
    return [pageHead({ title: this.why.title }), empty({ title: this.why.text, actions: [home] })];
  }
}

customElements.define('page-nowhere', PageNowhere);
