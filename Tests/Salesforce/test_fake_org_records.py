"""Records with all that an org does to them: rights, keys, locks, merges, conversions, deletions, several at once."""

import threading

import pytest

ADA = "Ada Lovelace"


def task(org, **more) -> dict:
    return {"Subject": "Call", "Status": "Completed", "WhoId": org.people[ADA], **more}


def test_stamps_come_from_the_clock_of_the_org(org, client):
    org.set_clock("2026-11-25T10:00:00Z")
    made = client.post("sobjects/Contact", {"LastName": "Clock"}).json()["id"]
    org.set_clock(advance=90)
    client.patch(f"sobjects/Contact/{made}", {"Title": "later"})
    read = client.get(f"sobjects/Contact/{made}").json()
    assert read["CreatedDate"] == "2026-11-25T10:00:00.000+0000"
    assert read["SystemModstamp"] == read["LastModifiedDate"] == "2026-11-25T10:01:30.000+0000"
    assert read["CreatedById"] == org.admin


def test_a_task_is_completed_with_its_account(org, client):
    made = client.post("sobjects/Task", task(org, ActivityDate="2026-11-25", CallDurationInSeconds=597)).json()["id"]
    read = client.get(f"sobjects/Task/{made}").json()
    assert read["IsClosed"] is True and read["Priority"] == "Normal" and read["OwnerId"] == org.admin
    assert read["AccountId"] == org.people["Analytical Engines GmbH"]
    assert org.record(org.people[ADA])["LastActivityDate"] == "2026-11-25"
    assert client.code(client.patch(f"sobjects/Task/{made}", {"TaskSubtype": "Email"})) == (
        400,
        "INVALID_FIELD_FOR_INSERT_UPDATE",
    )
    about_case = client.post("sobjects/Task", task(org, WhatId=org.people["Broken gear"]))
    assert about_case.status_code == 201


def test_an_upsert_creates_updates_or_finds_too_many(org, client):
    made = client.patch("sobjects/Task/CallKey__c/a%2Fb", task(org))
    assert (made.status_code, made.json()["created"]) == (201, True)
    assert made.headers["Location"].endswith(made.json()["id"])
    again = client.patch("sobjects/Task/CallKey__c/a%2Fb", {"Description": "x"})
    assert (again.status_code, again.json()) == (200, {**made.json(), "created": False})
    old = client.session.patch(f"{org.url}/services/data/v45.0/sobjects/Task/CallKey__c/a%2Fb", json={})
    assert (old.status_code, old.content) == (204, b"")
    assert client.ask("PATCH", "sobjects/Task/CallKey__c/none?updateOnly=true", json={}).status_code == 404
    assert client.code(client.patch("sobjects/Task/CallKey__c/k", {"CallKey__c": "k"})) == (400, "INVALID_FIELD")
    org.add_field("Contact", "Number__c", "string", external_id=True)
    twins = [org.add("Contact", LastName="Twin", Number__c="N7") for _ in range(2)]
    several = client.patch("sobjects/Contact/Number__c/n7", {"Title": "x"})
    assert several.status_code == 300
    assert several.json() == [f"/services/data/v67.0/sobjects/Contact/{twin}" for twin in twins]
    assert all("Title" not in org.record(twin) for twin in twins)


def test_a_second_upsert_too_soon_finds_the_key_taken(org, client):
    org.set_clock("2026-11-25T10:00:00Z")
    org.configure(upsert_blind_seconds=1)
    made = client.patch("sobjects/Task/CallKey__c/k", task(org)).json()["id"]
    second = client.patch("sobjects/Task/CallKey__c/k", task(org))
    assert client.code(second) == (400, "DUPLICATE_VALUE")
    said = f"duplicate value found: CallKey__c duplicates value on record with id: {made[:15]}"
    assert second.json() == [{"message": said, "errorCode": "DUPLICATE_VALUE", "fields": []}]
    org.set_clock(advance=1)
    assert client.patch("sobjects/Task/CallKey__c/k", {"Description": "x"}).status_code == 200


