"""An org for each test, and clients for it."""

from collections.abc import Iterator

import pytest
import requests

from fake_org import FakeOrg

VERSION = "v67.0"


class Client:
    """`requests` with a token; what is asked is below `/services/data/v67.0`."""

    def __init__(self, org: FakeOrg, user: str | None = None):
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {org.token(user)}"
        self.base = f"{org.url}/services/data/{VERSION}"

    def ask(self, method: str, path: str, **about) -> requests.Response:
        return self.session.request(method, f"{self.base}/{path}", timeout=20, **about)

    def get(self, path: str, **parameters) -> requests.Response:
        return self.ask("GET", path, params=parameters)

    def post(self, path: str, body: object) -> requests.Response:
        return self.ask("POST", path, json=body)

    def patch(self, path: str, body: object) -> requests.Response:
        return self.ask("PATCH", path, json=body)

    def query(self, text: str, resource: str = "query") -> dict:
        answer = self.get(resource, q=text)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def names(self, text: str) -> list[str]:
        return [record["Name"] for record in self.query(text)["records"]]

    def code(self, answer: requests.Response) -> tuple[int, str]:
        """The status and the first code of an error."""
        return answer.status_code, answer.json()[0]["errorCode"]


@pytest.fixture
def org() -> Iterator[FakeOrg]:
    with FakeOrg() as org:
        yield org
        assert org.mistakes == []


@pytest.fixture
def client(org: FakeOrg) -> Client:
    """That of the administrator."""
    return Client(org)


@pytest.fixture
def as_user(org: FakeOrg):
    """A client of a user: `as_user("ada")`."""
    return lambda name: Client(org, org.people[name])
