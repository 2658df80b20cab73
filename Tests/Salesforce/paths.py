"""Paths such as `Account.Owner.Name`, bound to the fields of the org and to what a user may see."""

from dataclasses import dataclass

import soql
from describe import Field, Kind
from refusal import Refusal

# What can be asked of somebody or something whose kind only the row tells.
OF_ANY_KIND = {
    name.lower(): name for name in "Id Name FirstName LastName Title Email Phone Username Alias IsActive Type".split()
}
LONGEST = 5


@dataclass
class Path:
    """`steps` are the references on the way; `field` is the last one, of an unknown kind only its name."""

    steps: list[Field]
    field: Field | None
    name: str
    get: object

    @property
    def title(self) -> str:
        return ".".join([*(step.relationship for step in self.steps), self.name])


class Paths:
    def __init__(self, org, user: str | None, kind: str, text: str = ""):
        self.org, self.user, self.text = org, user, text
        self.kind: Kind = org.schema.kinds[kind]

    def path(self, written: str, at: int = 0) -> Path:
        names = written.split(".")
        if names[0].lower() == self.kind.name.lower() and len(names) > 1 and not self.kind.reference(names[0]):
            names = names[1:]
        kind, steps = self.kind, []
        for name in names[:-1]:
            reference = kind.reference(name) if kind else None
            if reference is None or self._is_hidden(kind, reference) or len(steps) == LONGEST:
                said = f"Didn't understand relationship '{name}' in field path. If you are attempting to use a custom"
                said += " relationship, be sure to append the '__r' after the custom relationship name."
                raise self._complaint(at, said)
            steps.append(reference)
            kind = self.org.schema.kinds[reference.references[0]] if len(reference.references) == 1 else None
        if kind is None:
            return self._of_any_kind(steps, names[-1], at)
        field = kind.field(names[-1])
        if field is None or self._is_hidden(kind, field):
            said = (
                f"No such column '{names[-1]}' on entity '{kind.name}'. If you are attempting to use a custom field, be"
            )
            said += (
                " sure to append the '__c' after the custom field name. Please reference your WSDL or the describe call"
            )
            raise self._complaint(at, said + " for the appropriate names.")
        return Path(steps, field, field.name, self._getter(steps, field.name, field.absent))

    def parent(self, record: dict, step: Field) -> dict | None:
        """The row that a reference leads to, if the user may see it."""
        row = self.org.store.row(record.get(step.name))
        if row is None or not self.org.rights.may_read(self.user, self.org.schema.kind_of(row["Id"]), row):
            return None
        return row

    def _is_hidden(self, kind: Kind, field: Field) -> bool:
        return self.org.rights.hides(self.user, kind.name, field.name)

    def _complaint(self, at: int, said: str) -> Refusal:
        return soql.complaint("INVALID_FIELD", self.text, at, said) if self.text else Refusal("INVALID_FIELD", said)

    def _of_any_kind(self, steps: list[Field], name: str, at: int) -> Path:
        known = OF_ANY_KIND.get(name.lower())
        if known is None:
            raise self._complaint(at, f"No such column '{name}' on entity 'Name'.")
        if known != "Type":
            # A case has no name but its number; a task its subject.
            return Path(steps, None, known, self._getter(steps, known, None))
        owner = self._getter(steps, "Id", None)
        return Path(steps, None, known, lambda record: self.org.schema.kind_of(owner(record) or ""))

    def _getter(self, steps: list[Field], name: str, absent):
        if not steps:
            return lambda record: record.get(name, absent)

        def get(record: dict):
            for step in steps:
                record = self.parent(record, step)
                if record is None:
                    return None
            return name_of(record) if name == "Name" else record.get(name, absent)

        return get


def name_of(record: dict) -> str | None:
    """The name field of whatever it is."""
    return record.get("Name") or record.get("CaseNumber") or record.get("Subject")
