// One way to the server. Writes carry the header that a page of another site cannot send.

/** What the server refused, in its own words (RFC 9457), or that it could not be reached. */
export class Problem extends Error {
  constructor(status, body) {
    super(body?.detail || body?.title || '');
    this.name = 'Problem';
    this.status = status; // 0: no answer
    this.title = body?.title ?? '';
    this.detail = body?.detail ?? '';
    this.field = body?.field ?? null;
    this.body = body ?? {};
    this.retryAfter = null; // seconds, with 429 and 503
  }

  get isOffline() {
    return this.status === 0;
  }
}

let signedOut = goToSignIn;
let wasSignedIn = false;
let token = null;

export const get = (path, options) => send('GET', path, undefined, options);
export const post = (path, body, options) => send('POST', path, body ?? {}, options);
export const put = (path, body, options) => send('PUT', path, body, options);
export const patch = (path, body, options) => send('PATCH', path, body, options);
export const remove = (path, options) => send('DELETE', path, undefined, options);

/**
 * Options: `signal`, `keepalive` (the page is going away), `stayOn401` (do not go to the sign-in page).
 * Resolves to the JSON answer or null; rejects with Problem, or AbortError when `signal` aborted.
 */
export async function send(method, path, body, { signal, keepalive = false, stayOn401 = false } = {}) {
  const headers = { accept: 'application/json, application/problem+json', ...authorization() };
  if (method !== 'GET') headers['x-callmatch'] = '1';
  if (body !== undefined) headers['content-type'] = 'application/json';
  let response;
  try {
    response = await fetch(path, {
      method, headers, signal, keepalive, cache: 'no-store', credentials: 'same-origin',
      redirect: 'error', body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Problem(0, null);
  }
  const answer = await json(response);
  if (response.ok) {
    wasSignedIn = true;
    return answer;
  }
  if (response.status === 401 && !stayOn401) signedOut();
  const problem = new Problem(response.status, answer);
  problem.retryAfter = Number.parseInt(response.headers.get('retry-after') ?? '', 10) || null;
  throw problem;
}

/** What happens when the server no longer knows who this is. Unless set: to the sign-in page. */
export function onSignedOut(handler) {
  signedOut = handler;
}

/**
 * From now on the session is this one instead of the cookie's; null: the cookie's again. The token is kept nowhere but
 * here, so that no other page and no disk ever has it: when the page is loaded anew, it is gone.
 */
export function useToken(text) {
  token = text;
}

/** Whether the session hangs on this page alone. */
export const hasToken = () => token !== null;

/** The header that says who this is where the cookie cannot. */
export const authorization = () => (token ? { authorization: `Bearer ${token}` } : {});

/** The sign-in page, which comes back here, query string included. */
export function goToSignIn({ isWish = false } = {}) {
  const next = encodeURIComponent(location.pathname + location.search);
  location.assign(`/sign-in?next=${next}${wasSignedIn && !isWish ? '&expired=1' : ''}`);
}

/** `/api/v1/calls/` + an identifier that is safe inside a path. */
export function pathOf(...parts) {
  return `/api/v1/${parts.map((part) => encodeURIComponent(part)).join('/')}`;
}

/** `?filter=all&search=ada`, without what is empty. */
export function query(values) {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== null && value !== undefined && value !== '') search.set(name, String(value));
  }
  const text = search.toString();
  return text ? `?${text}` : '';
}

async function json(response) {
  if (!/\bjson\b/.test(response.headers.get('content-type') ?? '')) return null;
  try {
    return await response.json();
  } catch {
    return null;
  }
}
