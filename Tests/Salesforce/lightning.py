"""The org's own pages, as far as an agent walks through them: a record, and a new one with fields filled in.

Addresses: Salesforce, "Lightning URL formats"; what is filled in: `encodeDefaultFieldValues` of
lightning/pageReferenceUtils. They are read strictly: what is encoded otherwise is refused with a page that says so.
"""

import html
import re
from urllib.parse import unquote, urlsplit

from records import found
from refusal import Refusal
from traffic import Reply, Request
from writing import Writer

# What a new record asks for, in the order of the page.
LAYOUTS = {
    "Contact": ("FirstName", "LastName", "Title", "Phone", "MobilePhone", "Email"),
    "Lead": ("FirstName", "LastName", "Company", "Title", "Phone", "MobilePhone", "Email"),
    "Account": ("Name", "Phone"),
}
ENCODED = re.compile(r"(?:[A-Za-z0-9_.!~*'()-]|%[0-9A-Fa-f]{2})*")

PAGE = """<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>{title} | Salesforce</title>
<link rel="icon" href="data:,"><main><h1>{title}</h1>{body}</main></html>
"""


class Lightning:
    def __init__(self, org):
        self.org = org

    def handle(self, request: Request) -> Reply:
        if place := re.fullmatch(r"/lightning/r/(\w+)/(\w+)/view", request.path):
            return self._record(*place.groups())
        place = re.fullmatch(r"/lightning/o/(\w+)/new", request.path)
        if place and place[1] in LAYOUTS:
            return self._saved(place[1], request) if request.method == "POST" else self._new(place[1], request)
        return _page(404, "Page doesn't exist", "<p>Enter a valid URL and try again.</p>")

    def _user(self) -> str:
        name = self.org.settings.user_of_pages
        return self.org.user_named(name)["Id"] if name else self.org.admin

    def _record(self, kind: str, record_id: str) -> Reply:
        schema = self.org.schema.kind(kind)
        try:
            row = schema and found(self.org.store, schema.name, record_id, self.org.rights, self._user())
        except Refusal:
            row = None
        if row is None:
            return _page(404, "Page doesn't exist", "<p>The record was deleted, or you may not see it.</p>")
        shown = [
            (field.label, row[field.name])
            for field in schema.fields.values()
            if field.name in row and field.type in ("string", "phone", "email", "textarea", "picklist", "combobox")
        ]
        lines = "".join(f"<dt>{html.escape(label)}<dd>{html.escape(str(value))}" for label, value in shown)
        title = row.get("Name") or row.get("Subject") or row["Id"]
        return _page(200, title, f"<p>{html.escape(schema.label)}</p><dl>{lines}</dl>")

    def _new(self, kind: str, request: Request) -> Reply:
        try:
            values = default_values(urlsplit(request.target).query)
            fields = self.org.schema.kinds[kind].fields
            if wrong := [name for name in values if name not in fields or not fields[name].createable]:
                raise ValueError(f"{kind} has no field {', '.join(wrong)} that can be filled in")
        except ValueError as fault:
            return _page(400, "Wrong address", f"<p role=alert>{html.escape(str(fault))}</p>")
        return self._form(200, kind, values)

    def _saved(self, kind: str, request: Request) -> Reply:
        try:
            with self.org.store.lock:
                new = Writer(self.org, self._user(), request.headers).create(kind, request.form)
        except Refusal as refusal:
            return self._form(400, kind, request.form, refusal.message)
        return Reply(303, b"", {"Location": f"/lightning/r/{kind}/{new}/view"})

    def _form(self, status: int, kind: str, values: dict[str, str], fault: str = "") -> Reply:
        """Fields that are filled in and have no place on the page are kept, too."""
        about = self.org.schema.kinds[kind]
        inputs = "".join(
            f'<p><label>{html.escape(about.fields[name].label)} <input name="{name}"'
            f' value="{html.escape(values.get(name, ""))}"></label>'
            for name in LAYOUTS[kind]
        ) + "".join(
            f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
            for name, value in values.items()
            if name not in LAYOUTS[kind]
        )  # fmt: skip
        said = f"<p role=alert>{html.escape(fault)}</p>" if fault else ""
        body = f'{said}<form method="post" action="/lightning/o/{kind}/new">{inputs}<p><button>Save</button></form>'
        return _page(status, f"New {about.label}", body)


def default_values(query: str) -> dict[str, str]:
    """The fields of `defaultFieldValues` in the query of an address: decoded whole, cut at commas, decoded each."""
    written = [part.partition("=")[2] for part in query.split("&") if part.partition("=")[0] == "defaultFieldValues"]
    if len(written) > 1:
        raise ValueError("defaultFieldValues stands there twice")
    values = {}
    text = _decoded(written[0]) if written else ""
    for pair in text.split(",") if text else []:
        name, sign, value = pair.partition("=")
        if not sign or not re.fullmatch(r"\w+", name) or name in values:
            raise ValueError(f"defaultFieldValues: {pair} is no field and its value")
        values[name] = _decoded(value)
    return values


def _decoded(text: str) -> str:
    if not ENCODED.fullmatch(text):
        raise ValueError(f"defaultFieldValues: {text} is not percent-encoded")
    return unquote(text, errors="strict")


def _page(status: int, title: str, body: str) -> Reply:
    page = PAGE.format(title=html.escape(title), body=body)
    return Reply(status, page.encode(), {"Content-Type": "text/html; charset=UTF-8", "Cache-Control": "no-store"})
