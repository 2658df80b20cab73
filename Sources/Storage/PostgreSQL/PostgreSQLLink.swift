import CPostgreSQL
import Glibc

/// One connection to PostgreSQL, in libpq's pipeline mode.
///
/// libpq runs without blocking, so that every wait has an end: a server that says nothing for `patience` is given up. After
/// that, and after any loss, the link is broken and of no more use.
///
/// `@unchecked`, because libpq's handle is a C pointer: one thread at a time has the link, which its lender sees to.
final class PostgreSQLLink: @unchecked Sendable {
    let place: String

    /// How long the server may say nothing; `nil` for as long as it likes.
    var patience: Duration?

    private(set) var isBroken = false

    private let handle: OpaquePointer
    private var queued: [SQL] = []
    private var prepared: [String: Prepared] = [:]
    private var names = 0

    private struct Prepared {
        let name: String
        let types: [Oid]
    }

    /// What an answer belongs to.
    private enum Step {
        case prepare(text: String)
        case run(text: String)
    }

    /// Connects, which takes 3 seconds at most for each address of the host.
    ///
    /// - Throws: `unavailable`, with libpq's own words.
    init(_ address: PostgreSQLAddress) throws(StorageFailure) {
        place = address.place
        let said: [(String, String)] =
            [
                ("connect_timeout", "3"), ("fallback_application_name", "callmatch"),
                ("keepalives_idle", "10"), ("keepalives_interval", "5"), ("keepalives_count", "2"),
                ("tcp_user_timeout", "10000"),
            ] + address.additions + [("dbname", address.url), ("client_encoding", "UTF8")]
        let keywords = said.map { strdup($0.0) }
        let values = said.map { strdup($0.1) }
        defer { for text in keywords + values { free(text) } }
        let connected = PQconnectdbParams(
            keywords.map { UnsafePointer($0) } + [nil], values.map { UnsafePointer($0) } + [nil], 1)
        guard let connected else { throw .unavailable(place, reason: "libpq has no memory") }
        handle = connected
        guard PQstatus(handle) == CONNECTION_OK, PQsetnonblocking(handle, 1) == 0,
            PQenterPipelineMode(handle) == 1
        else {
            isBroken = true
            throw .unavailable(place, reason: lastWords)
        }
    }

    deinit { PQfinish(handle) }

    // MARK: - Statements

    /// Sends a statement whose answer nobody waits for together with the next one that is run.
    func queue(_ sql: SQL) { queued.append(sql) }

    /// Forgets what is queued and was not sent.
    func dropQueued() { queued = [] }

    /// Sends what is queued and the statement, and waits for all answers.
    ///
    /// - Throws: the first error; what stands behind it was not run.
    func run(_ sql: SQL) throws(StorageFailure) -> PostgreSQLAnswer {
        guard !isBroken else { throw lost("the connection was lost") }
        let batch = queued + [sql]
        queued = []
        var steps: [Step] = []
        for sql in batch { try send(sql, noting: &steps) }
        guard PQpipelineSync(handle) == 1 else { throw lost(lastWords) }
        return try answers(to: steps)
    }

    var isInTransaction: Bool { PQtransactionStatus(handle) != PQTRANS_IDLE }

    private func send(_ sql: SQL, noting steps: inout [Step]) throws(StorageFailure) {
        let text = PostgreSQLDialect.text(of: sql)
        let values = PostgreSQLValues(sql.values)
        let types = sql.values.map(PostgreSQLValues.type)
        guard !sql.isVariable, !sql.values.isEmpty || sql.keyword == "select",
            let name = try prepare(text, types, noting: &steps)
        else {
            try taken(
                values.withPointers {
                    PQsendQueryParams(
                        handle, text, values.count, types, $0, values.lengths, values.formats, 0)
                })
            steps.append(.run(text: text))
            return
        }
        try taken(
            values.withPointers {
                PQsendQueryPrepared(
                    handle, name, values.count, $0, values.lengths, values.formats, 0)
            })
        steps.append(.run(text: text))
    }

    /// Statements are kept prepared by their text. A null has any type: where the first one was null, the statement says
    /// what the value is.
    ///
    /// - Returns: `nil` where the values have other types than those that the text was prepared with.
    private func prepare(
        _ text: String, _ types: [Oid], noting steps: inout [Step]
    ) throws(StorageFailure) -> String? {
        if let known = prepared[text] {
            let isSame = zip(known.types, types).allSatisfy { $0 == $1 || $0 == 0 || $1 == 0 }
            return isSame ? known.name : nil
        }
        names += 1
        let new = Prepared(name: "s\(names)", types: types)
        try taken(PQsendPrepare(handle, new.name, text, Int32(types.count), types))
        prepared[text] = new
        steps.append(.prepare(text: text))
        return new.name
    }

