"""How records end and become others: delete, undelete, empty the bin, merge, convert a lead."""

from clock import day
from derived import derive
from records import Store

# Where a record is named by others, with what happens to them when it is deleted.
NAMED_BY = [
    ("Account", "Contact", "AccountId", "delete"),
    ("Account", "Opportunity", "AccountId", "delete"),
    ("Account", "Case", "AccountId", "forget"),
    ("Account", "Account", "ParentId", "forget"),
    ("Account", "Task", "WhatId", "delete"),
    ("Contact", "OpportunityContactRole", "ContactId", "delete"),
    ("Contact", "Case", "ContactId", "forget"),
    ("Contact", "Contact", "ReportsToId", "forget"),
    ("Contact", "Task", "WhoId", "forget"),
    ("Lead", "Task", "WhoId", "delete"),
    ("Opportunity", "OpportunityContactRole", "OpportunityId", "delete"),
    ("Opportunity", "Task", "WhatId", "delete"),
    ("Case", "Task", "WhatId", "delete"),
]


def delete(store: Store, kind: str, row: dict, user: str | None = None, master: str | None = None) -> None:
    """Into the recycle bin, with what belongs to it. A loser of a merge names its master."""
    store.change(kind, row, {"IsDeleted": True, "MasterRecordId": master} if master else {"IsDeleted": True}, user)
    store.log_deletion(kind, row["Id"])
    if master:
        return
    if kind == "Account" and row.get("PersonContactId"):
        contact = store.alive(row["PersonContactId"])
        if contact:
            delete(store, "Contact", contact, user)
    for parent, child, field, then in NAMED_BY:
        if parent == kind:
            for named in _naming(store, child, field, row["Id"]):
                if then == "delete":
                    delete(store, child, named, user)
                else:
                    store.change(child, named, {field: None}, user)


def undelete(store: Store, kind: str, row: dict, user: str | None = None) -> None:
    store.change(kind, row, {"IsDeleted": False}, user)
    store.deletions[:] = [entry for entry in store.deletions if entry[1] != row["Id"]]


def merge(store: Store, master_id: str, *loser_ids: str, user: str | None = None) -> None:
    """What named a loser names the master afterwards."""
    master = store.alive(master_id)
    kind = store.schema.kind_of(master["Id"])
    for loser in map(store.alive, loser_ids):
        for parent, child, field, _ in NAMED_BY:
            if parent == kind:
                for named in _naming(store, child, field, loser["Id"]):
                    changes = {field: master["Id"]}
                    store.change(child, named, changes | derive(store, child, named | changes), user)
        delete(store, kind, loser, user, master=master["Id"])
    store.change(kind, master, {}, user)


def convert(
    store: Store, lead_id: str, account: str | None = None, contact: str | None = None, opportunity: str | None = None,
    user: str | None = None,
) -> dict:  # fmt: skip
    """Into a contact of an account, which are made unless they are given; and into an opportunity of that name."""
    lead = store.alive(lead_id)
    owner = {"OwnerId": lead["OwnerId"]} if lead.get("OwnerId", "").startswith("005") else {}
    if account is None:
        account = store.insert("Account", {"Name": lead["Company"], **owner, **_of(lead, "Phone", "Fax")}, user)["Id"]
    if contact is None:
        copied = _of(lead, "FirstName", "LastName", "Name", "Title", "Phone", "MobilePhone", "Fax", "Email")
        contact = store.insert("Contact", {**copied, **owner, "AccountId": account}, user)["Id"]
    changes = {
        "IsConverted": True, "ConvertedDate": day(store.clock.now()), "Status": "Closed - Converted",
        "ConvertedAccountId": account, "ConvertedContactId": contact,
    }  # fmt: skip
    if opportunity is not None:
        made = {
            "Name": opportunity,
            "AccountId": account,
            "StageName": "Prospecting",
            "CloseDate": changes["ConvertedDate"],
        }
        made |= derive(store, "Opportunity", made) | owner
        changes["ConvertedOpportunityId"] = store.insert("Opportunity", made, user)["Id"]
        role = {"OpportunityId": changes["ConvertedOpportunityId"], "ContactId": contact, "IsPrimary": True}
        store.insert("OpportunityContactRole", role, user)
    for task in _naming(store, "Task", "WhoId", lead["Id"]):
        store.change("Task", task, {"WhoId": contact, "AccountId": account}, user)
    store.change("Lead", lead, changes, user)
    return {name: changes.get(name) for name in ("ConvertedAccountId", "ConvertedContactId", "ConvertedOpportunityId")}


def _naming(store: Store, kind: str, field: str, record_id: str) -> list[dict]:
    return [row for row in store.tables[kind].values() if row.get(field) == record_id and not row.get("IsDeleted")]


def _of(row: dict, *names: str) -> dict:
    return {name: row[name] for name in names if name in row}
