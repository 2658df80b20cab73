"""For each credential: the right one opens, a wrong one does not, and nothing says which part was wrong."""

import json
import stat
import time

import pytest
import requests
from program import Client, Server, session_token, until
from webhooks import PhoneSystem, ReportedCall

PASSWORD = "correct horse battery staple"


def sign_in(server: Server, name: str, password: str) -> requests.Response:
    return server.nobody().post("session", {"name": name, "password": password, "token": True})


def altered(token: str) -> list[str]:
    """Wrong tokens that are near a right one."""
    other = "A" if token[-1] != "A" else "B"
    return [token[:-1] + other, token[:-1], token + "A", token.swapcase(), token[::-1], "x" * 43, "A"]


# Passwords


def test_a_password_opens_and_a_wrong_one_does_not(server: Server):
    ben = server.sign_in("ben")
    assert ben.post("session/password", {"new": PASSWORD}).status_code == 204
    answer = sign_in(server, "ben", PASSWORD)
    assert answer.status_code == 200
    assert Client(server.address, answer.json()["token"]).json("session")["agent"]["id"] == "ben"
    refusals = {
        (answer.status_code, answer.text)
        for name, password in [
            ("ben", PASSWORD + " "),
            ("ben", PASSWORD.upper()),
            ("ben", ""),
            ("cleo", PASSWORD),  # has none
            ("nobody-of-that-name", PASSWORD),
        ]
        for answer in [sign_in(server, name, password)]
    }
    assert len(refusals) == 1, "a refusal tells names from passwords"
    assert refusals.pop()[0] == 401


def test_a_changed_password_ends_the_other_sessions(server: Server):
    cleo, other = server.sign_in("cleo"), server.sign_in("cleo")
    assert cleo.post("session/password", {"new": PASSWORD}).status_code == 204
    assert other.get("session").status_code == 401
    assert cleo.get("session").status_code == 200
    for current in (None, "", PASSWORD[:-1]):
        change = {"new": "another good password", "current": current}
        answer = cleo.post("session/password", change)
        assert (answer.status_code, answer.json()["field"]) == (422, "current")
    for new in ("", "1234567", "x" * 257):
        answer = cleo.post("session/password", {"new": new, "current": PASSWORD})
        assert (answer.status_code, answer.json()["field"]) == (422, "new")
    assert sign_in(server, "cleo", PASSWORD).status_code == 200


def test_guessing_is_slowed_down_and_a_link_still_opens(server: Server, admin: Client):
    """Ten wrong guesses of one name within five minutes: then not even the right one is looked at."""
    admin.post("admin/people", {"id": "greta", "extensions": ["1077"]})
    greta = server.sign_in("greta")
    assert greta.post("session/password", {"new": PASSWORD}).status_code == 204
    statuses = [sign_in(server, "greta", f"guess number {n}").status_code for n in range(10)]
    assert statuses == [401] * 10
    answer = sign_in(server, "greta", PASSWORD)
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 300
    assert greta.get("session").status_code == 200
    assert server.sign_in("greta").get("session").status_code == 200


# Links


def test_a_link_opens_once(server: Server):
    link = server.link("ada")
    token = session_token(link)
    assert Client(server.address, token).json("session")["agent"]["id"] == "ada"
    for _ in range(2):
        answer = requests.get(link, allow_redirects=False, timeout=30)
        assert answer.status_code == 410
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert "Ask your administrator for a new one." in answer.text


def test_a_link_that_was_copied_opens_once(server: Server):
    """In a frame, where opening it would sign in somewhere else."""
    token = server.link("ada").rsplit("/", 1)[1]
    answer = server.nobody().post("session", {"link": token, "token": True})
    assert answer.status_code == 200
    # The cookie and the token are one session: which of them the browser keeps is not known yet.
    session = answer.json()["token"]
    assert answer.headers["Set-Cookie"].startswith(f"__Host-s={session};")
    assert Client(server.address, session).json("session")["agent"]["id"] == "ada"
    for again in ({"link": token}, {"link": token, "token": True}, {"link": "no link"}):
        refused = server.nobody().post("session", again)
        assert (refused.status_code, "Set-Cookie" in refused.headers) == (401, False)
    assert requests.get(f"{server.address}/sign-in/link/{token}", timeout=30).status_code == 410
    token = server.link("ada").rsplit("/", 1)[1]
    answer = server.nobody().post("session", {"link": token})
    assert (answer.status_code, answer.text) == (204, "")
    assert answer.headers["Set-Cookie"].startswith("__Host-s=")


