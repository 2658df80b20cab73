// Two people changed the same thing: what each wanted, field by field. Nothing is overwritten.

/**
 * `base`: what this form started from; `mine`: what is in it; `theirs`: what is saved now. Fields that
 * only they changed are taken over; fields that both changed keep mine and are listed.
 */
export function merge(base, mine, theirs) {
  const values = { ...mine };
  const conflicts = [];
  const taken = [];
  for (const name of Object.keys(theirs)) {
    if (same(base[name], theirs[name])) continue;
    if (same(mine[name], theirs[name])) continue;
    if (same(base[name], mine[name])) {
      values[name] = theirs[name];
      taken.push(name);
    } else {
      conflicts.push({ name, mine: mine[name], theirs: theirs[name] });
    }
  }
  return { values, conflicts, taken };
}

/** The fields of `now` that differ from `base`. */
export function changed(base, now) {
  return Object.fromEntries(Object.entries(now).filter(([name, value]) => !same(base[name], value)));
}

/** Equal as JSON; nothing, null and an empty text are one. */
export function same(one, other) {
  return JSON.stringify(one ?? '') === JSON.stringify(other ?? '');
}
