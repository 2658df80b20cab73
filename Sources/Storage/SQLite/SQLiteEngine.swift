import Foundation
import GRDB
import Glibc
import Synchronization

/// SQLite through GRDB: a write-ahead log, one writing connection and a pool of read-only ones.
///
/// GRDB serialises what uses the writing connection, and gives each read its own connection and
/// thread. Everything else of it (observation, records, migrations) is not used.
final class SQLiteEngine: StorageEngine {
    let kind = EngineKind.sqlite
    let place: String

    private let store: any DatabaseWriter
    private let checkpoints = Mutex(CheckpointCounter())

    /// Opens the file, which must exist and be locked for this process.
    ///
    /// - Throws: `notDurable` when a commit would not survive a power cut.
    static func open(
        file: String, options: Database.Options
    ) throws(StorageFailure) -> SQLiteEngine {
        let engine = try translating(file) {
            let pool = try DatabasePool(path: file, configuration: configuration(options))
            return SQLiteEngine(store: pool, place: file)
        }
        try engine.requireDurability(options.synchronous)
        // SQLite ignores an error when it syncs the folder that its new log file is in.
        try sync(folder: URL(fileURLWithPath: file).deletingLastPathComponent().path)
        return engine
    }

    /// A private store in memory. Reads take turns with writes on its single connection.
    static func inMemory(options: Database.Options) throws(StorageFailure) -> SQLiteEngine {
        try translating("memory") {
            let queue = try DatabaseQueue(configuration: configuration(options))
            return SQLiteEngine(store: queue, place: "memory")
        }
    }

    private init(store: any DatabaseWriter, place: String) {
        self.store = store
        self.place = place
    }

    func read<T: Sendable>(
        _ body: @escaping @Sendable (any StorageConnection) throws -> T
    ) async throws -> T {
        do {
            return try await store.read { database in
                try body(SQLiteConnection(database: database, place: place))
            }
        } catch let error as DatabaseError {
            throw StorageFailure(error, place: place)
        }
    }

    func withWriter<T>(
        _ body: (any StorageConnection) throws(StorageFailure) -> T
    ) throws(StorageFailure) -> T {
        let result: Result<T, StorageFailure> = store.writeWithoutTransaction { database in
            let connection = SQLiteConnection(database: database, place: place)
            defer { try? connection.control(.rollback) }
            return Result { () throws(StorageFailure) in try body(connection) }
        }
        return try result.get()
    }

    /// One process has the folder: there is nobody else to listen to.
    func follow(_ heard: @escaping @Sendable ([ChangeNotice]) -> Void) {}

    var metrics: [StorageMetric] { [] }

    /// Copies the log into the database file when enough has been written.
    ///
    /// SQLite would do so by itself within a commit, but then a caller waits for it and its I/O
    /// errors are swallowed. Its own checkpoint stays on as a backstop for very large transactions.
    func tidy() throws(StorageFailure) {
        try Self.translating(place) {
            try store.writeWithoutTransaction { database in
                let isDue = checkpoints.withLock { $0.isDue(changes: database.totalChangesCount) }
                // Passive: readers are not waited for, and keep what they still need in the log.
                if isDue { try database.checkpoint(.passive) }
            }
        }
    }

    func checkpoint() throws(StorageFailure) {
        try Self.translating(place) {
            _ = try store.writeWithoutTransaction { database in
                try database.checkpoint(.truncate)
            }
        }
    }

    func backup(to path: String) throws(StorageFailure) {
        let draft = path + ".partial"
        guard !FileManager.default.fileExists(atPath: path) else {
            throw .backupFailed(path, reason: "the file exists")
        }
        let descriptor = Glibc.open(draft, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .backupFailed(path, reason: "\(draft): \(lastSystemError())")
        }
        Glibc.close(descriptor)
        defer { unlink(draft) }
        do {
            let copy = try DatabaseQueue(path: draft)
            try store.backup(to: copy)
            try copy.close()
        } catch {
            throw .backupFailed(path, reason: "\(error)")
        }
        try Self.publish(draft, as: path)
    }

    func close() {
        // Can only fail when a statement is still in use; then the end of the process closes it,
        // which a log file survives.
        try? store.close()
    }
}

extension SQLiteEngine {
    private static func configuration(_ options: Database.Options) -> Configuration {
        let walLimit = options.walLimit
        var configuration = Configuration()
        configuration.label = "callmatch.storage"
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = options.readers
        // A rollback that fails must reach us as an error, not end the process.
        configuration.allowsUnsafeTransactions = true
        configuration.prepareDatabase { database in
            // Deleted persons and notes are overwritten, not only unlinked.
            try database.execute(sql: "pragma secure_delete = on")
            // Sorting must not leave names in the folder for temporary files.
            try database.execute(sql: "pragma temp_store = memory")
            try database.execute(sql: "pragma trusted_schema = off")
            guard !database.configuration.readonly else { return }
            // 16 MiB: what calls touch again and again stays; 2 MiB, the default, is read anew.
            try database.execute(sql: "pragma cache_size = -16384")
            try database.execute(sql: "pragma wal_autocheckpoint = 8000")
            try database.execute(sql: "pragma journal_size_limit = \(walLimit)")
        }
        return configuration
    }

    /// GRDB 7.10.0 sets `synchronous = NORMAL` when it switches the write-ahead log on, after
    /// `prepareDatabase`; under NORMAL a power cut takes acknowledged commits with it. So FULL is set
    /// on the writing connection after opening, and read back.
    private func requireDurability(_ level: SynchronousLevel) throws(StorageFailure) {
        let found = try Self.translating(place) {
            try store.writeWithoutTransaction { database in
                try database.execute(sql: "pragma synchronous = \(level.rawValue)")
                return try Int.fetchOne(database, sql: "pragma synchronous") ?? 0
            }
        }
        guard found >= SynchronousLevel.full.rawValue else {
            throw .notDurable(
                place, found: "SQLite's synchronous = \(found), although 2 (FULL) was set",
                help: "Use an SQLite library that was built with its usual options.")
        }
    }

    private static func translating<T>(
        _ place: String, _ work: () throws -> T
    ) throws(StorageFailure) -> T {
        do {
            return try work()
        } catch {
            throw StorageFailure(error, place: place)
        }
    }
}

/// When the log has grown enough to be copied: by rows written, which is what the connection counts,
/// and by commits, each of which adds pages even for a single row.
private struct CheckpointCounter {
    private static let changes = 4_000
    private static let commits = 500

    private var changesBefore = 0
    private var commits = 0

    mutating func isDue(changes: Int) -> Bool {
        commits += 1
        guard changes - changesBefore >= Self.changes || commits >= Self.commits else {
            return false
        }
        changesBefore = changes
        commits = 0
        return true
    }
}
