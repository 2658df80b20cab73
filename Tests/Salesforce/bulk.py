"""Bulk API 2.0: queries that are asked for, waited for and fetched in pages of CSV."""

import base64
import csv
import io
from dataclasses import dataclass, field

import soql
from clock import in_csv, in_json
from query import Plan
from refusal import Refusal

DELIMITERS = {"COMMA": ",", "TAB": "\t", "PIPE": "|", "SEMICOLON": ";", "CARET": "^", "BACKQUOTE": "`"}
ENDINGS = {"LF": "\n", "CRLF": "\r\n"}
DEFAULT_ROWS = 50_000
DONE = ("JobComplete", "Failed", "Aborted")


@dataclass
class Job:
    id: str
    operation: str
    query: str
    plan: Plan
    version: str
    user: str | None
    created: int
    delimiter: str = "COMMA"
    ending: str = "LF"
    state: str = "UploadComplete"
    # The states that the next looks at it will find.
    coming: list[str] = field(default_factory=list)
    rows: list[dict] = field(default_factory=list)
    error: str | None = None

    def told(self) -> dict:
        told = {
            "id": self.id, "operation": self.operation, "object": self.plan.kind.name, "createdById": self.user,
            "createdDate": in_json(self.created), "systemModstamp": in_json(self.created), "state": self.state,
            "concurrencyMode": "Parallel", "contentType": "CSV", "apiVersion": float(self.version[1:]),
            "lineEnding": self.ending, "columnDelimiter": self.delimiter,
        }  # fmt: skip
        if self.state == "JobComplete":
            told |= {"numberRecordsProcessed": len(self.rows), "retries": 0, "totalProcessingTime": 1}
        return told | ({"errorMessage": self.error} if self.state == "Failed" and self.error else {})


class Bulk:
    def __init__(self, org):
        self.org = org
        self.jobs: dict[str, Job] = {}
        # What becomes of the next job in the end: a test may set a failure.
        self.ends = "JobComplete"
        self.error: str | None = None

    def create(self, body: dict, user: str | None, version: str) -> dict:
        operation = body.get("operation")
        if operation not in ("query", "queryAll"):
            raise Refusal("INVALIDJOB", f"Invalid operation: {operation}")
        if body.get("columnDelimiter", "COMMA") not in DELIMITERS or body.get("lineEnding", "LF") not in ENDINGS:
            raise Refusal("INVALIDJOB", "Invalid column delimiter or line ending")
        plan = Plan(self.org, user, soql.parse(body.get("query", "")))
        if plan.functions or plan.children or plan.query.offset:
            raise Refusal("INVALIDJOB", "Aggregates, subqueries and OFFSET are not supported in bulk queries")
        number = len(self.jobs) + 1
        job = Job(f"7505f{number:010}AAA", operation, body["query"], plan, version, user, self.org.clock.now())
        job.delimiter, job.ending = body.get("columnDelimiter", "COMMA"), body.get("lineEnding", "LF")
        job.coming = [*self.org.settings.bulk_states, self.ends]
        job.error = self.error
        self.jobs[job.id] = job
        return job.told()

    def look(self, job_id: str) -> dict:
        """Each look finds the job a step further."""
        job = self._job(job_id)
        if job.state not in DONE and job.coming:
            job.state = job.coming.pop(0)
            if job.state == "JobComplete":
                job.rows = job.plan.rows(job.operation == "queryAll")
        return job.told()

    def listed(self) -> dict:
        return {"done": True, "records": [job.told() for job in self.jobs.values()], "nextRecordsUrl": None}

    def abort(self, job_id: str, body: dict) -> dict:
        job = self._job(job_id)
        if body.get("state") != "Aborted":
            raise Refusal("INVALIDJOBSTATE", "The only state that a query job may be set to is Aborted")
        if job.state in DONE:
            raise Refusal("INVALIDJOBSTATE", f"Aborting already {job.state} Job not allowed")
        job.state = "Aborted"
        return job.told()

    def delete(self, job_id: str) -> None:
        job = self._job(job_id)
        if job.state not in DONE:
            raise Refusal("INVALIDJOBSTATE", "Deleting a job that is not done is not allowed")
        del self.jobs[job_id]

    def results(self, job_id: str, most: str | None, locator: str | None, version: str) -> tuple[bytes, dict]:
        """A page as CSV, and the headers that go with it."""
        job = self._job(job_id)
        if version != job.version:
            raise Refusal("API_VERSION_MISMATCH", f"The job was created with API version {job.version[1:]}")
        if job.state != "JobComplete":
            raise Refusal("JOB_NOT_COMPLETE", f"Job {job_id} is in state {job.state}")
        start = 0
        if locator:
            try:
                start = int(base64.urlsafe_b64decode(locator + "=="))
            except ValueError:
                raise Refusal("INVALID_LOCATOR", f"Invalid locator: {locator}") from None
        size = min(int(most or DEFAULT_ROWS), self.org.settings.most_bulk_rows or DEFAULT_ROWS * 5)
        rows, end = job.rows[start : start + size], start + size
        following = base64.urlsafe_b64encode(str(end).encode()).decode().rstrip("=") if end < len(job.rows) else "null"
        return self._csv(job, rows), {"Sforce-NumberOfRecords": str(len(rows)), "Sforce-Locator": following}

    def _job(self, job_id: str) -> Job:
        if job_id not in self.jobs:
            raise Refusal("NOT_FOUND")
        return self.jobs[job_id]

    @staticmethod
    def _csv(job: Job, rows: list[dict]) -> bytes:
        text = io.StringIO()
        writer = csv.writer(
            text, delimiter=DELIMITERS[job.delimiter], lineterminator=ENDINGS[job.ending], quoting=csv.QUOTE_ALL
        )
        writer.writerow(path.title for path in job.plan.items)
        columns = [(path.get, path.field.type if path.field else "string") for path in job.plan.items]
        writer.writerows([_cell(get(row), kind) for get, kind in columns] for row in rows)
        return text.getvalue().encode()


def _cell(value: object, kind: str) -> object:
    if value is None:
        return ""
    if kind == "boolean":
        return "true" if value else "false"
    return in_csv(value) if kind == "datetime" else value
