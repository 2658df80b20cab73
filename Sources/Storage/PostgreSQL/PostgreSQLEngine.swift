import Dispatch
import Foundation
import Logging
import Synchronization

/// PostgreSQL through libpq: one writing connection, a pool of reading ones, and one that listens.
///
/// Any number of processes may use one database. Their writers take turns, see `PostgreSQLConnection`.
final class PostgreSQLEngine: StorageEngine {
    let kind = EngineKind.postgresql
    let place: String

    private let address: PostgreSQLAddress
    private let options: Database.Options
    /// This process, for those that share the database.
    private let name = UUID().uuidString
    private let channel: String
    private let writer: WriterSlot
    private let writersOpened = Atomic(1)
    private let readers: PostgreSQLPool
    private let listener = Mutex<PostgreSQLListener?>(nil)
    private let isBounded = Atomic(false)

    /// The oldest version whose server notices that a client has gone while it waits for a turn.
    private static let oldestVersion = 140_000

    /// - Throws: `cannotOpen`, `notDurable`.
    static func open(
        _ url: String, options: Database.Options
    ) throws(StorageFailure) -> PostgreSQLEngine {
        let address = try PostgreSQLAddress(url)
        do throws(StorageFailure) {
            let writer = try PostgreSQLLink(address)
            try prepareWriter(writer)
            let channel = try writer.run(
                "select 'callmatch_' || substr(md5(current_schema()), 1, 16) as name"
            ).rows[0].text("name")
            return PostgreSQLEngine(address, options: options, writer: writer, channel: channel)
        } catch {
            guard case .unavailable(let place, let reason) = error else { throw error }
            throw .cannotOpen(place, reason: reason)
        }
    }

    private init(
        _ address: PostgreSQLAddress, options: Database.Options, writer: PostgreSQLLink,
        channel: String
    ) {
        self.address = address
        self.options = options
        self.channel = channel
        place = address.place
        self.writer = WriterSlot(writer)
        let limit = options.readAnswerLimit
        readers = PostgreSQLPool(
            limit: options.readers, patience: options.answerLimit
        ) { () throws(StorageFailure) in
            let link = try PostgreSQLLink(address)
            link.patience = limit
            try Self.prepare(link)
            return link
        }
    }

    /// For a store that nobody closed.
    deinit { close() }

    // MARK: - Connections

    /// What a connection is told first, so that nothing of the server's settings changes what statements mean.
    private static func prepare(_ link: PostgreSQLLink) throws(StorageFailure) {
        let settings: [SQL] = [
            "set standard_conforming_strings = on", "set client_min_messages = warning",
            "set bytea_output = 'hex'", "set extra_float_digits = 1",
            "set client_connection_check_interval = '1s'",
            // A process that stands still in a transaction loses it.
            "set idle_in_transaction_session_timeout = '5s'",
        ]
        for setting in settings { link.queue(setting) }
        let about = try link.run(
            """
            select current_setting('server_version_num') as version,
                current_setting('server_version') as shown,
                current_setting('server_encoding') as encoding, current_schema() as home
            """
        ).rows[0]
        let version = try about.text("version")
        guard Int(version) ?? 0 >= oldestVersion else {
            throw .cannotOpen(
                link.place, reason: "it is PostgreSQL \(try about.text("shown")); 14 is the oldest")
        }
        guard try about.text("encoding") == "UTF8" else {
            throw .cannotOpen(
                link.place,
                reason: "its encoding is \(try about.text("encoding")); make one with UTF8")
        }
        guard try about.optionalText("home") != nil else {
            throw .cannotOpen(
                link.place, reason: "no schema of the search_path exists; make it first")
        }
    }

    private static func prepareWriter(_ link: PostgreSQLLink) throws(StorageFailure) {
        try prepare(link)
        for name in ["fsync", "full_page_writes", "synchronous_commit"] {
            let value = try link.run("select current_setting(\(name)) as value").rows[0]
                .text("value")
            guard value != "off" else {
                throw .notDurable(
                    link.place, found: "PostgreSQL's \(name) = off",
                    help: "Set \(name) = on in postgresql.conf, and for this role and database.")
            }
        }
    }

    private func reopenWriter() throws(StorageFailure) -> PostgreSQLLink {
        let link = try PostgreSQLLink(address)
        if isBounded.load(ordering: .acquiring) { link.patience = options.answerLimit }
        try Self.prepareWriter(link)
        writersOpened.add(1, ordering: .relaxed)
        return link
    }

    // MARK: - What the store asks for

