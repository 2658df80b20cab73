"""A request and a reply, without a socket: a part of a composite call is one, too."""

import json
from dataclasses import dataclass, field
from email.message import Message
from urllib.parse import parse_qsl, unquote, urlsplit

from refusal import Refusal

NOTHING = object()


@dataclass
class Request:
    method: str
    target: str
    headers: Message | dict = field(default_factory=dict)
    body: bytes = b""
    user: str | None = None
    # What a part of a composite call brings as it is.
    value: object = NOTHING

    def __post_init__(self):
        parts = urlsplit(self.target)
        self.path = parts.path
        self.query = dict(parse_qsl(parts.query, keep_blank_values=True))
        self.form: dict[str, str] = {}
        if "application/x-www-form-urlencoded" in (self.headers.get("Content-Type") or ""):
            self.form = dict(parse_qsl(self.body.decode(errors="replace"), keep_blank_values=True))

    @property
    def parts(self) -> list[str]:
        """The path in pieces, each decoded; a `/` at the end counts for nothing."""
        return [unquote(piece) for piece in self.path.strip("/").split("/")]

    def json(self) -> object:
        if self.value is not NOTHING:
            return self.value
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise Refusal("JSON_PARSER_ERROR", f"Unexpected character or end-of-input: {error}") from None

    def table(self) -> dict:
        """The body where only an object will do."""
        value = self.json()
        if not isinstance(value, dict):
            raise Refusal("JSON_PARSER_ERROR", "Cannot deserialize instance of object from START_ARRAY")
        return value


@dataclass
class Reply:
    """`body` is bytes, or what is written as JSON; `None` is no body."""

    status: int
    body: object = None
    headers: dict[str, str] = field(default_factory=dict)

    def content(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return b"" if self.body is None else json.dumps(self.body, ensure_ascii=False).encode()

    @property
    def type(self) -> str | None:
        if "Content-Type" in self.headers or self.body is None:
            return None
        return "application/json;charset=UTF-8"
