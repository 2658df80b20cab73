"""What a test may set about the org. Most of it is what nobody has documented."""

from dataclasses import dataclass, field


@dataclass
class Settings:
    # Calls of the day so far, and how many there may be.
    api_used: int = 0
    api_most: int = 100_000
    # Behind the usage of the org: `per-app-api-usage=17/250(appName=callmatch)`.
    app_usage: str = ""
    # Other statuses for codes of errors.
    statuses: dict[str, int] = field(default_factory=dict)
    bad_session_says: str = "Session expired or invalid"
    gzip: bool = True
    # Where a client is told to go; nothing is the org's own address.
    instance_url: str = ""
    is_sandbox: bool = False
    # Rows of a page of a query at most; nothing is what Salesforce allows.
    most_rows: int | None = None
    most_bulk_rows: int | None = None
    # The states that looks at a bulk job find before its last one.
    bulk_states: list[str] = field(default_factory=lambda: ["InProgress"])
    # Who is signed in on the org's own pages, by name; nobody is the administrator.
    user_of_pages: str = ""
    search_joins_digits: bool = False
    search_delay_seconds: float = 0
    search_cut: int | None = None
    # So long the look-up of an upsert misses a row that another one made, by the org's clock.
    upsert_blind_seconds: float = 0
    # So long an upsert waits between looking and writing, by the machine's clock.
    upsert_pause_seconds: float = 0
    lead_with_what: str = "Related To ID: a lead cannot be related to another object"
    # Whether an activity of a lead that was converted is refused.
    refuses_converted_leads: bool = True
    replication_lag_seconds: float = 0
    most_updated: int = 600_000
    # When a description changed last, in milliseconds.
    described_at: int = 0
