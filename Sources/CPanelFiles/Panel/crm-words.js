// The English texts of the built-in CRM's pages.
import { count } from './format.js';
import { plural } from './pages-words.js';

export const words = {
  product: 'CallMatch CRM',
  sections: 'Records',
  plurals: {
    contacts: 'Contacts', leads: 'Leads', accounts: 'Accounts', opportunities: 'Opportunities',
    cases: 'Cases', activities: 'Activities',
  },
  one: {
    contacts: 'Contact', leads: 'Lead', accounts: 'Account', opportunities: 'Opportunity',
    cases: 'Case', activities: 'Activity',
  },
  import: 'Import',

  dial: {
    asking: (number) => `Asking your phone to call ${number} …`,
    ringing: (number) => `Pick up your phone: it then calls ${number}.`,
    failed: 'CallMatch cannot be reached. Dial on the phone.',
  },

  list: {
    search: {
      contacts: 'Search contacts', leads: 'Search leads', accounts: 'Search accounts',
      opportunities: 'Search opportunities', cases: 'Search cases',
    },
    searchHint: 'Name, company or number',
    create: {
      contacts: 'New contact', leads: 'New lead', accounts: 'New account',
      opportunities: 'New opportunity', cases: 'New case',
    },
    none: {
      contacts: 'No contacts yet', leads: 'No leads yet', accounts: 'No accounts yet',
      opportunities: 'No opportunities yet', cases: 'No cases yet',
    },
    noneHint: 'Add the first one, or import a CSV or vCard file.',
    nothing: (text) => `Nothing found for “${text}”`,
    nothingHint: 'Try a part of the name, the company or the number.',
    clear: 'Clear the search',
    total: (number) => plural(number, '# record', '# records'),
    found: (number) => plural(number, '# record found', '# records found'),
    loaded: (number, total) => `Showing ${count(number)} of ${count(total)}`,
    more: 'Show more',
    changed: 'changed',
    noName: 'No name',
  },

  record: {
    edit: 'Edit',
    details: 'Details',
    noDetails: 'No details are filled in.',
    contacts: 'Contacts',
    leads: 'Leads',
    accounts: 'Accounts',
    opportunities: 'Opportunities',
    cases: 'Cases',
    activities: 'Activity',
    nothing: {
      contacts: 'No contacts', leads: 'No leads', accounts: 'No accounts',
      opportunities: 'No opportunities', cases: 'No cases',
      activities: 'No activity yet. Calls that are logged appear here.',
    },
    successor: 'Another record stands for this one now.',
    openKind: (kind) => `Open the ${kind.toLowerCase()}`,
    activityKinds: { call: 'Call', email: 'Email', task: 'Task' },
    by: (agent) => `by ${agent}`,
    duration: (text) => `Duration ${text}`,
    disposition: (text) => `Disposition ${text}`,
  },

  activity: {
    person: 'Name', related: 'Related to', number: 'Number', direction: 'Direction', outcome: 'Outcome',
    at: 'When', duration: 'Duration', agent: 'Agent', disposition: 'Disposition', followUp: 'Follow-up',
    notes: 'Notes',
    directions: { inbound: 'Incoming', outbound: 'Outgoing', internal: 'Internal' },
    outcomes: {
      answered: 'Answered', missed: 'Missed', declined: 'Declined', answeredElsewhere: 'Answered elsewhere',
      outgoing: 'Outgoing', notReached: 'Not reached', voicemail: 'Voicemail',
    },
  },

  form: {
    edit: (name) => `Edit ${name}`,
    editKind: (kind) => `Edit ${kind.toLowerCase()}`,
    required: 'required',
    forCall: (number) => (number
      ? `For the call from ${number}. When you save, the call shows this person.`
      : 'For a call. When you save, the call shows this person.'),
    saved: 'Saved',
    savedHint: 'Your changes are saved.',
    savedWithCall: 'Saved. The call now shows this person',
    savedWithCallHint: 'You can close this tab and go on in the panel.',
    closeTab: 'Close this tab',
    cannotClose: 'The browser keeps this tab open. Close it yourself, or go to the panel.',
    openRecord: 'Open the record',
    goToPanel: 'Go to the panel',
    chooseNone: 'Not chosen',
  },

  picker: {
    hint: (plural_) => `Type to search ${plural_.toLowerCase()}, then choose one.`,
    choose: (plural_) => `Choose one of the ${plural_.toLowerCase()} from the list, or empty the field.`,
    results: 'Results',
    found: (number) => plural(number, '# result', '# results'),
    nothing: (text) => `Nothing found for “${text}”`,
    failed: 'The search did not work. Try again.',
    chosen: (name) => `${name} chosen`,
  },

  importing: {
    title: 'Import',
    intro: 'Bring contacts and other records from a file. You see what was recognised before anything is written.',
    choose: 'Choose a file',
    drop: 'or drop it here',
    accepts: 'CSV (comma or semicolon) or vCard, up to 32 MB',
    what: 'What is in the file',
    whatHint: 'Leave it to CallMatch where the columns make it clear.',
    recognise: 'Recognise by its columns',
    reading: 'Reading the file…',
    sending: 'Checking the file…',
    tooLarge: (size) => `The file has ${size} MB; up to 32 MB can be imported. Split it and import the parts.`,
    notText: 'This is not a CSV or vCard file. Save it as CSV (UTF-8) or vCard and try again.',
    unreadable: 'The browser could not read the file. Choose it again.',
    emptyFile: 'The file is empty.',
    oneFile: 'Drop one file at a time.',
    guessed: 'The file is not UTF-8; it was read as Windows-1252. Look at the umlauts and accents below.',
    unnamed: 'the file',
    preview: (name) => `Preview of ${name}`,
    rows: (number) => plural(number, '# row', '# rows'),
    firstRows: 'First rows',
    column: 'Column in the file',
    becomes: 'Becomes',
    notImported: 'Not imported',
    unknown: (number) => plural(number,
      '# column is not known and will be left out:', '# columns are not known and will be left out:'),
    noRows: 'The file has no rows below its heading.',
    start: (number) => plural(number, 'Import # row', 'Import # rows'),
    starting: 'Starting…',
    another: 'Choose another file',
    running: (name) => `Importing ${name}`,
    progress: (done, rows) => `${count(done)} of ${count(rows)} rows`,
    progressLabel: 'Progress',
    leave: 'You may leave this page: the import goes on. Come back to this address to see how it ends.',
    waiting: 'The connection is lost. The import goes on; this page asks again.',
    finished: (name) => `${name} is imported`,
    failed: (name) => `${name} was not fully imported`,
    failedHint: 'The import stopped before the end. What is counted below has been written;'
      + ' importing the file again changes nothing twice.',
    counts: {
      created: 'Created', updated: 'Updated', unchanged: 'Unchanged', refused: 'Refused',
    },
    refusals: 'Refused rows',
    row: 'Row',
    reason: 'Reason',
    firstRefusals: (number, total) => `The first ${count(number)} of ${count(total)} are shown;`
      + ' the file has all of them.',
    download: 'Download refused rows (CSV)',
    downloadHint: 'Mend the rows there and import that file.',
    firstWarnings: (number, total) => `The first ${count(number)} of ${count(total)} are shown.`,
    undo: 'Undo this import',
    undoing: 'Undoing…',
    undoTitle: 'Undo this import?',
    undoText: 'The records that it created are removed again, except those that were used since.',
    undoNow: 'Undo the import',
    undone: ({ removed, kept }) => `${plural(removed, '# record was removed.', '# records were removed.')}`
      + (kept > 0 ? ` ${plural(kept, '# was used since and stays.', '# were used since and stay.')}` : ''),
    warnings: 'Warnings',
    warning: 'Warning',
    noneRefused: 'No row was refused.',
    see: (plural_) => `See the ${plural_.toLowerCase()}`,
    importAnother: 'Import another file',
  },

  /** Fields of an import whose names do not say it themselves. */
  fields: {
    accountId: 'Account', contactId: 'Contact', externalId: 'Id in the other system',
    phone: 'Business Phone', mobilePhone: 'Mobile',
  },
};
