"""What a test can do to the org, in the same process or as `POST /__fake/<command>` with the arguments as JSON."""

from dataclasses import asdict

import lifecycle
import oauth
import sample
from clock import in_json
from derived import after_save, derive
from pages import shown
from values import taken


class Control:
    """The commands. Each gives something that can be written as JSON."""

    def command(self, name: str, arguments: dict) -> object:
        """A command by its name, as it comes over HTTP."""
        if name not in COMMANDS:
            raise LookupError(f"{name} is none of {', '.join(COMMANDS)}")
        return getattr(self, name)(**arguments)

    # The org itself.

    def configure(self, **settings) -> dict:
        """Sets what is named, see `Settings`; gives all of it."""
        for name, value in settings.items():
            if not hasattr(self.settings, name):
                raise LookupError(f"there is no setting {name}")
            setattr(self.settings, name, value)
        return asdict(self.settings)

    def set_clock(self, moment: str | None = None, advance: float = 0) -> str:
        """To a moment, or on by so many seconds, and it stands still; with neither it runs again."""
        if moment:
            self.clock.set(moment)
        if advance:
            self.clock.advance(advance)
        if not moment and not advance:
            self.clock.run()
        return in_json(self.clock.now())

    def info(self) -> dict:
        return {"url": self.url, "id": self.id, "mistakes": self.mistakes, "now": in_json(self.clock.now())}

    def named(self) -> dict[str, str]:
        """The ids of the sample organisation by name."""
        return self.people

    def requests(self, clear: bool = False) -> list[dict]:
        """What came, oldest first: method, target, body, user, status, faults."""
        seen = list(self.seen)
        if clear:
            self.seen.clear()
        return seen

    # Faults.

    def fault(self, kind: str, **about) -> int:
        """See `faults.Fault`; gives a number by which it can be removed."""
        return self.faults.add(kind, **about)

    def mend(self, fault: int | None = None) -> None:
        """Removes a fault, or all of them."""
        self.faults.remove(fault)

    def listed_faults(self) -> list[dict]:
        return self.faults.listed()

    def outage(self, how: str | None) -> None:
        """Nobody gets through: `cut` closes every connection, `html` is a page with 503; `None` ends it."""
        for number in self.outages:
            self.faults.remove(number)
        self.outages.clear()
        if how:
            self.outages.append(self.faults.add({"cut": "lost_request", "html": "html"}[how], times=None))
            self.server.cut_connections() if how == "cut" else None

    def lock(self, record: str, times: int | None = None) -> None:
        """Somebody else writes to it: so many writes find it locked, or all until it is unlocked."""
        self.rules.lock(record, times)

    def unlock(self, record: str) -> None:
        self.rules.unlock(record)

    def forget_cursors(self) -> None:
        self.pages.forget()

    def end_bulk(self, state: str = "JobComplete", error: str | None = None) -> None:
        """What becomes of the jobs that are made from now on."""
        self.bulk.ends, self.bulk.error = state, error

    # Records, past all rules.

    def add(self, kind: str, **fields) -> str:
        """A record as somebody else made it. System fields may be given, too."""
        about = self.schema.kinds[kind].fields
        row = {name: taken(self.store, about[name], value) for name, value in fields.items()}
        with self.store.lock:
            for field in about.values():
                if field.default and field.type != "boolean":
                    row.setdefault(field.name, field.default)
            if "OwnerId" in about:
                row.setdefault("OwnerId", self.admin)
            if kind == "Account" and row.get("LastName") and self.schema.has_person_accounts:
                row |= {"IsPersonAccount": True, "RecordTypeId": self.person_record_type}
            row = {
                name: value
                for name, value in (row | derive(self.store, kind, row)).items()
                if value not in (None, False)
            }
            row = self.store.insert(kind, row, self.admin)
            after_save(self.store, kind, row, self.admin)
        return row["Id"]

    def change(self, record: str, **fields) -> None:
        """As somebody else changed it, now."""
        with self.store.lock:
            row = self.store.row(record)
            kind = self.schema.kind_of(row["Id"])
            about = self.schema.kinds[kind].fields
            changes = {name: taken(self.store, about[name], value) for name, value in fields.items()}
            self.store.change(kind, row, changes | derive(self.store, kind, row | changes), self.admin)
            after_save(self.store, kind, row, self.admin)

    def record(self, record: str) -> dict | None:
        """A row as it is kept, with date-times as JSON has them; also one in the recycle bin."""
        with self.store.lock:
            row = self.store.row(record)
            fields = row and self.schema.kinds[self.schema.kind_of(row["Id"])].fields
            return row and {name: shown(fields[name], value) for name, value in row.items()}

    def records(self, kind: str, **having) -> list[dict]:
        """Those with these values, or all."""
        with self.store.lock:
            rows = list(self.store.tables[kind].values())
            return [
                self.record(row["Id"]) for row in rows if all(row.get(name) == value for name, value in having.items())
            ]

    def columns(self, kind: str, names: list[str]) -> list[list]:
        """Of every record that is not in the recycle bin these fields, date-times as rows have them."""
        with self.store.lock:
            rows = self.store.tables[kind].values()
            return [[row.get(name) for name in names] for row in rows if not row.get("IsDeleted")]

    def delete(self, record: str) -> None:
        with self.store.lock:
            row = self.store.alive(record)
            lifecycle.delete(self.store, self.schema.kind_of(row["Id"]), row, self.admin)

    def undelete(self, record: str) -> None:
        with self.store.lock:
            row = self.store.row(record)
            lifecycle.undelete(self.store, self.schema.kind_of(row["Id"]), row, self.admin)

    def purge(self, record: str) -> None:
        """Out of the recycle bin for good."""
        with self.store.lock:
            row = self.store.row(record)
            self.store.drop(self.schema.kind_of(row["Id"]), row["Id"])

    def forget_deletions(self) -> None:
        """The log of deletions is purged, as a huge one is."""
        self.store.deletions.clear()

    def merge(self, master: str, losers: list[str]) -> None:
        with self.store.lock:
            lifecycle.merge(self.store, master, *losers, user=self.admin)

    def convert(self, lead: str, **into) -> dict:
        """`account`, `contact`: ids of existing ones; `opportunity`: the name of one to make."""
        with self.store.lock:
            return lifecycle.convert(self.store, lead, user=self.admin, **into)

    def load_contacts(self, count: int, accounts: int = 100, leads: int = 0) -> int:
        """Many people with numbers as people write them, always the same ones; `leads` of them are leads."""
        return sample.load_contacts(self, count, accounts, leads)

    # Fields, rules, rights.

    def add_field(self, kind: str, name: str, type: str, **about) -> None:
        """A custom field; see `Schema.add_custom`: `external_id`, `unique`, `length`, `values`, `createable` …"""
        self.schema.add_custom(kind, name, type, **about)
        self.settings.described_at = self.clock.now()

    def enable_person_accounts(self) -> None:
        self.schema.add_person_accounts()
        self.settings.described_at = self.clock.now()

    def add_validation(self, kind: str, when: str, message: str, field: str | None = None) -> None:
        self.rules.add_validation(kind, when, message, field)

    def add_duplicate_rule(
        self, kind: str, fields: list[str], allow_save: bool = True, name: str | None = None
    ) -> None:
        self.rules.add_duplicate_rule(kind, fields, allow_save, name)

    def clear_rules(self) -> None:
        self.rules.clear()

    def restrict(self, user: str, **what) -> None:
        """See `Rights.restrict`; the user by id or name."""
        self.rights.restrict(self._user_id(user), **what)
        self.settings.described_at = self.clock.now()

    def release(self, user: str) -> None:
        self.rights.release(self._user_id(user))
        self.settings.described_at = self.clock.now()

    def make_private(self, kind: str, on: bool = True) -> None:
        self.rights.make_private(kind, on)

    # Sign-in.

    def add_app(self, client_id: str, **about) -> None:
        """See `oauth.App`. A second time it takes the place of the first."""
        self.oauth.apps[client_id] = oauth.App(client_id, **about)

    def token(self, user: str | None = None, scope: str = "api refresh_token id") -> str:
        """An access token without any flow."""
        return self.oauth.issue(self._user_id(user) if user else self.admin, scope=scope)

    def expire_tokens(self, user: str | None = None, refresh: bool = False) -> None:
        self.oauth.expire(self._user_id(user) if user else None, refresh)

    def consent(self, user: str | None = None, refuse: bool = False) -> None:
        """Who is signed in and consents without a click; or that the user refuses."""
        self.oauth.consents, self.oauth.refuses = user, refuse

    def _user_id(self, user: str) -> str:
        found = self.store.alive(user) or self.user_named(user)
        if found is None:
            raise LookupError(f"there is no user {user}")
        return found["Id"]

    def user_named(self, name: str) -> dict | None:
        users = self.store.tables["User"].values()
        return next((user for user in users if user["Username"].casefold() == name.casefold()), None)

    def between_look_and_write(self, kind: str, key: str) -> None:
        """Here another upsert of the same key can come in."""
        if self.settings.upsert_pause_seconds:
            self.server.stopping.wait(self.settings.upsert_pause_seconds)


COMMANDS = [
    name for name in vars(Control)
    if not name.startswith("_") and name not in ("command", "between_look_and_write", "user_named")
]  # fmt: skip
