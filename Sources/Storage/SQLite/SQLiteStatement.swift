import GRDB
import GRDBSQLite

/// A prepared statement, run through SQLite's own interface.
///
/// GRDB opens the connections, prepares the statements and keeps them. Its own way of running one wraps each
/// value three times and looks for observers, which nobody is here: that was a third of the time of an
/// event's transaction.
struct SQLiteStatement {
    private let handle: OpaquePointer
    private let connection: OpaquePointer?

    /// `SQLITE_TRANSIENT`, a macro that Swift does not see: SQLite keeps a copy of what is bound.
    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    /// - Parameter statement: prepared on `database`, and in nobody's use until this one has been run.
    init(_ statement: Statement, on database: GRDB.Database) {
        handle = statement.sqliteStatement
        connection = database.sqliteConnection
    }

    /// Runs it to the end. Afterwards nothing is bound, whether or not it failed.
    ///
    /// - Parameter values: one for each `?`.
    /// - Parameter eachRow: called with each row of the result.
    /// - Throws: `DatabaseError`, and what `eachRow` throws.
    func run(_ values: [SQLValue], eachRow: (borrowing SQLiteStatement) throws -> Void) throws {
        sqlite3_reset(handle)
        defer {
            sqlite3_reset(handle)
            sqlite3_clear_bindings(handle)
        }
        for (index, value) in values.enumerated() {
            try check(bind(value, at: Int32(index + 1)))
        }
        while true {
            switch sqlite3_step(handle) {
            case SQLITE_ROW: try eachRow(self)
            case SQLITE_DONE: return
            case let code: throw failure(code)
            }
        }
    }

    /// How many rows it changed itself. SQLite's count is that of the last statement that changed rows, so
    /// one that changes none would repeat the one before it.
    func changes(during work: () throws -> Void) rethrows -> Int {
        let before = sqlite3_total_changes64(connection)
        try work()
        return sqlite3_total_changes64(connection) == before
            ? 0 : Int(sqlite3_changes64(connection))
    }

    var columnNames: [String] {
        (0..<sqlite3_column_count(handle)).map { String(cString: sqlite3_column_name(handle, $0)) }
    }

    /// The values of the row at hand.
    var values: [SQLValue] {
        (0..<sqlite3_data_count(handle)).map(value)
    }

    private func value(at column: Int32) -> SQLValue {
        switch sqlite3_column_type(handle, column) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(handle, column))
        case SQLITE_FLOAT: return .real(sqlite3_column_double(handle, column))
        case SQLITE_TEXT:
            let text = UnsafeRawPointer(sqlite3_column_text(handle, column))
            return .text(String(decoding: bytes(at: text, of: column), as: UTF8.self))
        case SQLITE_BLOB:
            return .blob([UInt8](bytes(at: sqlite3_column_blob(handle, column), of: column)))
        default: return .null
        }
    }

    /// SQLite gives no address for an empty value.
    private func bytes(at start: UnsafeRawPointer?, of column: Int32) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            start: start,
            count: start == nil ? 0 : Int(sqlite3_column_bytes(handle, column)))
    }

    private func bind(_ value: SQLValue, at place: Int32) -> Int32 {
        switch value {
        case .null: return sqlite3_bind_null(handle, place)
        case .integer(let number): return sqlite3_bind_int64(handle, place, number)
        case .real(let number): return sqlite3_bind_double(handle, place, number)
        case .text(""):
            // Without an address SQLite would bind null.
            return sqlite3_bind_text64(handle, place, "", 0, Self.copied, UInt8(SQLITE_UTF8))
        case .text(var text):
            return text.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) { characters in
                    sqlite3_bind_text64(
                        handle, place, characters.baseAddress, UInt64(characters.count),
                        Self.copied, UInt8(SQLITE_UTF8))
                }
            }
        case .blob(let bytes) where bytes.isEmpty: return sqlite3_bind_zeroblob(handle, place, 0)
        case .blob(let bytes):
            return sqlite3_bind_blob64(handle, place, bytes, UInt64(bytes.count), Self.copied)
        }
    }

    private func check(_ code: Int32) throws {
        guard code == SQLITE_OK else { throw failure(code) }
    }

    private func failure(_ code: Int32) -> DatabaseError {
        DatabaseError(
            resultCode: ResultCode(rawValue: code),
            message: String(cString: sqlite3_errmsg(connection)))
    }
}
