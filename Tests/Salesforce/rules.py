"""What the administrators of the org have set up against bad data, and who holds rows at the moment."""

import query
import soql
from records import whole_id
from refusal import Refusal, written


class Rules:
    def __init__(self, org):
        self._org = org
        self._validations: list[tuple[str, str, str, str | None]] = []
        self._duplicates: list[dict] = []
        # How often each row is still found locked; `None` is until it is released.
        self._locks: dict[str, int | None] = {}

    def add_validation(self, kind: str, when: str, message: str, field: str | None = None) -> None:
        """`when` is a condition of SOQL: what is bad."""
        self._validations.append((kind, when, message, field))

    def add_duplicate_rule(
        self, kind: str, fields: list[str], allow_save: bool = True, name: str | None = None
    ) -> None:
        name = name or f"Standard_{kind}_Duplicate_Rule"
        self._duplicates.append({"kind": kind, "fields": fields, "allow_save": allow_save, "name": name})

    def lock(self, record_id: str, times: int | None = None) -> None:
        self._locks[whole_id(record_id)] = times

    def unlock(self, record_id: str) -> None:
        self._locks.pop(whole_id(record_id), None)

    def clear(self) -> None:
        self.__init__(self._org)

    def validate(self, kind: str, row: dict) -> None:
        for of, when, message, field in self._validations:
            if of == kind:
                condition = soql.parse(f"SELECT Id FROM {kind} WHERE {when}").where
                if query.Binder(self._org, None, kind).condition(condition)(row):
                    raise written("FIELD_CUSTOM_VALIDATION_EXCEPTION", message, *filter(None, [field]))

    def find_locks(self, record_ids) -> None:
        for record_id in record_ids:
            if record_id not in self._locks:
                continue
            left = self._locks[record_id]
            if left is not None:
                self._locks[record_id] = left - 1
                if left <= 1:
                    del self._locks[record_id]
            said = f"unable to obtain exclusive access to this record or 1 records: {record_id}"
            raise written("UNABLE_TO_LOCK_ROW", said)

    def find_duplicates(self, kind: str, row: dict, headers, user: str | None) -> None:
        wishes = dict(
            part.strip().split("=")
            for part in headers.get("Sforce-Duplicate-Rule-Header", "").split(";")
            if "=" in part
        )
        for rule in self._duplicates:
            if rule["kind"] != kind or (rule["allow_save"] and wishes.get("allowSave") == "true"):
                continue
            alike = [
                other["Id"]
                for other in self._org.store.tables[kind].values()
                if not other.get("IsDeleted") and self._org.rights.may_read(user, kind, other)
                and all(_is_same(row.get(name), other.get(name)) for name in rule["fields"])
            ]  # fmt: skip
            if alike:
                raise Refusal("DUPLICATES_DETECTED", more={"duplicateResult": self._result(rule, kind, alike)})

    @staticmethod
    def _result(rule: dict, kind: str, ids: list[str]) -> dict:
        base = f"/services/data/v67.0/sobjects/{kind}"
        records = [
            {"additionalInformation": [], "fieldDiffs": [], "matchConfidence": 100.0,
             "record": {"attributes": {"type": kind, "url": f"{base}/{each}"}, "Id": each}}
            for each in ids
        ]  # fmt: skip
        match = {
            "entityType": kind, "errors": [], "matchEngine": "FuzzyMatchEngine", "matchRecords": records,
            "rule": f"Standard_{kind}_Match_Rule_v1_1", "size": len(ids), "success": True,
        }  # fmt: skip
        return {
            "allowSave": rule["allow_save"], "duplicateRule": rule["name"], "duplicateRuleEntityType": kind,
            "errorMessage": "Use one of these records?", "matchResults": [match],
        }  # fmt: skip


def _is_same(one: object, other: object) -> bool:
    return one is not None and str(one).casefold() == str(other).casefold()
