"""Several requests in one: composite with references, batch, graph, and collections of records."""

import re

from records import found
from refusal import Refusal
from traffic import Reply, Request
from writing import SeveralRecords, Writer

MOST_PARTS = 25
MOST_QUERIES = 5
MOST_RECORDS = 200
MOST_CHUNKS = 10
MOST_GRAPHS = 75
MOST_NODES = 500
REFERENCE = re.compile(r"@\{([^}]+)\}")
WITHIN = r"/services/data/v\d+\.0/(sobjects|query|queryAll|composite/sobjects)\b"
HALTED = "The transaction was rolled back since another operation in the same transaction failed."


class RolledBack(Exception):
    pass


class Composite:
    def __init__(self, org):
        self.org = org

    def whole(self, request: Request, version: str) -> Reply:
        asked = request.table()
        parts = asked.get("compositeRequest")
        self._check(parts)
        return Reply(200, {"compositeResponse": self._run(request, parts, asked.get("allOrNone", False))})

    def graph(self, request: Request, version: str) -> Reply:
        """Each graph is all or nothing by itself."""
        graphs = request.table().get("graphs") or []
        if len(graphs) > MOST_GRAPHS or sum(len(graph["compositeRequest"]) for graph in graphs) > MOST_NODES:
            raise Refusal("LIMIT_EXCEEDED", f"At most {MOST_GRAPHS} graphs and {MOST_NODES} nodes are allowed")
        answers = []
        for graph in graphs:
            parts = self._run(request, graph["compositeRequest"], True)
            fine = all(part["httpStatusCode"] < 300 for part in parts)
            answers.append(
                {"graphId": graph["graphId"], "graphResponse": {"compositeResponse": parts}, "isSuccessful": fine}
            )
        return Reply(200, {"graphs": answers})

    def batch(self, request: Request, version: str) -> Reply:
        """Parts that know nothing of each other; each counts as a call of its own."""
        asked = request.table()
        parts = asked.get("batchRequests") or []
        if len(parts) > MOST_PARTS:
            raise Refusal("LIMIT_EXCEEDED", f"The number of subrequests must be at most {MOST_PARTS}")
        self.org.settings.api_used += max(0, len(parts) - 1)
        results, failed = [], False
        for part in parts:
            if failed and asked.get("haltOnError"):
                results.append(
                    {"statusCode": 412, "result": Refusal("BATCH_PROCESSING_HALTED", "Batch processing halted").body()}
                )
                continue
            target = "/services/data/" + part["url"].removeprefix("/services/data/")
            reply = self.org.api.answer(Request(part["method"], target, {}, b"", request.user, part.get("richInput")))
            failed = failed or reply.status >= 400
            results.append({"statusCode": reply.status, "result": reply.body})
        return Reply(200, {"hasErrors": failed, "results": results})

    @staticmethod
    def _check(parts: object) -> None:
        if not isinstance(parts, list) or not parts:
            raise Refusal("JSON_PARSER_ERROR", "compositeRequest must be a list of subrequests")
        if len(parts) > MOST_PARTS:
            raise Refusal("LIMIT_EXCEEDED", f"The number of subrequests must be at most {MOST_PARTS}")
        names = [part.get("referenceId") for part in parts]
        if None in names or len(set(names)) < len(names):
            raise Refusal("INVALID_INPUT", "Each subrequest needs a referenceId of its own")
        queries = [part for part in parts if re.search(r"/(query|queryAll|composite/sobjects)\b", part.get("url", ""))]
        if len(queries) > MOST_QUERIES:
            raise Refusal("LIMIT_EXCEEDED", f"At most {MOST_QUERIES} subrequests may be queries or collections")

    def _run(self, request: Request, parts: list[dict], all_or_none: bool) -> list[dict]:
        answers: list[dict] = []
        try:
            with self.org.store.transaction():
                for part in parts:
                    answers.append(self._part(request, part, answers))
                    if all_or_none and answers[-1]["httpStatusCode"] >= 300:
                        raise RolledBack
        except RolledBack:
            halted = [{"errorCode": "PROCESSING_HALTED", "message": HALTED}]
            failed = answers[-1]["referenceId"]
            return [
                answers[-1] if part["referenceId"] == failed
                else {"body": halted, "httpHeaders": {}, "httpStatusCode": 400, "referenceId": part["referenceId"]}
                for part in parts
            ]  # fmt: skip
        return answers

    def _part(self, request: Request, part: dict, answers: list[dict]) -> dict:
        known = {answer["referenceId"]: answer for answer in answers}
        try:
            url = REFERENCE.sub(lambda found: str(self._referred(found[1], known)), part["url"])
            if not re.match(WITHIN, url):
                raise Refusal("NOT_FOUND")
            body = self._filled(part.get("body"), known)
            headers = {**part.get("httpHeaders", {}), "Content-Type": "application/json"}
            reply = self.org.api.answer(Request(part["method"], url, headers, b"", request.user, body))
        except Refusal as refusal:
            reply = Reply(refusal.status(), refusal.body())
        return {
            "body": reply.body, "httpHeaders": reply.headers, "httpStatusCode": reply.status,
            "referenceId": part["referenceId"],
        }  # fmt: skip

    def _filled(self, value: object, known: dict) -> object:
        if isinstance(value, dict):
            return {name: self._filled(each, known) for name, each in value.items()}
        if isinstance(value, list):
            return [self._filled(each, known) for each in value]
        if not isinstance(value, str):
            return value
        alone = REFERENCE.fullmatch(value)
        if alone:
            return self._referred(alone[1], known)
        return REFERENCE.sub(lambda found: str(self._referred(found[1], known)), value)

    @staticmethod
    def _referred(path: str, known: dict) -> object:
        """`who.AccountId` or `found.records[0].Id` of what was answered before."""
        name, *steps = re.findall(r"[^.\[\]]+", path)
        answer = known.get(name)
        if answer is None or answer["httpStatusCode"] >= 300:
            raise Refusal("PROCESSING_HALTED", f"Invalid reference specified. No value for {path} found in {name}.")
        value = answer["body"]
        for step in steps:
            try:
                value = value[int(step)] if isinstance(value, list) else value[step]
            except (KeyError, IndexError, ValueError, TypeError):
                said = f"Invalid reference specified. No value for {path} found in {name}."
                raise Refusal("PROCESSING_HALTED", said) from None
        return value


