// The server's clock, as well as this browser can know it. Running times are counted by it, so an
// agent whose computer is five minutes off still sees the right ones.

let offset = 0; // milliseconds that the server is ahead
let isSet = false;

/** Takes the server's `now`. Small differences are travel time and are not followed. */
export function setServerTime(now, local = Date.now()) {
  const found = Date.parse(now) - local;
  if (Number.isNaN(found)) return;
  if (!isSet || Math.abs(found - offset) > 400) offset = found;
  isSet = true;
}

/** Milliseconds since 1970 on the server's clock. */
export const serverNow = () => Date.now() + offset;

const listeners = new Set();
let timer = null;

/** Calls `listener` about once a second; returns what stops it. One timer serves all. */
export function everySecond(listener) {
  listeners.add(listener);
  timer ??= setInterval(() => listeners.forEach((each) => each()), 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = null;
  };
}
