/// One step of the schema. It is applied once, in a transaction of its own, and never changed after
/// a release: a mistake is mended by the next migration.
package struct Migration: Sendable {
    /// Unique and kept for ever, for example `0001-calls`.
    package let id: String

    private let sqlite: [SQL]
    private let postgresql: [SQL]

    /// - Parameter sql: one statement each, in the common dialect.
    package init(id: String, sql: [SQL]) {
        self.id = id
        sqlite = sql
        postgresql = sql
    }

    /// A step that the engines spell differently, such as an index for full-text search. Each
    /// engine has an argument of its own.
    package init(id: String, sqlite: [SQL], postgresql: [SQL]) {
        self.id = id
        self.sqlite = sqlite
        self.postgresql = postgresql
    }

    private func statements(for engine: EngineKind) -> [SQL] {
        switch engine {
        case .sqlite: sqlite
        case .postgresql: postgresql
        }
    }
}

extension Migration {
    /// Applies what the store does not have yet, in order, one transaction each. A process that is
    /// killed in between leaves the schema before or after a migration, never within one.
    ///
    /// - Returns: the ids of those that were applied now.
    /// - Precondition: ids are unique.
    static func apply(
        _ migrations: [Migration], on connection: any StorageConnection, engine: EngineKind,
        place: String
    ) throws(StorageFailure) -> [String] {
        let known = Set(migrations.map(\.id))
        precondition(known.count == migrations.count, "Two migrations have the same id")

        try inTransaction(connection) { () throws(StorageFailure) in
            for statement in bookkeeping { _ = try connection.execute(statement) }
        }
        let applied = try applied(on: connection)
        let unknown = applied.filter { !known.contains($0) }
        guard unknown.isEmpty else { throw .newerStore(place, unknown: unknown) }

        let missing = migrations.filter { !applied.contains($0.id) }
        for (index, migration) in missing.enumerated() {
            let position = applied.count + index + 1
            do {
                try inTransaction(connection) { () throws(StorageFailure) in
                    // Another process that shares the store may have been faster.
                    let isThere =
                        "select id from storage_migration where id = \(migration.id)" as SQL
                    guard try connection.rows(isThere).isEmpty else { return }
                    for statement in migration.statements(for: engine) {
                        _ = try connection.execute(statement)
                    }
                    _ = try connection.execute(
                        """
                        insert into storage_migration (id, position)
                        values (\(migration.id), \(position))
                        """)
                }
            } catch {
                // A full or broken disk is no fault of the migration.
                throw error.reach == .body
                    ? .migrationFailed(id: migration.id, reason: "\(error)") : error
            }
        }
        return missing.map(\.id)
    }

    /// The ids of those that the store has, in the order in which they were applied.
    static func applied(on connection: any StorageConnection) throws(StorageFailure) -> [String] {
        try connection.rows("select id from storage_migration order by position, id")
            .map { row throws(StorageFailure) in try row.text("id") }
    }

    /// The store's own tables. `storage_space` is written and emptied to learn whether a disk that
    /// was full has room again.
    private static let bookkeeping: [SQL] = [
        """
        create table if not exists storage_migration (
            id text not null primary key, position integer not null)
        """,
        """
        create table if not exists storage_space (
            id integer not null primary key, filler blob not null)
        """,
        CopyProgress.table,
    ]

    private static func inTransaction(
        _ connection: any StorageConnection, _ body: () throws(StorageFailure) -> Void
    ) throws(StorageFailure) {
        try connection.control(.begin)
        do {
            try body()
            try connection.control(.commit)
        } catch {
            try? connection.control(.rollback)
            throw error
        }
    }
}