def test_two_upserts_at_the_same_time_leave_one_record(org, as_user):
    org.configure(upsert_pause_seconds=0.2)
    statuses = []

    def upsert(name: str) -> None:
        statuses.append(as_user(name).patch("sobjects/Task/CallKey__c/race", {"Subject": name}).status_code)

    threads = [threading.Thread(target=upsert, args=(name,)) for name in ("ada", "ben")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(statuses) == [201, 400]
    assert len([row for row in org.records("Task") if row.get("CallKey__c") == "race"]) == 1


def test_rows_are_locked_as_told(org, client):
    account = org.people["Analytical Engines GmbH"]
    org.lock(account, times=2)
    assert client.post("sobjects/Task", task(org, ActivityDate="2026-11-25")).status_code == 201, (
        "a completed one locks nothing"
    )
    open_task = task(org, Status="Not Started", ActivityDate="2026-11-25", WhatId=account)
    for _ in range(2):
        assert client.code(client.post("sobjects/Task", open_task)) == (400, "UNABLE_TO_LOCK_ROW")
    assert client.post("sobjects/Task", open_task).status_code == 201


def test_rights_are_those_of_the_user(org, client, as_user):
    ada, ben = as_user("ada"), as_user("ben")
    contact, user = org.people[ADA], org.people["ben"]
    org.restrict(user, hide=[contact], only_read=[org.people["Charles Babbage"]], hide_fields=["Contact.MobilePhone"],
                 read_only_fields=["Contact.Title"], forbid=["Lead.create", "Opportunity.read"])  # fmt: skip
    assert ADA in ada.names("SELECT Name FROM Contact") and ADA not in ben.names("SELECT Name FROM Contact")
    assert ben.code(ben.get(f"sobjects/Contact/{contact}")) == (404, "NOT_FOUND")
    assert ben.code(ben.get("query", q="SELECT MobilePhone FROM Contact")) == (400, "INVALID_FIELD")
    assert ben.code(ben.get("query", q="SELECT Id FROM Contact WHERE MobilePhone = null")) == (400, "INVALID_FIELD")
    assert ben.code(ben.get("query", q="SELECT Id FROM Opportunity")) == (400, "INVALID_TYPE")
    fields = {field["name"]: field for field in ben.get("sobjects/Contact/describe").json()["fields"]}
    assert "MobilePhone" not in fields and not fields["Title"]["updateable"] and fields["Phone"]["updateable"]
    assert ben.post("sobjects/Lead", {"LastName": "x", "Company": "y"}).status_code == 400
    assert ben.post("sobjects/Contact", {"LastName": "x", "Title": "y"}).status_code == 400
    assert ben.get("search", q="FIND {Lovelace} RETURNING Contact").json()["searchRecords"] == []
    ids = [contact, org.people["Charles Babbage"], org.people["Nils Jäger"]]
    asked = "SELECT RecordId, MaxAccessLevel FROM UserRecordAccess WHERE UserId = '{}' AND RecordId IN ('{}')"
    levels = [row["MaxAccessLevel"] for row in client.query(asked.format(user, "','".join(ids)))["records"]]
    assert levels == ["None", "Read", "All"]
    org.make_private("Case")
    assert ben.query("SELECT COUNT() FROM Case")["totalSize"] == 0
    org.restrict(user, share=[org.people["Broken gear"]])
    assert ben.query("SELECT COUNT() FROM Case")["totalSize"] == 1


def test_duplicates_are_listed_and_may_be_overridden(org, client):
    org.add_duplicate_rule("Contact", ["Email"])
    twin = {"LastName": "Twin", "Email": "ada.lovelace@example.com"}
    entry = client.post("sobjects/Contact", twin).json()[0]
    assert (entry["errorCode"], entry["message"]) == ("DUPLICATES_DETECTED", "Use one of these records?")
    match = entry["duplicateResult"]["matchResults"][0]["matchRecords"][0]["record"]
    assert match["Id"] == org.people[ADA] and entry["duplicateResult"]["allowSave"] is True
    header = {"Sforce-Duplicate-Rule-Header": "allowSave=true; includeRecordDetails=true; runAsCurrentUser=true"}
    assert client.ask("POST", "sobjects/Contact", json=twin, headers=header).status_code == 201
    org.clear_rules()
    org.add_duplicate_rule("Contact", ["Email"], allow_save=False)
    assert client.ask("POST", "sobjects/Contact", json=twin, headers=header).status_code == 400


def test_merges_leave_a_trace_and_move_what_belonged_to_the_loser(org, client):
    winner, loser = org.people["Céline Dubois"], org.people["Celine Dubois"]
    made = client.post("sobjects/Task", task(org, WhoId=loser)).json()["id"]
    org.set_clock("2026-11-25T10:00:00Z")
    org.merge(winner, [loser])
    rows = client.query(f"SELECT Id, MasterRecordId FROM Contact WHERE IsDeleted = true AND Id = '{loser}'", "queryAll")
    assert rows["records"][0]["MasterRecordId"] == winner
    assert client.get(f"sobjects/Task/{made}").json()["WhoId"] == winner
    span = {"start": "2026-11-25T09:00:00Z", "end": "2026-11-25T11:00:00Z"}
    assert [each["id"] for each in client.get("sobjects/Contact/deleted", **span).json()["deletedRecords"]] == [loser]
    assert client.code(client.patch(f"sobjects/Contact/{loser}", {"Title": "x"})) == (404, "ENTITY_IS_DELETED")
    assert org.record(winner)["SystemModstamp"] == "2026-11-25T10:00:00.000+0000"


def test_deletions_come_and_go(org, client):
    org.set_clock("2026-11-25T10:00:00Z")
    account, contact = org.people["Analytical Engines GmbH"], org.people[ADA]
    assert client.ask("DELETE", f"sobjects/Account/{account}").status_code == 204
    assert org.record(contact)["IsDeleted"] is True, "contacts go with their account"
    span = {"start": "2026-11-25T09:00:00Z", "end": "2026-11-25T11:00:00Z"}
    assert contact in [each["id"] for each in client.get("sobjects/Contact/deleted", **span).json()["deletedRecords"]]
    org.undelete(contact)
    assert client.get(f"sobjects/Contact/{contact}").status_code == 200
    assert contact not in [
        each["id"] for each in client.get("sobjects/Contact/deleted", **span).json()["deletedRecords"]
    ]
    org.purge(account)
    assert client.query(f"SELECT COUNT() FROM Account WHERE Id = '{account}'", "queryAll")["totalSize"] == 0
    old = {"start": "2026-10-01T00:00:00Z", "end": "2026-11-01T00:00:00Z"}
    assert client.code(client.get("sobjects/Contact/deleted", **old)) == (400, "INVALID_REPLICATION_DATE")
    org.configure(replication_lag_seconds=60)
    assert client.get("sobjects/Contact/updated", **span).json()["latestDateCovered"] == "2026-11-25T09:59:00.000+0000"


def test_a_lead_is_converted(org, client):
    lead = org.people["Tariq Khan (lead)"]
    into = org.convert(lead, opportunity="Lease")
    read = client.get(f"sobjects/Lead/{lead}").json()
    assert read["IsConverted"] is True and read["ConvertedContactId"] == into["ConvertedContactId"]
    contact = client.get(f"sobjects/Contact/{read['ConvertedContactId']}").json()
    assert (contact["Name"], contact["MobilePhone"]) == ("Tariq Khan", "+447700900123")
    assert client.get(f"sobjects/Opportunity/{read['ConvertedOpportunityId']}").json()["Name"] == "Lease"
    assert client.code(client.patch(f"sobjects/Lead/{lead}", {"Title": "x"})) == (400, "CANNOT_UPDATE_CONVERTED_LEAD")


def test_a_person_account_is_two_rows(org, client):
    org.enable_person_accounts()
    org.add_field("Contact", "WorkPhone__c", "phone")
    org.add_field("Account", "WorkPhone__pc", "phone")
    body = {
        "FirstName": "Maria",
        "LastName": "Huber",
        "Phone": "089 / 99998123",
        "PersonMobilePhone": "0171 1",
        "WorkPhone__pc": "0171 2",
    }
    made = client.post("sobjects/Account", body).json()["id"]
    account = client.get(f"sobjects/Account/{made}").json()
    assert (account["Name"], account["IsPersonAccount"]) == ("Maria Huber", True)
    contact = client.get(f"sobjects/Contact/{account['PersonContactId']}").json()
    assert (contact["Name"], contact["MobilePhone"], contact["WorkPhone__c"]) == ("Maria Huber", "0171 1", "0171 2")
    assert (contact["AccountId"], contact["IsPersonAccount"]) == (made, True)
    client.patch(f"sobjects/Account/{made}", {"PersonMobilePhone": "0171 9"})
    assert client.get(f"sobjects/Contact/{account['PersonContactId']}").json()["MobilePhone"] == "0171 9"
    assert client.post("sobjects/Account", {"Name": "Firm"}).status_code == 201


@pytest.mark.parametrize(
    "text, names",
    [
        ("FIND {4155550132} IN PHONE FIELDS RETURNING Contact(Name)", []),
        (r'FIND {"415 555 0132" OR 4155550132} IN PHONE FIELDS RETURNING Contact(Name)', ["Hector Castillo"]),
        (
            "FIND {van AND Dijk} IN NAME FIELDS RETURNING Contact(Name), Lead(Name WHERE IsConverted = false)",
            ["Jeroen van Dijk"] * 2,
        ),
        ("FIND {Babb*} RETURNING Contact(Name)", ["Charles Babbage"]),
        ("FIND {lovelace AND NOT ada} RETURNING Contact(Name)", []),
        (r"FIND {\+447700900123} RETURNING Lead(Name LIMIT 1)", ["Tariq Khan"]),
    ],
)
def test_searches_by_word(client, text, names):
    assert [record["Name"] for record in client.get("search", q=text).json()["searchRecords"]] == names


def test_what_is_undocumented_of_search_can_be_set(org, client):
    joined = "FIND {4155550132} IN PHONE FIELDS RETURNING Contact(Name)"
    org.configure(search_joins_digits=True)
    assert len(client.get("search", q=joined).json()["searchRecords"]) == 1
    org.set_clock("2026-11-25T10:00:00Z")
    org.configure(search_delay_seconds=30)
    org.add("Contact", LastName="Brandnew")
    fresh = "FIND {Brandnew} RETURNING Contact"
    assert client.get("search", q=fresh).json()["searchRecords"] == []
    org.set_clock(advance=31)
    assert len(client.get("search", q=fresh).json()["searchRecords"]) == 1
    body = {
        "q": "Brandnew",
        "in": "ALL",
        "fields": ["Id", "Name"],
        "sobjects": [{"name": "Contact"}, {"name": "Lead"}],
        "spellCorrection": False,
    }
    assert client.post("parameterizedSearch", body).json()["searchRecords"][0]["Name"] == "Brandnew"
    assert client.code(client.get("search", q="FIND {a+b}")) == (400, "MALFORMED_SEARCH")
