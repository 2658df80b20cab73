"""What Salesforce says when it refuses: the code, the status that goes with it, and the body."""

# Those that are not 400. A test may set others (`org.settings.statuses`).
STATUSES = {
    "INVALID_SESSION_ID": 401,
    "INVALID_AUTH_HEADER": 401,
    "REQUEST_LIMIT_EXCEEDED": 403,
    "API_DISABLED_FOR_ORG": 403,
    "NOT_FOUND": 404,
    "ENTITY_IS_DELETED": 404,
    "METHOD_NOT_ALLOWED": 405,
    "API_VERSION_MISMATCH": 409,
    "JOB_NOT_COMPLETE": 412,
    "URI_TOO_LONG": 414,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "HEADERS_TOO_LONG": 431,
    "UNKNOWN_EXCEPTION": 500,
    "SERVER_UNAVAILABLE": 503,
}

# What it says where a test only names the code.
MESSAGES = {
    "INVALID_SESSION_ID": "Session expired or invalid",
    "REQUEST_LIMIT_EXCEEDED": "TotalRequests Limit exceeded.",
    "NOT_FOUND": "The requested resource does not exist",
    "ENTITY_IS_DELETED": "entity is deleted",
    "UNABLE_TO_LOCK_ROW": "unable to obtain exclusive access to this record",
    "QUERY_TIMEOUT": "Your query request was running for too long.",
    "SERVER_UNAVAILABLE": "Server is busy. Please try again later.",
    "UNKNOWN_EXCEPTION": "An unexpected error occurred. Please include this ErrorId if you contact support",
    "INSUFFICIENT_ACCESS_OR_READONLY": "insufficient access rights on object id",
    "CANNOT_UPDATE_CONVERTED_LEAD": "cannot reference converted lead",
    "DUPLICATES_DETECTED": "Use one of these records?",
    "INVALID_QUERY_LOCATOR": "invalid query locator",
    "STORAGE_LIMIT_EXCEEDED": "storage limit exceeded",
}


class Refusal(Exception):
    """An error of the API; `fields` is `None` where Salesforce does not write the member at all."""

    def __init__(self, code: str, message: str | None = None, fields=None, status: int | None = None, more=None):
        super().__init__(code, message)
        self.code = code
        self.message = MESSAGES.get(code, code) if message is None else message
        self.fields = None if fields is None else list(fields)
        self._status = status
        self.more = more or {}

    def status(self, statuses: dict[str, int] | None = None) -> int:
        return self._status or (statuses or {}).get(self.code) or STATUSES.get(self.code, 400)

    def body(self) -> list[dict]:
        """As a request of its own answers it."""
        entry = {**self.more, "message": self.message, "errorCode": self.code}
        return [entry if self.fields is None else {**entry, "fields": self.fields}]

    def entry(self) -> dict:
        """As a part of a collection answers it: the code has another name there."""
        return {**self.more, "statusCode": self.code, "message": self.message, "fields": self.fields or []}


def written(code: str, message: str | None = None, *fields: str, **more) -> Refusal:
    """A refusal of a write, which always has its fields, and be it none."""
    return Refusal(code, message, fields, **more)
