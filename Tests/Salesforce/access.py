"""UserRecordAccess: no rows, but an answer to one form of question."""

import soql
from records import whole_id
from refusal import Refusal

MOST_IDS = 200


class Access:
    def __init__(self, org):
        self._org = org

    def rows(self, query: soql.Query) -> list[dict]:
        """Only a user and records by id may be asked for, and at most 200 of these."""
        node = query.where
        asked: dict[str, list[str]] = {}
        for part in node.parts if isinstance(node, soql.Both) else [node]:
            if not isinstance(part, soql.Compare) or part.sign not in ("=", "in") or isinstance(part.value, soql.Query):
                continue
            literals = part.value if isinstance(part.value, list) else [part.value]
            asked[part.path.lower()] = [whole_id(literal.text[1:-1]) for literal in literals]
        if len(asked.get("userid", ())) != 1 or not asked.get("recordid"):
            raise Refusal("MALFORMED_QUERY", "Can query by a single UserId and by RecordId only.")
        if len(asked["recordid"]) > MOST_IDS:
            said = f"Only {MOST_IDS} record IDs are allowed in a query of UserRecordAccess."
            raise Refusal("MALFORMED_QUERY", said)
        return [self._row(asked["userid"][0], each) for each in dict.fromkeys(asked["recordid"]) if each]

    def _row(self, user: str, record_id: str) -> dict:
        row, rights = self._org.store.alive(record_id), self._org.rights
        answer = {"UserId": user, "RecordId": record_id, "MaxAccessLevel": "None"}
        if row is None or self._org.store.alive(user) is None:
            return answer
        kind = self._org.schema.kind_of(record_id)
        levels = [
            ("Read", "HasReadAccess", rights.may_read(user, kind, row)),
            ("Edit", "HasEditAccess", rights.may_edit(user, kind, row)),
            ("Delete", "HasDeleteAccess", rights.may_edit(user, kind, row, "delete")),
            ("Transfer", "HasTransferAccess", rights.may_edit(user, kind, row)),
            ("All", "HasAllAccess", rights.may_edit(user, kind, row, "delete")),
        ]
        for level, field, has in levels:
            if not has:
                break
            answer |= {field: True, "MaxAccessLevel": level}
        return answer
