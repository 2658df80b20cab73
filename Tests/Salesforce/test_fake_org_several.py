"""Several things in one request, and very many in one job."""

import csv
import io

ADA = "Ada Lovelace"


def part(method: str, path: str, name: str, body: dict | None = None) -> dict:
    asked = {"method": method, "url": f"/services/data/v67.0/{path}", "referenceId": name}
    return asked if body is None else {**asked, "body": body}


def test_a_composite_call_with_references_counts_once(org, client):
    before = org.settings.api_used
    answer = client.post("composite", {"compositeRequest": [
        part("GET", f"sobjects/Contact/{org.people[ADA]}?fields=Id,Name,AccountId", "who"),
        part("GET", "query?q=SELECT Id, Subject FROM Case WHERE ContactId = '@{who.Id}'", "cases"),
        part("GET", "sobjects/Account/@{who.AccountId}", "account"),
        part("PATCH", "sobjects/Case/@{cases.records[0].Id}", "note", {"Description": "Call of @{who.Name}"}),
        part("GET", "sobjects/Account/@{nobody.Id}", "lost"),
        part("GET", "search?q=FIND {x}", "search"),
    ]}).json()["compositeResponse"]  # fmt: skip
    assert org.settings.api_used == before + 1
    assert [each["httpStatusCode"] for each in answer] == [200, 200, 200, 204, 400, 404]
    assert answer[2]["body"]["Name"] == "Analytical Engines GmbH"
    assert answer[4]["body"][0]["errorCode"] == "PROCESSING_HALTED"
    assert org.record(org.people["Broken gear"])["Description"] == f"Call of {ADA}"


def test_all_or_nothing_leaves_nothing(org, client):
    body = {"allOrNone": True, "compositeRequest": [
        part("POST", "sobjects/Account", "account", {"Name": "Half"}),
        part("PATCH", f"sobjects/Contact/{org.people[ADA]}", "change", {"Title": "changed"}),
        part("POST", "sobjects/Contact", "contact", {"AccountId": "@{account.id}"}),
        part("GET", "sobjects/Contact/@{contact.id}", "read"),
    ]}  # fmt: skip
    answer = client.post("composite", body).json()["compositeResponse"]
    assert [each["body"][0]["errorCode"] for each in answer] == [
        "PROCESSING_HALTED", "PROCESSING_HALTED", "REQUIRED_FIELD_MISSING", "PROCESSING_HALTED"
    ]  # fmt: skip
    assert "Half" not in client.names("SELECT Name FROM Account")
    assert org.record(org.people[ADA])["Title"] == "Head of Computation"
    body["compositeRequest"][2]["body"]["LastName"] = "Whole"
    answer = client.post("composite", body).json()["compositeResponse"]
    assert [each["httpStatusCode"] for each in answer] == [201, 204, 201, 200]
    assert answer[3]["body"]["AccountId"] == answer[0]["body"]["id"]


def test_composite_calls_have_their_limits(client):
    queries = [part("GET", "query?q=SELECT Id FROM Contact", f"q{number}") for number in range(6)]
    assert client.post("composite", {"compositeRequest": queries[:5]}).status_code == 200
    assert client.code(client.post("composite", {"compositeRequest": queries})) == (400, "LIMIT_EXCEEDED")
    reads = [part("GET", "sobjects/Contact", f"r{number}") for number in range(26)]
    assert client.post("composite", {"compositeRequest": reads[:25]}).status_code == 200
    assert client.code(client.post("composite", {"compositeRequest": reads})) == (400, "LIMIT_EXCEEDED")


def test_a_batch_and_graphs(org, client):
    before = org.settings.api_used
    batch = {"batchRequests": [
        {"method": "GET", "url": "v67.0/search?q=FIND {Lovelace} RETURNING Contact(Name)"},
        {"method": "POST", "url": "v67.0/sobjects/Task", "richInput": {"x": 1}},
    ]}  # fmt: skip
    answer = client.post("composite/batch", batch).json()
    assert answer["hasErrors"] is True and [each["statusCode"] for each in answer["results"]] == [200, 400]
    assert answer["results"][0]["result"]["searchRecords"][0]["Name"] == ADA
    assert org.settings.api_used == before + 2
    graphs = {"graphs": [
        {"graphId": "good", "compositeRequest": [part("POST", "sobjects/Account", "a", {"Name": "Good graph"})]},
        {"graphId": "bad", "compositeRequest": [
            part("POST", "sobjects/Account", "a", {"Name": "Bad graph"}), part("POST", "sobjects/Contact", "c", {}),
        ]},
    ]}  # fmt: skip
    answer = client.post("composite/graph", graphs).json()["graphs"]
    assert [each["isSuccessful"] for each in answer] == [True, False]
    assert client.names("SELECT Name FROM Account WHERE Name LIKE '% graph'") == ["Good graph"]


