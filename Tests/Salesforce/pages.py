"""Rows of a query as JSON, page by page."""

import copy
import re
from dataclasses import dataclass, field

import kinds
import soql
from clock import in_json
from paths import name_of
from query import Plan
from refusal import Refusal

MOST_ROWS = 2_000
FEWEST_ROWS = 200


def shown(field, value):
    """A value of a row as JSON has it."""
    if field is not None and field.type == "datetime" and value is not None:
        return in_json(value)
    return value


@dataclass
class Shape:
    """What is shown of a row, and of the rows that it leads to."""

    leaves: list = field(default_factory=list)
    branches: dict = field(default_factory=dict)

    @classmethod
    def of(cls, paths: list) -> "Shape":
        shape = cls()
        for path in paths:
            at = shape
            for step in path.steps:
                at = at.branches.setdefault(step.relationship, (step, cls()))[1]
            at.leaves.append(path)
        return shape


class Pages:
    def __init__(self, org):
        self.org = org
        self._cursors: dict[str, tuple[Plan, list[dict], bool]] = {}
        self._made = 0

    def first(self, text: str, user: str | None, version: str, all_rows: bool = False, options: str = "") -> dict:
        """The answer to a query."""
        plan = Plan(self.org, user, soql.parse(text))
        if plan.is_count:
            return {"totalSize": len(plan.rows(all_rows)), "done": True, "records": []}
        rows = plan.rows(all_rows)
        if plan.functions:
            return {"totalSize": 1, "done": True, "records": [plan.aggregate(rows)]}
        return self._page(plan, rows, 0, self._size(plan, options), version, None, all_rows)

    def next(self, locator: str, version: str) -> dict:
        cursor, _, start = locator.rpartition("-")
        if cursor not in self._cursors or not start.isdigit():
            raise Refusal("INVALID_QUERY_LOCATOR")
        plan, rows, all_rows, size = self._cursors[cursor]
        return self._page(plan, rows, int(start), size, version, cursor, all_rows)

    def forget(self) -> None:
        """As after two days: no locator leads anywhere."""
        self._cursors.clear()

    def _size(self, plan: Plan, options: str) -> int:
        asked = re.search(r"batchSize=(\d+)", options)
        size = max(FEWEST_ROWS, min(MOST_ROWS, int(asked[1]))) if asked else MOST_ROWS
        long_texts = [path for path in plan.items if path.field and path.field.custom and path.field.type == "textarea"]
        if len(long_texts) > 1:
            size = FEWEST_ROWS
        return min(size, self.org.settings.most_rows or size)

    def _page(self, plan: Plan, rows: list, start: int, size: int, version: str, cursor: str | None, all_rows: bool):
        end = start + size
        records = self.records(plan, rows[start:end], version, all_rows)
        page = {"totalSize": len(rows), "done": end >= len(rows)}
        if not page["done"]:
            if cursor is None:
                self._made += 1
                cursor = f"01g5f{self._made:010}AAA"
                self._cursors[cursor] = (plan, rows, all_rows, size)
            page["nextRecordsUrl"] = f"/services/data/{version}/query/{cursor}-{end}"
        return page | {"records": records}

    def records(self, plan: Plan, rows: list[dict], version: str, all_rows: bool = False) -> list[dict]:
        shape = Shape.of(plan.items)
        children = [self._children(plan, item, version, all_rows) for item in plan.children]
        records = [self._record(plan, shape, row, plan.kind.name, version) for row in rows]
        for name, by_parent in children:
            for row, record in zip(rows, records, strict=True):
                record[name] = by_parent.get(row["Id"])
        return records

    def _record(self, plan: Plan, shape: Shape, row: dict, kind: str, version: str, is_any: bool = False) -> dict:
        of = self.org.schema.kind_of(row["Id"]) if "Id" in row else kind
        url = f"/services/data/{version}/sobjects/{of}/{row.get('Id', '')}"
        record = {"attributes": {"type": "Name" if is_any else of, "url": url}}
        for path in shape.leaves:
            if path.field is None:
                record[path.name] = {"Name": name_of(row), "Type": of}.get(path.name, row.get(path.name))
            else:
                record[path.name] = shown(path.field, row.get(path.name, path.field.absent))
        for name, (step, inner) in shape.branches.items():
            parent = plan.binder.paths.parent(row, step)
            is_open = len(step.references) > 1
            record[name] = parent and self._record(plan, inner, parent, step.references[0], version, is_open)
        return record

    def _children(self, plan: Plan, item, version: str, all_rows: bool) -> tuple[str, dict]:
        """The name of the relationship, and what each parent has there."""
        for parent, name, kind, by in kinds.CHILDREN:
            if parent == plan.kind.name and name.lower() == item.query.kind.lower():
                break
        else:
            said = f"Didn't understand relationship '{item.query.kind}' in FROM part of query call."
            raise soql.complaint("INVALID_TYPE", plan.query.text, item.at, said)
        query = copy.copy(item.query)
        query.kind, most = kind, query.limit
        query.limit = None
        inner = Plan(self.org, plan.user, query)
        groups: dict[str, list[dict]] = {}
        for row in inner.rows(all_rows):
            if row.get(by):
                groups.setdefault(row[by], []).append(row)
        return name, {
            parent: {"totalSize": len(rows[:most]), "done": True, "records": self.records(inner, rows[:most], version)}
            for parent, rows in groups.items()
        }
