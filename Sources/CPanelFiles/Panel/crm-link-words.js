// The English texts about a CRM that we connect to, of the panel and of the administration. Its name comes from the
// server.
import { count, mean } from './format.js';
import { plural } from './pages-words.js';

export const words = {
  asking: (crm) => `Asking ${crm} whom you may see…`,
  unchecked: (crm) => `${crm} cannot say now whom you may see. The name comes by itself when it can.`,
  known: (name, company) => `The caller is ${[name, company].filter(Boolean).join(', ')}`,
  asOf: (time) => `As of ${time}.`,
  old: (crm, time) => `${crm} does not answer. This is its answer of ${time}.`,

  consent: {
    connect: 'Connect', connectNamed: (crm) => `Connect ${crm}`,
    disconnect: 'Disconnect', disconnectNamed: (crm) => `Disconnect ${crm}`,
    states: {
      notNeeded: () => 'Your administrator has connected it for everybody. There is nothing for you to do.',
      given: (user) => (user ? `Connected as ${user}.` : 'Connected.'),
      missing: () => 'Not connected.',
      expired: () => 'Not connected any more.',
    },
    newTab: 'Opens in a new tab. Come back here afterwards.',
    blocked: 'Your browser did not open the tab. Press it once more.',
    ask: (crm) => `CallMatch then no longer asks ${crm} as you, and may not know your callers.`,
    askTitle: (crm) => `Disconnect ${crm}?`,
    keep: 'Stay connected',
  },

  tab: {
    question: (crm, agent) => ['Connect ', crm, ' for ', agent, '?'],
    then: (crm) => [crm, ' asks you next whether CallMatch may act for you there.'],
    onlyIf: (agent) => ['Go on only if you are ', agent, ' and have just pressed Connect in the panel.'],
    goOn: 'Continue',
    notMe: 'This is not me',
    refused: 'Nothing was connected',
    refusedText: 'This page can no longer be used. If somebody sent it to you, tell your administrator. You can close it.',
    failed: 'This page cannot be used',
    begin: 'Go back to the panel, and connect there. You can close this page.',
    noCookies: 'Cookies are needed for this',
    noCookiesText: 'Your browser blocks cookies for this address. CallMatch needs one to recognise you when the CRM sends '
      + 'you back. Allow them, and connect once more in the panel.',
  },

  connections: {
    crm: 'CRM',
    none: 'The built-in CRM is used. How to connect another one is written in the set-up guide of that CRM, in the folder '
      + 'Docs of CallMatch.',
    called: 'Name in the settings:',
    systems: 'Phone systems',
    states: { green: 'Works', red: 'Has a problem', loading: 'Loading' },
    firstLoad: 'People that have come in',
    loaded: (people, expected) => (expected
      ? `${count(people)} of about ${plural(expected, '# person', '# people')}`
      : plural(people, '# person so far', '# people so far')),
    freshness: 'Freshness', requests: 'Requests',
    fresh: (every, lag) => `Up to ${every} behind (now ${lag})`,
    late: (every, lag) => `Should be up to ${every} behind, and is ${lag} behind now`,
    neverWhole: 'The first load is not complete.',
    completeAt: 'Last complete copy:',
    used: (used, allowed) => `${count(used)} of today’s ${count(allowed)} requests used (all programs)`,
    nearlyUsedUp: 'Nearly used up.',
    own: (number) => `${plural(number, '# request', '# requests')} by CallMatch since its start.`,
    perCall: (requests, calls) => `${mean(requests)} requests per call (${plural(calls, 'the last call', 'last # calls')})`,
    callParts: ({ people, lookUps, logs }) => `${mean(people)} permissions and related records, `
      + `${mean(lookUps)} unknown callers, ${mean(logs)} call logs; looking for changes is not counted.`,
    noCall: 'What a call takes is shown when the first one is done.',
    ownShort: (number) => `${count(number)} by CallMatch since its start`,
    withoutUser: (number, crm) => plural(number, `# agent has no user in ${crm}`, `# agents have no user in ${crm}`),
    withoutUserText: 'They see nobody of this CRM, and their call logs belong to the connection’s own user.',
  },
};
