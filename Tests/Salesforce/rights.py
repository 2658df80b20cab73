"""Which user may do what. Whoever is not restricted may do everything; `None` is the org itself."""

from collections import defaultdict

ACTIONS = ("read", "create", "update", "delete")


class Rights:
    def __init__(self):
        self._hidden: dict[str, set[str]] = defaultdict(set)
        self._only_read: dict[str, set[str]] = defaultdict(set)
        self._hidden_fields: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self._read_only_fields: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self._forbidden: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self._private: set[str] = set()
        self._shared: set[tuple[str, str]] = set()
        self._sees_all: set[str] = set()

    def restrict(
        self,
        user: str,
        *,
        hide=(),
        only_read=(),
        hide_fields=(),
        read_only_fields=(),
        forbid=(),
        sees_all=None,
        share=(),
    ) -> None:
        """Fields are `Contact.MobilePhone`, what is forbidden is `Task.create`; the rest are ids of records."""
        self._hidden[user] |= set(hide)
        self._only_read[user] |= set(only_read)
        self._hidden_fields[user] |= {tuple(name.split(".")) for name in hide_fields}
        self._read_only_fields[user] |= {tuple(name.split(".")) for name in read_only_fields}
        self._forbidden[user] |= {tuple(name.split(".")) for name in forbid}
        self._shared |= {(user, record) for record in share}
        if sees_all is not None:
            (self._sees_all.add if sees_all else self._sees_all.discard)(user)

    def release(self, user: str) -> None:
        """The user may do everything again that the owner may."""
        for kept in (self._hidden, self._only_read, self._hidden_fields, self._read_only_fields, self._forbidden):
            kept.pop(user, None)

    def make_private(self, kind: str, on: bool = True) -> None:
        """Records of a private kind are seen by their owner, by those they are shared with, by those who see all."""
        (self._private.add if on else self._private.discard)(kind)

    def forbids(self, user: str | None, kind: str, action: str) -> bool:
        return user is not None and (kind, action) in self._forbidden.get(user, ())

    def hides(self, user: str | None, kind: str, field: str) -> bool:
        return user is not None and (kind, field) in self._hidden_fields.get(user, ())

    def is_read_only(self, user: str | None, kind: str, field: str) -> bool:
        return user is not None and (kind, field) in self._read_only_fields.get(user, ())

    def filters(self, user: str | None, kind: str) -> bool:
        """Whether there may be a record of the kind that the user does not see."""
        return user is not None and (
            bool(self._hidden.get(user)) or kind in self._private or self.forbids(user, kind, "read")
        )

    def may_read(self, user: str | None, kind: str, record: dict) -> bool:
        if not self.filters(user, kind):
            return True
        if record["Id"] in self._hidden.get(user, ()) or self.forbids(user, kind, "read"):
            return False
        return self._is_near(user, kind, record)

    def may_edit(self, user: str | None, kind: str, record: dict, action: str = "update") -> bool:
        return (
            self.may_read(user, kind, record)
            and not (user and record["Id"] in self._only_read.get(user, ()))
            and not self.forbids(user, kind, action)
        )

    def _is_near(self, user: str, kind: str, record: dict) -> bool:
        return (
            kind not in self._private
            or user in self._sees_all
            or record.get("OwnerId") == user
            or (user, record["Id"]) in self._shared
        )
