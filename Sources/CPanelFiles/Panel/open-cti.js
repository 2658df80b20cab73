// A client of Open CTI: the messages by which a CRM's page and the telephone panel in its frame talk. No script of
// the CRM is loaded for it, so that our pages run only our own.

/** The version spoken unless the server knows the CRM's. */
export const usualVersion = 43;

const kind = 'opencti';
const patience = 10_000; // ms in which the page has to answer

/** What the page said against a request, or that it said nothing. */
export class OpenCTIError extends Error {
  constructor(method, reason, { isSilence = false } = {}) {
    super(`${method}: ${reason}`);
    this.name = 'OpenCTIError';
    this.isSilence = isSilence;
  }
}

/** The origin in the address of a frame, if it is written as one; else null. */
export function originIn(search) {
  const text = new URLSearchParams(search).get('sfdcIframeOrigin');
  try {
    const { origin, protocol } = new URL(text);
    return origin === text && /^https?:$/.test(protocol) ? origin : null;
  } catch {
    return null;
  }
}

/**
 * Talks with the page at `origin` in the window `page`, and with no other. Whether that page may frame us at all
 * is the server's to say (`frame-ancestors`).
 */
export class OpenCTI {
  #version = usualVersion;
  #page;
  #origin;
  #nextID = 0;
  #waiting = new Map(); // callId → {method, version, resolve, reject, timer}
  #listeners = new Map(); // method → what is called with each message

  constructor(page, origin) {
    this.#page = page;
    this.#origin = origin;
    addEventListener('message', (event) => this.#take(event));
  }

  get version() {
    return this.#version;
  }

  /** Another version from now on; what is listened for is asked for again. */
  set version(version) {
    this.#version = version;
    for (const method of this.#listeners.keys()) this.#ask(method);
  }

  /** Resolves to what the page returns; rejects with OpenCTIError. */
  call(method, args = {}) {
    return new Promise((resolve, reject) => {
      const id = this.#send(method, args, { isCallbackRegistered: true, isListenerRegistered: false });
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(new OpenCTIError(method, 'no answer', { isSilence: true }));
      }, patience);
      this.#waiting.set(id, { method, version: this.#version, resolve, reject, timer });
    });
  }

  /** Calls `listener` with each message of this method from now on. */
  listen(method, listener) {
    this.#listeners.set(method, listener);
    this.#ask(method);
  }

  #ask(method) {
    this.#send(method, {}, { isCallbackRegistered: false, isListenerRegistered: true });
  }

  #send(methodName, args, registered) {
    const callId = this.#nextID;
    this.#nextID += 1;
    const about = { methodName, callId, apiVersion: this.#version, apiType: kind };
    this.#page.postMessage({ ...about, ...registered, args }, this.#origin);
    return callId;
  }

  #take({ source, origin, data }) {
    if (source !== this.#page || origin !== this.#origin || !isObject(data)) return;
    const { apiType, apiVersion, methodName, callId, response } = data;
    if (apiType !== kind || !Number.isInteger(apiVersion) || !isObject(response)) return;
    const listener = this.#listeners.get(methodName);
    if (listener) {
      if (apiVersion === this.#version) listener(response);
      return;
    }
    const request = this.#waiting.get(callId);
    if (request?.method !== methodName || request.version !== apiVersion) return;
    this.#waiting.delete(callId);
    clearTimeout(request.timer);
    if (response.success === true) request.resolve(response.returnValue ?? null);
    else request.reject(new OpenCTIError(methodName, reasonIn(response.errors)));
  }
}

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

// Errors are texts, or {code, description}.
function reasonIn(errors) {
  const texts = (Array.isArray(errors) ? errors : []).map((error) => error?.description ?? error);
  return texts.filter((text) => typeof text === 'string').join(' ').slice(0, 300) || 'refused';
}
