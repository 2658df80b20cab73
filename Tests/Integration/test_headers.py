"""What every response carries, errors included, and who may make a browser send what."""

import re
import socket

import description
import pytest
import requests
from program import Client, Server, free_port
from webhooks import PhoneSystem

ALWAYS = {
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
DATA_POLICY = "default-src 'none'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox"
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action {form}; base-uri 'none'; object-src 'none'; frame-ancestors {ancestors}; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)

PAGES = {
    "/": PAGE_POLICY.format(form="'none'", ancestors="'self'"),
    "/sign-in": PAGE_POLICY.format(form="'self'", ancestors="'none'"),
    "/sign-in?next=/crm&expired=1": PAGE_POLICY.format(form="'self'", ancestors="'none'"),
    "/sign-in/link/" + "z" * 43: PAGE_POLICY.format(form="'self'", ancestors="'none'"),
    "/crm": PAGE_POLICY.format(form="'none'", ancestors="'none'"),
    "/crm/contacts/c-1": PAGE_POLICY.format(form="'none'", ancestors="'none'"),
    "/connect/crm/tab": PAGE_POLICY.format(form="'none'", ancestors="'none'"),
    "/admin": PAGE_POLICY.format(form="'none'", ancestors="'none'"),
    "/admin/people": PAGE_POLICY.format(form="'none'", ancestors="'none'"),
}

# Request → the status that it is to get.
ERRORS = {
    ("GET", "/nothing/here"): 404,
    ("GET", "/api/v1/nothing"): 404,
    ("GET", "/panel/nothing.js"): 404,
    ("GET", "/panel/..%2f..%2fetc%2fpasswd"): 404,
    ("GET", "/api/v1/desk"): 401,
    ("POST", "/api/v1/dial"): 401,
    ("PUT", "/api/v1/desk"): 405,
    ("TRACE", "/api/v1/desk"): 405,
    ("OPTIONS", "/api/v1/desk"): 405,
    ("PROPFIND", "/api/v1/desk"): 405,
    ("POST", "/api/v1/session"): 415,
    ("GET", "/sign-in/link/" + "z" * 300): 404,
    ("POST", "/api/v1/cti/wrong"): 401,
    ("POST", "/api/v1/events/none"): 401,
}


def check_headers(answer: requests.Response, policy: str) -> None:
    where = f"{answer.request.method} {answer.request.path_url} → {answer.status_code}"
    for name, value in ALWAYS.items():
        assert answer.headers.get(name) == value, f"{where}: {name}"
    assert answer.headers.get("Content-Security-Policy") == policy, where
    assert answer.headers.get("Cache-Control") in ("no-store", "no-cache"), where
    assert "X-Frame-Options" not in answer.headers, f"{where}: frame-ancestors decides"
    assert "Server" not in answer.headers and "X-Powered-By" not in answer.headers, where
    assert not [name for name in answer.headers if name.lower().startswith("access-control")], where
    if answer.content:
        media = answer.headers["Content-Type"]
        assert "charset=utf-8" in media, f"{where}: {media}"


@pytest.mark.parametrize(("method", "path"), sorted(description.operations()))
def test_every_operation(server: Server, method: str, path: str):
    """Refused without a session, and answered with one: both carry all headers."""
    address = path.format(id="x", kind="contacts", token="z" * 43, source="none")
    page = path.startswith("/sign-in")
    policy = PAGES["/sign-in"] if page else DATA_POLICY
    # One of the operations is signing out: a session of its own for each.
    for client in (server.nobody(), server.sign_in("admin")):
        with client.request(method.upper(), address, stream=True) as answer:
            if not path.endswith("/stream"):
                assert answer.text is not None
            check_headers_of_stream(answer, policy)


def check_headers_of_stream(answer: requests.Response, policy: str) -> None:
    """A stream that goes on for ever has no end to read to."""
    if answer.headers.get("Content-Type", "").startswith("text/event-stream"):
        answer._content = b""
    check_headers(answer, policy)
    is_kept = answer.request.path_url.startswith("/panel")
    assert is_kept or answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", PAGES)
def test_every_page(server: Server, path: str):
    answer = server.nobody().request("GET", path)
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    check_headers(answer, PAGES[path])


