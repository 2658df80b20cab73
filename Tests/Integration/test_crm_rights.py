"""Who sees whom of a connected CRM, on every route that shows people (Fixtures/crm-rights.tsv)."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from connected_org import OrgProcess, connected, consent, hire, wait_until_in
from crm_rights import AGENTS, TOKENS, USERS, Answers, Encounter, Made, furnish, table, unknown
from program import Client, Server
from test_rights import Overheard
from webhooks import PhoneSystem

EXTENSIONS = dict(zip(AGENTS, ("1001", "1002", "1003"), strict=True))

# Where the name of a person must be found who may be seen.
PLACES = {"desk", "stream", "call", "matching try", "people search"}
PLACES |= {"recent", "recent search", "deliveries"}


@dataclass
class Scene:
    token: str
    server: Server
    org: OrgProcess
    agents: dict[str, Client]
    phones: PhoneSystem
    made: dict[str, Made]
    # By kind, the id of a record that is not there any more.
    unknown: dict[str, str]


@pytest.fixture(scope="module", params=TOKENS)
def scene(request, program: str, tmp_path_factory) -> Iterator[Scene]:
    with OrgProcess() as org:
        made, gone = furnish(org), unknown(org)
        mapped = {"agents": "users", "users": USERS}
        settings = {"agents": "own"} if request.param == "own" else mapped
        server = connected(program, tmp_path_factory.mktemp("rights"), org, **settings).start()
        agents = {name: hire(server, name, EXTENSIONS[name]) for name in AGENTS}
        wait_until_in(agents["anna"])
        if request.param == "own":
            for name, user in USERS.items():
                assert consent(agents[name], org, user).status_code == 200
        phones = PhoneSystem.added(agents["anna"], "office")
        yield Scene(request.param, server, org, agents, phones, made, gone)
        assert server.stop() == 0
        assert org.info()["mistakes"] == []


@pytest.fixture(scope="module")
def told(scene: Scene) -> dict[str, Answers]:
    """All calls of the table at all agents, with what each agent was told. No log gets as far as
    the org meanwhile: deliveries wait, those of the others too."""
    answers = {name: Answers(client) for name, client in scene.agents.items()}
    with scene.org.failing("html", path="/sobjects/Task"):
        for name in AGENTS:
            with Overheard(scene.agents[name]) as stream:
                for made in scene.made.values():
                    talk(scene, answers[name], name, made)
                # A change of the agent's own is the last frame: what was to come has come by then.
                scene.agents[name].patch("agent", {"sound": False})
                stream.until(lambda text: '"sound":false' in text)
                answers[name].texts["stream"] = [stream.text]
        for each in answers.values():
            look_back(each, scene)
    return answers


def talk(scene: Scene, answers: Answers, name: str, made: Made) -> None:
    """A whole call. Who may be seen is chosen; who may not answers as somebody who is not there."""
    encounter = Encounter(answers, scene.phones, EXTENSIONS[name], made)
    may_see = made.name_row.shown[name, scene.token]
    encounter.ring()
    encounter.search_people()
    assert (encounter.seen["match"]["outcome"] == "single") == may_see, encounter.seen
    encounter.answer()
    nobody = encounter.choose(scene.unknown[made.kind])
    assert nobody[0] in (404, 422)
    chosen = encounter.choose(made.id)
    assert chosen[0] == 204 if may_see else chosen == nobody, f"{name} chooses {made.id}: {chosen}"
    for scope in ("account", "contact"):
        nothing = encounter.related(scene.unknown[made.kind], scope)
        found = encounter.related(made.id, scope)
        assert nothing[0] == 404
        assert found[0] == 200 if may_see else found == nothing, f"{name}, {made.id}: {found}"
    nothing = encounter.choose(scene.unknown["opportunity"], "related")
    assert nothing[0] in (404, 422)
    for row, record in made.related:
        if row.field != "Task.Subject":
            answer = encounter.choose(record, "related")
            is_fine = answer[0] == 204 if row.shown[name, scene.token] else answer == nothing
            assert is_fine, f"{name} files the call under {row.text}: {answer}"
    encounter.end()


def look_back(answers: Answers, scene: Scene) -> None:
    """When all is over."""
    answers.get("recent", "recent", limit="100")
    for made in scene.made.values():
        for row in made.rows:
            answers.get("recent search", "recent", search=row.text)
    answers.get("deliveries", "admin/deliveries")
    answers.get("desk", "desk")


@pytest.mark.parametrize("row", table(), ids=lambda row: f"{row.record}-{row.field}")
@pytest.mark.parametrize("name", AGENTS)
def test_a_text_is_where_it_may_be_and_nowhere_else(scene: Scene, told, name: str, row):
    routes = told[name].routes_with(row.text)
    if not row.shown[name, scene.token]:
        assert routes == [], f"{row.text} is shown"
    elif row == scene.made[row.record].name_row:
        assert set(routes) >= PLACES, f"{row.text} is not in {PLACES - set(routes)}"
    else:
        assert routes, f"{row.text} is nowhere"


@pytest.mark.parametrize("name", AGENTS)
def test_a_past_call_is_not_found_by_a_name_that_is_hidden(scene: Scene, told, name: str):
    for made in scene.made.values():
        row = made.name_row
        found = scene.agents[name].json("recent", search=row.text)["calls"]
        assert bool(found) == row.shown[name, scene.token], row.text


def test_the_page_for_a_new_record_shows_nobody(scene: Scene, told):
    """The way to it goes by our own address, with the call's number and no name that we know."""
    for name in AGENTS:
        number = scene.made["hilda"].number
        answer = scene.agents[name].request("GET", "/connect/new/contact", params={"phone": number})
        assert answer.status_code == 303
        assert "Hilversteckt" not in answer.headers["Location"]
