"""*Nodes*: one server, several, one that is silent, and what nobody does."""

import pytest
from playwright.sync_api import expect
from retold import answer

OFFICE = {"kind": "phone", "name": "office"}
CRM = {"kind": "crm", "name": "kontor"}
LONG = "a-machine-with-a-name-that-somebody-has-made-up-of-everything-there-is.customers.example.com (4194304)"


def node(name: str, state: str = "up", duties=(), silent: int = 0, is_this: bool = False) -> dict:
    return {
        "name": name,
        "address": "https://calls.example.com",
        "version": "0.1.0",
        "startedAt": "2026-11-25T08:00:00.000Z",
        "silentSeconds": silent,
        "state": state,
        "isThis": is_this,
        "duties": list(duties),
    }


THREE = [
    node("calls-1 (812)", is_this=True, duties=[OFFICE]),
    node("calls-2 (77)", state="stopping", duties=[CRM]),
    node("calls-3 (4021)", state="silent", silent=83),
]
STATES = {
    "several": ({"isShared": True, "engine": "PostgreSQL", "nodes": THREE, "vacant": []}, "Silent"),
    "vacant": (
        {"isShared": True, "engine": "PostgreSQL", "nodes": THREE[2:], "vacant": [OFFICE, CRM]},
        "No server does this now",
    ),
    "long": (
        {
            "isShared": True,
            "engine": "PostgreSQL",
            "nodes": [node(LONG, duties=[OFFICE, CRM, {"kind": "phone", "name": "מוקד שירות לקוחות"}])],
            "vacant": [],
        },
        "Brings people in from kontor",
    ),
}


def test_one_server_alone(hire, looks):
    office = hire("admin")
    office.page.goto(f"{office.server.address}/admin/nodes")
    main = office.page.locator("main")
    expect(main).to_contain_text("Listens to demo")
    expect(main).to_contain_text("More servers need PostgreSQL.")
    expect(main.get_by_text("This server", exact=True)).to_be_visible()
    looks.at(office.page, "admin-nodes-alone")


@pytest.mark.parametrize("name", STATES)
def test_several_servers(hire, looks, name):
    told, text = STATES[name]
    office = hire("admin")
    answer(office.page, "**/api/v1/admin/nodes", lambda body: body.update(told))
    office.page.goto(f"{office.server.address}/admin/nodes")
    expect(office.page.locator("main")).to_contain_text(text)
    looks.at(office.page, f"admin-nodes-{name}")


def test_nodes_that_cannot_be_told(hire, looks):
    office = hire("admin")
    problem = {"title": "The store cannot take this now", "detail": "Nothing was changed. It will be tried again."}
    refused = {"status": 503, "content_type": "application/problem+json", "json": problem}
    office.page.route("**/api/v1/admin/nodes", lambda route: route.fulfill(**refused))
    office.watch.expect("status of 503")
    office.page.goto(f"{office.server.address}/admin/nodes")
    expect(office.page.locator("main")).to_contain_text("It will be tried again.")
    looks.at(office.page, "admin-nodes-refused")
    office.page.unroute("**/api/v1/admin/nodes")
    office.page.get_by_role("button", name="Try again").click()
    expect(office.page.locator("main")).to_contain_text("Listens to demo")
