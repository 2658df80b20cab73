"""What stands in a store, read past the program: by SQLite's own library and by PostgreSQL's own client."""

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from store_cluster import Cluster

# SQLite's tables of a full-text index; the index itself is the table without an ending.
ENDINGS = ("_data", "_idx", "_content", "_docsize", "_config")


@contextlib.contextmanager
def opened(folder: Path) -> Iterator[sqlite3.Connection]:
    database = sqlite3.connect(folder / "callmatch.sqlite")
    database.row_factory = sqlite3.Row
    try:
        with database:
            yield database
    finally:
        database.close()


def tables(store: Path | str) -> set[str]:
    """All that the engine lists, but for the store's own."""
    if isinstance(store, Path):
        with opened(store) as database:
            names = {name for (name,) in database.execute("select name from sqlite_master where type = 'table'")}
        names = {name for name in names if not name.endswith(ENDINGS)}
    else:
        listed = "select tablename from pg_tables where schemaname = current_schema()"
        names = set(Cluster.ask(store, listed).split())
    return {name for name in names if not name.startswith(("storage_", "sqlite_"))}


def rows(store: Path | str, table: str) -> list[str]:
    """Every row as JSON text, in an order of their own."""
    if isinstance(store, Path):
        with opened(store) as database:
            found = [dict(row) for row in database.execute(f'select * from "{table}"')]
    else:
        # Not `splitlines`: text may hold ends of lines that only Unicode knows.
        lines = Cluster.ask(store, f'select row_to_json(r) from "{table}" r').split("\n")
        found = [json.loads(line) for line in lines if line]
    return sorted(json.dumps({name: plain(value) for name, value in row.items()}, sort_keys=True) for row in found)


def plain(value):
    """JSON has one kind of number: 5.0 is told as 5 by one of them."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def damage(store: Path | str, statement: str) -> None:
    """Changes a row as nobody should."""
    if isinstance(store, Path):
        with opened(store) as database:
            assert database.execute(statement).rowcount == 1
    else:
        assert Cluster.ask(store, f"with changed as ({statement} returning 1) select count(*) from changed") == "1"
