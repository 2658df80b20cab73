"""The rows of the org: ids, indexes, transactions, and what follows from a field that changes.

A row has only what is not null; a boolean that is false is not there either. Date-times are milliseconds.
"""

import threading
from collections import defaultdict
from contextlib import contextmanager

from clock import Clock
from describe import Schema
from refusal import Refusal, written

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def long_id(short: str) -> str:
    """The id with its suffix, which says where the upper-case letters are."""
    groups = (short[start : start + 5] for start in (0, 5, 10))
    sums = (sum(1 << place for place, letter in enumerate(group) if letter.isupper()) for group in groups)
    return short[:15] + "".join(SUFFIX[each] for each in sums)


def whole_id(text: object) -> str | None:
    """An id as rows have it, of one with 15 or 18 characters."""
    if isinstance(text, str) and len(text) in (15, 18) and text.isascii() and text.isalnum():
        return long_id(text[:15])
    return None


class Store:
    def __init__(self, schema: Schema, clock: Clock):
        self.schema = schema
        self.clock = clock
        self.lock = threading.RLock()
        self.tables: dict[str, dict[str, dict]] = {name: {} for name in schema.kinds}
        # What `deleted` tells: kind, id, when.
        self.deletions: list[tuple[str, str, int]] = []
        self._keys: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(dict)
        self._last_number = 0
        self._last_case = 1000
        self._undo: list | None = None

    def new_id(self, kind: str) -> str:
        self._last_number, rest, written = self._last_number + 1, self._last_number + 1, ""
        while rest:
            rest, digit = divmod(rest, 62)
            written = DIGITS[digit] + written
        return long_id(self.schema.kinds[kind].prefix + "5f000" + written.rjust(7, "0"))

    def new_case_number(self) -> str:
        self._last_case += 1
        return f"{self._last_case:08}"

    def row(self, record_id: object) -> dict | None:
        """The row of any kind with this id, also one in the recycle bin."""
        record_id = whole_id(record_id)
        kind = record_id and self.schema.kind_of(record_id)
        return self.tables[kind].get(record_id) if kind else None

    def alive(self, record_id: object) -> dict | None:
        row = self.row(record_id)
        return None if row is None or row.get("IsDeleted") else row

    def with_key(self, kind: str, field: str, value: object) -> list[dict]:
        """The rows whose external id this is; case counts only if the field says so."""
        about = self.schema.kinds[kind].fields[field]
        if not (about.external_id or about.unique):
            wanted = self._folded(about, value)
            rows = [
                row for row in self.tables[kind].values() if field in row and self._folded(about, row[field]) == wanted
            ]
        else:
            rows = [self.tables[kind][each] for each in self._keys[kind, field].get(self._folded(about, value), [])]
        return [row for row in rows if not row.get("IsDeleted")]

    def insert(self, kind: str, row: dict, user: str | None, stamp: int | None = None) -> dict:
        """The row is kept as it is, with the fields of the system."""
        now = self.clock.now() if stamp is None else stamp
        row = {"Id": self.new_id(kind), **row}
        for name in ("CreatedDate", "LastModifiedDate", "SystemModstamp"):
            row.setdefault(name, now)
        if user:
            row.setdefault("CreatedById", user)
            row.setdefault("LastModifiedById", user)
        self._check_unique(kind, row, row)
        self.tables[kind][row["Id"]] = row
        self._index(kind, row, row)
        self._remember(lambda: (self._unindex(kind, row, row), self.tables[kind].pop(row["Id"])))
        return row

    def change(self, kind: str, row: dict, changes: dict, user: str | None = None, stamp: int | None = None) -> None:
        """What becomes null or false goes from the row."""
        self._check_unique(kind, row, changes)
        before = dict(row)
        self._unindex(kind, row, changes)
        now = self.clock.now() if stamp is None else stamp
        for name, value in {**changes, "LastModifiedDate": now, "SystemModstamp": now}.items():
            if value is None or value is False:
                row.pop(name, None)
            else:
                row[name] = value
        if user:
            row["LastModifiedById"] = user
        self._index(kind, row, changes)

        def undo():
            self._unindex(kind, row, changes)
            row.clear()
            row.update(before)
            self._index(kind, row, changes)

        self._remember(undo)

    def drop(self, kind: str, record_id: str) -> None:
        """The recycle bin is emptied: not even `queryAll` finds it."""
        row = self.tables[kind].pop(record_id)
        self._unindex(kind, row, row)

    def log_deletion(self, kind: str, record_id: str) -> None:
        entry = (kind, record_id, self.clock.now())
        self.deletions.append(entry)
        self._remember(lambda: self.deletions.remove(entry))

    @contextmanager
    def transaction(self):
        """All or nothing: what was written is taken back if it ends in a refusal."""
        outer, self._undo = self._undo, []
        try:
            yield
        except BaseException:
            steps, self._undo = self._undo, None
            for step in reversed(steps):
                step()
            self._undo = outer
            raise
        done, self._undo = self._undo, outer
        if outer is not None:
            outer += done

    def _remember(self, step) -> None:
        if self._undo is not None:
            self._undo.append(step)

    @staticmethod
    def _folded(field, value: object) -> object:
        return value if field.case_sensitive or not isinstance(value, str) else value.casefold()

    def _keyed(self, kind: str, names) -> list:
        fields = self.schema.kinds[kind].fields
        return [fields[name] for name in names if name in fields and (fields[name].external_id or fields[name].unique)]

    def _check_unique(self, kind: str, row: dict, changes: dict) -> None:
        for field in self._keyed(kind, changes):
            value = changes.get(field.name)
            if not field.unique or value is None:
                continue
            others = [other for other in self.with_key(kind, field.name, value) if other["Id"] != row["Id"]]
            if others:
                raise written(
                    "DUPLICATE_VALUE",
                    f"duplicate value found: {field.name} duplicates value on record with id: {others[0]['Id'][:15]}",
                )

    def _index(self, kind: str, row: dict, names) -> None:
        for field in self._keyed(kind, names):
            if field.name in row:
                self._keys[kind, field.name].setdefault(self._folded(field, row[field.name]), []).append(row["Id"])

    def _unindex(self, kind: str, row: dict, names) -> None:
        for field in self._keyed(kind, names):
            if field.name in row:
                self._keys[kind, field.name][self._folded(field, row[field.name])].remove(row["Id"])


def found(store: Store, kind: str, record_id: str, rights, user: str | None) -> dict:
    """The row that a request names, or what Salesforce says instead."""
    row = store.row(record_id)
    if row is None or store.schema.kind_of(row["Id"]) != kind or not rights.may_read(user, kind, row):
        raise Refusal("NOT_FOUND", "Provided external ID field does not exist or is not accessible: " + record_id
                      if whole_id(record_id) is None else None)  # fmt: skip
    if row.get("IsDeleted"):
        raise written("ENTITY_IS_DELETED")
    return row
