// An EventSource that can send a header: for a session whose token is in memory. It behaves as the browser's own,
// as far as panel-stream.js uses that: events by type, `open`, `error`, `readyState`, and connecting again by itself.
import { EventParser } from './event-parser.js';

const { CONNECTING, OPEN, CLOSED } = EventSource;
const usualRetry = 3000; // ms, unless the server says otherwise

export class EventStream extends EventTarget {
  readyState = CONNECTING;
  #address;
  #headers;
  #over = new AbortController();
  #retry = usualRetry;
  #lastEventId = '';
  #timer = null;

  /** `headers()` is asked before each connection. */
  constructor(address, headers) {
    super();
    this.#address = address;
    this.#headers = headers;
    this.#connect();
  }

  close() {
    this.readyState = CLOSED;
    clearTimeout(this.#timer);
    this.#over.abort();
  }

  async #connect() {
    const last = this.#lastEventId ? { 'last-event-id': this.#lastEventId } : {};
    try {
      const response = await fetch(this.#address, {
        headers: { accept: 'text/event-stream', ...last, ...this.#headers() },
        cache: 'no-store', credentials: 'same-origin', redirect: 'error', signal: this.#over.signal,
      });
      if (response.status !== 200 || !/^text\/event-stream\b/.test(response.headers.get('content-type') ?? '')) {
        this.#fail();
        return;
      }
      this.readyState = OPEN;
      this.dispatchEvent(new Event('open'));
      await this.#read(response.body);
    } catch {
      // The network, or that this was closed. Both are dealt with below.
    }
    if (this.readyState !== CLOSED) this.#connectAgain();
  }

  async #read(body) {
    const parser = new EventParser(({ type, data, lastEventId }) => {
      this.#lastEventId = lastEventId;
      if (this.readyState !== CLOSED) this.dispatchEvent(new MessageEvent(type, { data, lastEventId }));
    });
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      parser.feed(value);
      this.#retry = parser.retry ?? this.#retry;
    }
  }

  // An answer that is no stream ends it for good, as it does an EventSource.
  #fail() {
    this.close();
    this.dispatchEvent(new Event('error'));
  }

  #connectAgain() {
    this.readyState = CONNECTING;
    this.#timer = setTimeout(() => this.#connect(), this.#retry);
    this.dispatchEvent(new Event('error'));
  }
}
