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
    inMemory: 'This browser keeps no sign-in inside the CRM. You sign in again when its page is loaded anew.',
  },
  linkForm: {
    offer: 'Use a sign-in link',
    label: 'Sign-in link',
    hint: 'Copy the link that your administrator gave you, without opening it, and paste it here.',
    noLink: 'This is no sign-in link. It looks like https://…/sign-in/link/…',
    used: 'This link is used up or too old. Ask your administrator for a new one.',
    back: 'Use name and password',
  },
};
