// Custom elements: one small behaviour each, for any page.
import { everySecond, serverNow } from './clock.js';
import { duration } from './format.js';

/** `<running-time since="…">` counts up from a time, `until="…"` counts down to one. */
class RunningTime extends HTMLElement {
  static observedAttributes = ['since', 'until'];

  connectedCallback() {
    this.stop = everySecond(() => this.tick());
    this.tick();
  }

  disconnectedCallback() {
    this.stop?.();
  }

  // Moved within the document, not away from it.
  connectedMoveCallback() {}

  attributeChangedCallback() {
    this.tick();
  }

  tick() {
    const since = this.getAttribute('since');
    const until = this.getAttribute('until');
    const milliseconds = since ? serverNow() - Date.parse(since) : Date.parse(until) - serverNow();
    // Counting down, the last second is 0:01 until it is over.
    const seconds = since ? milliseconds / 1000 : Math.ceil(milliseconds / 1000);
    const text = Number.isFinite(seconds) ? duration(seconds) : '';
    if (this.textContent !== text) this.textContent = text;
  }
}

/** `<arrow-keys>` moves focus among the buttons of its tab list, or the rows of its list. */
class ArrowKeys extends HTMLElement {
  connectedCallback() {
    this.addEventListener('keydown', this);
  }

  handleEvent(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const isTabList = this.getAttribute('role') === 'tablist';
    const stops = [...this.querySelectorAll(isTabList ? '[role=tab]' : '[data-stop]')];
    const here = stops.indexOf(document.activeElement);
    const to = this.destination(event.key, here, stops.length, isTabList);
    if (to === null || !stops[to]) return;
    event.preventDefault();
    stops[to].focus();
    if (isTabList) stops[to].click();
  }

  destination(key, here, count, isTabList) {
    if (here < 0) return null;
    const rightToLeft = getComputedStyle(this).direction === 'rtl';
    const [next, previous] = isTabList
      ? (rightToLeft ? ['ArrowLeft', 'ArrowRight'] : ['ArrowRight', 'ArrowLeft'])
      : ['ArrowDown', 'ArrowUp'];
    if (key === next) return isTabList ? (here + 1) % count : Math.min(here + 1, count - 1);
    if (key === previous) return isTabList ? (here + count - 1) % count : Math.max(here - 1, 0);
    if (key === 'Home') return isTabList || here > 0 ? 0 : null;
    if (key === 'End') return count - 1;
    return null;
  }
}

/** `<endless-end>` fires `reached` when it comes into view, and again while it stays there. */
class EndlessEnd extends HTMLElement {
  connectedCallback() {
    this.observer = new IntersectionObserver((entries) => {
      if (entries.at(-1).isIntersecting) this.dispatchEvent(new Event('reached'));
    }, { rootMargin: '300px' });
    this.observer.observe(this);
  }

  disconnectedCallback() {
    this.observer.disconnect();
  }

  static observedAttributes = ['after'];

  // `after` is the cursor of the next page: a new one means that the page before has arrived.
  attributeChangedCallback() {
    this.observer?.unobserve(this);
    this.observer?.observe(this);
  }
}

/** `<growing-text>` keeps its textarea as high as what is typed. */
class GrowingText extends HTMLElement {
  connectedCallback() {
    this.addEventListener('input', () => this.fit());
    this.observer = new ResizeObserver(() => this.fit());
    this.observer.observe(this);
  }

  disconnectedCallback() {
    this.observer.disconnect();
  }

  fit() {
    const field = this.querySelector('textarea');
    if (!field || CSS.supports('field-sizing', 'content')) return;
    field.style.blockSize = 'auto';
    field.style.blockSize = `${field.scrollHeight + 2}px`;
  }
}

customElements.define('running-time', RunningTime);
customElements.define('arrow-keys', ArrowKeys);
customElements.define('endless-end', EndlessEnd);
customElements.define('growing-text', GrowingText);
