/// One consistent picture of the store, lent to a body.
///
/// It is of no use outside its body. A function that takes a `ReadTransaction` also works inside a
/// write, where it sees what the body has written so far.
package class ReadTransaction {
    /// Which engine runs, for the few statements that the engines spell differently.
    package let engine: EngineKind

    fileprivate let connection: any StorageConnection

    /// The first statement that failed. It ends the transaction, even when the body caught the
    /// error: PostgreSQL allows nothing else, and half of a body must never be kept.
    fileprivate(set) var failure: StorageFailure?

    init(on connection: any StorageConnection, engine: EngineKind) {
        self.connection = connection
        self.engine = engine
    }

    /// All rows of a query, or of a write with `returning`. Give a `limit` to what may be large.
    package func rows(_ sql: SQL) throws(StorageFailure) -> [Row] {
        try run(sql) { connection throws(StorageFailure) in try connection.rows(sql) }
    }

    /// The first row, or `nil` when there is none.
    package func row(_ sql: SQL) throws(StorageFailure) -> Row? {
        try rows(sql).first
    }

    /// The first column of the first row as a number, for `select count(*) …`. No row, and a null
    /// (the `sum` of nothing), count as 0.
    package func count(_ sql: SQL) throws(StorageFailure) -> Int {
        switch try row(sql)?.first {
        case nil, .null: 0
        case .integer(let number): Int(number)
        case .real, .text, .blob: throw .column("1", problem: "is not an integer")
        }
    }

    fileprivate func run<T>(
        _ sql: SQL, _ work: (any StorageConnection) throws(StorageFailure) -> T
    ) throws(StorageFailure) -> T {
        if let failure { throw failure }
        do throws(StorageFailure) {
            if Self.reserved.contains(sql.keyword) {
                throw .statement(
                    sql.pieces[0], reason: "transactions and settings belong to the store")
            }
            return try work(connection)
        } catch {
            failure = error
            throw error
        }
    }

    /// One body's `commit` would be the commit of all that share the transaction.
    private static let reserved: Set<String> = [
        "begin", "start", "commit", "end", "rollback", "abort", "savepoint", "release",
        "pragma", "set", "vacuum", "attach", "detach",
    ]
}

/// What a `ReadTransaction` can, and change the store.
package final class WriteTransaction: ReadTransaction {
    private(set) var notices: [ChangeNotice] = []

    /// Runs a statement and returns how many rows it changed itself, without those of triggers and
    /// foreign keys.
    @discardableResult
    package func execute(_ sql: SQL) throws(StorageFailure) -> Int {
        try run(sql) { connection throws(StorageFailure) in try connection.execute(sql) }
    }

    /// Tells subscribers after the commit that holds this body; nobody is told when the body fails.
    /// Equal notices of one commit are delivered once.
    package func notify(_ notice: ChangeNotice) {
        notices.append(notice)
    }
}
