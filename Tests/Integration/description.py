"""The API's description (OpenAPI 3.1), and what the code and the answers say against it."""

import copy
import json
import re
from functools import cache
from pathlib import Path

import jsonschema_rs
import requests

TOP = Path(__file__).resolve().parents[2]
FILE = TOP / "Sources/CPanelFiles/Panel/openapi.json"
ROUTES = TOP / "Sources/DeskServer/Routes"

# Pages for people and their files, which are no API.
PAGES = {"PageRoutes.swift"}

METHODS = ("get", "post", "put", "patch", "delete")


@cache
def document() -> dict:
    return json.loads(FILE.read_text(encoding="utf-8"))


def operations() -> set[tuple[str, str]]:
    """Method and path of everything described."""
    paths = document()["paths"].items()
    return {(method, path) for path, item in paths for method in item if method in METHODS}


def routes() -> set[tuple[str, str]]:
    """Method and path of everything that the code registers."""
    found = set()
    for file in sorted(ROUTES.glob("*.swift")):
        if file.name not in PAGES:
            found |= _routes_in(file.read_text(encoding="utf-8"))
    return {(method, re.sub(r":(\w+)", r"{\1}", path)) for method, path in found}


REGISTERED = re.compile(
    r"\b(?P<group>\w+)\.(?P<method>get|post|put|patch|delete)\("
    r"(?:\s*\"(?P<path>[^\"]*)\"|\s*RouterPath\((?:Self\.)?(?P<name>\w+)\)|(?=use:))"
)
GROUP = re.compile(r"let (\w+) = router\.group\(\"([^\"]*)\"\)")
LOOP = re.compile(r"for \((\w+), \w+\) in (\w+)\.paths")
PATHS = re.compile(r"static let paths[^=]*= \[(.*?)\n    \]", re.DOTALL)


def _routes_in(text: str) -> set[tuple[str, str]]:
    groups = {"router": ""} | dict(GROUP.findall(text))
    found = set()
    for match in REGISTERED.finditer(text):
        if match["group"] not in groups:
            continue
        tails = _values(text, match["name"]) if match["name"] else [match["path"] or ""]
        for tail in tails:
            parts = [groups[match["group"]], tail]
            found.add((match["method"], "/" + "/".join(part for part in parts if part)))
    return found


def _values(text: str, name: str) -> list[str]:
    """What a path is that the code names: a constant, or each of a table."""
    constant = re.search(rf"static let {name} = \"([^\"]*)\"", text)
    if constant:
        return [constant[1]]
    assert name in [loop[0] for loop in LOOP.findall(text)], f"{name} is no path that is known"
    return re.findall(r"\(\"([^\"]+)\",", PATHS.search(text)[1])


@cache
def _templates() -> list[tuple[re.Pattern, str]]:
    """Fixed words before parameters: `/people/unknown-extensions` is no `/people/{id}`."""
    ordered = sorted(document()["paths"], key=lambda path: (path.count("{"), path))
    return [(re.compile(re.sub(r"\{\w+\}", "[^/]+", path) + "$"), path) for path in ordered]


def operation_of(method: str, path: str) -> tuple[str, dict] | None:
    """The described operation behind a request; `None` for pages and unknown addresses."""
    for pattern, template in _templates():
        if pattern.match(path):
            operation = document()["paths"][template].get(method.lower())
            return (f"{method} {template}", operation) if operation else None
    return None


def resolved(part: dict) -> dict:
    while "$ref" in part:
        target = document()
        for word in part["$ref"].removeprefix("#/").split("/"):
            target = target[word]
        part = target
    return part


def closed(schema):
    """The same schema, in which what is not described is an error."""
    if isinstance(schema, list):
        return [closed(element) for element in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {name: closed(value) for name, value in schema.items()}
    if schema.get("type") == "object" and "properties" in schema:
        schema.setdefault("additionalProperties", False)
    return schema


@cache
def _components() -> dict:
    return {"schemas": closed(copy.deepcopy(document()["components"]["schemas"]))}


@cache
def _validator(schema: str) -> jsonschema_rs.Draft202012Validator:
    whole = {**closed(json.loads(schema)), "components": _components()}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


def faults(schema: dict, value) -> list[str]:
    validator = _validator(json.dumps(schema, sort_keys=True))
    return [f"{list(error.instance_path)}: {error.message}" for error in validator.iter_errors(value)]


seen: set[tuple[str, int]] = set()


def check(answer: requests.Response) -> None:
    """Holds an answer against the description. Every answer in these tests comes by here."""
    known = operation_of(answer.request.method, answer.request.path_url.split("?")[0])
    if known is None:
        return
    label, operation = known
    where = f"{label} → {answer.status_code}"
    responses = operation["responses"]
    assert str(answer.status_code) in responses, f"{where} is not described: {answer.text[:500]}"
    response = resolved(responses[str(answer.status_code)])
    for name, header in response.get("headers", {}).items():
        assert name in answer.headers or not header.get("required"), f"{where}: no {name}"
    content = response.get("content", {})
    media = answer.headers.get("Content-Type", "").split(";")[0]
    assert media in content or not (content or answer.content), f"{where}: {media or 'no'} body"
    seen.add((label, answer.status_code))
    if media.endswith("json") and "schema" in content[media]:
        wrong = faults(content[media]["schema"], answer.json())
        assert not wrong, f"{where}: {wrong[:5]} in {answer.text[:2000]}"
