"""Who sees whom of a connected CRM, on every route that shows people (Fixtures/crm-rights.tsv)."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from connected_org import OrgProcess, connected, consent, hire, ref, wait_until_in
from crm_rights import AGENTS, TOKENS, USERS, Answers, Encounter, Made, furnish, table, unknown
from every_route import ask_about_call, ask_about_records, ask_the_rest
from program import Client, Server
from overheard import Overheard
from webhooks import PhoneSystem, ReportedCall

EXTENSIONS = dict(zip(AGENTS, ("2001", "2002", "2003", "2004", "2005"), strict=True))

# Where the name of a person must be found who may be seen.
PLACES = {"desk", "stream", "call", "matching try", "people search"}
PLACES |= {"recent", "recent search", "deliveries"}

# By what of a person past calls are found.
SEARCHED = ("Contact.LastName", "Lead.LastName", "Account.Name", "Lead.Company")


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
    """All calls of the table at all agents at once, with what each agent was told. No log gets as
    far as the org meanwhile: deliveries wait, those of the others too."""
    answers = {name: Answers(client) for name, client in scene.agents.items()}
    with scene.org.failing("html", path="/sobjects/Task"):
        with ExitStack() as open_streams:
            streams = {
                name: open_streams.enter_context(Overheard(client))
                for name, client in scene.agents.items()
            }
            at_once = open_streams.enter_context(ThreadPoolExecutor(len(AGENTS)))
            for made in scene.made.values():
                talks = [at_once.submit(talk, scene, answers[name], name, made) for name in AGENTS]
                for each in talks:
                    each.result()
                ring_everywhere(scene, answers, made)
            for name, stream in streams.items():
                # A change of the agent's own is the last frame: what was to come has come by then.
                scene.agents[name].patch("agent", {"sound": False})
                stream.until(lambda text: '"sound":false' in text)
                answers[name].texts["stream"] = [stream.text]
        for each in answers.values():
            look_back(each, scene)
    return answers


def talk(scene: Scene, answers: Answers, name: str, made: Made) -> None:
    """A whole call. Who may be seen is chosen; who may not answers as somebody who is not there."""
    reported = ReportedCall(scene.phones, made.number)
    encounter = Encounter(answers, reported, EXTENSIONS[name], made)
    may_see = made.name_row.shown[name, scene.token]
    encounter.ring()
    encounter.search()
    assert (encounter.seen["match"]["outcome"] == "single") == may_see, encounter.seen
    encounter.answer()
    ask_about_call(answers, encounter.call, made)
    nobody = encounter.choose(scene.unknown[made.kind])
    assert nobody[0] in (404, 422)
    chosen = encounter.choose(made.id)
    assert chosen[0] == 204 if may_see else chosen == nobody, f"{name} chooses {made.id}: {chosen}"
    look_at_related(scene, encounter, name)
    encounter.end()


def look_at_related(scene: Scene, encounter: Encounter, name: str) -> None:
    """What belongs to the caller and the caller's account; what the call may be filed under."""
    for row, person in encounter.made.people:
        for scope in ("account", "contact"):
            nothing = encounter.related(scene.unknown[ref(person)["kind"]], scope)
            found = encounter.related(person, scope)
            assert nothing[0] == 404
            is_fine = found[0] == 200 if row.shown[name, scene.token] else found == nothing
            assert is_fine, f"{name}, {row.text}: {found}"
    nothing = encounter.choose(scene.unknown["opportunity"], "related")
    assert nothing[0] in (404, 422)
    for row, record in encounter.made.related:
        if row.field != "Task.Subject":
            answer = encounter.choose(record, "related")
            is_fine = answer[0] == 204 if row.shown[name, scene.token] else answer == nothing
            assert is_fine, f"{name} files the call under {row.text}: {answer}"


def ring_everywhere(scene: Scene, answers: dict[str, Answers], made: Made) -> None:
    """One call at all phones, which each agent sees with other eyes; one takes it and files it."""
    reported = ReportedCall(scene.phones, made.number)
    encounters = {
        name: Encounter(answers[name], reported, EXTENSIONS[name], made) for name in AGENTS
    }
    for each in encounters.values():
        each.ring()
    taker = next(name for name in AGENTS if made.name_row.shown[name, scene.token])
    encounters[taker].answer()
    assert encounters[taker].choose(made.id)[0] == 204
    for each in encounters.values():
        each.look()
    encounters[taker].end()


def look_back(answers: Answers, scene: Scene) -> None:
    """When all is over."""
    answers.get("recent", "recent", limit="100")
    for made in scene.made.values():
        for text in made.texts:
            answers.get("recent search", "recent", search=text)
        ask_about_records(answers, made)
    answers.get("deliveries", "admin/deliveries")
    answers.get("desk", "desk")
    ask_the_rest(answers, next(iter(scene.made.values())))


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
    """Nor is it told by the end of a page that there would be one."""
    for made in scene.made.values():
        is_person_shown = made.name_row.shown[name, scene.token]
        for row in [row for row in made.rows if row.field in SEARCHED]:
            found = scene.agents[name].json("recent", search=row.text, limit=1)
            is_shown = is_person_shown and row.shown[name, scene.token]
            assert bool(found["calls"]) == is_shown, row.text
            assert ("next" in found) == is_shown, row.text


@pytest.mark.parametrize("name", AGENTS)
def test_the_pages_of_a_search_have_a_call_each(scene: Scene, told, name: str):
    """Of names that are hidden and others; an empty page would tell that there are hidden ones."""
    page = scene.agents[name].json("recent", search="werke", limit=1)
    found = [row for row in table() if row.text.endswith("werke")]
    assert bool(page["calls"]) == any(row.shown[name, scene.token] for row in found)
    while "next" in page:
        page = scene.agents[name].json("recent", search="werke", limit=1, before=page["next"])
        assert len(page["calls"]) == 1


@pytest.mark.parametrize("name", AGENTS)
def test_nobody_is_found_by_what_is_hidden(scene: Scene, told, name: str):
    for row in [row for row in table() if not row.shown[name, scene.token]]:
        assert scene.agents[name].json("people", search=row.text)["people"] == [], row.text


@pytest.mark.parametrize("name", AGENTS)
def test_a_past_call_does_not_tell_that_somebody_is_hidden(scene: Scene, told, name: str):
    calls = scene.agents[name].json("recent", limit=100)["calls"]
    for made in scene.made.values():
        matches = {call["match"] for call in calls if call["number"]["e164"] == made.number}
        is_shown = made.name_row.shown[name, scene.token]
        assert matches == {"single" if is_shown else "none"}, made.name_row.text


def test_no_record_of_the_org_is_named_in_the_log_or_the_metrics(scene: Scene, told):
    texts = [scene.server.log.read_text(), scene.agents["anna"].request("GET", "/metrics").text]
    assert [row.text for row in table() for text in texts if row.text in text] == []


def test_the_page_for_a_new_record_shows_nobody(scene: Scene, told):
    """The way to it goes by our own address, with the call's number and no name that we know."""
    for name in AGENTS:
        number = scene.made["hilda"].number
        answer = scene.agents[name].request("GET", "/connect/new/contact", params={"phone": number})
        assert answer.status_code == 303
        assert "Hilversteckt" not in answer.headers["Location"]
