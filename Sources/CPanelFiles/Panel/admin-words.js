// The English texts of the administration. Each setting says in one sentence what it does.
import { count } from './format.js';

export const words = {
  product: 'CallMatch administration',
  brand: 'CallMatch Admin',
  sections: 'Administration',
  pages: {
    health: 'Health', matching: 'Matching', 'call-log': 'Call log', people: 'People and lines',
    connections: 'Connections', deliveries: 'Deliveries', nodes: 'Nodes',
  },

  settings: {
    savedAt: (time) => `Saved at ${time}`,
    saved: 'The settings are saved and already in use.',
    reset: 'The settings are as they were saved.',
    bar: 'Unsaved changes',
    on: 'on',
    off: 'off',
  },

  list: {
    add: 'Add',
    addTo: (list) => `Add to ${list}`,
    new: (list) => `New entry in ${list}`,
    entry: (list, number) => `${list}, entry ${number}`,
    remove: (entry) => `Remove ${entry}`,
    up: (entry) => `Move ${entry} up`,
    down: (entry) => `Move ${entry} down`,
    empty: 'None',
    twice: 'This is in the list already.',
    added: (entry) => `${entry} added`,
    removed: (entry) => `${entry} removed`,
  },

  matching: {
    text: 'How a caller’s number becomes a person. Changes count from the next call on.',
    groups: {
      place: 'Where you are', dialling: 'How your phone system writes numbers', people: 'Who a caller can be',
    },
    country: { label: 'Country', hint: 'Numbers without a country code are read as numbers of this country.' },
    areaCode: {
      label: 'Area code',
      hint: 'Completes numbers that are written without one; the match says so and never wins by itself.',
    },
    outsideLinePrefixes: {
      label: 'Prefixes for an outside line',
      hint: 'Digits that your phone system puts before outside numbers; they are taken off for the look-up.',
    },
    internationalWithoutPlus: {
      label: 'International numbers arrive without + or 00',
      hint: 'Reads 49301234567 as +49 30 1234567 when your phone system leaves the sign away.',
    },
    extensionLengths: {
      label: 'Length of extensions',
      hint: 'Numbers of this many digits are colleagues: they are not looked up among the customers.',
      both: 'Give both numbers, or leave both empty if you have no extensions.',
      from: 'From', to: 'To', digits: 'digits',
    },
    requireMatch: {
      label: 'Require a match',
      hint: 'A call can only be logged once a contact or lead is chosen for it; off, a log may have no person.',
    },
    kinds: {
      label: 'Kinds of record',
      hint: 'Only these are searched for a caller; among equal matches the upper kind is listed first.',
      contact: 'Contacts', lead: 'Leads', account: 'Accounts',
    },
    sharedNumber: {
      label: 'A number that several people share',
      choice: 'The agent always chooses. CallMatch never takes the first of several.',
    },
  },

  attempt: {
    title: 'Try a number',
    text: 'See who a caller with this number would be, and why. Nothing is called and nothing is changed.',
    unsaved: 'The saved settings are used, not the changes above.',
    number: 'Number as it would arrive',
    button: 'Try it',
    trying: 'Looking…',
    read: 'Read as',
    presented: 'Arrived as',
    e164: 'E.164',
    kind: 'Kind of number',
    kinds: {
      subscriber: 'Subscriber', internal: 'Extension', short: 'Short number', emergency: 'Emergency number',
      service: 'Service number', textSender: 'Text instead of a number', withheld: 'Withheld',
      unusable: 'Not a number',
    },
    outcomes: {
      single: () => 'One match: this person is shown when the call arrives.',
      multiple: (number) => `${count(number)} matches: the agent chooses.`,
      none: () => 'No match: the agent is offered to search, or to create a contact or lead.',
      withheld: () => 'Withheld: nobody is looked up.',
      internal: () => 'A colleague: internal calls are not looked up.',
      unusable: () => 'Not a number: nobody is looked up.',
    },
    person: 'Person',
    evidence: 'Evidence',
    fields: (field, stored) => `${field} ${stored}`,
  },

  callLog: {
    text: 'Which calls are logged in the CRM, and what agents fill in.',
    groups: { agents: 'For the agents', which: 'Which calls are logged', never: 'Never logged' },
    dispositions: {
      label: 'Dispositions',
      hint: 'What an agent can choose as the result of a call, in this order.',
    },
    wrapUpSeconds: {
      label: 'Wrap-up time',
      hint: 'An open log completes by itself this long after hang-up; 0 completes it at once.', unit: 'seconds',
      whole: 'Give a whole number of seconds.',
    },
    logInbound: { label: 'Incoming calls', hint: 'Answered calls from outside are logged.' },
    logOutbound: { label: 'Outgoing calls', hint: 'Calls that your agents make to the outside are logged.' },
    logInternal: { label: 'Internal calls', hint: 'Calls between colleagues are logged as well.' },
    logMissed: { label: 'Missed calls', hint: 'Calls that nobody answered are logged as well.' },
    excludedNumbers: {
      label: 'Excluded numbers',
      hint: 'Calls from and to these numbers appear in recent calls, but are never logged.',
    },
    excludedQueues: { label: 'Excluded queues', hint: 'Calls that arrive in these queues are never logged.' },
  },
};