    func read<T: Sendable>(
        _ body: @escaping @Sendable (any StorageConnection) throws -> T
    ) async throws -> T {
        let isCancelled = CancellationFlag()
        return try await withTaskCancellationHandler {
            try await readers.lend { link in
                let connection = PostgreSQLConnection(link: link, kind: .reader)
                try connection.control(.begin)
                defer { try? connection.control(.rollback) }
                if isCancelled.isSet { throw CancellationError() }
                do {
                    return try body(CancellableConnection(connection, isCancelled: isCancelled))
                } catch {
                    throw isCancelled.isSet ? CancellationError() : error
                }
            }
        } onCancel: {
            isCancelled.set()
        }
    }

    func withWriter<T>(
        _ body: (any StorageConnection) throws(StorageFailure) -> T
    ) throws(StorageFailure) -> T {
        try writer.use { held throws(StorageFailure) in
            let link: PostgreSQLLink
            if let old = held, old.isAlive() {
                link = old
            } else {
                held = nil
                link = try reopenWriter()
                held = link
            }
            let connection = PostgreSQLConnection(
                link: link, kind: .writer(channel: channel, sender: name))
            defer {
                try? connection.control(.rollback)
                if link.isBroken { held = nil }
            }
            return try body(connection)
        }
    }

    func follow(_ heard: @escaping @Sendable ([ChangeNotice]) -> Void) throws(StorageFailure) {
        isBounded.store(true, ordering: .releasing)
        writer.use { $0?.patience = options.answerLimit }
        let (address, channel, limit) = (address, channel, options.answerLimit)
        let new = try PostgreSQLListener(
            sender: name, logger: options.logger,
            open: { () throws(StorageFailure) in
                let link = try PostgreSQLLink(address)
                link.patience = limit
                try Self.prepare(link)
                try link.listen(to: channel)
                return link
            }, heard: heard)
        listener.withLock { $0 = new }
    }

    /// The server does its own.
    func tidy() {}

    /// The server does its own.
    func checkpoint() {}

    func backup(to path: String) throws(StorageFailure) {
        throw .backupFailed(
            path, reason: "a shared store is copied row by row, which is not the engine's work")
    }

    func close() {
        listener.withLock { $0 }?.stop()
        readers.close()
        writer.use { $0 = nil }
    }

    var metrics: [StorageMetric] {
        let heard = listener.withLock { $0?.heardCount } ?? 0
        return readers.metrics + [
            StorageMetric(
                name: "callmatch_storage_writer_connections_opened_total", kind: .counter,
                help: "Writing connections opened.",
                value: Double(writersOpened.load(ordering: .relaxed))),
            StorageMetric(
                name: "callmatch_storage_announcements_heard_total", kind: .counter,
                help: "Commits of other processes that were heard of.", value: Double(heard)),
        ]
    }
}

/// The writing connection, which one thread at a time has.
///
/// `@unchecked`: nobody comes to the link but through `use`.
private final class WriterSlot: @unchecked Sendable {
    private let turn = DispatchSemaphore(value: 1)
    private var link: PostgreSQLLink?

    init(_ link: PostgreSQLLink) { self.link = link }

    /// Blocks until nobody else has it.
    func use<T, Failure: Error>(
        _ work: (inout PostgreSQLLink?) throws(Failure) -> T
    ) throws(Failure) -> T {
        turn.wait()
        defer { turn.signal() }
        return try work(&link)
    }
}

/// Whether the task that reads is still there.
final class CancellationFlag: Sendable {
    private let value = Atomic(false)

    var isSet: Bool { value.load(ordering: .acquiring) }
    func set() { value.store(true, ordering: .releasing) }
}

/// Stops a read between two statements when its task is cancelled.
private struct CancellableConnection: StorageConnection {
    private let connection: PostgreSQLConnection
    private let isCancelled: CancellationFlag

    init(_ connection: PostgreSQLConnection, isCancelled: CancellationFlag) {
        self.connection = connection
        self.isCancelled = isCancelled
    }

    func rows(_ sql: SQL) throws(StorageFailure) -> [Row] {
        try check()
        return try connection.rows(sql)
    }

    func execute(_ sql: SQL) throws(StorageFailure) -> Int {
        try check()
        return try connection.execute(sql)
    }

    func control(_ step: TransactionStep) throws(StorageFailure) {
        try connection.control(step)
    }

    func announce(_ notices: [ChangeNotice]) throws(StorageFailure) {
        try connection.announce(notices)
    }

    private func check() throws(StorageFailure) {
        // Becomes a `CancellationError` in `read`.
        if isCancelled.isSet { throw .statement("", reason: "the read was cancelled") }
    }
}
