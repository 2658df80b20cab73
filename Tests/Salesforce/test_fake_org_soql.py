"""SOQL by the rules of its reference: what is found, in what order, and what is refused."""

import pytest

ROWS = [
    # Name, phone, number of employees, changed.
    ("Alpha", "030 1", 5, "2026-01-01T00:00:00Z"),
    ("beta", "040 2", 10, "2026-01-02T00:00:00Z"),
    ("Gamma", None, 20, "2026-01-02T00:00:00Z"),
    ("100% Delta", "050_4", None, "2026-01-03T12:00:00Z"),
]


@pytest.fixture
def accounts(org):
    for row in org.records("Account"):
        org.delete(row["Id"])
    made = {}
    for name, phone, employees, stamp in ROWS:
        made[name] = org.add(
            "Account", Name=name, Phone=phone, NumberOfEmployees=employees, SystemModstamp=stamp,
            BillingCity="Köln" if employees else None,
        )  # fmt: skip
    org.delete(org.add("Account", Name="Gone"))
    return made


@pytest.mark.parametrize(
    "condition, expected",
    [
        ("Name = 'ALPHA'", "Alpha"),
        ("Name != 'alpha'", "beta, Gamma, 100% Delta"),
        ("Phone != '030 1'", "beta, Gamma, 100% Delta"),
        ("Phone = null", "Gamma"),
        ("Phone <> null", "Alpha, beta, 100% Delta"),
        ("Phone IN ('030 1', '040 2', 'x')", "Alpha, beta"),
        ("Phone NOT IN ('030 1')", "beta, Gamma, 100% Delta"),
        ("NumberOfEmployees > 5", "beta, Gamma"),
        ("NumberOfEmployees >= 5 AND NumberOfEmployees < 20", "Alpha, beta"),
        ("NumberOfEmployees <= 5", "Alpha"),
        ("NumberOfEmployees IN (5, 20)", "Alpha, Gamma"),
        ("Name LIKE '%a'", "Alpha, beta, Gamma, 100% Delta"),
        ("Name LIKE '_eta'", "beta"),
        (r"Name LIKE '100\%%'", "100% Delta"),
        (r"Phone LIKE '050\_4'", "100% Delta"),
        (r"Phone LIKE '030\_1'", ""),
        ("NOT Name LIKE '%eta'", "Alpha, Gamma, 100% Delta"),
        ("Name = 'Alpha' OR Name = 'Gamma'", "Alpha, Gamma"),
        ("(Name = 'Alpha' OR Name = 'Gamma') AND NumberOfEmployees = 20", "Gamma"),
        ("NOT (Name = 'Alpha' OR Name = 'Gamma')", "beta, 100% Delta"),
        ("SystemModstamp = 2026-01-02T01:00:00+01:00", "beta, Gamma"),
        ("SystemModstamp > 2026-01-02T00:00:00Z", "100% Delta"),
        ("SystemModstamp < 2026-01-02T00:00:00.000+0000", "Alpha"),
        ("IsDeleted = false AND Name LIKE 'g%'", "Gamma"),
        ("Owner.Name = 'admin' AND NumberOfEmployees = 5", "Alpha"),
        ("Account.Name = 'Alpha'", "Alpha"),
        ("BillingCity = 'K\\u00f6ln' AND Name = 'beta'", "beta"),
    ],
)
def test_conditions(accounts, client, condition, expected):
    assert ", ".join(client.names(f"SELECT Name FROM Account WHERE {condition}")) == expected


@pytest.mark.parametrize(
    "order, expected",
    [
        ("Name", "100% Delta, Alpha, beta, Gamma"),
        ("Name DESC", "Gamma, beta, Alpha, 100% Delta"),
        ("Phone", "Gamma, Alpha, beta, 100% Delta"),
        ("Phone DESC", "Gamma, 100% Delta, beta, Alpha"),
        ("Phone NULLS LAST", "Alpha, beta, 100% Delta, Gamma"),
        ("SystemModstamp DESC, Name ASC", "100% Delta, beta, Gamma, Alpha"),
        ("SystemModstamp DESC, Name ASC LIMIT 2 OFFSET 1", "beta, Gamma"),
        ("NumberOfEmployees DESC NULLS LAST LIMIT 1", "Gamma"),
    ],
)
def test_order(accounts, client, order, expected):
    assert ", ".join(client.names(f"SELECT Name FROM Account ORDER BY {order}")) == expected


