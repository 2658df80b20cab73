import CallerLookup
import Foundation
import Records

/// How far a job of the org has come that loads all of one object: part of the cursor, and kept nowhere else.
///
/// Source: Salesforce, Bulk API 2.0, "Query Jobs". A job reads at most as much as there was when it was made, so the
/// changes are followed from that moment on.
struct BulkLoad: Codable, Equatable {
    /// The job's id; `nil` before there is one, and when the last one came to nothing.
    var job: String?
    /// When it was made, by the org's clock.
    var since: OrgTime?
    var isReady = false
    /// Where the next page begins; `nil` for the first one.
    var locator: String?
    /// How often we looked whether it is ready.
    var looks = 0
    /// Pages that were fetched, of this job.
    var pages = 0
    /// Jobs and pages that came to nothing.
    var failures = 0

    private static let mostFailures = 3
    /// About four hours.
    private static let mostLooks = 500
    private static let longestWait: Double = 30
    /// A job whose pages lead in a circle has an end, too: 200 million records are below it.
    private static let mostPages = 20_000

    /// The org makes no jobs for us: the object is loaded by plain queries instead.
    var isGivenUp: Bool { failures >= Self.mostFailures }

    /// Seconds until it is looked at again.
    var wait: Double { min(Self.longestWait, 2 * Double(looks)) }

    mutating func giveUp() {
        self = BulkLoad()
        failures = Self.mostFailures
    }

    /// The job is no good any more: another one begins from nothing.
    mutating func fail() {
        let failed = failures + 1
        self = BulkLoad()
        failures = failed
    }

    mutating func isFetched(next: String?) {
        locator = next
        pages += 1
        if next != nil && pages > Self.mostPages { fail() }
    }

    mutating func isLooked() {
        looks += 1
        if looks > Self.mostLooks { fail() }
    }
}

extension SalesforceSource {
    /// Bytes of a page: 10,000 rows of our columns are about 5 MiB.
    private static let longestPage = 64 << 20
    private static let longestLocator = 1000
    /// Seconds before something is tried again that came to nothing.
    private static let afterFailure: Double = 10

    /// The next step of a load by a job: it is made, or looked at, or a page of it is fetched. It never waits itself.
    ///
    /// - Throws: where the org is away; nothing is lost, as the cursor has not moved. What is wrong with the job or with a
    ///   page is counted in the cursor, and ends in plain queries.
    func bulk(
        _ object: OrgName, _ people: OrgPeople, _ cursor: SyncCursor
    ) async throws(OrgFault) -> RecordChanges {
        var state = cursor
        guard let text = state.load.job, let job = OrgID(text), state.load.since != nil else {
            try await make(object, people, &state)
            return waiting(state, for: state.load.job == nil ? Self.afterFailure : 2)
        }
        if !state.load.isReady {
            try await look(at: job, &state)
            guard state.load.isReady else {
                let isGone = state.load.job == nil
                return waiting(state, for: isGone ? Self.afterFailure : state.load.wait)
            }
        }
        let page: (rows: CSVRows?, next: String?)
        do throws(OrgFault) {
            page = try await fetch(job, people, state.load.locator)
        } catch {
            return try failed(error, state)
        }
        return take(page.rows, next: page.next, people, state)
    }

    private func waiting(_ state: SyncCursor, for seconds: Double) -> RecordChanges {
        RecordChanges(
            changed: [], removed: [], cursor: state.text, isComplete: false,
            expected: state.expected, wait: seconds)
    }

    private func make(
        _ object: OrgName, _ people: OrgPeople, _ state: inout SyncCursor
    ) async throws(OrgFault) {
        let query: SOQL = "SELECT \(names: people.columns) FROM \(name: object)"
        do throws(OrgFault) {
            let (_, body) = try await connection.ask(
                "POST", "jobs/query",
                body: .object([
                    "operation": .text("query"), "query": .text(query.description),
                    "contentType": .text("CSV"), "columnDelimiter": .text("COMMA"),
                    "lineEnding": .text("LF"),
                ]))
            let stamp = body?["createdDate"]?.text ?? body?["systemModstamp"]?.text
            guard let id = body?["id"]?.text.flatMap(OrgID.init),
                let since = stamp.flatMap(OrgTime.init(_:))
            else { return state.load.fail() }
            state.load.job = id.description
            state.load.since = since
        } catch {
            guard case .refused = error, !error.isAway else { throw error }
            state.load.giveUp()
        }
    }

    private func look(at job: OrgID, _ state: inout SyncCursor) async throws(OrgFault) {
        do throws(OrgFault) {
            let (_, body) = try await connection.ask("GET", "jobs/query/\(job)")
            switch body?["state"]?.text {
            case "JobComplete": state.load.isReady = true
            case "Failed", "Aborted": state.load.fail()
            default: state.load.isLooked()
            }
        } catch {
            guard case .refused = error, !error.isAway else { throw error }
            state.load.fail()
        }
    }

    /// - Returns: no rows for an empty page; `next` is `nil` after the last one.
    private func fetch(
        _ job: OrgID, _ people: OrgPeople, _ locator: String?
    ) async throws(OrgFault) -> (CSVRows?, String?) {
        var query = ["maxRecords": "\(settings.bulkPage)"]
        if let locator { query["locator"] = locator }
        let reply = try await connection.answer("GET", "jobs/query/\(job)/results", query: query) {
            $0.headers["Accept"] = "text/csv"
            $0.mostBytes = Self.longestPage
        }
        let told = reply.headers["sforce-numberofrecords"].flatMap(Int.init)
        let next = reply.headers["sforce-locator"].flatMap {
            $0.isEmpty || $0 == "null" ? nil : $0
        }
        guard next != locator || next == nil, (next?.utf8.count ?? 0) <= Self.longestLocator else {
            throw .garbled("a page of a job leads to itself")
        }
        if reply.body.isEmpty && told == 0 { return (nil, next) }
        let rows = try CSVRows(reply.body)
        guard people.columns.allSatisfy({ rows.columns.contains($0.description) }) else {
            throw .garbled("a page of a job lacks columns")
        }
        guard told == nil || told == rows.count else {
            throw .garbled("a page of a job has \(rows.count) rows, not \(told ?? 0)")
        }
        return (rows, next)
    }

    private func failed(
        _ fault: OrgFault, _ cursor: SyncCursor
    ) throws(OrgFault) -> RecordChanges {
        var state = cursor
        switch fault {
        case .unanswered, .needsConsent: throw fault
        case .garbled:
            // The same page again, a few times.
            state.load.failures += 1
        case .refused(let refusal):
            if refusal.status == 412 || refusal.has("JOB_NOT_COMPLETE") {
                state.load.isReady = false
                state.load.isLooked()
            } else if fault.isAway {
                throw fault
            } else {
                state.load.fail()
            }
        }
        return waiting(state, for: Self.afterFailure)
    }

    private func take(
        _ rows: CSVRows?, next: String?, _ people: OrgPeople, _ cursor: SyncCursor
    ) -> RecordChanges {
        var state = cursor
        let changed = (rows.map(Array.init) ?? []).compactMap { row -> Person? in
            guard case .person(let person, _)? = people.row(row) else { return nil }
            return person
        }
        let expected = state.expected
        state.load.isFetched(next: next)
        var isComplete = false
        if next == nil {
            if let since = state.load.since { state.loaded(asOf: since) }
            isComplete = state.finishObject(overlap: settings.overlapSeconds)
        }
        return RecordChanges(
            changed: changed, removed: [], cursor: state.text, isComplete: isComplete,
            expected: expected)
    }
}
