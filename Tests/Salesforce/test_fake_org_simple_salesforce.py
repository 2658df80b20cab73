"""A client that others wrote for the real Salesforce gets along with the fake org."""

import datetime
from urllib.parse import urlsplit

import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from requests.adapters import HTTPAdapter
from simple_salesforce import Salesforce, SalesforceAuthenticationFailed
from simple_salesforce.exceptions import (
    SalesforceExpiredSession,
    SalesforceGeneralError,
    SalesforceMalformedRequest,
    SalesforceMoreThanOneRecord,
    SalesforceOperationError,
    SalesforceRefusedRequest,
    SalesforceResourceNotFound,
)
from simple_salesforce.format import format_soql

from fake_org import FakeOrg


class Plain(HTTPAdapter):
    """The client insists on https and on hosts of Salesforce: all lead to the fake."""

    def __init__(self, org: FakeOrg):
        super().__init__()
        self._org = org

    def send(self, request, **about):
        parts = urlsplit(request.url)
        request.url = self._org.url + parts.path + (f"?{parts.query}" if parts.query else "")
        return super().send(request, **about)


def session(org: FakeOrg) -> requests.Session:
    made = requests.Session()
    made.mount("https://", Plain(org))
    return made


@pytest.fixture
def sf(org: FakeOrg) -> Salesforce:
    return Salesforce(
        instance_url=org.url.replace("http", "https"), session_id=org.token(), version="67.0", session=session(org)
    )


@pytest.mark.filterwarnings("ignore:(?s).*self-authorize")
def test_signs_in_with_a_signed_assertion(org):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()  # fmt: skip
    org.add_app("server", public_key=public, approved=["ada@callmatch.example"])
    about = {"consumer_key": "server", "privatekey": private, "session": session(org), "version": "67.0"}
    sf = Salesforce(username="ada@callmatch.example", **about)
    assert sf.query("SELECT Id FROM Contact LIMIT 1")["totalSize"] == 1
    assert org.requests()[-1]["user"] == org.people["ada"]
    org.expire_tokens()
    assert sf.Contact.get(org.people["Ada Lovelace"])["LastName"] == "Lovelace"
    with pytest.raises(SalesforceAuthenticationFailed, match="user hasn't approved this consumer"):
        Salesforce(username="ben@callmatch.example", **about)


def test_queries_and_what_was_escaped(org, sf):
    org.add("Contact", LastName='O\'Neil "Jr" \\ 100%_')
    found = sf.query(format_soql("SELECT Id, Name FROM Contact WHERE LastName = {}", 'O\'Neil "Jr" \\ 100%_'))
    assert found["totalSize"] == 1 and found["done"] is True
    assert found["records"][0]["attributes"]["type"] == "Contact"
    found = sf.query(format_soql("SELECT Name FROM Contact WHERE Name LIKE '%{:like}'", "100%_"))
    assert found["totalSize"] == 1
    assert sf.query(format_soql("SELECT Name FROM Contact WHERE Name LIKE '%{:like}'", "100__"))["totalSize"] == 0
    people = format_soql("SELECT Name FROM Contact WHERE FirstName IN {} ORDER BY Name", ["Ada", "Nils"])
    assert [record["Name"] for record in sf.query(people)["records"]] == ["Ada Lovelace", "Nils Jäger"]


def test_pages(org, sf):
    org.configure(most_rows=6)
    first = sf.query("SELECT Id, Name FROM Contact")
    assert (len(first["records"]), first["totalSize"], first["done"]) == (6, 15, False)
    second = sf.query_more(first["nextRecordsUrl"], identifier_is_url=True)
    assert (len(second["records"]), second["done"]) == (6, False)
    third = sf.query_more(second["nextRecordsUrl"].rsplit("/", 1)[1])
    assert (len(third["records"]), third["done"]) == (3, True) and "nextRecordsUrl" not in third
    ids = [record["Id"] for page in (first, second, third) for record in page["records"]]
    assert len(set(ids)) == 15
    assert [record["Id"] for record in sf.query_all("SELECT Id FROM Contact")["records"]] == ids