def test_ids_of_fifteen_and_eighteen_characters_are_the_same(accounts, client):
    for written in (accounts["beta"], accounts["beta"][:15]):
        assert client.names(f"SELECT Name FROM Account WHERE Id IN ('{written}')") == ["beta"]
        assert client.names(f"SELECT Name FROM Account WHERE Id = '{written}' AND Name = 'beta'") == ["beta"]


def test_a_keyset_meets_every_row_once(accounts, client):
    names, stamp, last = [], "2025-12-31T00:00:00Z", "000000000000000AAA"
    while True:
        page = client.query(
            "SELECT Id, Name, SystemModstamp FROM Account WHERE SystemModstamp > "
            f"{stamp} OR (SystemModstamp = {stamp} AND Id > '{last}') ORDER BY SystemModstamp, Id LIMIT 1"
        )["records"]
        if not page:
            break
        names.append(page[0]["Name"])
        stamp, last = page[0]["SystemModstamp"].replace("+0000", "Z"), page[0]["Id"]
    assert names == ["Alpha", "beta", "Gamma", "100% Delta"]


def test_counts_aggregates_and_what_is_deleted(org, accounts, client):
    assert client.query("SELECT COUNT() FROM Account") == {"totalSize": 4, "done": True, "records": []}
    assert client.query("SELECT COUNT() FROM Account WHERE IsDeleted = true", "queryAll")["totalSize"] == 10
    client.post("sobjects/Task", {"Subject": "new"})
    org.change(org.add("Task", Subject="old"), IsArchived=True)
    assert client.query("SELECT COUNT() FROM Task WHERE Subject IN ('old', 'new')")["totalSize"] == 1
    assert client.query("SELECT COUNT() FROM Task WHERE Subject IN ('old', 'new')", "queryAll")["totalSize"] == 2
    record = client.query("SELECT COUNT(Phone), MAX(SystemModstamp) newest FROM Account")["records"][0]
    assert (record["expr0"], record["newest"]) == (3, "2026-01-03T12:00:00.000+0000")


def test_parents_and_children(org, client):
    record = client.query(
        "SELECT Name, Account.Name, Account.Owner.Name, ReportsTo.Name, (SELECT Subject FROM Cases), (SELECT Id FROM Tasks"
        f" WHERE Status = 'Deferred') FROM Contact WHERE Id = '{org.people['Ada Lovelace']}'"
    )["records"][0]
    assert record["Account"]["Name"] == "Analytical Engines GmbH" and record["Account"]["Owner"]["Name"] == "Ada Agent"
    assert record["ReportsTo"] is None and record["Tasks"] is None
    assert record["Cases"]["records"][0]["Subject"] == "Broken gear"
    task = client.query("SELECT Who.Name, What.Name, What.Type, Owner.Name FROM Task")["records"][0]
    assert (task["Who"]["Name"], task["What"]["Type"]) == ("Ada Lovelace", "Opportunity")
    assert task["Who"]["attributes"]["type"] == "Name"
    inner = "SELECT ContactId FROM OpportunityContactRole WHERE Opportunity.IsClosed = false"
    assert client.names(f"SELECT Name FROM Contact WHERE Id IN ({inner})") == ["Ada Lovelace"]


def test_days(org, client):
    org.set_clock("2026-11-25T09:00:00Z")
    org.add("Task", Subject="today", ActivityDate="2026-11-25")
    org.add("Task", Subject="yesterday", ActivityDate="2026-11-24", CreatedDate="2026-11-24T23:59:59Z")

    def subjects(condition: str) -> list[str]:
        found = client.query(f"SELECT Subject FROM Task WHERE {condition} ORDER BY Subject")["records"]
        return [record["Subject"] for record in found]

    assert subjects("ActivityDate = TODAY") == ["today"]
    assert subjects("ActivityDate = LAST_N_DAYS:1") == ["today", "yesterday"]
    assert subjects("CreatedDate = YESTERDAY") == ["yesterday"]
    assert subjects("ActivityDate < 2026-11-24") == ["Call"]


