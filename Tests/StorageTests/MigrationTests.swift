import Foundation
import Testing

@testable import Storage

@Suite(.timeLimit(.minutes(2))) struct MigrationTests {
    static let second = Migration(
        id: "0002-author",
        sql: [
            "alter table note add column author text not null default ''",
            "create index note_author on note (author)",
            "insert into note (id, text) values (-1, 'from the migration')",
        ])

    @Test func eachIsAppliedOnceAndInOrder() async throws {
        let folder = try TemporaryFolder()
        for round in 1...3 {
            let database = try await Database.open(
                folder.store(), migrations: noteSchema, options: .quiet)
            try await database.write { try $0.add(round) }
            await database.close()
        }
        for _ in 1...2 {
            let database = try await Database.open(
                folder.store(), migrations: noteSchema + [Self.second], options: .quiet)
            #expect(try await database.ids() == [-1, 1, 2, 3])
            await database.close()
        }
    }

    /// Rooms list their own migrations, so a new one may stand before some that are applied.
    @Test func aNewOneMayStandBeforeOldOnes() async throws {
        let folder = try TemporaryFolder()
        let other = Migration(id: "0001-other", sql: ["create table other (id integer)"])
        for migrations in [[noteSchema[0], other], [noteSchema[0], Self.second, other]] {
            let database = try await Database.open(
                folder.store(), migrations: migrations, options: .quiet)
            await database.close()
        }
    }

    @Test func aNewerStoreIsRefused() async throws {
        let folder = try TemporaryFolder()
        let database = try await Database.open(
            folder.store(), migrations: noteSchema + [Self.second], options: .quiet)
        await database.close()
        let error = await #expect(throws: StorageFailure.self) {
            try await Database.open(
                folder.store(), migrations: noteSchema, options: .quiet)
        }
        #expect(error == .newerStore(database.place, unknown: ["0002-author"]))
        #expect(error?.description.contains("newer version") == true)
        #expect(error?.description.contains("0002-author") == true)
        // The folder is free again and the newer version still starts.
        let again = try await Database.open(
            folder.store(), migrations: noteSchema + [Self.second], options: .quiet)
        await again.close()
    }

    @Test func aFailingOneLeavesTheOldSchema() async throws {
        let folder = try TemporaryFolder()
        let broken = Migration(
            id: "0002-broken",
            sql: ["create table extra (id integer)", "insert into nowhere values (1)"])
        let error = await #expect(throws: StorageFailure.self) {
            try await Database.open(
                folder.store(), migrations: noteSchema + [broken], options: .quiet)
        }
        guard case .migrationFailed("0002-broken", let reason)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains("nowhere"))
        let mended = Migration(id: "0002-mended", sql: ["create table extra (id integer)"])
        let database = try await Database.open(
            folder.store(), migrations: noteSchema + [mended], options: .quiet)
        await database.close()
    }

    /// A process is killed before each step of a migration in turn, until one gets through.
    @Test func killedAnywhereTheSchemaIsOldOrNew() async throws {
        var kills = 0
        while kills < 100 {
            let folder = try TemporaryFolder()
            let path = folder.data
            let old = try await Database.open(
                .folder(path), migrations: noteSchema, options: .quiet)
            try await old.write { try $0.add(1, "kept") }
            await old.close()

            let step = kills + 1
            let result = await #expect(processExitsWith: .failure, observing: [\.exitStatus]) {
                [path = path as String, step = step as Int] in
                let claimed = try DataFolder.claim(path)
                let countdown = Countdown(step)
                let engine = FaultyEngine(
                    try SQLiteEngine.open(file: claimed.databaseFile, options: .quiet)
                ) { _ throws(StorageFailure) in
                    if countdown.isOver() { kill(getpid(), SIGKILL) }
                }
                _ = try Database(
                    engine: engine, folder: claimed,
                    migrations: noteSchema + [MigrationTests.second], options: .quiet)
                exit(7)
            }
            try await checkOldOrNew(path)
            if result?.exitStatus == .exitCode(7) { break }
            #expect(result?.exitStatus == .signal(SIGKILL))
            kills += 1
        }
        // is it a store, has it copies, is one unfinished; begin, three tables, commit, the list; begin,
        // the look, three statements, the record, commit
        #expect(kills == 16)
    }

    private func checkOldOrNew(_ path: String) async throws {
        let look = try await Database.open(
            .folder(path), migrations: noteSchema + [Self.second], options: .quiet)
        let row = try await look.read { try $0.row("select text, author from note where id = 1") }
        #expect(try row?.text("text") == "kept")
        #expect(try await look.ids() == [-1, 1])
        await look.close()
    }
}
