// A CRM that we connect to: whether it answers, how fresh its people are, what it costs.
import { h } from './dom.js';
import { fullTime, shown, span, timeAndDay } from './format.js';
import { isNearlyUsedUp, ratioBar } from './admin-chart.js';
import { words as all } from './crm-link-words.js';
import { section } from './pages-parts.js';
import { icon } from './icons.js';

const words = all.connections;
const looks = { green: ['badge-good', 'check'], red: ['badge-bad', 'warning'], loading: ['badge-warning', 'people'] };

const badge = (state) => {
  const [tone, symbol] = looks[state] ?? ['', 'hold'];
  return h('span', { class: ['badge', tone] }, icon(symbol), words.states[state] ?? shown(state));
};

/** One line of the health page. */
export const crmRow = (crm) => h('li', { key: crm.name, class: 'source' },
  h('p', { class: 'row' }, h('bdi', { class: 'strong' }, shown(crm.product)), badge(crm.state)),
  h('p', { dir: 'auto' }, shown(crm.text, 400)),
  crm.loading && firstLoad(crm));

/** The card of *Connections*. */
export function crmCard(crm) {
  const name = shown(crm.product) ?? shown(crm.name);
  const called = shown(crm.name);
  return section({ key: `crm-${crm.name}`, title: h('bdi', {}, name), kind: 'stack crm-card' },
    h('p', { class: 'row' }, badge(crm.state),
      called !== name && h('span', { class: 'quiet small' }, `${words.called} `, h('bdi', { dir: 'ltr' }, called))),
    h('p', { dir: 'auto', class: crm.state === 'red' && 'crm-trouble' }, shown(crm.text, 600)),
    crm.loading && firstLoad(crm),
    h('dl', { class: 'crm-facts' },
      fact(words.freshness, h('p', {}, freshness(crm)),
        crm.lastCompleteAt && h('p', { class: 'quiet small' }, `${words.completeAt} `, exactly(crm.lastCompleteAt))),
      fact(words.requests, requests(crm))),
    crm.withoutUser?.length > 0 && withoutUser(crm.withoutUser, name));
}

export const noCRM = () => section({ key: 'no-crm', title: words.crm }, h('p', { class: 'quiet' }, words.none));

const fact = (name, ...content) => h('div', { key: name },
  h('dt', { class: 'quiet small' }, name), h('dd', { class: 'stack' }, content));

const exactly = (at) => h('time', { datetime: at, title: fullTime(at) }, timeAndDay(at));

function freshness({ lagSeconds, everySeconds }) {
  if (!Number.isFinite(lagSeconds)) return words.neverWhole;
  return words[lagSeconds > 2 * everySeconds ? 'late' : 'fresh'](span(everySeconds), span(lagSeconds));
}

function firstLoad({ people, expected }) {
  const text = words.loaded(people, expected);
  return h('div', { key: 'load', class: 'stack crm-load' },
    h('progress', { class: 'progress', 'aria-label': words.firstLoad, 'aria-valuetext': text,
      max: expected ? Math.max(expected, people) : null, value: expected ? people : null }),
    h('p', { class: 'small figures' }, text));
}

function requests({ usedToday, allowedToday, requests: own, callRequests }) {
  const isKnown = Number.isFinite(usedToday) && allowedToday > 0;
  return [
    isKnown
      ? [h('p', {}, `${words.used(usedToday, allowedToday)}; ${words.ownShort(own ?? 0)}.`),
        ratioBar(usedToday, allowedToday),
        isNearlyUsedUp(usedToday, allowedToday)
          && h('p', { class: 'row crm-trouble' }, icon('warning'), words.nearlyUsedUp)]
      : h('p', {}, words.own(own ?? 0)),
    perCall(callRequests),
  ];
}

function perCall({ calls, people, lookUps, logs }) {
  if (calls === 0) return h('p', { class: 'quiet' }, words.noCall);
  const of = (requests) => requests / calls;
  return [
    h('p', {}, `${words.perCall(of(people + lookUps + logs), calls)}.`),
    h('p', { class: 'quiet small' }, words.callParts({ people: of(people), lookUps: of(lookUps), logs: of(logs) })),
  ];
}

const withoutUser = (names, crm) => h('div', { key: 'without', class: 'notice notice-warning' }, icon('warning'),
  h('div', { class: 'stack grow' },
    h('p', { class: 'strong' }, h('bdi', {}, words.withoutUser(names.length, crm))),
    h('p', {}, words.withoutUserText),
    h('ul', { class: 'facts' }, names.map((name) => h('li', { key: name }, h('bdi', {}, shown(name)))))));
