/// The database engines. The statements of a room are the same for all of them (see `SQL`, "Dialect");
/// a room asks only where they cannot be: full-text search.
package enum EngineKind: Sendable {
    case sqlite
    case postgresql

    /// As people call it.
    package var title: String {
        switch self {
        case .sqlite: "SQLite"
        case .postgresql: "PostgreSQL"
        }
    }

    /// Whether other processes can use the store at the same time.
    package var isShared: Bool { self == .postgresql }
}

/// What an engine must do for `Database`: SQLite in this process, or PostgreSQL, which other processes use too.
///
/// An engine knows connections, statements and its own errors. What the store promises (group
/// commit, savepoints, notices, limits, migrations, fail-stop) is above it and written once.
/// Library types and errors end here.
protocol StorageEngine: Sendable {
    var kind: EngineKind { get }

    /// Where the data is, for messages to the administrator.
    var place: String { get }

    /// Lends a read-only connection inside a transaction that sees one picture of the store, not
    /// older than the last commit. The body runs on a thread of the engine.
    func read<T: Sendable>(
        _ body: @escaping @Sendable (any StorageConnection) throws -> T
    ) async throws -> T

    /// Lends the one writing connection, outside of any transaction, and blocks until the body ends.
    /// A transaction that the body leaves open is rolled back.
    func withWriter<T>(
        _ body: (any StorageConnection) throws(StorageFailure) -> T
    ) throws(StorageFailure) -> T

    /// Called once, when the schema is up to date: from now on every wait for the database has an end, and what other
    /// processes change is heard.
    ///
    /// - Parameter heard: called with the notices of each commit of another process, after that commit; with
    ///   `ChangeNotice.everything` when some may have been missed.
    func follow(_ heard: @escaping @Sendable ([ChangeNotice]) -> Void) throws(StorageFailure)

    /// Figures of the engine's own, for a monitoring system.
    var metrics: [StorageMetric] { get }

    /// Housekeeping after a commit, when its callers have their answers.
    func tidy() throws(StorageFailure)

    func checkpoint() throws(StorageFailure)

    /// Blocks until a complete, synced copy stands at `path`. Neither reads nor writes wait for it.
    func backup(to path: String) throws(StorageFailure)

    /// Closes every connection. Nothing is called afterwards.
    func close()
}

/// One connection, lent to a body and used by one thread.
protocol StorageConnection {
    func rows(_ sql: SQL) throws(StorageFailure) -> [Row]

    /// - Returns: rows changed by the statement itself.
    func execute(_ sql: SQL) throws(StorageFailure) -> Int

    func control(_ step: TransactionStep) throws(StorageFailure)

    /// Tells the processes that share the store, when and if the transaction is committed.
    func announce(_ notices: [ChangeNotice]) throws(StorageFailure)
}

/// The steps of a transaction, which each engine spells its own way.
enum TransactionStep {
    /// Begins a transaction that may write.
    case begin
    /// Returns when the transaction is on the disk.
    case commit
    /// Does nothing when an error has already ended the transaction.
    case rollback
    case savepoint
    case releaseSavepoint
    case rollbackToSavepoint
}
