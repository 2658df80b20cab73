import GRDB

/// A GRDB connection behind the store's own types.
struct SQLiteConnection: StorageConnection {
    let database: GRDB.Database
    let place: String

    func rows(_ sql: SQL) throws(StorageFailure) -> [Row] {
        try run(sql) { statement in
            let places = Row.places(of: statement.columnNames)
            var rows: [Row] = []
            try statement.run(sql.values) { row in
                rows.append(Row(places: places, values: row.values))
            }
            return rows
        }
    }

    func execute(_ sql: SQL) throws(StorageFailure) -> Int {
        try run(sql) { statement in
            try statement.changes { try statement.run(sql.values) { _ in } }
        }
    }

    func control(_ step: TransactionStep) throws(StorageFailure) {
        let sql: SQL
        switch step {
        case .begin: sql = "begin immediate"
        case .commit: sql = "commit"
        case .rollback:
            guard database.isInsideTransaction else { return }
            sql = "rollback"
        case .savepoint: sql = "savepoint body"
        case .releaseSavepoint: sql = "release savepoint body"
        case .rollbackToSavepoint: sql = "rollback to savepoint body"
        }
        _ = try execute(sql)
    }

    func announce(_ notices: [ChangeNotice]) {}

    /// Statements are kept prepared by their text, which holds no values; those with a list of any
    /// length are not, since there is no end to them.
    private func run<T>(
        _ sql: SQL, _ work: (SQLiteStatement) throws -> T
    ) throws(StorageFailure) -> T {
        let text = sql.text { _ in "?" }
        do {
            let statement =
                sql.isVariable
                ? try database.makeStatement(sql: text)
                : try database.cachedStatement(sql: text)
            return try work(SQLiteStatement(statement, on: database))
        } catch {
            throw StorageFailure(error, place: place, sql: text)
        }
    }
}

extension StorageFailure {
    /// The one place where an SQLite error becomes ours.
    init(_ error: any Error, place: String, sql: String = "") {
        guard let error = error as? DatabaseError else {
            self = error as? StorageFailure ?? .statement(sql, reason: "\(error)")
            return
        }
        let message = error.message ?? "\(error.resultCode)"
        let code = "\(message) (SQLite \(error.extendedResultCode.rawValue))"
        switch (error.resultCode, error.extendedResultCode) {
        case (.SQLITE_FULL, _), (_, .SQLITE_IOERR_SHMSIZE):
            // The second: the index of the log could not grow, which is how a full disk shows first
            // when the log still fits.
            self = .diskFull(place)
        case (.SQLITE_IOERR, _), (.SQLITE_CORRUPT, _), (.SQLITE_NOTADB, _):
            self = .failed(place, reason: code)
        case (.SQLITE_BUSY, _), (.SQLITE_LOCKED, _):
            self = .locked(place)
        case (.SQLITE_CANTOPEN, _), (.SQLITE_PERM, _), (.SQLITE_AUTH, _):
            self = .cannotOpen(place, reason: code)
        case (.SQLITE_CONSTRAINT, let extended):
            self = .constraint(Constraint(extended), detail: message)
        default:
            self = .statement(sql, reason: code)
        }
    }
}

extension StorageFailure.Constraint {
    fileprivate init(_ code: ResultCode) {
        switch code {
        case .SQLITE_CONSTRAINT_UNIQUE, .SQLITE_CONSTRAINT_PRIMARYKEY, .SQLITE_CONSTRAINT_ROWID:
            self = .unique
        case .SQLITE_CONSTRAINT_NOTNULL: self = .notNull
        case .SQLITE_CONSTRAINT_FOREIGNKEY: self = .foreignKey
        case .SQLITE_CONSTRAINT_CHECK: self = .check
        default: self = .other
        }
    }
}
