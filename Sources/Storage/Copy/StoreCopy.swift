import Logging

/// Copies a store into another one, which may have another engine, and compares both row by row.
///
/// All rows are taken from one picture of the source, which may be in use. A copy that was interrupted goes on where it
/// stopped: each portion and the place up to which it goes are one transaction of the target. Until both have been
/// compared, the target is marked as unfinished, and no server opens it.
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
        case otherTables(String, table: String)
        case differs(table: String, row: String, how: String)

        package var description: String {
            switch self {
            case .occupied(let place, let table):
                "\(place) holds a store already: there are rows in “\(table)”. Nothing was changed. Name a place that is empty."
            case .otherSource(let place, let source):
                "\(place) holds the beginning of a copy from \(source). Go on with that one, or remove it with --restart."
            case .otherTables(let place, let table):
                "\(place) does not have the tables of this version: see “\(table)”. Nothing was copied. Is there something else in it?"
            case .differs(let table, let row, let how):
                "The copy is not the same: in “\(table)”, the row \(row) \(how). Was one of the stores changed meanwhile? Copy anew with --restart."
            }
        }
    }

    private static let portion = 500

    let migrations: [Migration]
    private let indexes: [SearchIndex]
    private let leftOut: Set<String>
    private let finish: @Sendable (WriteTransaction) throws -> Void
    private let report: @Sendable (Progress) -> Void

    /// - Parameters:
    ///   - migrations: those of both stores, by which a new store is known from one that is used.
    ///   - indexes: the full-text indexes that are filled by their entries.
    ///   - leftOut: tables that are not copied.
    ///   - finish: what else the target needs once the rows are in it.
    package init(
        migrations: [Migration], indexes: [SearchIndex], leftOut: Set<String>,
        finish: @escaping @Sendable (WriteTransaction) throws -> Void,
        report: @escaping @Sendable (Progress) -> Void = { _ in }
    ) {
        self.migrations = migrations
        self.indexes = indexes
        self.leftOut = leftOut.union(indexes.flatMap(\.tables))
        self.finish = finish
        self.report = report
    }

    /// - Parameter target: opened for this (`Database.Purpose.copyInto`), and used by nobody else.
    /// - Parameter restarts: what an unfinished copy left in the target is removed first.
    /// - Throws: `Fault`, `StorageFailure`.
    package func run(
        from source: Database, to target: Database, restarts: Bool = false
    ) async throws -> Outcome {
        let blank = try await blank()
        return try await source.read { picture in
            try stayOpen(picture)
            let from = try name(of: source, picture)
            try require(blank.tables, in: picture, place: source.place)
            let parts: [any CopiedPart] = try target.commit { store in
                try require(blank.tables, in: store, place: target.place)
                let tables = try StoreCatalogue.tables(in: store)
                let parts: [any CopiedPart] = tables.filter(isCopied) + indexes
                try begin(
                    parts, from: from, over: blank.rows, restarts: restarts, place: target.place,
                    in: store)
                return parts
            }
            for part in parts { try copy(part, from: picture, to: target) }
            var rows = 0
            for part in parts { rows += try compare(part, picture, with: target) }
            try target.commit { store in
                try finish(store)
                try CopyProgress.end(in: store)
            }
            return Outcome(tables: parts.count, rows: rows)
        }
    }

    // MARK: - What is to be copied

    private func isCopied(_ table: StoredTable) -> Bool { !leftOut.contains(table.name) }

    /// What stands in a store that nobody has used.
    private func blank() async throws -> (tables: Set<StoredTable>, rows: [String: [CopiedRow]]) {
        let silent = Logger(label: "callmatch.storage") { _ in SwiftLogNoOpLogHandler() }
        let new = try await Database.open(
            .memory, migrations: migrations, options: .init(logger: silent))
        let blank = try await new.read { store in
            let tables = try StoreCatalogue.tables(in: store).filter(isCopied)
            let rows = try tables.map { table in
                (table.name, try table.rows(after: nil, limit: Self.portion, in: store))
            }
            return (Set(tables), Dictionary(uniqueKeysWithValues: rows))
        }
        await new.close()
        return blank
    }

    /// The picture of the source stands still while a portion goes into the target, however long that takes.
    private func stayOpen(_ picture: ReadTransaction) throws {
        guard picture.engine == .postgresql else { return }
        _ = try picture.rows(
            "select set_config('idle_in_transaction_session_timeout', '10min', true) as value")
    }

    private func name(of source: Database, _ picture: ReadTransaction) throws -> String {
        guard picture.engine == .postgresql else { return source.place }
        let schema = try picture.row("select current_schema() as name")?.text("name") ?? ""
        return "\(source.place) (\(schema))"
    }

    private func require(
        _ tables: Set<StoredTable>, in store: ReadTransaction, place: String
    ) throws {
        let found = Set(try StoreCatalogue.tables(in: store).filter(isCopied))
        if let odd = tables.symmetricDifference(found).map(\.name).min() {
            throw Fault.otherTables(place, table: odd)
        }
    }

    private func begin(
        _ parts: [any CopiedPart], from source: String, over blank: [String: [CopiedRow]],
        restarts: Bool, place: String, in store: WriteTransaction
    ) throws {
        if let begun = try CopyProgress.source(in: store) {
            if !restarts {
                guard begun == source else { throw Fault.otherSource(place, begunFrom: begun) }
                return
            }
        } else {
            for part in parts {
                let usual = blank[part.name] ?? []
                let rows = try part.rows(after: nil, limit: usual.count + 1, in: store)
                guard rows.count == usual.count, zip(rows, usual).allSatisfy({ $0.isSame(as: $1) })
                else { throw Fault.occupied(place, table: part.name) }
            }
        }
        for part in parts.reversed() { try part.clear(in: store) }
        try CopyProgress.begin(from: source, in: store)
    }

    // MARK: - Portion by portion

    private func copy(
        _ part: any CopiedPart, from picture: ReadTransaction, to target: Database
    ) throws {
        let total = try part.count(in: picture)
        var (place, done) = try target.commit { try CopyProgress.of(part.name, in: $0) }
        while true {
            let rows = try part.rows(after: place, limit: Self.portion, in: picture)
            if let last = rows.last {
                place = last.place
                done += rows.count
                try target.commit { store in
                    try part.insert(rows, in: store)
                    try CopyProgress.keep(part.name, place: last.place, done: done, in: store)
                }
            }
            report(Progress(step: .copied, table: part.name, done: done, total: total))
            if rows.isEmpty || done >= total { return }
        }
    }

    /// Both sides are read in the order of the key and held against each other.
    private func compare(
        _ part: any CopiedPart, _ picture: ReadTransaction, with target: Database
    ) throws -> Int {
        let total = try part.count(in: picture)
        var (place, done) = (RowPlace?.none, 0)
        while true {
            let after = place
            let ours = try part.rows(after: after, limit: Self.portion, in: picture)
            let theirs = try target.commit { store in
                try part.rows(after: after, limit: Self.portion, in: store)
            }
            for (one, other) in zip(ours, theirs) where !one.isSame(as: other) {
                throw Fault.differs(
                    table: part.name, row: one.place.shown,
                    how: one.place == other.place
                        ? "has other values" : "is in one of the stores only")
            }
            guard ours.count == theirs.count else {
                let longer = ours.count > theirs.count ? ours : theirs
                throw Fault.differs(
                    table: part.name, row: longer[min(ours.count, theirs.count)].place.shown,
                    how: "is in one of the stores only")
            }
            done += ours.count
            if !ours.isEmpty || total == 0 {
                report(Progress(step: .compared, table: part.name, done: done, total: total))
            }
            guard let last = ours.last else { return done }
            place = last.place
        }
    }
}