class Collections:
    def __init__(self, org):
        self.org = org

    def write(self, request: Request, version: str) -> Reply:
        """Create, update or delete up to 200 records."""
        if request.method == "DELETE":
            ids = [each for each in request.query.get("ids", "").split(",") if each]
            all_or_none = request.query.get("allOrNone") == "true"
            return self._each(ids, all_or_none, lambda each: self._delete(request, each))
        records, all_or_none = self._records(request)
        one = self._create if request.method == "POST" else self._update
        return self._each(records, all_or_none, lambda record: one(request, record))

    def upsert(self, request: Request, version: str, kind: str, name: str) -> Reply:
        records, all_or_none = self._records(request)

        def one(record: dict) -> dict:
            body = {key: value for key, value in record.items() if key.lower() != name.lower()}
            key = next((value for key, value in record.items() if key.lower() == name.lower()), None)
            writer = Writer(self.org, request.user, request.headers)
            if key is None and name.lower() == "id":
                return self._fine(writer.create(kind, body), created=True)
            if key is None:
                raise Refusal("MISSING_ARGUMENT", f"{name} not specified", [])
            record_id, created = writer.upsert(kind, name, str(key), body)
            return self._fine(record_id, created=created)

        return self._each(records, all_or_none, one)

    def read(self, request: Request, version: str, kind: str) -> Reply:
        """In the order asked for; null for what is not there or not seen."""
        asked = request.table() if request.method == "POST" else {
            name: request.query.get(name, "").split(",") for name in ("ids", "fields")
        }  # fmt: skip
        records = []
        for record_id in asked.get("ids", []):
            try:
                row = found(self.org.store, kind, record_id, self.org.rights, request.user)
            except Refusal:
                records.append(None)
                continue
            names = ",".join(asked.get("fields") or ["Id"])
            records.append(self.org.api.record(kind, row, request, version, names))
        return Reply(200, records)

    @staticmethod
    def _records(request: Request) -> tuple[list[dict], bool]:
        asked = request.table()
        records = asked.get("records") or []
        if len(records) > MOST_RECORDS:
            raise Refusal(
                "EXCEEDED_MAX_TYPES_LIMIT", f"record limit reached. cannot submit more than {MOST_RECORDS} records"
            )
        kinds = [record.get("attributes", {}).get("type") for record in records]
        changes = sum(before != after for before, after in zip(kinds, kinds[1:], strict=False))
        if changes + 1 > MOST_CHUNKS:
            raise Refusal(
                "EXCEEDED_MAX_TYPES_LIMIT", f"cannot have more than {MOST_CHUNKS} chunks in a single operation"
            )
        return records, bool(asked.get("allOrNone"))

    def _each(self, things: list, all_or_none: bool, one) -> Reply:
        results: list[dict] = []
        try:
            with self.org.store.transaction():
                for thing in things:
                    results.append(self._one(thing, one))
                    if all_or_none and not results[-1]["success"]:
                        raise RolledBack
        except RolledBack:
            said = "Record rolled back because not all records were valid and the request was using AllOrNone header"
            halted = {"statusCode": "ALL_OR_NONE_OPERATION_ROLLED_BACK", "message": said, "fields": []}
            failed = len(results) - 1
            results = [
                results[failed] if place == failed else {"success": False, "errors": [halted]}
                for place in range(len(things))
            ]
        return Reply(200, results)

    def _one(self, thing: object, one) -> dict:
        try:
            return one(thing)
        except Refusal as refusal:
            return {"success": False, "errors": [refusal.entry()]}
        except SeveralRecords:
            entry = Refusal("DUPLICATE_EXTERNAL_ID", "More than one record has the external id").entry()
            return {"success": False, "errors": [entry]}

    @staticmethod
    def _fine(record_id: str, **more) -> dict:
        return {"id": record_id, "success": True, "errors": [], **more}

    def _kind(self, record: dict) -> str:
        kind = self.org.schema.kind(str(record.get("attributes", {}).get("type")))
        if kind is None:
            raise Refusal("INVALID_TYPE", "The object type is not specified or not supported")
        return kind.name

    def _create(self, request: Request, record: dict) -> dict:
        return self._fine(Writer(self.org, request.user, request.headers).create(self._kind(record), record))

    def _update(self, request: Request, record: dict) -> dict:
        body = {name: value for name, value in record.items() if name.lower() != "id"}
        record_id = str(record.get("id") or record.get("Id"))
        Writer(self.org, request.user, request.headers).update(self._kind(record), record_id, body)
        return self._fine(record_id)

    def _delete(self, request: Request, record_id: str) -> dict:
        kind = self.org.schema.kind_of(record_id)
        if kind is None:
            raise Refusal("MALFORMED_ID", f"malformed id {record_id}")
        Writer(self.org, request.user, request.headers).delete(kind, record_id)
        return self._fine(record_id)
