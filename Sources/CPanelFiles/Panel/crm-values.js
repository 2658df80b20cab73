// How the values of a record are shown, and which of them become links.
import { h } from './dom.js';
import { count, day, duration, money, shown } from './format.js';
import { listOf, pageOf } from './crm-kinds.js';
import { words } from './crm-words.js';
import { lines, longText } from './pages-parts.js';

const withExtension = /^(.*?)(?:(?:,|;)?\s*(?:ext\.?|x|#|;ext=)\s*([0-9]{1,7}))?$/i;
const dialable = /^\+?[0-9]{2,15}$/;
const mailable = /^[^\s@<>"'?&%,;:]+@[^\s@<>"'?&%,;:]+$/;

/**
 * The tel: address of a number as stored, built from digits only, or null where the text is no number
 * that can be called as it is (letters, several numbers). An extension follows as `;ext=`.
 */
export function telephone(text) {
  const [, main, extension] = withExtension.exec(String(text ?? '').trim()) ?? [];
  if (!main || !/^[-+0-9 ()/.\u00a0\u2010-\u2015]+$/.test(main)) return null;
  const domestic = main.startsWith('+') ? main.replace(/\(0\)/, '') : main;
  const digits = domestic.replace(/[^+0-9]/g, '');
  if (!dialable.test(digits)) return null;
  return `tel:${digits}${extension ? `;ext=${extension}` : ''}`;
}

/** A number as a link that dials it, or as text where it cannot be dialled. */
export function phone(text) {
  const label = shown(text);
  if (label === null) return null;
  const address = telephone(text);
  const number = h('bdi', { class: 'figures', dir: 'ltr' }, label);
  return address ? h('a', { class: 'phone', href: address }, number) : number;
}

const mail = (text) => (mailable.test(text)
  ? h('a', { href: `mailto:${encodeURI(text)}` }, shown(text))
  : h('bdi', {}, shown(text)));

/** A link to the record that a reference names. */
const recordLink = ({ value, shows, references }) => h('a', { href: pageOf(listOf(references), value), dir: 'auto' },
  shown(shows) ?? words.list.noName);

/** The value of a field, to be read; null when there is none. `fields`: all of the record. */
export function fieldValue(field, fields) {
  const { type, value } = field;
  if (!value) return null;
  switch (type) {
    case 'phone': return phone(value);
    case 'email': return mail(value);
    case 'date': return dated(value);
    case 'money': return amount(value, fields.find((each) => each.name === 'currency')?.value);
    case 'reference': return recordLink(field);
    case 'multiline': return longText(value);
    default: return h('bdi', {}, shown(value));
  }
}

/** A field's value as plain words, for the conflict notice. */
export const valueInWords = (value) => shown(lines(value?.name ?? value ?? ''), 400) ?? '';

/** "3:12", or null for what has no length. */
export const length = (seconds) => (typeof seconds === 'number' ? duration(seconds) : null);

function dated(value) {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value));
  return isDay ? h('time', { datetime: value }, day(value)) : shown(value);
}

function amount(value, currency) {
  const number = Number(value);
  if (!Number.isFinite(number)) return shown(value);
  return h('span', { class: 'figures' }, currency ? money(number, currency) : count(number));
}
