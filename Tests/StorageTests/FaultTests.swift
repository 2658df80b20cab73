import Foundation
import Testing

@testable import Storage

@Suite(.timeLimit(.minutes(2))) struct FaultTests {
    /// A real store whose engine fails at the n-th of some step.
    static func store(
        at path: String, options: Database.Options,
        _ before: @escaping @Sendable (FaultyEngine.Step) throws(StorageFailure) -> Void
    ) throws -> Database {
        let claimed = try DataFolder.claim(path)
        let engine = try SQLiteEngine.open(file: claimed.databaseFile, options: options)
        return try Database(
            engine: FaultyEngine(engine, before: before), folder: claimed,
            migrations: noteSchema, options: options)
    }

    @Test func afterTheFirstFailedSyncNothingIsWrittenAnyMore() async throws {
        let folder = try TemporaryFolder()
        let failure = StorageFailure.failed("disk", reason: "disk I/O error")
        let reported = Collected<StorageFailure>()
        let commits = Collected<Bool>()
        var options = Database.Options.fullGroups(of: 3)
        options.onFatal = { reported.append($0) }
        let database = try Self.store(at: folder.data, options: options) {
            step throws(StorageFailure) in
            guard step == .control(.commit) else { return }
            commits.append(true)
            // The schema's two, the lone write, then the group that fails.
            if commits.all.count == 4 { throw failure }
        }
        try await database.write { try $0.add(0) }
        await withTaskGroup(of: Void.self) { tasks in
            for id in 1...3 {
                tasks.addTask {
                    await #expect(throws: failure) { try await database.write { try $0.add(id) } }
                }
            }
        }
        #expect(database.health.state == .failed(failure))
        for id in 4...6 {
            await #expect(throws: failure) { try await database.write { try $0.add(id) } }
        }
        await #expect(throws: failure) { try await database.checkpoint() }
        // What was stored can still be read, and no commit was tried again.
        #expect(try await database.ids() == [0])
        await database.close()
        #expect(commits.all.count == 4)
        // Told after the writes were refused, and once.
        #expect(reported.all == [failure])
        #expect(database.health.state == .failed(failure))
    }

    /// Every step at which a commit can meet an I/O error: all bodies fail, the rest is refused.
    @Test(arguments: [
        FaultyEngine.Step.control(.begin), .control(.savepoint), .statement,
        .control(.releaseSavepoint), .control(.commit),
    ])
    func anIOErrorAtAnyStepStopsTheStore(_ at: FaultyEngine.Step) async throws {
        let folder = try TemporaryFolder()
        let failure = StorageFailure.failed("disk", reason: "disk I/O error")
        let isArmed = Collected<Bool>()
        let database = try Self.store(at: folder.data, options: .quiet) {
            step throws(StorageFailure) in
            if step == at, !isArmed.all.isEmpty { throw failure }
        }
        isArmed.append(true)
        for id in 1...2 {
            await #expect(throws: failure) {
                // A body that hides the error does not save itself.
                try await database.write { try? $0.add(id) }
            }
        }
        #expect(try await database.ids() == [])
        await database.close()
    }

    @Test func anErrorOfTheHousekeepingStopsTheStoreButNotTheAnswer() async throws {
        let folder = try TemporaryFolder()
        let failure = StorageFailure.failed("disk", reason: "disk I/O error")
        let reported = Collected<StorageFailure>()
        var options = Database.Options.quiet
        options.onFatal = { reported.append($0) }
        let database = try Self.store(at: folder.data, options: options) {
            step throws(StorageFailure) in
            if step == .tidy { throw failure }
        }
        try await database.write { try $0.add(1) }
        await #expect(throws: failure) { try await database.write { try $0.add(2) } }
        #expect(reported.all == [failure])
        #expect(try await database.ids() == [1])
        await database.close()
    }

    /// A real I/O error: the system lets the log file grow no further (`EFBIG`).
    @Test func aRealIOErrorEndsTheProcess() async throws {
        let folder = try TemporaryFolder()
        let path = folder.data
        await #expect(processExitsWith: .exitCode(9)) { [path = path as String] in
            var options = Database.Options.quiet
            options.onFatal = { failure in
                if case .failed = failure { exit(9) } else { exit(8) }
            }
            let database = try await Database.open(
                .folder(path), migrations: noteSchema, options: options)
            try await database.write { try $0.add(1) }
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 200_000, rlim_max: 200_000)
            setrlimit(__rlimit_resource_t(1), &limit)  // RLIMIT_FSIZE
            let text = String(repeating: "x", count: 1_000_000)
            do { try await database.write { try $0.add(2, text) } } catch {
                // The caller has its answer; the end comes from the store's own thread.
                let (never, continuation) = AsyncStream.makeStream(of: Void.self)
                for await _ in never {}
                continuation.finish()
            }
            exit(7)
        }
        let database = try await Database.open(
            .folder(path), migrations: noteSchema, options: .quiet)
        #expect(try await database.ids() == [1])
        await database.close()
    }

    @Test func aFullDiskFailsTheWholeGroupAndRecovers() async throws {
        let folder = try TemporaryFolder()
        let claimed = try DataFolder.claim(folder.data)
        var options = Database.Options.fullGroups(of: 3)
        options.spaceCheck = .seconds(3600)
        let engine = try SQLiteEngine.open(file: claimed.databaseFile, options: options)
        let database = try Database(
            engine: engine, folder: claimed, migrations: noteSchema, options: options)
        try await database.write { try $0.add(0) }
        try engine.withWriter { connection throws(StorageFailure) in
            _ = try connection.rows("pragma max_page_count = 20")
        }
        let full = StorageFailure.diskFull(claimed.databaseFile)
        let large = String(repeating: "x", count: 200_000)
        await withTaskGroup(of: Void.self) { tasks in
            for (id, text) in [(1, ""), (2, large), (3, "")] {
                tasks.addTask {
                    await #expect(throws: full) {
                        try await database.write { try $0.add(id, text) }
                    }
                }
            }
        }
        #expect(database.health.state == .suspended(full))
        #expect(!database.health.isWritable)
        #expect(database.health.reason?.contains("Free some space") == true)
        #expect(try await database.ids() == [0])

        try engine.withWriter { connection throws(StorageFailure) in
            _ = try connection.rows("pragma max_page_count = 100000")
        }
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for id in 4...6 {
                tasks.addTask { try await database.write { try $0.add(id, large) } }
            }
            try await tasks.waitForAll()
        }
        #expect(database.health.isWritable)
        #expect(try await database.ids() == [0, 4, 5, 6])
        await database.close()
    }

    /// While the disk is full the balancer sends nothing, so no write would ever find out.
    @Test func afterAFullDiskTheStoreFindsOutByItself() async throws {
        let folder = try TemporaryFolder()
        let attempts = Collected<Bool>()
        let (recovered, signal) = AsyncStream.makeStream(of: Void.self)
        let isArmed = Collected<Bool>()
        var options = Database.Options.quiet
        options.spaceCheck = .milliseconds(1)
        let database = try Self.store(at: folder.data, options: options) {
            step throws(StorageFailure) in
            guard !isArmed.all.isEmpty, step == .control(.begin) else { return }
            attempts.append(true)
            if attempts.all.count <= 4 { throw .diskFull("disk") }
            signal.finish()
        }
        isArmed.append(true)
        await #expect(throws: StorageFailure.diskFull("disk")) {
            try await database.write { try $0.add(1) }
        }
        for await _ in recovered {}
        try await database.checkpoint()  // behind the look for space, on the same thread
        #expect(database.health.isWritable)
        #expect(attempts.all.count == 6)
        await database.close()
    }

    @Test func tooManyReadsAreRefused() async throws {
        var options = Database.Options.quiet
        options.readLimit = 1
        let database = try await Database.notes(options)
        let gate = DispatchSemaphore(value: 0)
        let (begun, signal) = AsyncStream.makeStream(of: Void.self)
        async let first: Void = database.read { _ in
            signal.finish()
            gate.wait()
        }
        for await _ in begun {}
        await #expect(throws: StorageFailure.overloaded(limit: 1)) { try await database.ids() }
        gate.signal()
        try await first
        #expect(try await database.ids() == [])
        #expect(database.metrics.value("reads_refused_total") == 1)
        await database.close()
    }

    static let failures: [StorageFailure] = [
        .folderInUse(folder: "/data", process: nil), .folderInUse(folder: "/data", process: 7),
        .cannotOpen("/data", reason: "denied"),
        .notDurable("/data", found: "fsync = off", help: "Switch it on."),
        .unavailable("db", reason: "no answer"),
        .newerStore("/data", unknown: ["0009-x"]), .migrationFailed(id: "0002-x", reason: "no"),
        .overloaded(limit: 10), .diskFull("/data"), .failed("/data", reason: "I/O"), .closed,
        .locked("/data"), .constraint(.unique, detail: "note.id"),
        .statement("selec", reason: "syntax"), .column("id", problem: "is null"),
        .backupFailed("/copy", reason: "exists"), .notRestored("/copy", reason: "it is damaged"),
        .olderStore("/data", missing: ["0009-x"]), .unfinishedCopy("/data"),
    ]

    /// What happened, and what would help: at least two sentences, the last one an advice or a
    /// prospect.
    @Test(arguments: failures)
    func everyFailureSaysWhatWouldHelp(_ failure: StorageFailure) {
        #expect(failure.description.hasSuffix("."))
        #expect(failure.description.first?.isUppercase == true)
        #expect(failure.description.count > 30)
        if failure.fault == .program, failure != .closed {
            #expect(failure.description.contains("report"))
        }
    }
}
