// A source of events about calls as a row: its state in words, not by colour alone.
import { h } from './dom.js';
import { count, shown } from './format.js';
import { words as all } from './admin-daily-words.js';
import { when } from './pages-parts.js';
import { icon } from './icons.js';

const words = all.connections;
const looks = { green: ['badge-good', 'check'], red: ['badge-bad', 'warning'], quiet: ['', 'hold'] };

/** `isShort`: name, state and words only. `address`: where the phone system sends to, if known. */
export function sourceRow(source, { isShort = false, address = null } = {}) {
  const [tone, symbol] = looks[source.state] ?? looks.quiet;
  return h('li', { key: source.name, class: 'source' },
    h('p', { class: 'row' },
      h('bdi', { class: 'strong' }, shown(source.name)),
      h('span', { class: ['badge', tone] }, icon(symbol), words.states[source.state] ?? shown(source.state))),
    h('p', { dir: 'auto' }, shown(source.text, 400)),
    !isShort && h('ul', { class: 'facts quiet small' },
      h('li', {}, words.dialects[source.dialect] ?? shown(source.dialect)),
      h('li', {}, words.lastEvent, ' ', when(source.lastEventAt) ?? words.noEvent),
      ['events', 'unknown', 'refused'].map((name) => h('li', {
        key: name, class: name === 'refused' && source.refused > 0 && 'source-refused',
      }, `${words[name]} ${count(source[name] ?? 0)}`))),
    !isShort && shown(address) && h('p', { class: 'small' },
      `${words.address} `, h('bdi', { dir: 'ltr' }, shown(address, 400))));
}
