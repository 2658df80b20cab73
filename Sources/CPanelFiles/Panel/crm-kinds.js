// The kinds of record: their lists, what can be done with them, and their addresses.

// `has`: the lists that belong to such a record even while they are empty.
const listed = {
  contacts: { kind: 'contact', icon: 'people', has: ['opportunities', 'cases'] },
  leads: { kind: 'lead', icon: 'bell', has: [] },
  accounts: { kind: 'account', icon: 'folder', has: ['contacts', 'opportunities', 'cases'] },
  opportunities: { kind: 'opportunity', icon: 'money', has: ['contacts'] },
  cases: { kind: 'case', icon: 'task', has: ['contacts'] },
};

/** The lists in the order of the navigation: "contacts", "leads", … */
export const lists = Object.keys(listed);

export const iconOf = (list) => listed[list].icon;
export const has = (list, other) => listed[list].has.includes(other);
export const kindOf = (list) => listed[list]?.kind ?? 'activity';
export const isList = (name) => Object.hasOwn(listed, name);

/** "opportunity" → "opportunities" */
export const listOf = (kind) => lists.find((list) => listed[list].kind === kind) ?? 'activities';

/** The page of a list, or of a record in it. */
export const pageOf = (list, ...rest) => `/crm/${[list, ...rest].map(encodeURIComponent).join('/')}`;

/**
 * Which page an address below /crm names: {page: 'list' | 'new' | 'record' | 'edit' | 'activity' |
 * 'import' | 'start' | 'nowhere', list, id}. Activities have pages of their own, but no list and no form.
 */
export function pageAt(path) {
  const parts = path.split('/').filter(Boolean).slice(1);
  const [list, id, action] = parts.map(decoded);
  if (parts.length === 0) return { page: 'start' };
  if (list === 'import') return parts.length <= 2 ? { page: 'import', id } : { page: 'nowhere' };
  if (list === 'activities') return parts.length === 2 ? { page: 'activity', id } : { page: 'nowhere' };
  if (!isList(list) || parts.length > 3) return { page: 'nowhere' };
  if (parts.length === 1) return { page: 'list', list };
  if (parts.length === 3) return action === 'edit' ? { page: 'edit', list, id } : { page: 'nowhere' };
  return id === 'new' ? { page: 'new', list } : { page: 'record', list, id };
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