def test_a_page_that_only_looks_uses_no_link_up(server: Server):
    """Mail programs and chats fetch a link's head before a person clicks on it."""
    link = server.link("ada")
    assert requests.head(link, timeout=30).status_code in (200, 303, 405)
    assert "Set-Cookie" not in requests.head(link, timeout=30).headers
    assert session_token(link)


def test_a_wrong_link_does_not_open(server: Server):
    link = server.link("ada")
    address, right = link.rsplit("/", 1)
    for wrong in altered(right):
        assert requests.get(f"{address}/{wrong}", allow_redirects=False).status_code == 410
    assert session_token(link)


def test_two_who_click_at_once_get_one_session(server: Server):
    link = server.link("ada")
    statuses = [
        answer.status_code
        for answer in at_once(8, lambda: requests.get(link, allow_redirects=False, timeout=30))
    ]
    assert sorted(statuses) == [303] + [410] * 7


def at_once(count: int, ask) -> list:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(count) as threads:
        return [task.result() for task in [threads.submit(ask) for _ in range(count)]]


# Sessions


def test_a_wrong_session_does_not_open(server: Server):
    token = server.sign_in("ada").token
    for wrong in altered(token):
        assert Client(server.address, wrong).get("session").status_code == 401
        cookie = {"Cookie": f"__Host-s={wrong}"}
        assert server.nobody().request("GET", "/api/v1/session", headers=cookie).status_code == 401
    for authorization in (f"Basic {token}", token, "Bearer", f"bearer  {token} x"):
        headers = {"Authorization": authorization}
        answer = server.nobody().request("GET", "/api/v1/session", headers=headers)
        assert answer.status_code == 401, authorization
    cookies = {"Cookie": f"a=1; __Host-s={token}; b=2"}
    assert server.nobody().request("GET", "/api/v1/session", headers=cookies).status_code == 200


def test_a_session_in_an_address_does_not_open(server: Server):
    token = server.sign_in("ada").token
    for query in ({"token": token}, {"__Host-s": token}, {"session": token}):
        assert server.nobody().get("session", **query).status_code == 401


def test_a_cookie_is_for_this_server_alone(server: Server):
    link = server.link("ada")
    cookie = requests.get(link, allow_redirects=False, timeout=30).headers["Set-Cookie"]
    name, *attributes = [part.strip() for part in cookie.split(";")]
    assert name.startswith("__Host-s=")
    assert {"Path=/", "Secure", "HttpOnly", "SameSite=None", "Partitioned"} <= set(attributes)
    assert not any(attribute.lower().startswith("domain") for attribute in attributes)


def test_signing_in_makes_a_new_session(server: Server):
    """A session that somebody else planted is not taken over (fixation)."""
    planted = server.sign_in("ben").token
    headers = {"Cookie": f"__Host-s={planted}"}
    answer = requests.get(server.link("ada"), headers=headers, allow_redirects=False, timeout=30)
    token = answer.headers["Set-Cookie"].split(";")[0].removeprefix("__Host-s=")
    assert token != planted
    assert Client(server.address, planted).json("session")["agent"]["id"] == "ben"


def test_signing_out_ends_the_session_and_its_stream(server: Server):
    ada, other = server.sign_in("ada"), server.sign_in("ada")
    with ada.request("GET", "/api/v1/desk/stream", stream=True, timeout=(5, 5)) as stream:
        # Nothing else is sent on a connection that the server closes after the stream.
        assert stream.headers["Connection"] == "close"
        frames = stream.iter_content(chunk_size=None)
        next(frames)
        answer = ada.delete("session")
        assert answer.status_code == 204
        assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
        assert "Max-Age=0" in answer.headers["Set-Cookie"]
        began = time.monotonic()
        for _ in frames:
            assert time.monotonic() - began < 5, "the stream went on"
    assert ada.get("session").status_code == 401
    assert ada.delete("session").status_code == 401
    assert other.get("session").status_code == 200


def test_a_disabled_person_is_out_at_once(server: Server, admin: Client):
    admin.post("admin/people", {"id": "gone", "extensions": ["1078"]})
    link = server.link("gone")
    gone = server.sign_in("gone")
    with gone.request("GET", "/api/v1/desk/stream", stream=True, timeout=(5, 5)) as stream:
        frames = stream.iter_content(chunk_size=None)
        next(frames)
        assert admin.patch("admin/people/gone", {"disabled": True}).status_code == 200
        began = time.monotonic()
        for _ in frames:
            assert time.monotonic() - began < 5, "the stream went on"
    assert gone.get("session").status_code == 401
    assert admin.post("admin/people/gone/link").status_code == 404
    # A link from before leads nowhere either.
    answer = requests.get(link, allow_redirects=False, timeout=30)
    cookie = {"Cookie": answer.headers.get("Set-Cookie", "").split(";")[0]}
    assert server.nobody().request("GET", "/api/v1/session", headers=cookie).status_code == 401


