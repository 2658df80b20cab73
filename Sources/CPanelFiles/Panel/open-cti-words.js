// The texts of the panel inside a CRM's page, in English; words.js holds the others.
import { words as all } from './words.js';

export const words = {
  ...all,
  host: {
    ringing: (name) => `Ringing: ${name}`, talking: 'On a call', ended: 'Call ended',
    refused: 'The CRM did not open this page.',
  },
  signIn: {
    ...all.signIn,
    keepsText: 'You were signed out. Your text is still here: sign in to go on.',
    noLink: 'A sign-in link does not work in this frame. Open it in a tab of its own, and set a password in Settings.',
    inMemory: 'This browser keeps no sign-in inside the CRM. You sign in again when its page is loaded anew.',
  },
};
