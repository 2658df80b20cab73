"""The pages that people see: consent, a record, a new record with fields filled in."""

import re
from urllib.parse import quote

import pytest
import requests

from lightning import default_values
from org_process import OrgProcess
from sample import CALLBACK


def get(address: str, **query: str) -> requests.Response:
    return requests.get(address, params=query, timeout=10)


def inputs(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="(\w+)"\s+value="([^"]*)"', page))


def test_the_page_of_consent_proposes_a_user(org):
    asked = {"response_type": "code", "client_id": "callmatch", "redirect_uri": CALLBACK, "code_challenge": "c"}
    org.change(org.people["cleo"], IsActive=False)
    page = get(f"{org.url}/services/oauth2/authorize", **asked, login_hint="Ben@callmatch.example").text
    options = re.findall(r"<option( selected)?>([^<]+)</option>", page)
    assert [name for _, name in options] == [f"{name}@callmatch.example" for name in ("ada", "admin", "ben", "robot")]
    assert [name for chosen, name in options if chosen] == ["ben@callmatch.example"]


# From the documentation, and what follows from its rule.
FIELDS = {"Phone": "+14155550123", "LastName": "O'Neil, Jr"}
WRITTEN = "Phone%3D%252B14155550123%2CLastName%3DO'Neil%252C%2520Jr"


def test_default_values_are_decoded_twice():
    assert default_values(f"defaultFieldValues={WRITTEN}") == FIELDS
    assert default_values(f"a=b&defaultFieldValues={WRITTEN}&nooverride=1") == FIELDS
    assert default_values("") == default_values("defaultFieldValues=") == {}
    strange = {"LastName": "Ünal=100% & <b>, +49"}
    once = ",".join(f"{name}={quote(value, safe='')}" for name, value in strange.items())
    assert default_values(f"defaultFieldValues={quote(once, safe='')}") == strange


@pytest.mark.parametrize(
    "written",
    [
        "Phone=+14155550123",  # not encoded at all
        "Phone%3D%2B14155550123",  # once only
        "Phone%3D%252B1,LastName%3DX",  # the comma as it is
        "LastName%3DJane%20Doe",  # a space within
        "LastName",
        "%3DX",
        "Phone%3D%252B1%2CPhone%3D%252B2",
        f"{WRITTEN}&defaultFieldValues={WRITTEN}",
    ],
)
def test_default_values_that_are_written_otherwise(written):
    with pytest.raises(ValueError):
        default_values(f"defaultFieldValues={written}")


def test_a_new_contact_is_filled_in_saved_and_shown(org):
    page = get(f"{org.pages_url}/lightning/o/Contact/new?defaultFieldValues={WRITTEN}%2CDescription%3DRang")
    assert page.status_code == 200 and "<h1>New Contact</h1>" in page.text
    form = inputs(page.text)
    assert form | {"LastName": "O'Neil, Jr"} == form | FIELDS and form["Description"] == "Rang"
    form["LastName"] = "O'Neil"
    saved = requests.post(f"{org.pages_url}/lightning/o/Contact/new", data=form, timeout=10)
    assert saved.status_code == 200 and re.search(r"/lightning/r/Contact/(\w{18})/view$", saved.url)
    assert "<h1>O&#x27;Neil</h1>" in saved.text and "+14155550123" in saved.text
    made = org.record(saved.url.split("/")[-2])
    assert (made["Phone"], made["Description"], made["OwnerId"]) == ("+14155550123", "Rang", org.admin)


def test_what_a_page_refuses(org):
    lead = f"{org.pages_url}/lightning/o/Lead/new"
    wrong = requests.post(lead, data={"LastName": "Nobody", "Phone": "1"}, timeout=10)
    assert wrong.status_code == 400 and "Company" in wrong.text and inputs(wrong.text)["LastName"] == "Nobody"
    assert get(f"{lead}?defaultFieldValues=Colour%3Dred").status_code == 400
    assert get(f"{lead}?defaultFieldValues=ConvertedDate%3D2026-01-01").status_code == 400
    assert get(f"{org.pages_url}/lightning/r/Contact/{org.people['ada']}/view").status_code == 404
    assert get(f"{org.pages_url}/lightning/o/Task/new").status_code == 404
    ada = org.people["Ada Lovelace"]
    assert "<h1>Ada Lovelace</h1>" in get(f"{org.pages_url}/lightning/r/Contact/{ada}/view").text
    org.configure(user_of_pages="ben@callmatch.example")
    org.restrict("ben@callmatch.example", hide=[ada])
    assert get(f"{org.pages_url}/lightning/r/Contact/{ada}/view").status_code == 404


def test_an_org_in_a_process_of_its_own():
    with OrgProcess() as org:
        made = org.add(kind="Contact", LastName="Afar", Phone="030 1")
        assert [each["Id"] for each in org.records(kind="Contact", LastName="Afar")] == [made]
        assert get(f"{org.pages_url}/lightning/r/Contact/{made}/view").status_code == 200
        with org.failing("html", path="/lightning/"):
            assert get(f"{org.pages_url}/lightning/r/Contact/{made}/view").status_code == 503
        assert get(f"{org.pages_url}/lightning/r/Contact/{made}/view").status_code == 200
        assert org.people["Ada Lovelace"].startswith("003") and org.info()["mistakes"] == []
        assert org.load_contacts(count=1000, leads=250) == 1000
        assert org.columns(kind="Lead", names=["Id", "Company"])[-1][1] == "Firm 00999 AG"
        assert len({stamp for (stamp,) in org.columns(kind="Lead", names=["SystemModstamp"])}) < 10
        with pytest.raises(AssertionError, match="none of"):
            org.dance()
