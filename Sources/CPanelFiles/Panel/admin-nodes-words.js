// The English texts of the page Nodes.
import { duration } from './format.js';

export const words = {
  text: 'The servers that share one store. Agents can be at any of them; each phone system is connected to one.',
  servers: 'Servers',
  states: { up: 'Up', stopping: 'Stopping', silent: 'Silent' },
  this: 'This server',
  duties: {
    phone: (name) => `Listens to ${name}`,
    crm: (name) => `Brings people in from ${name}`,
    other: (name) => name,
  },
  idle: 'Serves agents and events. Takes over when another server stops.',
  silent: (seconds) => `Has said nothing for ${duration(seconds)}. Others take over what it did.`,
  version: (version) => `Version ${version}`,
  since: 'Since',
  vacant: 'No server does this now',
  vacantText: 'A server takes over within some seconds. If this stays, look at the log of a server.',
  shared: 'Start another server with the same database, and it appears here.',
  alone: (engine) => `The store is ${engine}, which one server uses. More servers need PostgreSQL.`,
};
