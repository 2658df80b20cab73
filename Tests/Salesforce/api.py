"""The REST resources: what is asked of which path, and what is answered."""

import re
import traceback
from urllib.parse import unquote

import sosl
from clock import from_header, in_header, in_json, milliseconds
from pages import shown
from records import found
from refusal import Refusal
from traffic import Reply, Request
from writing import SeveralRecords, Writer

LONGEST_TARGET = 16_384
# Older ones are retired.
VERSIONS = range(31, 69)
DAY = 86_400_000


class Api:
    def __init__(self, org):
        self.org = org
        self._routes = [
            ("GET", r"", self._resources),
            ("GET", r"sobjects", self._kinds),
            ("GET", r"sobjects/(\w+)", self._kind),
            ("POST", r"sobjects/(\w+)", self._create),
            ("GET", r"sobjects/(\w+)/describe", self._describe),
            ("GET", r"sobjects/(\w+)/updated", self._updated),
            ("GET", r"sobjects/(\w+)/deleted", self._deleted),
            ("GET", r"sobjects/(\w+)/([^/]+)", self._get),
            ("PATCH", r"sobjects/(\w+)/([^/]+)", self._update),
            ("DELETE", r"sobjects/(\w+)/([^/]+)", self._delete),
            ("GET", r"sobjects/(\w+)/(\w+)/([^/]+)", self._get_by_key),
            ("PATCH", r"sobjects/(\w+)/(\w+)/([^/]+)", self._upsert),
            ("DELETE", r"sobjects/(\w+)/(\w+)/([^/]+)", self._delete_by_key),
            ("GET", r"(query|queryAll)", self._query),
            ("GET", r"(?:query|queryAll)/([^/]+)", self._more),
            ("GET", r"search", self._search),
            ("GET|POST", r"parameterizedSearch", self._parameterized_search),
            ("GET", r"limits", self._limits),
            ("GET", r"limits/recordCount", self._counts),
            ("POST", r"composite", self.org.composite.whole),
            ("POST", r"composite/batch", self.org.composite.batch),
            ("POST", r"composite/graph", self.org.composite.graph),
            ("POST|PATCH|DELETE", r"composite/sobjects", self.org.collections.write),
            ("GET|POST", r"composite/sobjects/(\w+)", self.org.collections.read),
            ("PATCH", r"composite/sobjects/(\w+)/(\w+)", self.org.collections.upsert),
            ("POST", r"jobs/query", self._bulk_create),
            ("GET", r"jobs/query", lambda request, version: Reply(200, self.org.bulk.listed())),
            ("GET", r"jobs/query/(\w+)", lambda request, version, job: Reply(200, self.org.bulk.look(job))),
            ("PATCH", r"jobs/query/(\w+)", self._bulk_abort),
            ("DELETE", r"jobs/query/(\w+)", self._bulk_delete),
            ("GET", r"jobs/query/(\w+)/results", self._bulk_results),
        ]

    def handle(self, request: Request) -> Reply:
        """A request of its own, with its token; never raises."""
        try:
            if len(request.target) > LONGEST_TARGET:
                raise Refusal("URI_TOO_LONG", "URI length exceeds 16384")
            if (
                len(request.target) + sum(len(name) + len(value) for name, value in request.headers.items())
                > LONGEST_TARGET
            ):
                raise Refusal("HEADERS_TOO_LONG", "Request header fields too large")
            if request.path.rstrip("/") == "/services/data":
                return Reply(
                    200,
                    [
                        {"label": f"API {each}", "url": f"/services/data/v{each}.0", "version": f"{each}.0"}
                        for each in VERSIONS
                    ],
                )
            if request.path.startswith("/lightning/"):
                return self.org.lightning.handle(request)
            if request.path.startswith("/services/oauth2/"):
                return self.org.oauth.handle(request)
            request.user = self.org.oauth.user_of(request)
            if request.path.startswith("/id/"):
                return Reply(200, self.org.oauth.identity(request.user))
            return self._counted(request)
        except Refusal as refusal:
            return Reply(refusal.status(self.org.settings.statuses), refusal.body())

    def answer(self, request: Request) -> Reply:
        """A request of a known user, be it a part of another one."""
        try:
            return self._routed(request)
        except Refusal as refusal:
            return Reply(refusal.status(self.org.settings.statuses), refusal.body())
        except SeveralRecords as several:
            base = "/services/data/" + request.parts[2] + "/sobjects/"
            return Reply(300, [f"{base}{several.kind}/{each}" for each in several.ids])
        except Exception:
            # A mistake of the fake, not of who asks: tests look here.
            self.org.mistakes.append(traceback.format_exc())
            return Reply(500, Refusal("UNKNOWN_EXCEPTION").body())

    def _counted(self, request: Request) -> Reply:
        """Each request counts against the day's allowance, also one that fails."""
        settings = self.org.settings
        with self.org.store.lock:
            is_over = settings.api_used >= settings.api_most
            settings.api_used += not is_over
        if is_over:
            refusal = Refusal("REQUEST_LIMIT_EXCEEDED")
            reply = Reply(refusal.status(settings.statuses), refusal.body())
        else:
            reply = self.answer(request)
        reply.headers["Sforce-Limit-Info"] = self.usage()
        return reply

    def usage(self) -> str:
        """As the header of every reply says it."""
        settings = self.org.settings
        usage = f"api-usage={settings.api_used}/{settings.api_most}"
        return usage + (f"; {settings.app_usage}" if settings.app_usage else "")

    def _routed(self, request: Request) -> Reply:
        place = re.fullmatch(r"/services/data/v(\d+)\.0(?:/(.*?))?/?", request.path)
        if not place or int(place[1]) not in VERSIONS:
            raise Refusal("NOT_FOUND")
        allowed = []
        for methods, pattern, answer in self._routes:
            match = re.fullmatch(pattern, place[2] or "")
            if match and request.method in methods.split("|"):
                arguments = [unquote(part) for part in match.groups()]
                if pattern.startswith("sobjects/(") or pattern.startswith("composite/sobjects/("):
                    arguments[0] = self._kind_named(arguments[0], request.user)
                self._must_be_json(request)
                if answer == self._upsert:
                    return answer(request, f"v{place[1]}.0", *arguments)
                with self.org.store.lock:
                    return answer(request, f"v{place[1]}.0", *arguments)
            allowed += methods.split("|") if match else []
        if allowed:
            said = f"HTTP Method '{request.method}' not allowed. Allowed are {','.join(dict.fromkeys(allowed))}"
            raise Refusal("METHOD_NOT_ALLOWED", said)
        raise Refusal("NOT_FOUND")

    @staticmethod
    def _must_be_json(request: Request) -> None:
        kind = request.headers.get("Content-Type") or "application/json"
        if request.body and request.method != "GET" and "json" not in kind:
            raise Refusal("UNSUPPORTED_MEDIA_TYPE", f"Content-Type {kind} is not supported")

    def _kind_named(self, name: str, user: str | None) -> str:
        kind = self.org.schema.kind(name)
        if kind is None or self.org.rights.forbids(user, kind.name, "read"):
            raise Refusal("NOT_FOUND")
        return kind.name

    def _writer(self, request: Request) -> Writer:
        return Writer(self.org, request.user, request.headers)

    # Descriptions.

    def _resources(self, request: Request, version: str) -> Reply:
        names = ("sobjects", "query", "queryAll", "search", "parameterizedSearch", "limits", "composite", "jobs")
        return Reply(200, {name: f"/services/data/{version}/{name}" for name in names})

    def _kinds(self, request: Request, version: str) -> Reply:
        rights, user = self.org.rights, request.user
        told = [
            kind.told(version, rights, user)
            for kind in self.org.schema.kinds.values() if not rights.forbids(user, kind.name, "read")
        ]  # fmt: skip
        return self._unless_old(request, {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": told})

    def _describe(self, request: Request, version: str, kind: str) -> Reply:
        told = self.org.schema.kinds[kind].described(version, self.org.rights, request.user)
        return self._unless_old(request, told)

    def _unless_old(self, request: Request, told: dict) -> Reply:
        """Nothing, if it has not changed since the client's last look."""
        changed = self.org.settings.described_at
        headers = {"Last-Modified": in_header(changed)}
        since = request.headers.get("If-Modified-Since")
        if since and from_header(since) >= changed // 1000 * 1000:
            return Reply(304, None, headers)
        return Reply(200, told, headers)

    def _kind(self, request: Request, version: str, kind: str) -> Reply:
        told = self.org.schema.kinds[kind].told(version, self.org.rights, request.user)
        return Reply(200, {"objectDescribe": told, "recentItems": []})

    # Records.

    def _create(self, request: Request, version: str, kind: str) -> Reply:
        record_id = self._writer(request).create(kind, request.table())
        place = {"Location": f"/services/data/{version}/sobjects/{kind}/{record_id}"}
        return Reply(201, {"id": record_id, "success": True, "errors": []}, place)

    def _get(self, request: Request, version: str, kind: str, record_id: str) -> Reply:
        row = found(self.org.store, kind, record_id, self.org.rights, request.user)
        return Reply(200, self.record(kind, row, request, version))

    def _get_by_key(self, request: Request, version: str, kind: str, name: str, key: str) -> Reply:
        return Reply(200, self.record(kind, self._by_key(request, kind, name, key), request, version))

    def record(self, kind: str, row: dict, request: Request, version: str, names: str | None = None) -> dict:
        """A record with the fields asked for, or with all that the user may see."""
        about = self.org.schema.kinds[kind]
        names = names or request.query.get("fields")
        fields = [about.field(name.strip()) for name in names.split(",")] if names else list(about.fields.values())
        hidden = [field is None or self.org.rights.hides(request.user, kind, field.name) for field in fields]
        if names and any(hidden):
            wrong = names.split(",")[hidden.index(True)].strip()
            raise Refusal("INVALID_FIELD", f"No such column '{wrong}' on sobject of type {kind}")
        record = {"attributes": {"type": kind, "url": f"/services/data/{version}/sobjects/{kind}/{row['Id']}"}}
        for field, is_hidden in zip(fields, hidden, strict=True):
            if not is_hidden:
                record[field.name] = shown(field, row.get(field.name, field.absent))
        return record

    def _by_key(self, request: Request, kind: str, name: str, key: str) -> dict:
        field = self._writer(request).key_field(kind, name)
        if field.name == "Id":
            return found(self.org.store, kind, key, self.org.rights, request.user)
        rows = [
            row for row in self.org.store.with_key(kind, field.name, key)
            if self.org.rights.may_read(request.user, kind, row)
        ]  # fmt: skip
        if not rows:
            raise Refusal("NOT_FOUND")
        if len(rows) > 1:
            raise SeveralRecords(kind, [row["Id"] for row in rows])
        return rows[0]

    def _update(self, request: Request, version: str, kind: str, record_id: str) -> Reply:
        body = request.table()
        if any(name.lower() == "id" for name in body):
            raise Refusal("INVALID_FIELD", "The Id field should not be specified in the sobject data.")
        self._writer(request).update(kind, record_id, body)
        return Reply(204)

    def _delete(self, request: Request, version: str, kind: str, record_id: str) -> Reply:
        self._writer(request).delete(kind, record_id)
        return Reply(204)

    def _delete_by_key(self, request: Request, version: str, kind: str, name: str, key: str) -> Reply:
        return self._delete(request, version, kind, self._by_key(request, kind, name, key)["Id"])

    def _upsert(self, request: Request, version: str, kind: str, name: str, key: str) -> Reply:
        update_only = request.query.get("updateOnly") == "true"
        record_id, created = self._writer(request).upsert(kind, name, key, request.table(), update_only)
        if not created and int(version[1:3]) < 46:
            return Reply(204)
        body = {"id": record_id, "success": True, "errors": [], "created": created}
        place = {"Location": f"/services/data/{version}/sobjects/{kind}/{record_id}"} if created else {}
        return Reply(201 if created else 200, body, place)

    # What has changed.

    def _span(self, request: Request, days: int) -> tuple[int, int]:
        try:
            start, end = (milliseconds(request.query[name].replace(" ", "+")) for name in ("start", "end"))
        except (KeyError, ValueError):
            raise Refusal("INVALID_REPLICATION_DATE", "start and end must be date-times") from None
        now = self.org.clock.now()
        if start >= end or start < now - days * DAY:
            said = (
                "startDate must be before endDate" if start >= end else f"startDate cannot be more than {days} days ago"
            )
            raise Refusal("INVALID_REPLICATION_DATE", said)
        return start, min(end, now - self.org.settings.replication_lag_seconds * 1000)

    def _updated(self, request: Request, version: str, kind: str) -> Reply:
        start, end = self._span(request, 30)
        rows = self.org.store.tables[kind].values()
        ids = [
            row["Id"] for row in rows
            if start <= row["SystemModstamp"] <= end and "IsDeleted" not in row
            and self.org.rights.may_read(request.user, kind, row)
        ]  # fmt: skip
        if len(ids) > self.org.settings.most_updated:
            raise Refusal("EXCEEDED_ID_LIMIT", "Too many ids, use a shorter span")
        return Reply(200, {"ids": ids, "latestDateCovered": in_json(end)})

    def _deleted(self, request: Request, version: str, kind: str) -> Reply:
        start, end = self._span(request, 15)
        entries = [
            {"id": record_id, "deletedDate": in_json(when)}
            for of, record_id, when in self.org.store.deletions if of == kind and start <= when <= end
        ]  # fmt: skip
        earliest = in_json(self.org.clock.now() - 15 * DAY)
        return Reply(
            200, {"deletedRecords": entries, "earliestDateAvailable": earliest, "latestDateCovered": in_json(end)}
        )

    # Queries.

    def _query(self, request: Request, version: str, name: str) -> Reply:
        if "q" not in request.query:
            raise Refusal("MALFORMED_QUERY", "A query string has to be specified")
        options = request.headers.get("Sforce-Query-Options", "")
        return Reply(200, self.org.pages.first(request.query["q"], request.user, version, name == "queryAll", options))

    def _more(self, request: Request, version: str, locator: str) -> Reply:
        return Reply(200, self.org.pages.next(locator, version))

    def _search(self, request: Request, version: str) -> Reply:
        if not request.query.get("q"):
            raise Refusal("MALFORMED_SEARCH", "A search string has to be specified")
        return Reply(200, self.org.searches.answer(sosl.parse(request.query["q"]), request.user, version))

    def _parameterized_search(self, request: Request, version: str) -> Reply:
        asked = request.table() if request.method == "POST" else dict(request.query)
        if not asked.get("q"):
            raise Refusal("MALFORMED_SEARCH", "A search string has to be specified")
        search = sosl.Search(re.sub(r"([?&|!{}\[\]()^~:\\\"'+-])", r"\\\1", asked["q"]), asked.get("in", "ALL").upper())
        search.limit = int(asked.get("overallLimit", sosl.MOST_HITS))
        wanted = asked.get("sobjects", [])
        for each in wanted if isinstance(wanted, list) else []:
            names = ", ".join(each.get("fields") or asked.get("fields") or ["Id"])
            condition = f"WHERE {each['where']} " if each.get("where") else ""
            limit = each.get("limit") or asked.get("defaultLimit")
            inside = f"{names} {condition}" + (f"LIMIT {limit}" if limit else "")
            search.wanted.append(sosl.Wanted(sosl.little_query(each["name"], inside)))
        return Reply(200, self.org.searches.answer(search, request.user, version))

    def _limits(self, request: Request, version: str) -> Reply:
        settings = self.org.settings
        daily = {"Max": settings.api_most, "Remaining": settings.api_most - settings.api_used}
        bulk = {"Max": 10_000, "Remaining": 10_000 - len(self.org.bulk.jobs)}
        return Reply(
            200, {"DailyApiRequests": daily, "DailyBulkV2QueryJobs": bulk, "DataStorageMB": {"Max": 5, "Remaining": 5}}
        )

    def _counts(self, request: Request, version: str) -> Reply:
        asked = request.query.get("sObjects")
        kinds = (
            [self.org.schema.kind(name.strip()) for name in asked.split(",")]
            if asked
            else self.org.schema.kinds.values()
        )
        counts = [(len(self.org.store.tables[kind.name]), kind.name) for kind in kinds if kind]
        return Reply(200, {"sObjects": [{"count": count, "name": name} for count, name in counts if count]})

    # Bulk.

    def _bulk_create(self, request: Request, version: str) -> Reply:
        return Reply(200, self.org.bulk.create(request.table(), request.user, version))

    def _bulk_abort(self, request: Request, version: str, job: str) -> Reply:
        return Reply(200, self.org.bulk.abort(job, request.table()))

    def _bulk_delete(self, request: Request, version: str, job: str) -> Reply:
        self.org.bulk.delete(job)
        return Reply(204)

    def _bulk_results(self, request: Request, version: str, job: str) -> Reply:
        most, locator = request.query.get("maxRecords"), request.query.get("locator")
        content, headers = self.org.bulk.results(job, most, locator, version)
        return Reply(200, content, {"Content-Type": "text/csv; charset=UTF-8", **headers})
