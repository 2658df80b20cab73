// Custom elements: one small behaviour each, for any page.
import { everySecond, serverNow } from './clock.js';
import { duration } from './format.js';

const running = new Set(); // RunningTime elements on the page
let stop = null; // ends their ticking

// All at one moment, so that two that count to the same time never differ.
function tickAll() {
  const now = serverNow();
  for (const each of running) each.tick(now);
}

/**
 * `<running-time since="…">` counts up from a time, `until="…"` counts down to one. `most` is the
 * number of seconds that it never shows more than.
 */
class RunningTime extends HTMLElement {
  static observedAttributes = ['since', 'until', 'most'];

  connectedCallback() {
    running.add(this);
    stop ??= everySecond(tickAll);
    tickAll();
  }

  disconnectedCallback() {
    running.delete(this);
    if (running.size > 0) return;
    stop?.();
    stop = null;
  }

  // Moved within the document, not away from it.
  connectedMoveCallback() {}

  attributeChangedCallback() {
    if (running.has(this)) tickAll();
  }

  tick(now) {
    const since = this.getAttribute('since');
    const until = this.getAttribute('until');
    const milliseconds = since ? now - Date.parse(since) : Date.parse(until) - now;
    // Counting down, the last second is 0:01 until it is over.
    const most = Number(this.getAttribute('most') ?? Infinity);
    const seconds = since ? milliseconds / 1000 : Math.min(most, Math.ceil(milliseconds / 1000));
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
