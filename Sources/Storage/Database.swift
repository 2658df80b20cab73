import Dispatch
import Logging
import Synchronization

/// The store of everything that must survive: one writer, many readers, one SQL for every engine.
///
/// - A `write` returns after the synced commit that holds it: what it returned survives the end of
///   the process and of the power. Writes that arrive together share one commit.
/// - A `read` sees every write that has returned, as one unchanging picture.
/// - A `ChangeNotice` is delivered after the commit of the write that gave it, never before.
/// - After the first I/O error of a write nothing more is written: see `StorageFailure.failed`.
///
/// Bodies run on the store's own threads, so they must be short and must not wait for anything but
/// the store. A body must not call the `Database` again.
package final class Database: Sendable {
    /// Opens the store, takes the data folder for this process and brings the schema up to date.
    ///
    /// Nothing else is touched before a folder is ours, and nothing is returned before the
    /// durability setting has been read back and every migration has been committed.
    ///
    /// - Parameter migrations: every migration this version knows, in order. Those that the store
    ///   already has are left out; a store that has others was made by a newer version.
    /// - Throws: `folderInUse`, `cannotOpen`, `notDurable`, `newerStore`, `migrationFailed`,
    ///   `diskFull`, `failed`.
    package static func open(
        _ location: Location, migrations: [Migration], options: Options = Options()
    ) async throws(StorageFailure) -> Database {
        let opened: Result<Database, StorageFailure> = await onThread { () throws(StorageFailure) in
            switch location {
            case .folder(let path):
                let folder = try DataFolder.claim(path)
                try folder.prepareDatabaseFile()
                let engine = try SQLiteEngine.open(
                    file: folder.databaseFile, options: options)
                return try Database(
                    engine: engine, folder: folder, migrations: migrations, options: options)
            case .postgresql(let url, let path):
                let folder = try path.map { path throws(StorageFailure) in
                    try DataFolder.claim(path)
                }
                let engine = try PostgreSQLEngine.open(url, options: options)
                return try Database(
                    engine: engine, folder: folder, migrations: migrations, options: options)
            case .memory:
                let engine = try SQLiteEngine.inMemory(options: options)
                return try Database(
                    engine: engine, folder: nil, migrations: migrations, options: options)
            }
        }
        return try opened.get()
    }

    /// Reads one consistent picture of the store, in which every write that has returned is seen.
    ///
    /// A cancelled task stops its read between two statements.
    ///
    /// - Throws: what the body throws; `overloaded` when `Options.readLimit` reads are under way;
    ///   `closed`; `CancellationError`.
    package func read<T: Sendable>(
        _ body: @escaping @Sendable (ReadTransaction) throws -> T
    ) async throws -> T {
        try reads.enter()
        defer { reads.leave() }
        // Nobody waits for a database that is known to be away.
        if let refusal = writes.standingRefusal { throw refusal }
        let kind = engine.kind
        do {
            return try await engine.read { connection in
                try body(ReadTransaction(on: connection, engine: kind))
            }
        } catch {
            if let failure = error as? StorageFailure, failure.reach == .outage {
                writes.suspend(failure)
            }
            throw error
        }
    }

    /// Writes, and returns after the synced commit that holds the write.
    ///
    /// Each body is all or nothing: when it throws, or when one of its statements failed, nothing of
    /// it is kept, and the other bodies of the same commit are not touched. Bodies run once, one
    /// after the other, in the order in which they were handed in. Cancelling the task does not
    /// take the write back.
    ///
    /// - Throws: what the body throws; `overloaded` when `Options.queueLimit` writes are waiting
    ///   (at once, nothing has been written); `diskFull` and `failed` for all bodies of a commit
    ///   that could not be made durable; `closed`.
    @discardableResult
    package func write<T: Sendable>(
        _ body: @escaping @Sendable (WriteTransaction) throws -> T
    ) async throws -> T {
        try await writes.write(body)
    }

    /// Hands a write in and goes on: nobody is told whether it was kept. For what is only a note, which nobody should wait
    /// for while the disk stands still.
    package func note(_ body: @escaping @Sendable (WriteTransaction) throws -> Void) {
        writes.note(body)
    }

    /// The notices of every commit from now on, in the order of the commits.
    ///
    /// The stream begins with this call, not with the first `next()`: subscribe, then read, then
    /// follow, and no change is missed. A subscriber that falls more than
    /// `Options.subscriberLimit` notices behind loses the oldest and gets `ChangeNotice.everything`
    /// (topic `"*"`) after them, whatever topic it asked for: it must then read everything again.
    /// The stream ends when the store is closed.
    ///
    /// - Parameter topic: only notices of this topic; `nil` for all.
    package func changes(topic: String? = nil) -> AsyncStream<ChangeNotice> {
        feed.subscribe(topic: topic)
    }

    /// Writes at once and on the calling thread, past the queue of writes: for a copy, which is all that writes here.
    ///
    /// - Throws: what the body throws, and then nothing of it is kept.
    func commit<T>(_ body: (WriteTransaction) throws -> T) throws -> T {
        let kind = engine.kind
        let outcome = try engine.withWriter { connection throws(StorageFailure) in
            try connection.control(.begin)
            let transaction = WriteTransaction(on: connection, engine: kind)
            let outcome = Result { try body(transaction) }
            if let failure = transaction.failure { throw failure }
            if case .success = outcome { try connection.control(.commit) }
            return outcome
        }
        try engine.tidy()
        return try outcome.get()
    }

    /// Moves what is committed from the log file into the database file and empties the log.
    /// Waits for reads that are under way, up to the busy time-out, while no write can run.
    package func checkpoint() async throws(StorageFailure) {
        try await writes.checkpoint()
    }

    /// Writes a consistent copy while reads and writes go on.
    ///
    /// The copy appears under its name only when it is complete and synced, readable by its owner
    /// only. An existing file is never replaced.
    ///
    /// - Throws: `backupFailed`, `closed`.
    package func backup(to path: String) async throws(StorageFailure) {
        try reads.enter()
        defer { reads.leave() }
        let engine = engine
        let done: Result<Void, StorageFailure> = await onThread { () throws(StorageFailure) in
            try engine.backup(to: path)
        }
        try done.get()
    }

    /// Commits the writes that are waiting, ends the change streams, closes the files and gives the
    /// data folder back. Later reads and writes fail with `closed`. May be called again.
    package func close() async {
        await reads.close()
        await writes.close()
        feed.finish()
        folder?.release()
    }

    /// Whether the store can be written now, and if not, why.
    package var health: StorageHealth { writes.health }

    /// Figures since the store was opened, for a monitoring system.
    package var metrics: [StorageMetric] {
        writes.metrics + reads.metrics + feed.metrics + engine.metrics
    }

    /// The engine, for the few places that show it.
    package var kind: EngineKind { engine.kind }

    /// Where the data is, in words for the administrator: no secret is in it.
    package var place: String { engine.place }

    private let engine: any StorageEngine
    private let folder: DataFolder?
    private let feed: ChangeFeed
    private let reads: ReadGate
    private let writes: WriteQueue

    /// Opens a store on an engine that is already open. Blocks while the schema is brought up to
    /// date.
    init(
        engine: any StorageEngine, folder: DataFolder?, migrations: [Migration], options: Options
    ) throws(StorageFailure) {
        let applied = try engine.withWriter { connection throws(StorageFailure) in
            try options.purpose.check(connection, engine: engine, migrations: migrations)
            return try Migration.apply(
                migrations, on: connection, engine: engine.kind, place: engine.place)
        }
        self.engine = engine
        self.folder = folder
        feed = ChangeFeed(limit: options.subscriberLimit)
        reads = ReadGate(limit: options.readLimit)
        writes = WriteQueue(engine: engine, feed: feed, options: options)
        try engine.follow { [feed] notices in feed.publish(notices) }
        options.logger.info("The store is open.", metadata: ["place": "\(engine.place)"])
        for id in applied { options.logger.notice("Migration \(id) is applied.") }
    }
}

/// Runs blocking work on a thread of its own, never on one that tasks share.
func onThread<T: Sendable>(
    _ work: @escaping @Sendable () throws(StorageFailure) -> T
) async -> Result<T, StorageFailure> {
    await withCheckedContinuation { continuation in
        DispatchQueue(label: "callmatch.storage.work").async {
            continuation.resume(returning: Result(catching: work))
        }
    }
}
