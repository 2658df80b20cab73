"""A call's log over its life: what an agent types is kept, and what the CRM gets is the newest of it."""

import itertools
import threading

import pytest
from program import Client, Server
from webhooks import PhoneSystem, ReportedCall

KNOWN_NUMBER = "+493023125042"
queues = itertools.count(1)


@pytest.fixture
def audited(server: Server):
    """After the test every call is accounted for."""
    yield
    counts = server.audit()
    assert counts["unexplained"] == 0, counts


class Talk:
    """A call that Ada has answered, with its log."""

    def __init__(self, ada: Client, phones: PhoneSystem, number: str = KNOWN_NUMBER):
        self.ada = ada
        self.queue = f"logs-{next(queues)}"
        self.reported = ReportedCall(phones, number, queue=self.queue)
        phones.report(self.reported.event("offered"), self.reported.event("answered", 1))
        self.id = ada.call_where(self.is_it)["id"]

    def is_it(self, shown: dict) -> bool:
        return shown.get("queue") == self.queue

    @property
    def log(self) -> dict | None:
        return self.ada.json(f"calls/{self.id}")["call"].get("log")

    def edit(self, version: int | None = None, **fields):
        version = self.log["version"] if version is None else version
        return self.ada.patch(f"calls/{self.id}/log", {"version": version, **fields})

    def post(self, what: str, body=None) -> int:
        return self.ada.post(f"calls/{self.id}/{what}", body).status_code

    def end(self) -> None:
        self.reported.report("ended", after=61, cause="completed")
        self.ada.call_where(lambda shown: self.is_it(shown) and shown["state"] == "wrapUp")

    def file(self) -> dict:
        """Ends it and waits until it is in the CRM; what the CRM has."""
        self.end()
        assert self.post("done") == 204
        return self.filed()

    def filed(self) -> dict:
        def is_filed(desk: dict) -> bool:
            return any(c["id"] == self.id and c.get("log") == "filed" for c in desk["recent"])

        self.ada.desk_where(is_filed)
        return self.ada.json("records/" + self.log["crmUrl"].removeprefix("/crm/"))


@pytest.fixture
def talk(audited, ada: Client, phones: PhoneSystem):
    talk = Talk(ada, phones)
    yield talk
    talk.reported.report("ended", after=61)
    talk.post("done")


def test_two_windows_never_overwrite_each_other(talk: Talk):
    """The second one is refused, and is shown what stands there."""
    version = talk.log["version"]
    assert talk.edit(version, notes="first window").status_code == 200
    refused = talk.edit(version, notes="second window")
    assert refused.status_code == 409
    assert refused.json()["current"]["notes"] == "first window"
    assert talk.log["notes"] == "first window"


def test_of_twenty_at_once_one_wins(server: Server, talk: Talk):
    version = talk.log["version"]
    answers = []

    def write(number: int) -> None:
        own = Client(talk.ada.address, talk.ada.token)
        edit = {"version": version, "notes": f"window {number}"}
        answers.append((own.patch(f"calls/{talk.id}/log", edit).status_code, edit["notes"]))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winners = [notes for status, notes in answers if status == 200]
    assert sorted(status for status, _ in answers) == [200] + [409] * 19
    assert talk.log["notes"] == winners[0] and talk.log["version"] == version + 1


WRONG = [
    ({"notes": "x" * 32_001}, "notes"),
    ({"subject": ""}, "subject"),
    ({"subject": "x" * 256}, "subject"),
    ({"disposition": "Not in the list"}, "disposition"),
    ({"followUp": {"on": "tomorrow", "text": ""}}, "followUp"),
    ({"followUp": {"on": "2026-02-30", "text": ""}}, "followUp"),
    ({"followUp": {"on": "2026-12-01T00:00:00Z", "text": ""}}, "followUp"),
    ({"followUp": {"on": "2026-12-01", "text": "x" * 501}}, "followUp"),
]


@pytest.mark.parametrize(("fields", "field"), WRONG)
def test_what_cannot_be_saved_names_the_field(talk: Talk, fields: dict, field: str):
    before = talk.log
    answer = talk.edit(**fields)
    assert (answer.status_code, answer.json().get("field")) == (422, field), answer.text
    assert talk.log == before


@pytest.mark.parametrize(
    "notes",
    ["", "one\ntwo\r\nthree\ttab", "日本語 🎧 עברית", "x" * 32_000, "e\u0301", "\\u0041\"'<b>&amp;"],
    ids=["nothing", "lines", "scripts", "long", "decomposed", "marks"],
)
def test_notes_are_kept_letter_by_letter(talk: Talk, notes: str):
    assert talk.edit(notes=notes).status_code == 200
    assert talk.log["notes"] == notes
    assert talk.file()["activity"].get("notes", "") == notes


def test_a_nul_is_shown_as_what_cannot_be_read(talk: Talk):
    """No text of a database holds one."""
    assert talk.edit(notes="a\0b").status_code == 200
    assert talk.log["notes"] == "a\ufffdb"


def test_absent_fields_stay_and_null_clears(talk: Talk):
    assert talk.edit(
        notes="kept", disposition="Resolved", followUp={"on": "2026-12-01", "text": "call"}
    ).ok
    assert talk.edit(subject="Another subject").ok
    log = talk.log
    assert (log["notes"], log["disposition"], log["followUp"]["on"]) == (
        "kept",
        "Resolved",
        "2026-12-01",
    )
    assert talk.edit(disposition=None, followUp=None).ok
    assert not {"disposition", "followUp"} & set(talk.log)


