import Foundation
import Testing

@testable import Storage

@Suite(.timeLimit(.minutes(2))) struct DurabilityTests {
    @Test func theWriterSyncsEveryCommit() throws {
        let folder = try TemporaryFolder()
        let claimed = try DataFolder.claim(folder.data)
        let engine = try SQLiteEngine.open(file: claimed.databaseFile, options: .quiet)
        let settings: [(SQL, String, Int64)] = [
            ("pragma synchronous", "synchronous", 2), ("pragma foreign_keys", "foreign_keys", 1),
            ("pragma secure_delete", "secure_delete", 1), ("pragma temp_store", "temp_store", 2),
            ("pragma trusted_schema", "trusted_schema", 0),
            ("pragma wal_autocheckpoint", "wal_autocheckpoint", 8000),
            ("pragma journal_size_limit", "journal_size_limit", 64 << 20),
            ("pragma busy_timeout", "timeout", 5000),
        ]
        try engine.withWriter { connection throws(StorageFailure) in
            for (pragma, name, value) in settings {
                let row = try connection.rows(pragma)[0]
                #expect(try row.value(name) == .integer(value), "\(name)")
            }
            let mode = try connection.rows("pragma journal_mode")[0]
            #expect(try mode.text("journal_mode") == "wal")
        }
        engine.close()
    }

    @Test func aStoreThatWouldNotSyncIsRefused() async throws {
        let folder = try TemporaryFolder()
        var options = Database.Options.quiet
        options.synchronous = .normal
        let error = await #expect(throws: StorageFailure.self) {
            try await Database.open(
                .folder(folder.data), migrations: noteSchema, options: options)
        }
        guard case .notDurable(let place, let found, _)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(place == folder.data + "/callmatch.sqlite")
        #expect(found.contains("synchronous = 1"))
        #expect(error?.description.contains("synchronous = 1") == true)
        let database = try await Database.open(
            .folder(folder.data), migrations: noteSchema, options: .quiet)
        await database.close()
    }

    @Test func everythingIsThereAfterOpeningAgain() async throws {
        let folder = try TemporaryFolder()
        for round in 0..<3 {
            let database = try await Database.open(
                .folder(folder.data), migrations: noteSchema, options: .quiet)
            #expect(try await database.ids() == Array(0..<round * 100))
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for id in round * 100..<(round + 1) * 100 {
                    tasks.addTask { try await database.write { try $0.add(id) } }
                }
                try await tasks.waitForAll()
            }
            await database.close()
        }
    }

    /// The process notes each answer in a ledger and is killed before its n-th commit.
    @Test(arguments: [4, 9, 25, 60])
    func whatWasAnsweredSurvivesAKill(commits: Int) async throws {
        let folder = try TemporaryFolder()
        let (path, ledger) = (folder.data, folder.path + "/ledger")
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [path = path as String, ledger = ledger as String, commits = commits as Int] in
            let claimed = try DataFolder.claim(path)
            let countdown = Countdown(commits)
            let engine = FaultyEngine(
                try SQLiteEngine.open(file: claimed.databaseFile, options: .quiet)
            ) { step throws(StorageFailure) in
                if step == .control(.commit), countdown.isOver() { kill(getpid(), SIGKILL) }
            }
            let database = try Database(
                engine: engine, folder: claimed, migrations: noteSchema, options: .quiet)
            let file = open(ledger, O_WRONLY | O_CREAT | O_APPEND, 0o600)
            let addToBoth: @Sendable (Int) async -> Void = { id in
                guard (try? await database.write { try $0.add(id) }) != nil else { return }
                let line = Array("\(id)\n".utf8)
                _ = write(file, line, line.count)
            }
            // Two of the schema, one each of these, then groups.
            for id in 0..<5 { await addToBoth(id) }
            await withTaskGroup(of: Void.self) { tasks in
                for id in 5..<10_000 { tasks.addTask { await addToBoth(id) } }
            }
        }
        let answered = try String(contentsOfFile: ledger, encoding: .utf8)
            .split(separator: "\n").compactMap { Int($0) }
        let database = try await Database.open(
            .folder(path), migrations: noteSchema, options: .quiet)
        let kept = Set(try await database.ids())
        #expect(answered.count >= min(5, commits - 3))
        #expect(answered.allSatisfy(kept.contains))
        await database.close()
    }

    @Test func closingCommitsWhatWaitsAndRefusesTheRest() async throws {
        let database = try await Database.notes(.fullGroups(of: 1_000))
        try await database.write { try $0.add(0) }
        let done = await withTaskGroup(of: Bool.self) { tasks in
            for id in 1...20 {
                tasks.addTask { (try? await database.write { try $0.add(id) }) != nil }
            }
            await database.close()
            await database.close()
            return await tasks.reduce(into: []) { $0.append($1) }
        }
        // Who came before the end is committed, who came later is told so.
        #expect(database.health.groupedWrites == 1 + done.count { $0 })
        await #expect(throws: StorageFailure.closed) { try await database.write { try $0.add(99) } }
        await #expect(throws: StorageFailure.closed) { try await database.ids() }
        await #expect(throws: StorageFailure.closed) { try await database.checkpoint() }
        await #expect(throws: StorageFailure.closed) { try await database.backup(to: "x") }
        #expect(database.health.state == .closed)
        #expect(database.health.reason?.contains("closed") == true)
    }

    @Test func theLogIsEmptiedByACheckpointAndStaysSmallByItself() async throws {
        let folder = try TemporaryFolder()
        let database = try await Database.open(
            .folder(folder.data), migrations: noteSchema, options: .quiet)
        let text = String(repeating: "x", count: 1_000)
        for round in 0..<40 {
            try await database.write { transaction in
                for id in 0..<1_000 { try transaction.add(round * 1_000 + id, text) }
            }
        }
        let log = folder.data + "/callmatch.sqlite-wal"
        // 40 MB were written; each round is about 1.2 MB of log, and is copied when it is committed.
        #expect(try size(log) < 8 << 20)
        try await database.checkpoint()
        #expect(try size(log) == 0)
        #expect(try await database.ids().count == 40_000)
        await database.close()
    }

    @Test func aBackupIsCompleteAndNeverReplacesAFile() async throws {
        let folder = try TemporaryFolder()
        let database = try await Database.open(
            .folder(folder.data), migrations: noteSchema, options: .quiet)
        try await database.write { transaction in
            for id in 0..<1_000 { try transaction.add(id) }
        }
        let copy = folder.path + "/copy/callmatch.sqlite"
        try FileManager.default.createDirectory(
            atPath: folder.path + "/copy", withIntermediateDirectories: true)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for id in 1_000..<1_200 {
                tasks.addTask { try await database.write { try $0.add(id) } }
            }
            try await database.backup(to: copy)
            try await tasks.waitForAll()
        }
        await #expect(throws: StorageFailure.backupFailed(copy, reason: "the file exists")) {
            try await database.backup(to: copy)
        }
        await #expect(throws: StorageFailure.self) {
            try await database.backup(to: folder.path + "/nowhere/copy.sqlite")
        }
        await database.close()

        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path + "/copy")
                == ["callmatch.sqlite"])
        let restored = try await Database.open(
            .folder(folder.path + "/copy"), migrations: noteSchema, options: .quiet)
        let ids = try await restored.ids()
        #expect(ids.count >= 1_000 && ids.starts(with: 0..<1_000))
        try await restored.write { try $0.add(-1) }
        await restored.close()
    }

    private func size(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return (attributes[.size] as? NSNumber)?.intValue ?? -1
    }
}
