"""What goes wrong, by script. A fault meets the requests that it names, so many times, after so many were let pass."""

import itertools
import json
import re
import threading
from dataclasses import asdict, dataclass, field

from refusal import Refusal
from traffic import Reply, Request

HTML = "<html><head><title>Service Unavailable</title></head><body><h1>We are down for maintenance.</h1></body></html>"

KINDS = (
    # Before anything was done.
    "latency", "error", "html", "redirect", "reply", "lost_request", "hang",
    # After it was done.
    "lost_reply", "late_reply", "truncate", "cut_json", "mangle", "pad", "drip",
)  # fmt: skip
MANGLES = ("numbers_as_text", "text_as_numbers", "nulls", "wrapped", "unwrapped", "html")

numbers = itertools.count(1)


@dataclass
class Fault:
    kind: str
    # Regular expressions: of the method, and of the path with its query.
    method: str = ""
    path: str = ""
    user: str | None = None
    # `None` is until it is removed.
    times: int | None = 1
    skip: int = 0
    code: str = "UNKNOWN_EXCEPTION"
    message: str | None = None
    status: int | None = None
    fields: list[str] | None = None
    body: str = HTML
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0
    how: str = "numbers_as_text"
    bytes: int = 1_000_000
    id: int = field(default_factory=lambda: next(numbers))
    met: int = 0

    def __post_init__(self):
        assert self.kind in KINDS, f"{self.kind} is none of {KINDS}"
        assert self.how in MANGLES, f"{self.how} is none of {MANGLES}"

    def meets(self, request: Request) -> bool:
        return (
            re.fullmatch(self.method or ".*", request.method) is not None
            and re.search(self.path, request.target) is not None
            and self.user in (None, request.user)
        )

    @property
    def is_over(self) -> bool:
        return self.times is not None and self.met >= self.skip + self.times


class Faults:
    """Requests come on many threads, and each fault meets as many of them as it says: they are counted one at a time."""

    def __init__(self):
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, kind: str, **about) -> int:
        fault = Fault(kind, **about)
        with self._lock:
            self._faults.append(fault)
        return fault.id

    def remove(self, fault_id: int | None = None) -> None:
        """One, or all of them."""
        with self._lock:
            self._faults[:] = [fault for fault in self._faults if fault_id is not None and fault.id != fault_id]

    def listed(self) -> list[dict]:
        with self._lock:
            return [asdict(fault) for fault in self._faults]

    def take(self, request: Request) -> list[Fault]:
        """Those that meet the request; each counts it."""
        with self._lock:
            met = [fault for fault in self._faults if fault.meets(request)]
            for fault in met:
                fault.met += 1
            self._faults[:] = [fault for fault in self._faults if not fault.is_over]
            return [fault for fault in met if fault.met > fault.skip]


def instead(fault: Fault) -> Reply | None:
    """The reply of a fault that keeps the request from being done."""
    if fault.kind == "error":
        refusal = Refusal(fault.code, fault.message, fault.fields, fault.status)
        return Reply(refusal.status(), refusal.body(), dict(fault.headers))
    if fault.kind == "html":
        return Reply(
            fault.status or 503, fault.body.encode(), {"Content-Type": "text/html; charset=UTF-8", **fault.headers}
        )
    if fault.kind == "redirect":
        return Reply(fault.status or 302, b"", dict(fault.headers))
    if fault.kind == "reply":
        return Reply(
            fault.status or 200,
            fault.body.encode(),
            {"Content-Type": "application/json;charset=UTF-8", **fault.headers},
        )
    return None


def spoiled(fault: Fault, reply: Reply) -> Reply:
    """The reply of a request that was done, as the fault leaves it."""
    if fault.kind == "cut_json":
        content = reply.content()
        return Reply(reply.status, content[: len(content) // 2], {"Content-Type": reply.type or "", **reply.headers})
    if fault.kind == "mangle" and fault.how == "html":
        return Reply(reply.status, HTML.encode(), {**reply.headers, "Content-Type": "text/html; charset=UTF-8"})
    if fault.kind == "mangle" and not isinstance(reply.body, bytes | None):
        return Reply(reply.status, _mangled(json.loads(reply.content()), fault.how, True), reply.headers)
    if fault.kind == "pad":
        return Reply(reply.status, _padded(reply.body, fault.bytes), reply.headers)
    return reply


def _padded(body: object, size: int) -> object:
    padding = "x" * size
    if isinstance(body, dict):
        return {**body, "padding": padding}
    if isinstance(body, list):
        return [*body, padding]
    return (body or b"") + padding.encode()


def _mangled(value: object, how: str, is_top: bool = False) -> object:
    """Still JSON, but nothing is of the type that it should be."""
    if is_top and how == "wrapped":
        return [value]
    if is_top and how == "unwrapped":
        return value[0] if isinstance(value, list) and value else 42
    if isinstance(value, dict):
        return {name: _mangled(each, how) for name, each in value.items()}
    if isinstance(value, list):
        return [_mangled(each, how) for each in value]
    if how == "numbers_as_text" and isinstance(value, int | float):
        return str(value).lower()
    if how == "text_as_numbers" and isinstance(value, str):
        return len(value)
    return None if how == "nulls" else value