@pytest.mark.parametrize(
    "text, code, says",
    [
        (
            "SELECT Id FROM Account WHERE Name = 'a' AND Phone = 'b' OR Fax = 'c'",
            "MALFORMED_QUERY",
            "unexpected token: 'OR'",
        ),
        ("SELECT Id FROM Account WHERE Name = 'a\\x'", "MALFORMED_QUERY", "Illegal character sequence"),
        ("SELECT Id FROM Account WHERE Name = 'a\\%'", "MALFORMED_QUERY", "Illegal character sequence"),
        ("SELECT Id FROM Account WHERE Name = 'a", "MALFORMED_QUERY", "unexpected token"),
        ("SELECT Id FROM Account WHERE Name = 'O'Neil'", "MALFORMED_QUERY", "unexpected token: '''"),
        ("SELECT Id FROM Account LIMIT x", "MALFORMED_QUERY", "unexpected token: 'x'"),
        ("SELECT Id, FROM Account", "MALFORMED_QUERY", "unexpected token"),
        (
            "SELECT Id FROM Account WHERE SystemModstamp > '2026-01-01T00:00:00Z'",
            "INVALID_FIELD",
            "must be of type dateTime",
        ),
        (
            "SELECT Id FROM Account WHERE SystemModstamp > 2026-01-01T00:00:00 00:00",
            "MALFORMED_QUERY",
            "unexpected token",
        ),
        ("SELECT Id FROM Account WHERE Phone = 30", "INVALID_FIELD", "should be enclosed in quotes"),
        ("SELECT Id FROM Account WHERE IsDeleted = 'false'", "INVALID_FIELD", "must be of type boolean"),
        ("SELECT Id FROM Account WHERE Description = 'x'", "INVALID_FIELD", "can not be filtered"),
        ("SELECT Id FROM Account ORDER BY Description", "INVALID_FIELD", "can not be sorted"),
        ("SELECT Id FROM Account WHERE Id = 'short'", "INVALID_QUERY_FILTER_OPERATOR", "invalid ID field"),
        ("SELECT Id, Boss.Name FROM Account", "INVALID_FIELD", "Didn't understand relationship 'Boss'"),
        ("SELECT Id FROM Task WHERE WhoId IN (SELECT Id FROM Contact)", "INVALID_FIELD", "semi join"),
        ("SELECT RecordId FROM UserRecordAccess WHERE HasReadAccess = true", "MALFORMED_QUERY", "single UserId"),
        ("SELECT Id FROM Account WHERE Name = '" + "x" * 14_000 + "'", None, None),
    ],
)
def test_what_is_refused(client, text, code, says):
    answer = client.get("query", q=text)
    if code is None:
        assert answer.status_code == 200
        return
    assert client.code(answer) == (400, code)
    assert says in answer.json()[0]["message"]


def test_what_is_too_long(org, client):
    assert client.get("query", q="SELECT Id FROM Contact WHERE Name = '" + "x" * 17_000 + "'").status_code == 414
    answer = client.ask("GET", "query", params={"q": "SELECT Id FROM Contact"}, headers={"X-Much": "x" * 16_300})
    assert answer.status_code == 431
    ids = ", ".join(f"'{org.people['Ada Lovelace']}'" for _ in range(201))
    text = f"SELECT RecordId FROM UserRecordAccess WHERE UserId = '{org.people['ada']}' AND RecordId IN ({ids})"
    assert client.code(client.get("query", q=text)) == (400, "MALFORMED_QUERY")


def test_ids_have_the_suffix_that_was_recorded():
    from records import long_id

    for short, suffix in [
        ("0035500001H9cas", "AAB"),
        ("0015500001QdQWa", "AAN"),
        ("01254000001upcK", "AAQ"),
        ("0125j000000RqVk", "AAK"),
    ]:
        assert long_id(short) == short + suffix
