"""A Salesforce org that is not one: what our connector speaks with in tests.

In a test:    with FakeOrg() as org: requests.get(org.url + "/services/data")
By itself:    python fake_org.py --port 8443 --certificate server.pem --key server.key
"""

import argparse
import collections
import json
import signal
import sys
import threading

import sample
from access import Access
from api import Api
from bulk import Bulk
from clock import Clock
from composite import Collections, Composite
from control import Control
from describe import Schema
from faults import Faults
from http_face import Server
from lightning import Lightning
from oauth import OAuth
from pages import Pages
from pages import shown as shown_value
from records import Store, long_id
from rights import Rights
from rules import Rules
from settings import Settings
from sosl import Searches

MOST_SEEN = 20_000


class FakeOrg(Control):
    """One org with its data, its users and its faults. `port` 0 is any free one."""

    def __init__(self, port: int = 0, certificate: str | None = None, key: str | None = None, with_sample: bool = True):
        self._tls = (certificate, key)
        self._port, self._pages_port = port, 0
        self.id = long_id("00D5f000000FAKE")
        self.settings, self.clock, self.faults, self.rights = Settings(), Clock(), Faults(), Rights()
        self.schema = Schema()
        self.store = Store(self.schema, self.clock)
        self.rules, self.pages, self.access = Rules(self), Pages(self), Access(self)
        self.searches, self.bulk, self.oauth = Searches(self), Bulk(self), OAuth(self)
        self.composite, self.collections = Composite(self), Collections(self)
        self.api, self.lightning = Api(self), Lightning(self)
        self.seen: collections.deque[dict] = collections.deque(maxlen=MOST_SEEN)
        # What went wrong in the fake itself.
        self.mistakes: list[str] = []
        self.outages: list[int] = []
        self.people: dict[str, str] = {}
        self.server: Server | None = None
        # The people's pages are on another host.
        self.pages_server: Server | None = None
        self.settings.described_at = self.clock.now()
        self._furnish()
        if with_sample:
            sample.load(self)

    def _furnish(self) -> None:
        """What no org is without."""
        store = self.store
        store.insert(
            "Organization", {"Id": self.id, "Name": "CallMatch Test", "OrganizationType": "Enterprise Edition"}, None
        )
        admin = {
            "Username": "admin@callmatch.example",
            "LastName": "Admin",
            "Name": "Admin",
            "IsActive": True,
            "Alias": "admin",
        }
        self.admin = store.insert("User", admin, None)["Id"]
        person = {
            "Name": "Person Account",
            "DeveloperName": "PersonAccount",
            "SobjectType": "Account",
            "IsPersonType": True,
        }
        self.person_record_type = store.insert("RecordType", person | {"IsActive": True}, self.admin)["Id"]

    def __enter__(self) -> "FakeOrg":
        return self.start()

    def __exit__(self, *about) -> None:
        self.stop()

    def start(self) -> "FakeOrg":
        """A second time it starts on the same ports, with the data that it had."""
        self.server = Server(self, self._port, *self._tls)
        self._port = self.server.server_address[1]
        self.pages_server = Server(self, self._pages_port, *self._tls)
        self._pages_port = self.pages_server.server_address[1]
        for server in (self.server, self.pages_server):
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def stop(self) -> None:
        """From now on connections are refused."""
        for server in filter(None, (self.server, self.pages_server)):
            server.stop()
        self.server = self.pages_server = None

    @property
    def url(self) -> str:
        return self._address(self._port)

    @property
    def pages_url(self) -> str:
        """Where the pages of records are."""
        return self._address(self._pages_port)

    def _address(self, port: int) -> str:
        return f"{'https' if self._tls[0] else 'http'}://127.0.0.1:{port}"

    @property
    def instance_url(self) -> str:
        return self.settings.instance_url or self.url

    @staticmethod
    def shown(path, value):
        return shown_value(path.field, value)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parser.add_argument("--empty", action="store_true", help="without the sample organisation")
    parser.add_argument("--contacts", type=int, default=0, help="so many more contacts")
    parser.add_argument("--until-input-ends", action="store_true", help="end with whoever started it")
    chosen = parser.parse_args()
    ended = threading.Event()
    if chosen.until_input_ends:
        threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *about: ended.set())
    with FakeOrg(chosen.port, chosen.certificate, chosen.key, not chosen.empty) as org:
        if chosen.contacts:
            org.load_contacts(chosen.contacts)
        ready = {
            "url": org.url,
            "pages": org.pages_url,
            "token": org.token(),
            "users": {name: org.people[name] for name, *_ in sample.USERS if org.people},
        }
        print(json.dumps(ready), flush=True)
        ended.wait()


if __name__ == "__main__":
    main()