def test_collections(org, client):
    records = [
        {"attributes": {"type": "Contact"}, "LastName": "One"},
        {"attributes": {"type": "Contact"}, "FirstName": "nameless"},
        {"attributes": {"type": "Task"}, "Subject": "Two"},
    ]
    answer = client.post("composite/sobjects", {"allOrNone": False, "records": records}).json()
    assert [each["success"] for each in answer] == [True, False, True]
    assert answer[1]["errors"] == [
        {
            "statusCode": "REQUIRED_FIELD_MISSING",
            "message": "Required fields are missing: [LastName]",
            "fields": ["LastName"],
        }
    ]
    count = len(org.records("Contact"))
    answer = client.post("composite/sobjects", {"allOrNone": True, "records": records}).json()
    assert [each["success"] for each in answer] == [False] * 3 and len(org.records("Contact")) == count
    assert answer[0]["errors"][0]["statusCode"] == "ALL_OR_NONE_OPERATION_ROLLED_BACK"
    upserts = [{"attributes": {"type": "Task"}, "CallKey__c": key, "Subject": key} for key in ("a", "b")]
    asked = {"allOrNone": False, "records": upserts}
    assert [each["created"] for each in client.patch("composite/sobjects/Task/CallKey__c", asked).json()] == [
        True,
        True,
    ]
    assert [each["created"] for each in client.patch("composite/sobjects/Task/CallKey__c", asked).json()] == [
        False,
        False,
    ]
    ids = [org.people[ADA], "003000000000000AAA"]
    read = client.post("composite/sobjects/Contact", {"ids": ids, "fields": ["Name"]}).json()
    assert read[0]["Name"] == ADA and read[1] is None
    too_many = [{"attributes": {"type": "Contact"}, "LastName": "x"}] * 201
    assert client.post("composite/sobjects", {"records": too_many}).status_code == 400


def test_a_bulk_job_goes_through_its_states(org, client):
    job = client.post(
        "jobs/query", {"operation": "queryAll", "query": "SELECT Id, Name, IsDeleted FROM Contact"}
    ).json()
    assert job["state"] == "UploadComplete" and job["object"] == "Contact" and job["apiVersion"] == 67.0
    path = f"jobs/query/{job['id']}"
    assert client.code(client.get(f"{path}/results")) == (412, "JOB_NOT_COMPLETE")
    assert [client.get(path).json()["state"] for _ in range(3)] == ["InProgress", "JobComplete", "JobComplete"]
    other = client.session.get(f"{org.url}/services/data/v66.0/{path}/results")
    assert other.status_code == 409
    assert client.get(f"{path}/results", locator="!").status_code == 400
    assert client.patch(path, {"state": "Aborted"}).status_code == 400
    assert client.ask("DELETE", path).status_code == 204 and client.get(path).status_code == 404
    second = client.post("jobs/query", {"operation": "query", "query": "SELECT Id FROM Contact"}).json()["id"]
    assert client.patch(f"jobs/query/{second}", {"state": "Aborted"}).json()["state"] == "Aborted"
    assert client.get(f"jobs/query/{second}").json()["state"] == "Aborted"
    assert client.post("jobs/query", {"operation": "query", "query": "SELECT COUNT() FROM Contact"}).status_code == 400


def test_two_hundred_thousand_contacts_in_pages(org, client):
    org.load_contacts(200_000)
    count = client.get("limits/recordCount", sObjects="Contact,Nothing").json()
    assert count == {"sObjects": [{"count": 200_015, "name": "Contact"}]}
    query = "SELECT Id, Phone, Account.Name, SystemModstamp FROM Contact"
    path = f"jobs/query/{client.post('jobs/query', {'operation': 'query', 'query': query}).json()['id']}"
    while client.get(path).json()["state"] != "JobComplete":
        pass
    ids, locator, pages = set(), None, 0
    while locator != "null":
        answer = client.get(f"{path}/results", maxRecords=75_000, **({"locator": locator} if locator else {}))
        assert answer.headers["Content-Encoding"] == "gzip"
        rows = list(csv.reader(io.StringIO(answer.content.decode())))
        assert rows[0] == ["Id", "Phone", "Account.Name", "SystemModstamp"]
        assert len(rows) - 1 == int(answer.headers["Sforce-NumberOfRecords"])
        ids |= {row[0] for row in rows[1:]}
        locator, pages = answer.headers["Sforce-Locator"], pages + 1
    assert (len(ids), pages) == (200_015, 3)
    page = client.query(f"SELECT Id FROM Contact WHERE Id > '{max(ids)}' ORDER BY Id LIMIT 2000")
    assert page["records"] == []
