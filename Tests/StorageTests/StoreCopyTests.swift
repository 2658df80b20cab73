import Foundation
import TestStores
import Testing

@testable import Storage

/// Copies between the engine under test and SQLite.
@Suite(.timeLimit(.minutes(15))) struct StoreCopyTests {
    /// Every kind of column and key that rooms have, and rows that a migration puts in.
    static let schema: [Migration] =
        noteSchema + [
            Migration(
                id: "0002-more",
                sql: [
                    """
                    create table place (
                        street text not null, number integer not null, size real, photo blob,
                        primary key (street, number))
                    """,
                    // Without a key, and with rows that are equal.
                    "create table visit (note integer not null, who text, at integer)",
                    "create table counter (name text not null primary key, value integer not null)",
                    "insert into counter (name, value) values ('stamp', 0)",
                ])
        ]

    static let rows: [SQL] = [
        "insert into place (street, number, size, photo) values ('', -1, null, null)",
        "insert into place (street, number, size, photo) values ('Straße', 1, 0.1, \([0, 255] as [UInt8]))",
        "insert into place (street, number, size, photo) values ('Strasse', \(Int.max), 5.0, \([] as [UInt8]))",
        "insert into place (street, number, size, photo) values ('\u{E9}', 1, -1e300, null)",
        "insert into place (street, number, size, photo) values ('e\u{301}', 1, 3.5, null)",
        "insert into visit (note, who, at) values (1, null, 7)",
        "insert into visit (note, who, at) values (1, 'ada', 7)",
        "insert into visit (note, who, at) values (1, 'ada', null)",
        "insert into visit (note, who, at) values (1, 'ada', null)",
        "insert into visit (note, who, at) values (-5, '🎧 ‏שלום', 0)",
        "update counter set value = 12",
    ]

    /// More than two portions of notes.
    static let notes = 1_201

    static func copy(
        leaving leftOut: Set<String> = [],
        finish: @escaping @Sendable (WriteTransaction) throws -> Void = { _ in },
        report: @escaping @Sendable (StoreCopy.Progress) -> Void = { _ in }
    ) -> StoreCopy {
        StoreCopy(
            migrations: schema, indexes: [], leftOut: leftOut, finish: finish, report: report)
    }

    static func filled(_ location: Database.Location) async throws -> Database {
        let database = try await Database.open(location, migrations: schema, options: .quiet)
        try await database.write { store in
            for id in 0..<notes { try store.add(id, "note \(id)") }
            for row in rows { try store.execute(row) }
        }
        return database
    }

    static func empty(_ location: Database.Location = .memory) async throws -> Database {
        var options = Database.Options.quiet
        options.purpose = .copyInto
        return try await Database.open(location, migrations: schema, options: options)
    }

    static func everything(in database: Database) async throws -> [[SQLValue]] {
        try await database.read { store in
            try StoreCatalogue.tables(in: store).sorted { $0.name < $1.name }.flatMap { table in
                try table.rows(after: nil, limit: 10_000, in: store).map {
                    [.text(table.name)] + $0.values
                }
            }
        }
    }

    @Test func everyValueArrivesAndComesBack() async throws {
        let first = try await Self.filled(.memory)
        let middle = try await Self.empty(TestStore.location())
        let last = try await Self.empty()
        let there = try await Self.copy().run(from: first, to: middle)
        let back = try await Self.copy().run(from: middle, to: last)
        #expect(there == StoreCopy.Outcome(tables: 5, rows: Self.notes + 11))
        #expect(back == there)
        let (before, after) = (
            try await Self.everything(in: first), try await Self.everything(in: last)
        )
        #expect(before == after)
        #expect(before.count == there.rows)
        for database in [first, middle, last] { await database.close() }
    }

    /// A row that is dropped, changed or added in what was copied already, and where it must be found.
    static let damages: [(SQL, table: String, row: String)] = [
        ("delete from note where id = 700", "note", "700"),
        ("update note set text = 'note  3' where id = 3", "note", "3"),
        ("insert into note (id, text) values (5000, '')", "note", "5000"),
        ("update place set street = 'e' where street = ''", "place", ""),
        ("update place set size = 0.2 where street = 'Straße'", "place", "Straße, 1"),
        ("update place set photo = null where street = 'Strasse'", "place", "Strasse"),
        ("delete from visit where who is null", "visit", "1"),
        ("insert into visit (note, who, at) values (1, 'ada', null)", "visit", "1"),
        ("update counter set value = 0", "counter", "stamp"),
        ("delete from counter", "counter", "stamp"),
    ]

    @Test(arguments: damages.indices)
    func whatIsNotTheSameIsFound(_ index: Int) async throws {
        let (damage, table, row) = Self.damages[index]
        let source = try await Self.filled(.memory)
        let target = try await Self.empty(TestStore.location())
        await #expect(throws: Refused.self) {
            try await Self.copy(finish: { _ in throw Refused() }).run(from: source, to: target)
        }
        _ = try target.commit { try $0.execute(damage) }
        let fault = await #expect(throws: StoreCopy.Fault.self) {
            try await Self.copy().run(from: source, to: target)
        }
        guard case .differs(table, let found, _)? = fault else {
            Issue.record("\(String(describing: fault))")
            return
        }
        #expect(found.hasPrefix(row))
        let whole = try await Self.copy().run(from: source, to: target, restarts: true)
        #expect(whole.rows == Self.notes + 11)
        for database in [source, target] { await database.close() }
    }

    /// Two spellings of one letter are equal to Swift.
    @Test func anotherSpellingIsAnotherValue() throws {
        let place = try RowPlace([.integer(1)])
        let one = CopiedRow(place: place, values: [.text("\u{E9}")])
        #expect(!one.isSame(as: CopiedRow(place: place, values: [.text("e\u{301}")])))
        #expect(one.isSame(as: one))
    }

    /// Portions that have arrived are not copied again.
    @Test func whatWasInterruptedGoesOn() async throws {
        let source = try await Self.filled(.memory)
        let target = try await Self.empty(TestStore.location())
        await #expect(throws: Refused.self) {
            try await Self.copy(finish: { _ in throw Refused() }).run(from: source, to: target)
        }
        // As if the copy had ended after the first portion of the notes.
        let place = try RowPlace([.integer(499)])
        try target.commit { store in
            try store.execute("delete from note where id > 499")
            try CopyProgress.keep("note", place: place, done: 500, in: store)
        }
        let copied = Collected<StoreCopy.Progress>()
        let whole = try await Self.copy(report: { copied.append($0) })
            .run(from: source, to: target)
        #expect(whole.rows == Self.notes + 11)
        let steps = copied.all.filter { $0.table == "note" && $0.step == .copied }.map(\.done)
        #expect(steps == [1_000, Self.notes])
        for database in [source, target] { await database.close() }
    }

    @Test func anUnfinishedCopyIsNoStore() async throws {
        let folder = try TemporaryFolder()
        let source = try await Self.filled(.memory)
        let target = try await Self.empty(folder.store())
        await #expect(throws: Refused.self) {
            try await Self.copy(finish: { _ in throw Refused() }).run(from: source, to: target)
        }
        await target.close()
        await #expect(throws: StorageFailure.unfinishedCopy(target.place)) {
            try await Database.open(folder.store(), migrations: Self.schema, options: .quiet)
        }
        let again = try await Self.empty(folder.store())
        _ = try await Self.copy().run(from: source, to: again)
        await again.close()
        let store = try await Database.open(
            folder.store(), migrations: Self.schema, options: .quiet)
        #expect(try await store.ids().count == Self.notes)
        for database in [source, store] { await database.close() }
    }

    @Test func aStoreThatIsThereIsLeftAlone() async throws {
        let source = try await Self.filled(.memory)
        for change: SQL in [
            "update counter set value = 1", "insert into note (id, text) values (1, '')",
            "insert into visit (note) values (1)", "delete from counter",
        ] {
            let target = try await Self.empty(TestStore.location())
            _ = try target.commit { try $0.execute(change) }
            let before = try await Self.everything(in: target)
            for restarts in [false, true] {
                let fault = await #expect(throws: StoreCopy.Fault.self) {
                    try await Self.copy().run(from: source, to: target, restarts: restarts)
                }
                guard case .occupied? = fault else {
                    Issue.record("\(change): \(String(describing: fault))")
                    return
                }
            }
            #expect(try await Self.everything(in: target) == before)
            await target.close()
        }
        await source.close()
    }

    @Test func aCopyOfAnotherStoreIsNotGoneOnWith() async throws {
        let folder = try TemporaryFolder()
        let (one, other) = (try await Self.filled(.memory), try await Self.filled(folder.store()))
        let target = try await Self.empty()
        await #expect(throws: Refused.self) {
            try await Self.copy(finish: { _ in throw Refused() }).run(from: one, to: target)
        }
        let fault = await #expect(throws: StoreCopy.Fault.self) {
            try await Self.copy().run(from: other, to: target)
        }
        guard case .otherSource(_, begunFrom: one.place)? = fault else {
            Issue.record("\(String(describing: fault))")
            return
        }
        for database in [one, other, target] { await database.close() }
    }

    /// The picture of the source is one, whatever is written meanwhile.
    @Test func aSourceThatIsWrittenToIsCopiedAsItStood() async throws {
        let folder = try TemporaryFolder()
        let source = try await Self.filled(folder.store())
        let before = try await Self.everything(in: source)
        let target = try await Self.empty()
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for id in 10_000..<10_200 {
                tasks.addTask { try await source.write { try $0.add(id) } }
            }
            let copied = try await Self.copy().run(from: source, to: target)
            #expect(copied.rows >= before.count)
            try await tasks.waitForAll()
        }
        let ids = try await target.ids()
        #expect(ids.starts(with: 0..<Self.notes))
        #expect(try await source.ids().count == Self.notes + 200)
        for database in [source, target] { await database.close() }
    }

    @Test func tablesThatAreNotThoseOfThisVersionAreRefused() async throws {
        let source = try await Self.filled(.memory)
        try await source.write { try $0.execute("create table odd (id integer primary key)") }
        let target = try await Self.empty()
        await #expect(throws: StoreCopy.Fault.otherTables(source.place, table: "odd")) {
            try await Self.copy().run(from: source, to: target)
        }
        let copied = try await Self.copy(leaving: ["odd", "visit"]).run(from: source, to: target)
        #expect(copied.tables == 4)
        for database in [source, target] { await database.close() }
    }

    @Test func aSourceMustBeAStoreOfThisVersion() async throws {
        let folder = try TemporaryFolder()
        var options = Database.Options.quiet
        options.purpose = .copyFrom
        let location = try folder.store()
        let nothing = await #expect(throws: StorageFailure.self) {
            try await Database.open(location, migrations: Self.schema, options: options)
        }
        guard case .cannotOpen(_, reason: "there is no store in it")? = nothing else {
            Issue.record("\(String(describing: nothing))")
            return
        }
        let old = try await Database.open(location, migrations: noteSchema, options: .quiet)
        await old.close()
        await #expect(throws: StorageFailure.olderStore(old.place, missing: ["0002-more"])) {
            try await Database.open(location, migrations: Self.schema, options: options)
        }
        // It was not brought up to date on the way.
        let still = try await Database.open(location, migrations: noteSchema, options: options)
        await still.close()
    }
}
