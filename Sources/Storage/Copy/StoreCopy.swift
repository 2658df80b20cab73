import Foundation

/// A full-text index, which each engine keeps in its own way: told by its entries.
package struct SearchIndex: Sendable {
    package struct Entry: Hashable, Sendable {
        package let ref: String
        package let words: String

        package init(ref: String, words: String) {
            self.ref = ref
            self.words = words
        }
    }

    /// For people.
    package let name: String
    /// Its tables, in every engine.
    package let tables: Set<String>
    /// Entries in order of `ref`, after one.
    package let entries:
        @Sendable (_ after: String, _ limit: Int, ReadTransaction) throws -> [Entry]
    package let add: @Sendable (Entry, WriteTransaction) throws -> Void
    package let clear: @Sendable (WriteTransaction) throws -> Void

    package init(
        name: String, tables: Set<String>,
        entries: @escaping @Sendable (String, Int, ReadTransaction) throws -> [Entry],
        add: @escaping @Sendable (Entry, WriteTransaction) throws -> Void,
        clear: @escaping @Sendable (WriteTransaction) throws -> Void
    ) {
        self.name = name
        self.tables = tables
        self.entries = entries
        self.add = add
        self.clear = clear
    }
}

/// Copies a store into another one, which may have another engine, and compares both row by row.
///
/// Nobody may write to either meanwhile. A copy that was interrupted goes on where it stopped: each portion and the place
/// up to which it goes are one transaction of the target.
package struct StoreCopy: Sendable {
    package enum Step: String, Sendable { case copied, compared }

    /// So many rows of a table.
    package struct Progress: Hashable, Sendable {
        package let step: Step
        package let table: String
        package let done: Int
        package let total: Int
    }

    package struct Outcome: Hashable, Sendable {
        package let tables: Int
        package let rows: Int
    }

    /// Why it cannot be copied, in words.
    package enum Fault: Error, Hashable, CustomStringConvertible {
        case occupied(String, table: String)
        case otherSource(String, begunFrom: String)
        case schema(String)
        case differs(table: String, row: String, how: String)

        package var description: String {
            switch self {
            case .occupied(let place, let table):
                "\(place) holds a store already: there are rows in “\(table)”. Name an empty one, or begin anew with --restart, which removes what is there."
            case .otherSource(let place, let source):
                "A copy from \(source) into \(place) was begun and is not complete. Go on with that one, or begin anew with --restart."
            case .schema(let text): text
            case .differs(let table, let row, let how):
                "The copy is not the same: in “\(table)”, the row \(row) \(how). Was the source used meanwhile? Copy again with --restart."
            }
        }
    }

    static let progressTable = "store_copy"
    private static let portion = 500

    private let source: Database
    private let target: Database
    private let indexes: [SearchIndex]
    /// Tables that say nothing once the processes have gone.
    private let passing: Set<String>
    private let finish: @Sendable (WriteTransaction) throws -> Void
    private let report: @Sendable (Progress) -> Void

    /// - Parameters:
    ///   - indexes: the full-text indexes that are filled by their entries.
    ///   - passing: names of tables that are not copied.
    ///   - finish: what else the target needs once the rows are in it.
    package init(
        from source: Database, to target: Database, indexes: [SearchIndex], passing: Set<String>,
        finish: @escaping @Sendable (WriteTransaction) throws -> Void,
        report: @escaping @Sendable (Progress) -> Void = { _ in }
    ) {
        self.source = source
        self.target = target
        self.indexes = indexes
        self.passing = passing
        self.finish = finish
        self.report = report
    }

    /// - Parameter restarts: what is in the target is removed first.
    /// - Throws: `Fault`, `StorageFailure`.
    package func run(restarts: Bool = false) async throws -> Outcome {
        let tables = try await tables()
        try await begin(tables, restarts: restarts)
        for table in tables { try await copy(table) }
        for index in indexes { try await copy(index) }
        try await target.write { [finish] store in try finish(store) }
        var rows = 0
        for table in tables { rows += try await compare(table) }
        for index in indexes { rows += try await compare(index) }
        try await target.write { try $0.execute("drop table store_copy") }
        return Outcome(tables: tables.count + indexes.count, rows: rows)
    }

    // MARK: - What is to be copied

    private func tables() async throws -> [StoredTable] {
        let (ours, theirs) = (
            try await source.read { try StoreCatalogue.tables(in: $0) },
            try await target.read { try StoreCatalogue.tables(in: $0) }
        )
        let left = passing.union(indexes.flatMap(\.tables))
        func copied(_ tables: [StoredTable]) -> [StoredTable] {
            tables.filter { !left.contains($0.name) }
        }
        guard Set(copied(ours)) == Set(copied(theirs)) else {
            let odd = Set(copied(ours)).symmetricDifference(copied(theirs)).map(\.name).min() ?? ""
            throw Fault.schema("The two stores do not have the same tables: “\(odd)”.")
        }
        return copied(theirs)
    }

    private func begin(_ tables: [StoredTable], restarts: Bool) async throws {
        let (from, to) = (source.place, target.place)
        let indexes = indexes
        try await target.write { store in
            try store.execute(
                """
                create table if not exists store_copy (
                    name text not null primary key, place text not null, rows integer not null)
                """)
            if restarts {
                for index in indexes { try index.clear(store) }
                for table in tables.reversed() {
                    try store.execute("delete from \(SQL(checked: table.name))")
                }
                try store.execute("delete from store_copy")
            }
            let begun = try store.row("select place from store_copy where name = ''")?.text("place")
            if let begun {
                guard begun == from else { throw Fault.otherSource(to, begunFrom: begun) }
                return
            }
            for table in tables {
                let there = try store.row(
                    "select 1 as there from \(SQL(checked: table.name)) limit 1")
                if there != nil { throw Fault.occupied(to, table: table.name) }
            }
            try store.execute("insert into store_copy (name, place, rows) values ('', \(from), 0)")
        }
    }

    // MARK: - Tables

    private func copy(_ table: StoredTable) async throws {
        let name = table.name
        let total = try await count(table, in: source)
        let known = try await target.read { store in
            try store.row("select place, rows from store_copy where name = \(name)").map {
                (place: try StorePlace(stored: $0.text("place")), rows: try $0.int("rows"))
            }
        }
        var (place, done) = (known?.place, known?.rows ?? 0)
        while true {
            let after = place
            let rows = try await source.read {
                try table.rows(after: after, limit: Self.portion, in: $0)
            }
            guard let last = rows.last else { break }
            let next = try table.place(of: last)
            done += rows.count
            let count = done
            try await target.write { store in
                try table.insert(rows, in: store)
                try store.execute(
                    """
                    insert into store_copy (name, place, rows)
                    values (\(name), \(next.stored), \(count))
                    on conflict (name) do update set place = excluded.place, rows = excluded.rows
                    """)
            }
            place = next
            report(Progress(step: .copied, table: name, done: done, total: total))
        }
    }

    private func count(_ table: StoredTable, in database: Database) async throws -> Int {
        try await database.read { store in
            try store.count("select count(*) from \(SQL(checked: table.name))")
        }
    }

    /// Both sides are read in the order of the key and held against each other.
    private func compare(_ table: StoredTable) async throws -> Int {
        let total = try await count(table, in: target)
        var (place, done) = (StorePlace?.none, 0)
        while true {
            let after = place
            let read: @Sendable (ReadTransaction) throws -> [Row] = {
                try table.rows(after: after, limit: Self.portion, in: $0)
            }
            let (ours, theirs) = (try await source.read(read), try await target.read(read))
            for (one, other) in zip(ours, theirs) {
                let (a, b) = (try table.values(of: one), try table.values(of: other))
                guard a == b else {
                    let (mine, its) = (try table.place(of: one), try table.place(of: other))
                    throw Fault.differs(
                        table: table.name, row: mine.shown,
                        how: mine == its ? "has other values" : "is in one of the stores only")
                }
            }
            guard ours.count == theirs.count else {
                let odd = (ours.count > theirs.count ? ours : theirs)[min(ours.count, theirs.count)]
                throw Fault.differs(
                    table: table.name, row: try table.place(of: odd).shown,
                    how: "is in one of the stores only")
            }
            guard let last = ours.last else { return done }
            place = try table.place(of: last)
            done += ours.count
            report(Progress(step: .compared, table: table.name, done: done, total: total))
        }
    }

    // MARK: - Full-text indexes

    private func copy(_ index: SearchIndex) async throws {
        var after = try await last(of: index, in: target)
        while true {
            let from = after
            let entries = try await source.read { try index.entries(from, Self.portion, $0) }
            guard let last = entries.last else { return }
            try await target.write { store in
                for entry in entries { try index.add(entry, store) }
            }
            after = last.ref
        }
    }

    /// The entry up to which an index has been filled: they come in order.
    private func last(of index: SearchIndex, in database: Database) async throws -> String {
        var last = ""
        while true {
            let from = last
            let entries = try await database.read { try index.entries(from, 10_000, $0) }
            guard let entry = entries.last else { return last }
            last = entry.ref
        }
    }

    private func compare(_ index: SearchIndex) async throws -> Int {
        var (after, done) = ("", 0)
        while true {
            let from = after
            let read: @Sendable (ReadTransaction) throws -> [SearchIndex.Entry] = {
                try index.entries(from, Self.portion, $0)
            }
            let (ours, theirs) = (try await source.read(read), try await target.read(read))
            guard ours == theirs else {
                let odd = zip(ours, theirs).first { $0 != $1 }?.0 ?? ours.last ?? theirs.last
                throw Fault.differs(
                    table: index.name, row: odd?.ref ?? "?",
                    how: "is not the same in the other store")
            }
            guard let last = ours.last else { return done }
            after = last.ref
            done += ours.count
        }
    }
}