    private func taken(_ code: Int32) throws(StorageFailure) {
        guard code == 1 else { throw lost(lastWords) }
    }

    // MARK: - Answers

    private func answers(to steps: [Step]) throws(StorageFailure) -> PostgreSQLAnswer {
        var failure: StorageFailure?
        var answer = PostgreSQLAnswer()
        for step in steps {
            while let result = try nextResult() {
                defer { PQclear(result) }
                switch PQresultStatus(result) {
                case PGRES_COMMAND_OK, PGRES_TUPLES_OK:
                    if case .run = step { answer = PostgreSQLAnswer(result) }
                case PGRES_PIPELINE_ABORTED: forget(step)
                default:
                    forget(step)
                    let text =
                        switch step {
                        case .prepare(let text), .run(let text): text
                        }
                    failure =
                        failure ?? StorageFailure(postgreSQL: result, place: place, sql: text)
                }
            }
        }
        guard let end = try nextResult() else { throw lost("the answers have no end") }
        let isWhole = PQresultStatus(end) == PGRES_PIPELINE_SYNC
        PQclear(end)
        guard isWhole else { throw lost("the answers do not fit the questions") }
        if let failure {
            if failure.reach == .outage { isBroken = true }
            throw failure
        }
        return answer
    }

    private func forget(_ step: Step) {
        if case .prepare(let text) = step { prepared[text] = nil }
    }

    /// The next result of the statement at hand; `nil` at its end.
    private func nextResult() throws(StorageFailure) -> OpaquePointer? {
        while true {
            let unsent = PQflush(handle)
            guard unsent >= 0 else { throw lost(lastWords) }
            if unsent == 0, PQisBusy(handle) == 0 { break }
            try waitForServer(isSending: unsent > 0)
            guard PQconsumeInput(handle) == 1 else { throw lost(lastWords) }
        }
        let result = PQgetResult(handle)
        guard PQstatus(handle) == CONNECTION_OK else {
            let words = lastWords
            PQclear(result)
            throw lost(words)
        }
        return result
    }

    private func waitForServer(isSending: Bool) throws(StorageFailure) {
        let milliseconds = patience.map { Int32(clamping: Int($0 / .milliseconds(1))) } ?? -1
        switch ready(within: milliseconds, alsoToWrite: isSending) {
        case 0: throw lost("it has not answered for \(milliseconds / 1000) s")
        case 1...: return
        default: throw lost(lastSystemError())
        }
    }

    private func ready(within milliseconds: Int32, alsoToWrite: Bool = false) -> Int32 {
        var socket = pollfd(
            fd: PQsocket(handle), events: Int16(alsoToWrite ? POLLIN | POLLOUT : POLLIN), revents: 0
        )
        while true {
            let count = poll(&socket, 1, milliseconds)
            if count >= 0 || errno != EINTR { return count }
        }
    }

    // MARK: - Signs of life

    /// Whether the connection still stands, as far as can be told without asking: a server that ends says so.
    func isAlive() -> Bool {
        // The last words and the end behind them are two reads.
        while !isBroken, ready(within: 0) != 0 {
            isBroken = PQconsumeInput(handle) != 1 || PQstatus(handle) != CONNECTION_OK
        }
        return !isBroken
    }

    /// - Parameter channel: a plain name, which the server made.
    func listen(to channel: String) throws(StorageFailure) {
        try taken(PQsendQueryParams(handle, "listen \(channel)", 0, nil, nil, nil, nil, 0))
        guard PQpipelineSync(handle) == 1 else { throw lost(lastWords) }
        _ = try answers(to: [.run(text: "listen")])
    }

    var socket: Int32 { PQsocket(handle) }

    /// What others have announced since the last call.
    ///
    /// - Throws: `unavailable` when the connection is lost.
    func announcements() throws(StorageFailure) -> [String] {
        let hasRead = PQconsumeInput(handle) == 1
        var payloads: [String] = []
        while let notice = PQnotifies(handle) {
            payloads.append(String(cString: notice.pointee.extra))
            PQfreemem(notice)
        }
        // The last words of a server that ends are read without an error.
        guard hasRead, PQstatus(handle) == CONNECTION_OK, PQsocket(handle) >= 0 else {
            throw lost(lastWords)
        }
        return payloads
    }

    private func lost(_ reason: String) -> StorageFailure {
        isBroken = true
        return .unavailable(place, reason: reason)
    }

    /// libpq's last error, in one line.
    private var lastWords: String {
        let words = String(cString: PQerrorMessage(handle))
            .split(whereSeparator: \.isNewline).map { $0.drop(while: \.isWhitespace) }
            .joined(separator: "; ")
        return words.isEmpty ? "the connection was lost" : words
    }
}
