"""The API's description is valid, is complete, and is true."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import description
import jsonschema_rs
import pytest
import schemathesis
from program import Client, Server, environment
from webhooks import PhoneSystem

HERE = Path(__file__).parent

# Requests of the fuzzing phase for each operation; the other phases have as many as they need.
EXAMPLES = os.environ.get("CALLMATCH_API_EXAMPLES", "6")
RUN_WITHIN = 900  # seconds


def references(part, at: str = "") -> list[tuple[str, str]]:
    if isinstance(part, dict):
        own = [(at, part["$ref"])] if "$ref" in part else []
        return own + [ref for name, value in part.items() for ref in references(value, f"{at}/{name}")]
    if isinstance(part, list):
        return [ref for index, value in enumerate(part) for ref in references(value, f"{at}/{index}")]
    return []


def test_the_document_is_openapi_3_1():
    document = description.document()
    assert document["openapi"].startswith("3.1")
    schemathesis.openapi.from_dict(document).validate()
    for name, schema in document["components"]["schemas"].items():
        assert jsonschema_rs.meta.is_valid(schema), name


def test_every_reference_leads_somewhere_and_every_component_is_used():
    document = description.document()
    used = {target for _, target in references(document)}
    for target in used:
        assert description.resolved({"$ref": target}), target
    for kind in ("schemas", "parameters", "responses"):
        for name in document["components"][kind]:
            assert f"#/components/{kind}/{name}" in used, f"{kind}/{name} is used nowhere"


def test_operations_have_a_name_of_their_own_and_a_known_tag():
    document = description.document()
    all_operations = [
        document["paths"][path][method] for method, path in sorted(description.operations())
    ]
    names = [operation["operationId"] for operation in all_operations]
    assert sorted(set(names)) == sorted(names)
    tags = {tag["name"] for tag in document["tags"]}
    assert tags == {tag for operation in all_operations for tag in operation["tags"]}


def test_every_schema_has_an_example_that_fits():
    for name, schema in description.document()["components"]["schemas"].items():
        examples = schema.get("examples", [])
        assert examples, f"{name} has no example"
        for example in examples:
            assert not description.faults({"$ref": f"#/components/schemas/{name}"}, example), name


def test_everything_in_the_code_is_described_and_the_other_way_round():
    routes = description.routes()
    assert len(routes) > 60, "the sources were not understood"
    assert routes == description.operations()


def test_errors_are_problems_in_json():
    """All but the phone systems' dialect, which has its own form, what a load balancer asks, and pages."""
    for method, path in description.operations() - {("post", "/api/v1/cti/{token}")}:
        for status, response in description.document()["paths"][path][method]["responses"].items():
            content = description.resolved(response).get("content", {})
            if status >= "400" and (path, status) not in {
                ("/sign-in/link/{token}", "410"),
                ("/sign-in/link/{token}", "503"),
                ("/ready", "503"),
                ("/connect/crm/callback", "400"),
                ("/connect/crm/callback", "401"),
            }:
                assert set(content) == {"application/problem+json"}, f"{method} {path} {status}"


def test_the_server_gives_the_same_document(server: Server):
    answer = server.nobody().get("openapi.json")
    assert answer.status_code == 200
    assert answer.json() == description.document()


@pytest.fixture
def identities(server: Server, admin: Client, tmp_path: Path) -> Path:
    """Sessions of two agents and the administrator, for schemathesis.

    The administrator's is the one that the hooks use: a changed password ends all others.
    """
    tokens = {name: server.sign_in(name).token for name in ("ada", "ben")} | {"admin": admin.token}
    people = [
        {"name": name, "fixedHeaders": [{"name": "Authorization", "value": f"Bearer {token}"}]}
        for name, token in tokens.items()
    ]
    file = tmp_path / "people.json"
    file.write_text(json.dumps({"auth": people}))
    return file


@pytest.mark.parametrize("who", ["ada", "admin"])
def test_schemathesis_finds_nothing(
    server: Server, admin: Client, identities: Path, tmp_path: Path, who: str
):
    events = PhoneSystem.added(admin, f"fuzz-{who}")
    cti = admin.post("admin/sources", {"name": f"cti-{who}", "dialect": "zammad"}).json()["secret"]
    done = subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "--config-file", HERE / "api_checks.toml"]
        + ["--no-color", "run", description.FILE, "--url", server.address]
        + ["--max-examples", EXAMPLES, "--auth-wfc", identities]
        + ["--auth-wfc-user", who],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=RUN_WITHIN,
        env=environment(
            PYTHONPATH=str(HERE),
            CALLMATCH_TEST_ADDRESS=server.address,
            CALLMATCH_TEST_ADMINISTRATOR=admin.token,
            CALLMATCH_TEST_SOURCE=events.name,
            CALLMATCH_TEST_SECRET=events.secret,
            CALLMATCH_TEST_CTI_TOKEN=cti,
        ),
    )
    (tmp_path / "schemathesis.txt").write_text(done.stdout + done.stderr)
    failures = re.split(r"^=+ FAILURES =+$", done.stdout, flags=re.MULTILINE)[-1]
    assert done.returncode == 0, f"{failures[:20_000]}{done.stderr[-2000:]}"
    assert server.audit()["unexplained"] == 0


def test_the_server_had_no_fault(server: Server):
    """Whatever was asked in this file, nothing of it was answered 500."""
    faults = [line for line in server.log.read_text().splitlines() if "A request failed" in line]
    assert not faults, "\n".join(faults[:20])
