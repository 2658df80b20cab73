// The English texts that the CRM's pages and the administration share.
import { count } from './format.js';

/** Chooses by number and fills in `#`. */
export const plural = (number, one, many) => (number === 1 ? one : many).replace('#', count(number));

export const pageWords = {
  skip: 'Skip to the content',
  panel: 'Panel',
  crm: 'CRM',
  administration: 'Administration',
  loading: 'Loading…',
  close: 'Close',
  cancel: 'Cancel',
  tryAgain: 'Try again',
  never: 'Never',
  showAll: 'Show all',
  showLess: 'Show less',

  failure: {
    title: 'This could not be shown',
    offline: 'The server could not be reached. Check the connection and try again.',
    notFound: 'There is nothing here, or you may not see it.',
    unknown: 'The server reported an error. Try again in a moment.',
  },

  nowhere: {
    missing: { title: 'There is no such page', text: 'The address may be mistyped, or the page has moved.' },
    administrators: { title: 'For administrators', text: 'Only an administrator can see this page.' },
    home: 'Go to the start page',
  },

  form: {
    save: 'Save',
    saving: 'Saving…',
    saveMine: 'Save my version',
    reset: 'Reset',
    unsaved: 'You have unsaved changes.',
    saved: 'Saved',
    notSaved: 'Not saved',
    nothingLost: 'What you typed is still here.',
    busy: 'Too many requests. Try again in a moment.',
  },

  conflict: {
    title: 'Changed meanwhile',
    who: (name) => `${name ?? 'Somebody else'} saved this while you were editing.`,
    kept: 'Nothing was overwritten. What you typed is still here.',
    both: (label) => `${label} was changed by both of you`,
    theirs: 'Saved meanwhile',
    mine: 'You typed',
    useTheirs: (label) => `Use the saved one for ${label}`,
    useTheirsShort: 'Use the saved one',
    taken: (labels) => `Taken over from the other change: ${labels}.`,
    empty: '(empty)',
  },

  leave: {
    title: 'Leave without saving?',
    text: 'Your changes on this page have not been saved.',
    stay: 'Stay here',
    leave: 'Leave without saving',
  },

  copy: 'Copy',
  copied: 'Copied',
  copyByHand: 'Selected. Copy it with Ctrl+C.',
};
