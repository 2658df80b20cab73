// A page, or a part of one, as a custom element: `state` in, description out, drawn again on `set`.
import { draw } from './dom.js';
import { Problem } from './http.js';
import { arrived } from './pages-router.js';

const opened = new WeakSet(); // dialogs

/**
 * Subclasses give `view(state)`, and may give `opened()` and `closed()`. A page gives `pageTitle(state)`
 * as well: null while it loads; the first title moves focus to its heading after a navigation.
 */
export class View extends HTMLElement {
  state = {};

  connectedCallback() {
    this.leaving = new AbortController();
    this.opened?.();
    this.redraw();
  }

  // Moved within the document, not away from it.
  connectedMoveCallback() {}

  disconnectedCallback() {
    this.leaving.abort();
    this.closed?.();
  }

  /** Aborts when the view leaves the document. */
  get signal() {
    return this.leaving.signal;
  }

  set(changes) {
    Object.assign(this.state, changes);
    this.redraw();
  }

  redraw() {
    if (!this.isConnected) return;
    draw(this, this.view(this.state));
    this.openDialogs();
    const title = this.pageTitle?.(this.state);
    if (title) arrived(this, title);
  }

  // Once each: one that was closed stays so until its `close` event has been heard.
  openDialogs() {
    for (const dialog of this.querySelectorAll('dialog')) {
      if (opened.has(dialog)) continue;
      opened.add(dialog);
      dialog.showModal();
    }
  }

  /** Closes the open dialog, which gives focus back; its `close` event clears the state. */
  closeDialog() {
    this.querySelector('dialog[open]')?.close();
  }

  /** Does what talks to the server. What it refuses goes to `onProblem`, by default into the state. */
  async attempt(work, onProblem = (problem) => this.set({ problem, isBusy: false })) {
    try {
      return await work(this.signal);
    } catch (error) {
      if (error.name === 'AbortError') return undefined;
      if (!(error instanceof Problem)) throw error;
      if (!this.signal.aborted) await onProblem(error);
      return undefined;
    }
  }

  /** After a refused field: the first one to blame gets the focus. */
  focusFirstError() {
    this.querySelector('[aria-invalid="true"], [role="alert"][tabindex]')?.focus();
  }
}
