"""Fields that follow from others, as the org computes them when a row is saved."""

from clock import day
from records import Store

# How likely each stage is; what is not here is open with ten per cent.
PROBABILITIES = {
    "Prospecting": 10, "Qualification": 10, "Needs Analysis": 20, "Value Proposition": 50,
    "Id. Decision Makers": 60, "Perception Analysis": 70, "Proposal/Price Quote": 75, "Negotiation/Review": 90,
    "Closed Won": 100, "Closed Lost": 0,
}  # fmt: skip

# Of a person account, and of its contact.
PERSON_FIELDS = {
    "FirstName": "FirstName", "LastName": "LastName", "Salutation": "Salutation", "Phone": "Phone", "Fax": "Fax",
    "PersonMobilePhone": "MobilePhone", "PersonHomePhone": "HomePhone", "PersonOtherPhone": "OtherPhone",
    "PersonAssistantPhone": "AssistantPhone", "PersonEmail": "Email", "PersonTitle": "Title", "OwnerId": "OwnerId",
}  # fmt: skip


def derive(store: Store, kind: str, row: dict) -> dict:
    """What is to be set besides, given the row as it will be."""
    return DERIVATIONS[kind](store, row) if kind in DERIVATIONS else {}


def _name(store: Store, row: dict) -> dict:
    return {"Name": " ".join(filter(None, (row.get("FirstName"), row.get("LastName"))))}


def _account(store: Store, row: dict) -> dict:
    return _name(store, row) if row.get("IsPersonAccount") else {}


def _case(store: Store, row: dict) -> dict:
    contact = store.alive(row.get("ContactId")) or {}
    closed = row.get("Status") == "Closed"
    found = {
        "IsClosed": closed, "ClosedDate": row.get("ClosedDate", store.clock.now()) if closed else None,
        "ContactPhone": contact.get("Phone"), "ContactMobile": contact.get("MobilePhone"),
        "ContactFax": contact.get("Fax"), "ContactEmail": contact.get("Email"),
    }  # fmt: skip
    if "CaseNumber" not in row:
        found["CaseNumber"] = store.new_case_number()
    if "AccountId" not in row and contact:
        found["AccountId"] = contact.get("AccountId")
    return found


def _opportunity(store: Store, row: dict) -> dict:
    stage = row.get("StageName", "")
    found = {"IsClosed": stage.startswith("Closed"), "IsWon": stage == "Closed Won"}
    return found if "Probability" in row else found | {"Probability": PROBABILITIES.get(stage, 10)}


def _task(store: Store, row: dict) -> dict:
    closed = row.get("Status") == "Completed"
    completed = row.get("CompletedDateTime", store.clock.now()) if closed else None
    return {
        "IsClosed": closed, "CompletedDateTime": completed, "IsHighPriority": row.get("Priority") == "High",
        "AccountId": account_of(store, row),
    }  # fmt: skip


def account_of(store: Store, row: dict) -> str | None:
    """The account of a task: that of what it is about, else that of the contact."""
    what = store.alive(row.get("WhatId"))
    if what is not None:
        return what["Id"] if what["Id"].startswith("001") else what.get("AccountId")
    return (store.alive(row.get("WhoId")) or {}).get("AccountId")


DERIVATIONS = {
    "Contact": _name, "Lead": _name, "User": _name, "Account": _account, "Case": _case,
    "Opportunity": _opportunity, "Task": _task,
}  # fmt: skip


def after_save(store: Store, kind: str, row: dict, user: str | None) -> None:
    """What is written elsewhere because of it."""
    if kind == "Account" and row.get("IsPersonAccount"):
        _keep_person(store, row, user)
    if kind == "OpportunityContactRole" and row.get("IsPrimary"):
        for other in store.tables[kind].values():
            if other is not row and other.get("IsPrimary") and other["OpportunityId"] == row["OpportunityId"]:
                store.change(kind, other, {"IsPrimary": False}, user)
    if kind == "Opportunity" and row.get("ContactId"):
        roles = store.tables["OpportunityContactRole"].values()
        if not any(role["OpportunityId"] == row["Id"] for role in roles):
            role = {"OpportunityId": row["Id"], "ContactId": row["ContactId"], "IsPrimary": True}
            store.insert("OpportunityContactRole", role, user)
    if kind == "Task" and row.get("IsClosed"):
        last = row.get("ActivityDate") or day(store.clock.now())
        for touched in filter(None, (store.alive(row.get("WhoId")), store.alive(row.get("WhatId")))):
            # That date is no change of the record: its stamp stays.
            if store.schema.kinds[store.schema.kind_of(touched["Id"])].field("LastActivityDate"):
                touched["LastActivityDate"] = max(last, touched.get("LastActivityDate", ""))


def _keep_person(store: Store, row: dict, user: str | None) -> None:
    """The contact of a person account: one person, two rows."""
    pairs = PERSON_FIELDS | {
        name: name[:-4] + "__c" for name in store.schema.kinds["Account"].fields if name.endswith("__pc")
    }
    person = {theirs: row.get(own) for own, theirs in pairs.items()}
    person |= _name(store, person) | {"AccountId": row["Id"], "IsPersonAccount": True}
    contact = store.row(row.get("PersonContactId"))
    if contact is None:
        contact = store.insert("Contact", {key: value for key, value in person.items() if value}, user)
        store.change("Account", row, {"PersonContactId": contact["Id"]}, user)
    else:
        store.change("Contact", contact, person, user)