@pytest.mark.parametrize(("method", "path"), ERRORS)
def test_every_error(server: Server, method: str, path: str):
    answer = server.nobody().request(method, path)
    assert answer.status_code == ERRORS[method, path]
    check_headers(answer, DATA_POLICY)
    if "/cti/" not in path:
        assert answer.headers["Content-Type"] == "application/problem+json; charset=utf-8"
        problem = answer.json()
        assert problem["status"] == answer.status_code and problem["title"]
        assert "swift" not in answer.text.lower() and "/" not in problem.get("detail", "").replace(
            "application/json", ""
        )


@pytest.mark.parametrize("path", PAGES)
def test_a_page_that_is_known_keeps_the_headers_of_a_page(server: Server, path: str):
    """A browser stores those of the answer 304 with the page that it has (RFC 9111, 3.2)."""
    first = server.nobody().request("GET", path)
    if "ETag" not in first.headers:
        assert first.headers["Cache-Control"] == "no-store"
        return
    known = {"If-None-Match": first.headers["ETag"]}
    again = server.nobody().request("GET", path, headers=known)
    assert (again.status_code, again.content) == (304, b"")
    check_headers(again, PAGES[path])


def test_files_of_the_panel_are_checked_again_and_not_sent_again(server: Server):
    first = server.nobody().request("GET", "/panel/tokens.css")
    check_headers(first, DATA_POLICY)
    assert first.headers["Cache-Control"] == "no-cache"
    known = {"If-None-Match": first.headers["ETag"]}
    again = server.nobody().request("GET", "/panel/tokens.css", headers=known)
    assert (again.status_code, again.content) == (304, b"")
    check_headers(again, DATA_POLICY)


def test_other_methods_are_told_which_there_are(server: Server):
    """RFC 9110, 15.5.6: 405 says what the address takes."""
    paths = description.document()["paths"]
    for path, item in paths.items():
        address = path.format(id="x", kind="contacts", token="z" * 43, source="none")
        answer = server.nobody().request("PURGE", address)
        assert answer.status_code == 405, path
        allowed = {method.strip().lower() for method in answer.headers["Allow"].split(",")}
        assert set(description.METHODS) & allowed == set(item) & set(description.METHODS), path


def test_the_head_of_what_can_be_got(server: Server, ada: Client):
    for path in ("/ready", "/health", "/", "/panel/tokens.css", "/api/v1/desk", "/api/v1/recent"):
        got, head = ada.request("GET", path), ada.request("HEAD", path)
        assert (head.status_code, head.content) == (got.status_code, b""), path
        assert head.headers["Content-Type"] == got.headers["Content-Type"]
        check_headers(head, got.headers["Content-Security-Policy"])
    assert server.nobody().request("HEAD", "/api/v1/desk").status_code == 401


WRITES = sorted(
    (method, path)
    for method, path in description.operations()
    if method != "get" and not path.startswith(("/api/v1/events/", "/api/v1/cti/"))
)


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_no_other_site_makes_a_browser_write(admin: Client, method: str, path: str):
    address = path.format(id="x", kind="contacts")
    for headers in (
        {"X-CallMatch": None},
        {"X-CallMatch": "0"},
        {"X-CallMatch": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "other"},
    ):
        answer = admin.request(method.upper(), address, headers=headers, json={})
        assert answer.status_code == 403, headers
        check_headers(answer, DATA_POLICY)


@pytest.mark.parametrize("site", ["same-origin", "none", None])
def test_our_own_pages_write(ada: Client, site: str | None):
    headers = {"Sec-Fetch-Site": site}
    answer = ada.request("PATCH", "/api/v1/agent", headers=headers, json={"sound": True})
    assert answer.status_code == 204


def test_a_form_of_another_site_writes_nothing(server: Server, ada: Client):
    """What a page can send without asking first is no JSON."""
    for media in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        answer = ada.request(
            "PATCH", "/api/v1/agent", headers={"Content-Type": media}, data='{"sound":false}'
        )
        assert answer.status_code == 415, media
    assert ada.json("session")["agent"]["preferences"]["sound"] is True


def test_no_other_site_is_given_leave(server: Server, ada: Client):
    for origin in ("https://evil.example", "null", server.address):
        asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        answers = [
            ada.request("OPTIONS", "/api/v1/dial", headers=asked),
            ada.request("GET", "/api/v1/desk", headers={"Origin": origin}),
        ]
        for answer in answers:
            check_headers(answer, DATA_POLICY)


