"""What a user writes: checked in Salesforce's order, then kept."""

import lifecycle
from derived import after_save, derive
from describe import Field
from records import found, whole_id
from refusal import Refusal, written
from values import taken

NEVER_WRITTEN = {"attributes"}


class Writer:
    """The writes of one user in one request."""

    def __init__(self, org, user: str | None, headers=None):
        self.org, self.store, self.rights, self.user = org, org.store, org.rights, user
        self.headers = headers or {}

    def create(self, kind: str, body: dict) -> str:
        """The new id."""
        self._must_be_allowed(kind, "create", "createable")
        changes = self._changes(kind, body, "createable")
        row = self._defaults(kind) | {name: value for name, value in changes.items() if value not in (None, False)}
        row |= self._person(kind, row)
        self._check(kind, row, changes)
        self.org.rules.find_duplicates(kind, row, self.headers, self.user)
        self._must_not_be_locked(kind, row, is_new=True)
        row |= {name: value for name, value in derive(self.store, kind, row).items() if value not in (None, False)}
        with self.store.transaction():
            row = self.store.insert(kind, row, self.user)
            after_save(self.store, kind, row, self.user)
        return row["Id"]

    def update(self, kind: str, record_id: str, body: dict) -> None:
        self._must_be_allowed(kind, "update", "updateable")
        row = found(self.store, kind, record_id, self.rights, self.user)
        self._must_be_editable(kind, row, "update")
        changes = self._changes(kind, body, "updateable")
        if kind == "Lead" and row.get("IsConverted"):
            raise written("CANNOT_UPDATE_CONVERTED_LEAD")
        after = {name: value for name, value in (row | changes).items() if value not in (None, False)}
        self._check(kind, after, changes)
        self._must_not_be_locked(kind, after, is_new=False)
        with self.store.transaction():
            self.store.change(kind, row, changes | derive(self.store, kind, after), self.user)
            after_save(self.store, kind, row, self.user)

    def delete(self, kind: str, record_id: str) -> None:
        self._must_be_allowed(kind, "delete", "deletable")
        row = found(self.store, kind, record_id, self.rights, self.user)
        self._must_be_editable(kind, row, "delete")
        self._must_not_be_locked(kind, row, is_new=False)
        with self.store.transaction():
            lifecycle.delete(self.store, kind, row, self.user)

    def upsert(self, kind: str, field_name: str, key: str, body: dict, update_only: bool = False) -> tuple[str, bool]:
        """The id, and whether the record is new. Between looking and writing the org may be told to pause."""
        field = self.key_field(kind, field_name)
        if any(name.lower() == field.name.lower() for name in body):
            raise Refusal("INVALID_FIELD", f"The {field.name} field should not be specified in the sobject data.")
        if field.name == "Id":
            self.update(kind, key, body)
            return whole_id(key), False
        with self.store.lock:
            seen = [row for row in self.store.with_key(kind, field.name, key) if self._has_noticed(row)]
        self.org.between_look_and_write(kind, key)
        with self.store.lock:
            if len(seen) > 1:
                raise SeveralRecords(kind, [row["Id"] for row in seen])
            if seen:
                self.update(kind, seen[0]["Id"], body)
                return seen[0]["Id"], False
            if update_only:
                raise Refusal("NOT_FOUND")
            return self.create(kind, {**body, field.name: key}), True

    def key_field(self, kind: str, name: str) -> Field:
        """The field by which records of the kind may be named."""
        field = self.org.schema.kinds[kind].field(name)
        hidden = field is not None and self.rights.hides(self.user, kind, field.name)
        if field is None or hidden or not (field.external_id or field.idLookup):
            said = f"Provided external ID field does not exist or is not accessible: {name}"
            raise Refusal("NOT_FOUND", said)
        return field

    def _has_noticed(self, row: dict) -> bool:
        """A row that another upsert made a moment ago is not looked up yet, but its key is taken."""
        blind = self.org.settings.upsert_blind_seconds * 1000
        return not blind or row["CreatedDate"] <= self.org.clock.now() - blind

    def _must_be_allowed(self, kind: str, action: str, ability: str) -> None:
        about = self.org.schema.kinds[kind]
        if not about.abilities[ability] or self.rights.forbids(self.user, kind, action):
            if action == "delete":
                raise written("INSUFFICIENT_ACCESS_OR_READONLY")
            said = f"entity type cannot be {'inserted' if action == 'create' else 'updated'}: {kind}"
            raise written("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", said)

    def _must_be_editable(self, kind: str, row: dict, action: str) -> None:
        if not self.rights.may_edit(self.user, kind, row, action):
            raise written("INSUFFICIENT_ACCESS_OR_READONLY")

    def _changes(self, kind: str, body: dict, flag: str) -> dict:
        """The values by the names that the fields have, each as rows have it."""
        if not isinstance(body, dict):
            raise Refusal("JSON_PARSER_ERROR", "Cannot deserialize instance of SObject from START_ARRAY")
        changes, refused = {}, []
        for name, value in body.items():
            if name in NEVER_WRITTEN:
                continue
            field = self.org.schema.kinds[kind].field(name)
            if field is None or self.rights.hides(self.user, kind, field.name):
                raise Refusal("INVALID_FIELD", f"No such column '{name}' on sobject of type {kind}")
            if not getattr(field, flag) or self.rights.is_read_only(self.user, kind, field.name):
                refused.append(field.name)
                continue
            changes[field.name] = taken(self.store, field, value)
        if refused:
            said = f"Unable to create/update fields: {', '.join(refused)}. Please check the security settings of this"
            said += " field and verify that it is read/write for your profile or permission set."
            raise written("INVALID_FIELD_FOR_INSERT_UPDATE", said, *refused)
        return changes

    def _defaults(self, kind: str) -> dict:
        fields = self.org.schema.kinds[kind].fields
        found = {field.name: field.default for field in fields.values() if field.default and field.type != "boolean"}
        if "OwnerId" in fields and self.user:
            found["OwnerId"] = self.user
        return found

    def _person(self, kind: str, row: dict) -> dict:
        """An account with a last name is a person."""
        if kind != "Account" or not self.org.schema.has_person_accounts or not row.get("LastName"):
            return {}
        return {
            "IsPersonAccount": True,
            "RecordTypeId": self.org.person_record_type,
            **derive(self.store, kind, row | {"IsPersonAccount": True}),
        }

    def _check(self, kind: str, row: dict, changes: dict) -> None:
        fields = self.org.schema.kinds[kind].fields.values()
        missing = [
            field.name
            for field in fields
            if not field.nillable and field.createable and field.type != "boolean" and field.name not in row
            and (not field.defaultedOnCreate or field.name in changes)
        ]  # fmt: skip
        if kind == "Account" and "Name" not in row:
            # With person accounts describe does not call it required, but it is unless there is a last name.
            missing = ["Name"]
        if missing:
            raise written("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(missing)}]", *missing)
        for field in fields:
            if field.type == "reference" and changes.get(field.name):
                self._check_reference(field, changes[field.name])
        if kind == "Task" and str(row.get("WhoId", "")).startswith("00Q") and row.get("WhatId"):
            raise written("FIELD_INTEGRITY_EXCEPTION", self.org.settings.lead_with_what, "WhatId")
        who = self.store.row(changes.get("WhoId")) if kind == "Task" else None
        if who and who.get("IsConverted") and self.org.settings.refuses_converted_leads:
            raise written("CANNOT_UPDATE_CONVERTED_LEAD")
        self.org.rules.validate(kind, row)

    def _check_reference(self, field: Field, record_id: str) -> None:
        row = self.store.row(record_id)
        if row is None:
            raise written("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
        if row.get("IsDeleted"):
            raise written("ENTITY_IS_DELETED", status=400)
        if not self.rights.may_read(self.user, self.org.schema.kind_of(record_id), row):
            said = f"insufficient access rights on cross-reference id: {record_id[:15]}"
            raise written("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", said)
        if field.name == "OwnerId" and row["Id"].startswith("005") and not row.get("IsActive"):
            raise written(
                "INACTIVE_OWNER_OR_USER", f"operation performed with inactive user [{record_id}] as owner of record"
            )

    def _must_not_be_locked(self, kind: str, row: dict, is_new: bool) -> None:
        """A task locks those it is about, unless it is new and either completed or without a date."""
        touched = [row.get("Id")]
        if kind == "Task" and not (is_new and (row.get("Status") == "Completed" or not row.get("ActivityDate"))):
            touched += [row.get("WhoId"), row.get("WhatId"), row.get("AccountId")]
        self.org.rules.find_locks(filter(None, touched))


class SeveralRecords(Exception):
    """More than one record has the external id."""

    def __init__(self, kind: str, ids: list[str]):
        super().__init__(kind, ids)
        self.kind, self.ids = kind, ids