def test_creates_reads_changes_and_deletes(org, sf):
    made = sf.Contact.create({"LastName": "Noether", "FirstName": "Emmy", "Phone": "0211 1234567"})
    assert made["success"] is True and made["errors"] == []
    assert len(made["id"]) == 18 and made["id"].startswith("003")
    read = sf.Contact.get(made["id"])
    assert (read["Name"], read["Phone"], read["IsDeleted"]) == ("Emmy Noether", "0211 1234567", False)
    assert sf.Contact.get(made["id"][:15])["Id"] == made["id"]
    assert sf.Contact.update(made["id"], {"Phone": None, "Title": "Professor"}) == 204
    read = sf.Contact.get(made["id"])
    assert (read["Phone"], read["Title"]) == (None, "Professor")
    assert sf.Contact.delete(made["id"]) == 204
    gone = sf.query(f"SELECT Id, IsDeleted FROM Contact WHERE Id = '{made['id']}'", include_deleted=True)
    assert gone["records"][0]["IsDeleted"] is True
    assert sf.query(f"SELECT Id FROM Contact WHERE Id = '{made['id']}'")["totalSize"] == 0


def test_upserts_by_an_external_id(org, sf):
    assert sf.Task.upsert("CallKey__c/call-1", {"Subject": "Call", "Status": "Completed"}) == 201
    assert sf.Task.upsert("CallKey__c/CALL-1", {"Description": "Notes"}) == 200
    task = sf.Task.get_by_custom_id("CallKey__c", "call-1")
    assert (task["Subject"], task["Description"], task["IsClosed"]) == ("Call", "Notes", True)
    assert sf.query("SELECT COUNT() FROM Task WHERE CallKey__c = 'call-1'")["totalSize"] == 1


def test_searches(org, sf):
    found = sf.search("FIND {66969100} IN PHONE FIELDS RETURNING Contact(Id, Name, Account.Name), Lead(Id)")
    assert [record["Name"] for record in found["searchRecords"]] == ["Wiebke Petersen", "Heike Möller"]
    assert found["searchRecords"][0]["Account"]["Name"] == "Kontor Nord KG"
    kinds = [record["attributes"]["type"] for record in sf.quick_search("Analytical")["searchRecords"]]
    assert kinds == ["Account"]
    with pytest.raises(SalesforceMalformedRequest, match="MALFORMED_SEARCH"):
        sf.quick_search("1+1")


def test_limits_and_the_header(org, sf):
    org.configure(api_used=17, api_most=5000, app_usage="per-app-api-usage=17/250(appName=callmatch)")
    assert sf.limits()["DailyApiRequests"] == {"Max": 5000, "Remaining": 4982}
    assert sf.api_usage["api-usage"] == (18, 5000)
    assert sf.api_usage["per-app-api-usage"] == (17, 250, "callmatch")


def test_describes(org, sf):
    assert {"Contact", "Lead", "Account", "Task"} <= {each["name"] for each in sf.describe()["sobjects"]}
    fields = {field["name"]: field for field in sf.Task.describe()["fields"]}
    assert fields["CallKey__c"]["externalId"] and fields["CallKey__c"]["unique"] and fields["CallKey__c"]["custom"]
    assert fields["TaskSubtype"]["createable"] and not fields["TaskSubtype"]["updateable"]
    assert sf.Lead.metadata()["objectDescribe"]["keyPrefix"] == "00Q"


def test_deleted_and_updated(org, sf):
    org.set_clock("2026-11-20T12:00:00Z")
    made = sf.Lead.create({"LastName": "Kaput", "Company": "Kaput KG"})["id"]
    start = datetime.datetime(2026, 11, 20, 11, tzinfo=datetime.UTC)
    end = datetime.datetime(2026, 11, 20, 13, tzinfo=datetime.UTC)
    updated = sf.Lead.updated(start, end)
    assert updated == {"ids": [made], "latestDateCovered": "2026-11-20T12:00:00.000+0000"}
    sf.Lead.delete(made)
    deleted = sf.Lead.deleted(start, end)["deletedRecords"]
    assert deleted == [{"id": made, "deletedDate": "2026-11-20T12:00:00.000+0000"}]


