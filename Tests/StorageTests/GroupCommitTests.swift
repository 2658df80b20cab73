import Foundation
import Testing

@testable import Storage

@Suite(.timeLimit(.minutes(2))) struct GroupCommitTests {
    @Test func fiveHundredConcurrentWritesShareTenCommitsAndEachGetsItsResult() async throws {
        let folder = try TemporaryFolder()
        let database = try await Database.open(
            folder.store(), migrations: noteSchema, options: .fullGroups(of: 50))
        try await database.write { try $0.add(0) }  // alone
        let results = try await withThrowingTaskGroup(of: (Int, Int).self) { tasks in
            for id in 1...500 {
                tasks.addTask {
                    let result = try await database.write { transaction in
                        try transaction.rows(
                            """
                            insert into note (id, text) values (\(id), \("note \(id)"))
                            returning id * 2 as double
                            """)[0].int("double")
                    }
                    // Whoever has an answer finds the write in the store.
                    let seen = try await database.read {
                        try $0.count("select count(*) from note where id = \(id)")
                    }
                    #expect(seen == 1)
                    return (id, result)
                }
            }
            return try await tasks.reduce(into: []) { $0.append($1) }
        }
        #expect(results.count == 500)
        #expect(results.allSatisfy { $1 == 2 * $0 })
        #expect(try await database.ids() == Array(0...500))
        #expect(database.health.commits == 11)
        #expect(database.health.groupedWrites == 501)
        #expect(database.metrics.value("largest_group") == 50)
        #expect(database.health.lastCommitSeconds > 0)
        #expect(database.health.waiting == 0)
        await database.close()
    }

    @Test func withTheUsualOptionsEveryResultIsRightToo() async throws {
        let folder = try TemporaryFolder()
        let database = try await Database.open(
            folder.store(), migrations: noteSchema, options: .quiet)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for id in 0..<500 {
                tasks.addTask {
                    do {
                        try await database.write { transaction in
                            try transaction.add(id)
                            if id % 5 == 0 { throw Refused() }
                        }
                        #expect(id % 5 != 0)
                    } catch is Refused {
                        #expect(id % 5 == 0)
                    }
                }
            }
            try await tasks.waitForAll()
        }
        #expect(try await database.ids() == (0..<500).filter { $0 % 5 != 0 })
        #expect(database.health.groupedWrites == 400)
        #expect(database.metrics.value("writes_failed_total") == 100)
        #expect(database.health.commits < 400)
        await database.close()
    }

    @Test func withoutGroupsEachWriteHasItsCommit() async throws {
        var options = Database.Options.quiet
        options.groupCommit = false
        let database = try await Database.notes(options)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for id in 0..<100 {
                tasks.addTask { try await database.write { try $0.add(id) } }
            }
            try await tasks.waitForAll()
        }
        #expect(database.health.commits == 100)
        await database.close()
    }

    @Test func aFailingBodyRollsBackOnlyItself() async throws {
        let database = try await Database.notes(.fullGroups(of: 4))
        try await database.write { try $0.add(0) }
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await database.write { try $0.add(1) } }
            tasks.addTask {
                await #expect(throws: Refused()) {
                    try await database.write { transaction in
                        try transaction.add(2)
                        throw Refused()
                    }
                }
            }
            tasks.addTask {
                await expectBroken(.unique) {
                    try await database.write { transaction in
                        try transaction.add(3)
                        try transaction.add(0)
                    }
                }
            }
            tasks.addTask { try await database.write { try $0.add(4) } }
            try await tasks.waitForAll()
        }
        #expect(try await database.ids() == [0, 1, 4])
        #expect(database.health.commits == 2)
        await database.close()
    }

    /// PostgreSQL would refuse every further statement; SQLite must not be more lenient, or half of a
    /// body could be kept.
    @Test func aCaughtErrorStillFailsTheBody() async throws {
        let database = try await Database.notes()
        try await database.write { try $0.add(0) }
        await #expect(throws: StorageFailure.self) {
            try await database.write { transaction in
                try transaction.add(1)
                try? transaction.add(0)
                try? transaction.add(2)
            }
        }
        #expect(try await database.ids() == [0])
        await database.close()
    }

    static let forbidden: [SQL] = [
        "commit", "  COMMIT", "rollback", "begin", "end", "savepoint a", "release body",
        "rollback to body", "pragma synchronous = off", "vacuum", "attach 'x' as y",
    ]

    @Test(arguments: forbidden)
    func aBodyCannotEndTheTransactionOfTheOthers(_ sql: SQL) async throws {
        let database = try await Database.notes()
        await #expect(throws: StorageFailure.self) {
            try await database.write { transaction in
                try transaction.add(1)
                try transaction.execute(sql)
            }
        }
        await #expect(throws: StorageFailure.self) { try await database.read { try $0.rows(sql) } }
        try await database.write { try $0.add(2) }
        #expect(try await database.ids() == [2])
        await database.close()
    }

    @Test func aFullQueueRefusesAtOnceAndKeepsWhatItTook() async throws {
        var options = Database.Options.fullGroups(of: 64)
        options.queueLimit = 3
        let database = try await Database.notes(options)
        try await database.write { try $0.add(0) }
        let outcomes = await withTaskGroup(of: Result<Void, any Error>.self) { tasks in
            for id in 1...4 {
                tasks.addTask {
                    do { return .success(try await database.write { try $0.add(id) }) } catch {
                        return .failure(error)
                    }
                }
            }
            // Three wait for a group that never fills: only the refused one can come back.
            let first = await tasks.next()
            #expect(throws: StorageFailure.overloaded(limit: 3)) { try first?.get() }
            #expect(database.health.waiting == 3)
            await database.close()
            return await tasks.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count == 3)
        for outcome in outcomes { try outcome.get() }
        #expect(database.metrics.value("writes_refused_total") == 1)
        #expect(database.health.groupedWrites == 4)
    }

    @Test func executeCountsTheRowsOfItsOwnStatement() async throws {
        let database = try await Database.notes()
        let counts = try await database.write { transaction in
            [
                try transaction.execute("insert into note (id, text) values (1, 'a'), (2, 'a')"),
                try transaction.execute("update note set text = 'b' where id > 0"),
                try transaction.execute("update note set text = 'c' where id = 9"),
                try transaction.execute(
                    "insert into note (id, text) values (1, 'x') on conflict do nothing"),
                try transaction.execute("create table other (id integer)"),
                try transaction.execute("delete from note where id = 1"),
            ]
        }
        #expect(counts == [2, 2, 0, 0, 0, 1])
        await database.close()
    }

    @Test func aReadCannotWrite() async throws {
        let folder = try TemporaryFolder()
        let database = try await Database.open(
            folder.store(), migrations: noteSchema, options: .quiet)
        for location in [database, try await Database.notes()] {
            await #expect(throws: StorageFailure.self) {
                try await location.read {
                    try $0.rows("insert into note (id, text) values (1, '') returning id")
                }
            }
            #expect(try await location.ids() == [])
            await location.close()
        }
    }

    @Test func foreignKeysAreChecked() async throws {
        let database = try await Database.notes()
        await expectBroken(.foreignKey) {
            try await database.write {
                try $0.execute("insert into remark (id, note) values (1, 7)")
            }
        }
        await database.close()
    }
}
