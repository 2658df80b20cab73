// Dates, durations, numbers and names as the agent reads them. The locale is the browser's.

export const locale = (() => {
  const wished = navigator.languages?.length ? navigator.languages : [navigator.language];
  try {
    return Intl.getCanonicalLocales(wished.filter(Boolean));
  } catch {
    return ['en'];
  }
})();

const longest = 128;
const formats = {
  time: new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' }),
  exact: new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit', second: '2-digit' }),
  day: new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' }),
  dayAndYear: new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' }),
  weekday: new Intl.DateTimeFormat(locale, { weekday: 'short' }),
  full: new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'short' }),
  fromNow: new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }),
  number: new Intl.NumberFormat(locale),
  mean: new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 }),
};

/**
 * Text of unknown origin, fit to be shown in one line: without control and direction-override
 * characters, with at most four marks on one letter, cut at 128 characters. Empty becomes null.
 */
export function shown(text, limit = longest) {
  if (text === null || text === undefined) return null;
  const plain = stripped(String(text)).trim();
  const characters = [...plain];
  if (characters.length === 0) return null;
  return characters.length > limit ? `${characters.slice(0, limit - 1).join('')}…` : plain;
}

/** The same without the cut: for texts that are edited in one line. */
export const stripped = (text) => text
  .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/gu, ' ')
  .replace(/[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu, '')
  .replace(/(\p{M}{4})\p{M}+/gu, '$1');

/** 14:05 */
export const time = (at) => formats.time.format(new Date(at));

/** 14:05:09 */
export const exactTime = (at) => formats.exact.format(new Date(at));

/** Sunday, 22 November 2026 at 15:04: for titles of times. */
export const fullTime = (at) => formats.full.format(new Date(at));

/** A day without a time: 1 Dec, or 1 Dec 2027 in another year. `at` is a time or "2026-12-01". */
export function day(at, now = new Date()) {
  const date = /^\d{4}-\d{2}-\d{2}$/.test(at) ? new Date(`${at}T12:00:00`) : new Date(at);
  const format = date.getFullYear() === now.getFullYear() ? formats.day : formats.dayAndYear;
  return format.format(date);
}

/** The shortest that is clear: 14:05 today, yesterday, Mon, 3 Nov, 3 Nov 2025. */
export function moment(at, now = new Date()) {
  const days = daysBetween(new Date(at), now);
  if (days === 0) return time(at);
  if (days === 1) return formats.fromNow.format(-1, 'day');
  if (days > 1 && days < 7) return formats.weekday.format(new Date(at));
  return day(at, now);
}

/** 14:05 today, else the day as well: 3 Nov, 14:05. */
export const timeAndDay = (at, now = new Date()) =>
  (daysBetween(new Date(at), now) === 0 ? time(at) : `${day(at, now)}, ${time(at)}`);

/** 1:05 or 1:02:05; never negative. */
export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const [hours, minutes, rest] = parts.map(String);
  const tail = `${parts[0] ? minutes.padStart(2, '0') : minutes}:${rest.padStart(2, '0')}`;
  return parts[0] ? `${hours}:${tail}` : tail;
}

/** 2 hours, 5 minutes: the two largest of days, hours and minutes that are not nothing; seconds within the first hour. */
export function span(seconds) {
  const parts = {
    day: Math.floor(seconds / 86_400), hour: Math.floor(seconds / 3600) % 24, minute: Math.floor(seconds / 60) % 60,
    second: seconds < 3600 ? Math.floor(seconds % 60) : 0,
  };
  const filled = Object.entries(parts).filter(([, value]) => value > 0).slice(0, 2);
  const named = filled.length > 0 ? filled : [['second', 0]];
  return named.map(([unit, value]) => new Intl.NumberFormat(locale, {
    style: 'unit', unit, unitDisplay: 'long',
  }).format(value)).join(', ');
}

/** 12,345 */
export const count = (number) => formats.number.format(number);

/** 2.0 */
export const mean = (number) => formats.mean.format(number);

/** €12,345; falls back to number and code when the currency is unknown. */
export function money(amount, currency) {
  try {
    return new Intl.NumberFormat(locale, {
      style: 'currency', currency, maximumFractionDigits: Number.isInteger(amount) ? 0 : 2,
    }).format(amount);
  } catch {
    return [count(amount), currency].filter(Boolean).join(' ');
  }
}

/** Today as 2026-12-01, moved by `days`, in the agent's own time zone. */
export function isoDay(days = 0, now = new Date()) {
  const date = new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, 12);
  const two = (number) => String(number).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function daysBetween(earlier, later) {
  const midnight = (date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return Math.round((midnight(later) - midnight(earlier)) / 86_400_000);
}
