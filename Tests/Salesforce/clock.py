"""The org's own clock. It runs with the machine's until a test sets it, and then stands still."""

import re
import time
from datetime import UTC, datetime

STAMP = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(:\d\d)?(\.\d+)?(Z|[+-]\d\d:?\d\d)")


class Clock:
    def __init__(self):
        self._stands_at: int | None = None

    def now(self) -> int:
        """Milliseconds since 1970, always a whole second, as every stamp of Salesforce is."""
        now = int(time.time()) * 1000 if self._stands_at is None else self._stands_at
        return now - now % 1000

    def set(self, moment: str) -> None:
        self._stands_at = milliseconds(moment)

    def advance(self, seconds: float) -> None:
        """A clock that runs is stopped first."""
        self._stands_at = self.now() + int(seconds * 1000)

    def run(self) -> None:
        self._stands_at = None


def milliseconds(text: str) -> int:
    """The moment of a date-time as SOQL and JSON write it."""
    found = STAMP.fullmatch(text)
    if not found:
        raise ValueError(f"{text} is no date-time")
    day, minute, second, fraction, zone = found.groups()
    zone = "+00:00" if zone == "Z" else zone if ":" in zone else f"{zone[:3]}:{zone[3:]}"
    moment = datetime.fromisoformat(f"{day}T{minute}{second or ':00'}{zone}")
    return int(moment.timestamp()) * 1000 + int(float(f"0{fraction or '.0'}") * 1000)


def _moment(value: int) -> datetime:
    return datetime.fromtimestamp(value // 1000, UTC)


def in_json(value: int) -> str:
    return _moment(value).strftime("%Y-%m-%dT%H:%M:%S.") + f"{value % 1000:03}+0000"


def in_csv(value: int) -> str:
    """The Bulk API has another way to write the same."""
    return _moment(value).strftime("%Y-%m-%dT%H:%M:%S.") + f"{value % 1000:03}Z"


def in_header(value: int) -> str:
    return _moment(value).strftime("%a, %d %b %Y %H:%M:%S GMT")


def from_header(text: str) -> int:
    moment = datetime.strptime(text, "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)
    return int(moment.timestamp()) * 1000


def day(value: int) -> str:
    return _moment(value).strftime("%Y-%m-%d")