def test_bulk_queries(org, sf):
    org.configure(bulk_states=["UploadComplete", "InProgress"])
    org.load_contacts(250)
    pages = list(sf.bulk2.Contact.query("SELECT Id, Name, Account.Name FROM Contact", max_records=100, wait=0))
    assert [page.count("\n") - 1 for page in pages] == [100, 100, 65]
    assert all(page.startswith('"Id","Name","Account.Name"\n') for page in pages)
    assert '"Ada Lovelace","Analytical Engines GmbH"' in pages[0]
    org.end_bulk("Failed", "the query took too long")
    with pytest.raises(SalesforceOperationError, match="the query took too long"):
        list(sf.bulk2.Contact.query("SELECT Id FROM Contact", wait=0))


def _two_with_one_key(org):
    org.add_field("Contact", "Number__c", "string", external_id=True)
    for _ in range(2):
        org.add("Contact", LastName="Twin", Number__c="7")


def _lead_of(org):
    return org.people["Elif Yıldız (lead)"]


ADA = "Ada Lovelace"
# The class that the client knows it by, the code, what is prepared, what is done.
ERRORS = [
    (SalesforceMoreThanOneRecord, "sobjects/Contact/003", _two_with_one_key,
     lambda sf, org: sf.Contact.upsert("Number__c/7", {"Title": "x"})),
    (SalesforceMalformedRequest, "INVALID_TYPE", None, lambda sf, org: sf.query("SELECT Id FROM Nothing")),
    (SalesforceMalformedRequest, "INVALID_FIELD", None, lambda sf, org: sf.query("SELECT Nothing FROM Contact")),
    (SalesforceMalformedRequest, "MALFORMED_QUERY", None, lambda sf, org: sf.query("SELECT FROM Contact")),
    (SalesforceMalformedRequest, "NUMBER_OUTSIDE_VALID_RANGE", None,
     lambda sf, org: sf.query("SELECT Id FROM Contact OFFSET 2001")),
    (SalesforceMalformedRequest, "INVALID_QUERY_LOCATOR", None, lambda sf, org: sf.query_more("01g000000000001AAA-2000")),
    (SalesforceMalformedRequest, "QUERY_TIMEOUT", lambda org: org.fault("error", code="QUERY_TIMEOUT", status=400),
     lambda sf, org: sf.query("SELECT Id FROM Contact")),
    (SalesforceMalformedRequest, "INVALID_FIELD", None, lambda sf, org: sf.Task.create({"x": 1})),
    (SalesforceMalformedRequest, "INVALID_FIELD_FOR_INSERT_UPDATE", None,
     lambda sf, org: sf.Contact.create({"LastName": "x", "Name": "y"})),
    (SalesforceMalformedRequest, "REQUIRED_FIELD_MISSING", None, lambda sf, org: sf.Lead.create({"LastName": "x"})),
    (SalesforceMalformedRequest, "STRING_TOO_LONG", None, lambda sf, org: sf.Task.create({"Subject": "x" * 256})),
    (SalesforceMalformedRequest, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", None,
     lambda sf, org: sf.Task.create({"CallType": "Sideways"})),
    (SalesforceMalformedRequest, "FIELD_INTEGRITY_EXCEPTION", None,
     lambda sf, org: sf.Task.create({"WhoId": org.people["Kontor Nord KG"]})),
    (SalesforceMalformedRequest, "FIELD_INTEGRITY_EXCEPTION", None,
     lambda sf, org: sf.Task.create({"WhoId": _lead_of(org), "WhatId": org.people["Kontor Nord KG"]})),
    (SalesforceMalformedRequest, "JSON_PARSER_ERROR", None,
     lambda sf, org: sf.Task.create({"CallDurationInSeconds": "long"})),
    (SalesforceMalformedRequest, "FIELD_CUSTOM_VALIDATION_EXCEPTION",
     lambda org: org.add_validation("Task", "Status = 'Completed' AND CallDisposition = null", "Say how it ended."),
     lambda sf, org: sf.Task.create({"Subject": "Call", "Status": "Completed"})),
    (SalesforceMalformedRequest, "UNABLE_TO_LOCK_ROW", lambda org: org.lock(org.people[ADA]),
     lambda sf, org: sf.Contact.update(org.people[ADA], {"Title": "x"})),
    (SalesforceMalformedRequest, "DUPLICATES_DETECTED", lambda org: org.add_duplicate_rule("Contact", ["Email"]),
     lambda sf, org: sf.Contact.create({"LastName": "x", "Email": "ADA.Lovelace@example.com"})),
    (SalesforceMalformedRequest, "DUPLICATE_VALUE", lambda org: org.add("Task", CallKey__c="k"),
     lambda sf, org: sf.Task.create({"CallKey__c": "K"})),
    (SalesforceMalformedRequest, "CANNOT_UPDATE_CONVERTED_LEAD", None,
     lambda sf, org: sf.Lead.update(_lead_of(org), {"Title": "x"})),
    (SalesforceMalformedRequest, "INSUFFICIENT_ACCESS_OR_READONLY",
     lambda org: org.restrict("admin@callmatch.example", only_read=[org.people[ADA]]),
     lambda sf, org: sf.Contact.update(org.people[ADA], {"Title": "x"})),
    (SalesforceMalformedRequest, "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
     lambda org: org.restrict("admin@callmatch.example", hide=[org.people[ADA]]),
     lambda sf, org: sf.Task.create({"WhoId": org.people[ADA]})),
    (SalesforceExpiredSession, "INVALID_SESSION_ID", lambda org: org.expire_tokens(),
     lambda sf, org: sf.query("SELECT Id FROM Contact")),
    (SalesforceRefusedRequest, "REQUEST_LIMIT_EXCEEDED", lambda org: org.configure(api_used=5, api_most=5),
     lambda sf, org: sf.query("SELECT Id FROM Contact")),
    (SalesforceResourceNotFound, "NOT_FOUND", None, lambda sf, org: sf.Contact.get("003000000000000AAA")),
    (SalesforceResourceNotFound, "NOT_FOUND", None, lambda sf, org: sf.Task.upsert("Nothing__c/1", {})),
    (SalesforceResourceNotFound, "NOT_FOUND", None, lambda sf, org: sf.Nothing.describe()),
    (SalesforceResourceNotFound, "ENTITY_IS_DELETED", lambda org: org.delete(org.people[ADA]),
     lambda sf, org: sf.Contact.update(org.people[ADA], {"Title": "x"})),
    (SalesforceGeneralError, "METHOD_NOT_ALLOWED", None, lambda sf, org: sf.restful("limits", method="PUT")),
    (SalesforceGeneralError, "SERVER_UNAVAILABLE",
     lambda org: org.fault("error", code="SERVER_UNAVAILABLE"), lambda sf, org: sf.query("SELECT Id FROM Contact")),
    (SalesforceGeneralError, "down for maintenance", lambda org: org.fault("html"),
     lambda sf, org: sf.query("SELECT Id FROM Contact")),
]  # fmt: skip


@pytest.mark.parametrize("kind, says, prepare, act", ERRORS, ids=lambda part: part if isinstance(part, str) else "")
def test_errors_are_those_that_the_client_knows(org, sf, kind, says, prepare, act):
    if prepare:
        prepare(org)
    with pytest.raises(kind) as raised:
        act(sf, org)
    assert type(raised.value) is kind
    assert says in str(raised.value.content)
    if says.isupper() and kind is not SalesforceMoreThanOneRecord:
        assert raised.value.content[0]["errorCode"] == says