def test_a_new_role_counts_at_once(server: Server, admin: Client):
    admin.post("admin/people", {"id": "rosa", "extensions": ["1079"]})
    rosa = server.sign_in("rosa")
    assert rosa.get("admin/people").status_code == 404
    admin.patch("admin/people/rosa", {"role": "administrator"})
    assert rosa.get("admin/people").status_code == 200
    admin.patch("admin/people/rosa", {"role": "agent"})
    assert rosa.get("admin/people").status_code == 404


def test_no_administrator_locks_themselves_out(admin: Client):
    for change in ({"disabled": True}, {"role": "agent"}):
        assert admin.patch("admin/people/admin", change).status_code == 422
    assert admin.get("admin/people").status_code == 200


def test_a_window_too_many_is_refused(server: Server):
    """No page that loops starves others: the ninth stream of one person waits."""
    cleo = server.sign_in("cleo")
    streams = [cleo.request("GET", "/api/v1/desk/stream", stream=True) for _ in range(9)]
    try:
        assert [stream.status_code for stream in streams] == [200] * 8 + [429]
        assert int(streams[8].headers["Retry-After"]) > 0
    finally:
        for stream in streams:
            stream.close()
    until(lambda: cleo.request("GET", "/api/v1/desk/stream", stream=True).status_code == 200)


# The command line


def test_the_operator_token(server: Server):
    """Who may read the data folder may give commands, and nobody else knows that there are any."""
    notice = server.folder / "server.json"
    assert stat.S_IMODE(notice.stat().st_mode) == 0o600
    assert stat.S_IMODE(server.folder.stat().st_mode) == 0o700
    right = json.loads(notice.read_text())["token"]
    for wrong in [None, *altered(right), server.sign_in("admin").token]:
        answer = Client(server.address, wrong).post("operator", {"audit": {}})
        assert answer.status_code == 404, wrong
    answer = Client(server.address, right).post("operator", {"audit": {}})
    assert answer.status_code == 200 and json.loads(answer.json()["json"])["unexplained"] == 0
    assert Client(server.address, right).get("session").status_code == 401


# Phone systems


def test_a_source_speaks_for_itself_alone(server: Server, admin: Client):
    """The secret of one source signs nothing for another, and its calls are its own."""
    one, other = PhoneSystem.added(admin, "one"), PhoneSystem.added(admin, "other")
    foreign = PhoneSystem(one.address, other.secret)
    assert foreign.send(ReportedCall(one, "030 23125042").event("offered")).status_code == 401
    assert PhoneSystem(server.address + "/api/v1/events/none", one.secret).send({}).status_code == 401
    cti = admin.post("admin/sources", {"name": "third", "dialect": "zammad"}).json()
    nobody = server.nobody()
    message = {"event": "newCall", "callId": "1", "direction": "in", "from": "1", "to": "2"}
    assert nobody.post(f"cti/{cti['secret']}", message).status_code == 200
    for wrong in altered(cti["secret"]):
        answer = nobody.post(f"cti/{wrong}", message)
        assert answer.status_code == 401
        assert answer.json() == {"error": "Invalid token, please contact your admin!"}


def test_secrets_are_shown_once(server: Server, admin: Client):
    added = admin.post("admin/sources", {"name": "shown-once", "dialect": "callmatch"}).json()
    pages = [admin.get("admin/sources"), admin.get("admin/health"), admin.request("GET", "/metrics")]
    assert not [page for page in pages if added["secret"] in page.text]
    again = admin.post("admin/sources", {"name": "shown-once", "dialect": "callmatch"})
    assert (again.status_code, again.json()["field"]) == (422, "name")


@pytest.mark.parametrize("name", ["", "demo", "Big", "a b", "a/b", "ä", "x" * 41])
def test_names_of_sources(admin: Client, name: str):
    answer = admin.post("admin/sources", {"name": name, "dialect": "callmatch"})
    assert (answer.status_code, answer.json()["field"]) == (422, "name")


def test_no_secret_is_in_the_log(server: Server, admin: Client):
    """Whatever was wrong above: the log names no token, no password, no secret."""
    log = server.log.read_text()
    assert PASSWORD not in log and "guess number" not in log
    assert "whsec_" not in log and "Bearer" not in log and admin.token not in log