def test_back_keeps_what_was_typed(talk: Talk):
    """The person and the related record are cleared; notes and disposition stay."""
    assert talk.edit(notes="typed before", disposition="Resolved").ok
    opportunity = talk.ada.json("records/opportunities")["records"][0]["ref"]["id"]
    assert talk.post("related", {"record": {"kind": "opportunity", "id": opportunity}}) == 204
    assert talk.ada.delete(f"calls/{talk.id}/person").status_code == 204
    shown = talk.ada.json(f"calls/{talk.id}")["call"]
    assert "person" not in shown and shown["needsPerson"]
    assert not {"person", "related"} & set(shown["log"])
    assert (shown["log"]["notes"], shown["log"]["disposition"]) == ("typed before", "Resolved")
    contact = talk.ada.json("people", search="babbage")["people"][0]["ref"]
    assert talk.post("person", {"person": contact}) == 204
    assert talk.log["person"]["name"] == "Charles Babbage"
    page = talk.file()
    assert page["person"]["name"] == "Charles Babbage"
    assert page["activity"]["notes"] == "typed before"


def test_an_edit_after_filing_is_filed_under_the_same_record(talk: Talk):
    first = talk.file()
    address = talk.log["crmUrl"]
    assert talk.edit(notes="an afterthought").ok
    assert talk.filed()["activity"]["notes"] == "an afterthought"
    assert talk.log["crmUrl"] == address
    assert first["activity"]["ref"] == talk.filed()["activity"]["ref"]


@pytest.mark.parametrize("is_missed", [False, True])
def test_back_after_filing(audited, ada: Client, phones, server, is_missed: bool):
    """Nobody is chosen any more: the log asks for a person, and once it has one is filed again."""
    if is_missed:
        call = ReportedCall(phones, KNOWN_NUMBER, queue="missed-then-back")
        phones.report(call.event("offered"), call.event("ended", 9))
        desk = ada.desk_where(lambda desk: desk["recent"][0].get("log") == "filed")
        address = f"calls/{desk['recent'][0]['id']}"
    else:
        talk = Talk(ada, phones)
        talk.file()
        address = f"calls/{talk.id}"
    assert ada.delete(f"{address}/person").status_code == 204
    assert server.audit()["unexplained"] == 0
    assert "person" not in ada.json(address)["call"]["log"]
    contact = ada.json("people", search="babbage")["people"][0]["ref"]
    assert ada.post(f"{address}/person", {"person": contact}).status_code == 204
    ada.desk_where(
        lambda desk: any(
            call["id"] == address.removeprefix("calls/") and call["title"] == "Charles Babbage"
            and call.get("log") == "filed"
            for call in desk["recent"]
        )
    )
    log = ada.json(address)["call"]["log"]
    page = ada.json("records/" + log["crmUrl"].removeprefix("/crm/"))
    assert page["person"]["name"] == "Charles Babbage"


def test_without_a_person_nothing_is_filed_until_there_is_one(audited, ada: Client, phones):
    talk = Talk(ada, phones, number="+4917655507001")
    assert talk.log is None and talk.edit(1, notes="x").status_code == 409
    talk.end()
    assert talk.post("done") == 204
    recent = ada.json("recent", filter="not-logged")["calls"]
    assert talk.id in [call["id"] for call in recent]
    contact = ada.json("people", search="babbage")["people"][0]["ref"]
    assert talk.post("person", {"person": contact}) == 204
    assert talk.filed()["person"]["name"] == "Charles Babbage"


def test_a_new_contact_from_a_call(audited, ada: Client, phones):
    """Made for the call: the call shows it in the same commit, and the next one from there too."""
    number = "+4917655507002"
    talk = Talk(ada, phones, number)
    form = ada.json("records/contacts/new", call=talk.id)["fields"]
    assert {field["name"]: field["value"] for field in form}["phone"] == number
    fields = {"firstName": "Nova", "lastName": "Newcomer", "phone": number}
    made = ada.post("records/contacts", {"fields": fields, "call": talk.id})
    assert made.status_code == 201
    assert talk.log["person"]["name"] == "Nova Newcomer"
    talk.file()
    again = Talk(ada, phones, number)
    assert again.log["person"]["ref"] == made.json()["ref"]
    again.file()


def test_the_number_is_added_to_a_person_who_was_found(audited, ada: Client, phones):
    number = "+4917655507003"
    talk = Talk(ada, phones, number)
    contact = ada.json("people", search="babbage")["people"][0]["ref"]
    assert talk.post("number", {"person": contact}) == 204
    assert talk.log["person"]["name"] == "Charles Babbage"
    page = ada.json(f"records/contacts/{contact['id']}")["record"]
    assert number in json_of(page)
    for wrong in ({"kind": "contact", "id": "none"}, {"kind": "case", "id": contact["id"]}):
        assert talk.post("number", {"person": wrong}) == 422
    assert ada.post("calls/none/number", {"person": contact}).status_code == 404
    talk.file()


def json_of(page: dict) -> str:
    return " ".join(field["value"] for field in page["fields"])


def test_a_related_record_must_be_there(talk: Talk):
    for kind, id in (("opportunity", "none"), ("contact", "c-1"), ("case", "")):
        record = {"record": {"kind": kind, "id": id}}
        assert talk.post("related", record) in (422, 404), record
    assert "related" not in talk.log


def test_done_before_the_end_is_refused(talk: Talk):
    assert talk.post("done") == 409
    talk.end()
    assert [talk.post("done"), talk.post("done")] == [204, 204]