def test_only_named_pages_frame_the_panel(program: str, tmp_path):
    """Exact addresses from the settings, for the panel and nothing else."""
    file = tmp_path / "callmatch.yaml"
    file.write_text("frame-ancestors:\n  - https://crm.example.com\n  - https://b.example:8443\n")
    server = Server(program, tmp_path / "data", "--empty", "--config", str(file)).start()
    try:
        nobody = server.nobody()
        own = "'self' https://crm.example.com https://b.example:8443"
        expected = PAGE_POLICY.format(form="'none'", ancestors=own)
        check_headers(nobody.request("GET", "/"), expected)
        for path in ("/sign-in", "/crm", "/admin", "/crm/contacts"):
            check_headers(nobody.request("GET", path), PAGES.get(path, PAGES["/crm"]))
    finally:
        server.stop()


def test_a_redirect_leads_nowhere_else(server: Server):
    for host in ("evil.example", f"127.0.0.1:{free_port()}"):
        headers = {"Host": host, "X-Forwarded-Host": host, "X-Forwarded-Proto": "https"}
        answer = requests.get(
            server.link("ada"), headers=headers, allow_redirects=False, timeout=30
        )
        assert (answer.status_code, answer.headers["Location"]) == (303, "/")
        check_headers(answer, DATA_POLICY)


def test_a_link_of_the_administrator_leads_to_the_server(server: Server, admin: Client):
    """Its address comes from the settings, never from the request."""
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    answer = admin.request("POST", "/api/v1/admin/people/ben/link", headers=headers, json={})
    assert answer.json()["url"].startswith(server.address + "/sign-in/link/")


def test_the_administration_listener(program: str, tmp_path):
    """Figures for programs of this machine: no session, and nothing else that the server has."""
    port, file = free_port(), tmp_path / "callmatch.yaml"
    file.write_text(f"admin-port: {port}\n")
    server = Server(program, tmp_path / "data", "--config", str(file)).start()
    try:
        address = f"http://127.0.0.1:{port}"
        figures = requests.get(f"{address}/metrics", timeout=30)
        assert figures.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        assert re.search(r"^callmatch_storage_commits_total [1-9]", figures.text, re.MULTILINE)
        for figure in ('call_logs{state="ready"}', 'call_logs{state="parked"}', "calls_live", "phone_errands"):
            assert f"callmatch_{figure} 0.0\n" in figures.text
        check_headers(figures, DATA_POLICY)
        assert requests.get(f"{address}/api/v1/openapi.json", timeout=30).ok
        for path in ("/ready", "/health"):
            assert requests.get(address + path, timeout=30).ok, path
        for path in ("/", "/api/v1/desk", "/api/v1/admin/health", "/sign-in"):
            answer = requests.get(address + path, timeout=30)
            assert answer.status_code == 404, path
            check_headers(answer, DATA_POLICY)
        assert requests.post(f"{address}/metrics", timeout=30).status_code == 405
        assert server.nobody().request("GET", "/metrics").status_code == 401
    finally:
        assert server.stop() == 0


@pytest.mark.parametrize(
    "raw",
    [
        b"GET /ready HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET /ready HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na",
        b"GET /ready HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 20_000 + b"\r\n\r\n",
        b"GET /ready HTTP/1.1\r\nHost: a\r\n" + b"X: a\r\n" * 200 + b"\r\n",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"\x00" * 1000,
    ],
    ids=["two lengths", "length twice", "long field", "many fields", "long address", "TLS", "NUL"],
)
def test_what_is_no_proper_request(server: Server, raw: bytes):
    """It is refused with a 4xx or the connection is closed; the next one is served."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(raw)
        try:
            said = connection.recv(4096)
        except ConnectionResetError:
            said = b""
    assert not said or said.startswith(b"HTTP/1.1 4"), said[:100]
    if said:
        fields = said.decode().lower()
        for name, value in {**ALWAYS, "Content-Security-Policy": DATA_POLICY}.items():
            assert f"{name}: {value}".lower() in fields, f"{name}: {said[:400]}"
    assert server.nobody().request("GET", "/ready").status_code == 200


def test_intake_needs_no_header_of_our_pages(admin: Client, phones: PhoneSystem):
    """A phone system is no browser: it proves itself by its signature."""
    answer = phones.send({"event": "something", "call": "1"})
    assert answer.status_code == 200
