"""Each fault that can be switched on, seen by a client that is not ours."""

import json
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from fake_org import FakeOrg
from faults import Faults
from traffic import Request

QUERY = "SELECT Id, Name FROM Contact ORDER BY Id"


def test_an_error_comes_as_often_as_told_and_after_what_was_let_pass(org, client):
    org.fault("error", path="/query", code="UNABLE_TO_LOCK_ROW", status=400, fields=[], skip=1, times=2)
    answers = [client.get("query", q=QUERY) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 400, 400, 200]
    assert all(answer.headers["Sforce-Limit-Info"].startswith("api-usage=") for answer in answers)
    assert client.get("limits").status_code == 200


def test_a_fault_is_for_a_method_a_path_and_a_user(org, client, as_user):
    org.fault("error", method="POST", path="/sobjects/Task", user=org.people["ben"], times=None)
    ben = as_user("ben")
    assert client.post("sobjects/Task", {"Subject": "x"}).status_code == 201
    assert ben.get("sobjects/Task/describe").status_code == 200
    assert client.code(ben.post("sobjects/Task", {"Subject": "x"})) == (500, "UNKNOWN_EXCEPTION")
    org.mend()
    assert ben.post("sobjects/Task", {"Subject": "x"}).status_code == 201


@pytest.fixture
def eager_threads():
    """Threads take turns as often as they can, so that what two of them must not do at once is done at once."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


def test_a_fault_comes_as_often_as_told_when_requests_come_at_once(eager_threads):
    faults, rounds, at_once = Faults(), 300, 8
    met = Counter()
    with ThreadPoolExecutor(at_once) as threads:
        for _ in range(rounds):
            expected = {faults.add("html", skip=2, times=3): 3, faults.add("cut_json"): 1}
            taken = threads.map(lambda _: faults.take(Request("GET", "/")), range(at_once))
            found = Counter(fault.id for of_one in taken for fault in of_one)
            met[found == expected] += 1
    assert (met, faults.listed()) == ({True: rounds}, [])


def test_tokens_expire_while_others_are_given(org, eager_threads):
    work = [org.token, org.token, org.token, org.expire_tokens] * 500
    with ThreadPoolExecutor(4) as threads:
        given = [each.result() for each in [threads.submit(task) for task in work]]
    assert len(set(given) - {None}) == 1500


def test_html_with_503_and_an_outage(org, client):
    org.fault("html")
    answer = client.get("limits")
    assert (
        answer.status_code == 503 and answer.headers["Content-Type"].startswith("text/html") and "<html>" in answer.text
    )
    org.outage("cut")
    for _ in range(2):
        with pytest.raises(requests.ConnectionError):
            client.get("limits")
    org.outage("html")
    assert client.get("limits").status_code == 503
    org.outage(None)
    assert client.get("limits").status_code == 200


def test_connections_are_refused_and_the_data_stays(org, client):
    made = client.post("sobjects/Task", {"Subject": "kept"}).json()["id"]
    org.stop()
    with pytest.raises(requests.ConnectionError):
        client.get("limits")
    org.start()
    assert client.get(f"sobjects/Task/{made}").json()["Subject"] == "kept"


def test_a_reply_that_is_lost_after_the_commit(org, client):
    org.fault("lost_reply", method="PATCH")
    with pytest.raises(requests.ConnectionError):
        client.patch("sobjects/Task/CallKey__c/k-1", {"Subject": "Call"})
    assert client.get("sobjects/Task/CallKey__c/k-1").json()["Subject"] == "Call"
    org.fault("lost_request", method="PATCH")
    with pytest.raises(requests.ConnectionError):
        client.patch("sobjects/Task/CallKey__c/k-2", {"Subject": "Call"})
    assert client.get("sobjects/Task/CallKey__c/k-2").status_code == 404


def test_a_reply_that_is_cut(org, client):
    org.fault("truncate")
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        client.get("query", q=QUERY)
    org.fault("cut_json")
    answer = client.get("query", q=QUERY)
    assert answer.status_code == 200
    with pytest.raises(requests.JSONDecodeError):
        answer.json()
    assert client.get("query", q=QUERY).json()["done"] is True


@pytest.mark.parametrize(
    "how, sees",
    [
        ("numbers_as_text", lambda answer: answer.json()["totalSize"] == "15"),
        ("text_as_numbers", lambda answer: answer.json()["records"][0]["Name"] == len("Ada Lovelace")),
        ("nulls", lambda answer: answer.json()["records"][0]["Id"] is None and answer.json()["done"] is None),
        ("wrapped", lambda answer: answer.json()[0]["totalSize"] == 15),
        ("unwrapped", lambda answer: answer.json() == 42),
        ("html", lambda answer: answer.status_code == 200 and answer.text.startswith("<html>")),
    ],
)
def test_a_reply_of_the_wrong_types(org, client, how, sees):
    org.fault("mangle", how=how)
    assert sees(client.get("query", q=QUERY))


def test_a_huge_reply_is_as_long_as_told(org, client):
    org.fault("pad", bytes=5_000_000)
    answer = client.ask("GET", "limits", headers={"Accept-Encoding": "identity"})
    assert int(answer.headers["Content-Length"]) > 5_000_000 and len(answer.json()["padding"]) == 5_000_000


def test_redirects_go_where_told(org, client):
    org.fault("redirect", status=302, headers={"Location": f"{org.url}/services/data"})
    answer = client.ask("GET", "limits", allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{org.url}/services/data")


@pytest.mark.parametrize("kind", ["latency", "late_reply", "drip"])
def test_slow_replies(org, client, kind):
    org.fault(kind, seconds=0.2)
    began = time.monotonic()
    assert client.get("limits").status_code == 200
    assert time.monotonic() - began >= 0.19
    assert org.listed_faults() == [], "only once"


def test_a_client_that_does_not_wait(org, client):
    org.fault("hang", method="POST")
    with pytest.raises(requests.Timeout):
        client.session.post(f"{client.base}/sobjects/Task", json={"Subject": "x"}, timeout=0.2)
    assert len(org.records("Task")) == 1


def test_limits_count_every_call_and_end_the_day(org, client):
    org.configure(api_used=98, api_most=100)
    assert client.get("limits").headers["Sforce-Limit-Info"] == "api-usage=99/100"
    assert client.get("sobjects/Nothing/describe").headers["Sforce-Limit-Info"] == "api-usage=100/100"
    answer = client.get("limits")
    assert client.code(answer) == (403, "REQUEST_LIMIT_EXCEEDED")
    assert answer.json()[0]["message"] == "TotalRequests Limit exceeded."
    org.configure(api_used=0)
    assert client.get("limits").status_code == 200


def test_statuses_that_are_not_sure_can_be_set(org, client):
    org.add("Task", CallKey__c="k")
    org.configure(statuses={"DUPLICATE_VALUE": 409})
    assert client.code(client.post("sobjects/Task", {"CallKey__c": "k"})) == (409, "DUPLICATE_VALUE")


def test_what_was_asked_can_be_read_afterwards(org, client):
    org.fault("html", path="limits")
    client.get("limits")
    client.post("sobjects/Task", {"Subject": "seen"})
    first, second = org.requests(clear=True)
    assert (first["method"], first["target"], first["status"], first["faults"]) == (
        "GET",
        "/services/data/v67.0/limits",
        503,
        ["html"],
    )
    assert (second["status"], second["user"], json.loads(second["body"])) == (201, org.admin, {"Subject": "seen"})
    assert org.requests() == []


def control(url: str, command: str, **arguments) -> requests.Response:
    return requests.post(f"{url}/__fake/{command}", json=arguments, timeout=10)


def test_it_is_a_program_of_its_own_with_the_same_commands():
    program = Path(__file__).parent / "fake_org.py"
    with subprocess.Popen([sys.executable, program, "--contacts", "10"], stdout=subprocess.PIPE, text=True) as process:
        try:
            ready = json.loads(process.stdout.readline())
            url, headers = ready["url"], {"Authorization": f"Bearer {ready['token']}"}

            def ask(path: str) -> requests.Response:
                return requests.get(f"{url}/services/data/v67.0/{path}", headers=headers, timeout=10)

            assert ask("query?q=SELECT+COUNT()+FROM+Contact").json()["totalSize"] == 25
            made = control(url, "add", kind="Contact", LastName="Remote", Phone="0221 1").json()
            assert ask(f"sobjects/Contact/{made}?fields=Phone").json()["Phone"] == "0221 1"
            number = control(url, "fault", kind="html", times=None).json()
            assert ask("limits").status_code == 503
            control(url, "mend", fault=number)
            assert ask("limits").status_code == 200
            assert control(url, "set_clock", moment="2026-11-25T10:00:00Z").json() == "2026-11-25T10:00:00.000+0000"
            control(url, "change", record=made, Title="Chief")
            assert control(url, "record", record=made).json()["SystemModstamp"] == "2026-11-25T10:00:00.000+0000"
            assert control(url, "requests").json()[-1]["status"] == 200
            refused = control(url, "no_such_command")
            assert refused.status_code == 400 and "add_field" in refused.json()["error"]
            assert control(url, "configure", nothing=1).status_code == 400
            assert control(url, "info").json()["mistakes"] == []
        finally:
            process.terminate()
        assert process.wait(10) == 0


def test_tls_with_a_certificate_that_is_given(tmp_path):
    certificate, key = tmp_path / "server.pem", tmp_path / "server.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    with FakeOrg(certificate=str(certificate), key=str(key)) as org:
        assert org.url.startswith("https://")
        versions = requests.get(f"{org.url}/services/data", verify=str(certificate), timeout=10).json()
        assert versions[-1] == {"label": "API 68", "url": "/services/data/v68.0", "version": "68.0"}
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(f"{org.url}/services/data", timeout=10)
        assert org.mistakes == []
