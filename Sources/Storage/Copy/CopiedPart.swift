import Foundation

/// What a copy takes along portion by portion, in an order that is the same in every engine: a table, or a full-text
/// index.
protocol CopiedPart: Sendable {
    var name: String { get }

    func count(in store: ReadTransaction) throws -> Int

    /// The next rows in the order of their places. All rows of one place come together, so a few more than `limit` may.
    func rows(after place: RowPlace?, limit: Int, in store: ReadTransaction) throws -> [CopiedRow]

    func insert(_ rows: [CopiedRow], in store: WriteTransaction) throws

    func clear(in store: WriteTransaction) throws
}

/// A row on its way from one store into another.
struct CopiedRow: Sendable {
    let place: RowPlace
    let values: [SQLValue]

    /// Byte by byte: to Swift two spellings of one letter are the same text, to a search they are not.
    func isSame(as other: CopiedRow) -> Bool {
        values.count == other.values.count
            && zip(values, other.values).allSatisfy { pair in
                if case (.text(let one), .text(let other)) = pair {
                    return one.utf8.elementsEqual(other.utf8)
                }
                return pair.0 == pair.1
            }
    }
}

/// Where in the order of a table's key a row stands: whole numbers and text, which is what keys are made of.
struct RowPlace: Hashable, Sendable {
    private enum Part: Hashable, Codable {
        case integer(Int64)
        case text(String)
    }

    private let parts: [Part]

    /// - Throws: for a key of any other kind.
    init(_ values: [SQLValue]) throws(StorageFailure) {
        var parts: [Part] = []
        for value in values {
            switch value {
            case .integer(let number): parts.append(.integer(number))
            case .text(let text): parts.append(.text(text))
            case .null, .real, .blob:
                throw .column("key", problem: "is neither a whole number nor text")
            }
        }
        self.parts = parts
    }

    init(stored text: String) throws {
        parts = try JSONDecoder().decode([Part].self, from: Data(text.utf8))
    }

    var stored: String {
        get throws { String(decoding: try JSONEncoder().encode(parts), as: UTF8.self) }
    }

    var values: [SQLValue] {
        parts.map { part in
            switch part {
            case .integer(let number): .integer(number)
            case .text(let text): .text(text)
            }
        }
    }

    /// For people.
    var shown: String {
        parts.map { part in
            switch part {
            case .integer(let number): "\(number)"
            case .text(let text): text
            }
        }.joined(separator: ", ")
    }
}

extension StoredTable: CopiedPart {
    private var table: SQL { SQL(checked: name) }
    private var columnList: SQL { .joined(columns.map { SQL(checked: $0) }, by: ", ") }
    private var keyList: SQL { .joined(key.map { SQL(checked: $0) }, by: ", ") }

    /// An engine takes some 32,000 values in a statement.
    private static let mostValues = 20_000

    func count(in store: ReadTransaction) throws -> Int {
        try store.count("select count(*) from \(table)")
    }

    func rows(after place: RowPlace?, limit: Int, in store: ReadTransaction) throws -> [CopiedRow] {
        var since: SQL = "1 = 1"
        if let place {
            let values = SQL.joined(place.values.map { "\($0)" }, by: ", ")
            since = key.count == 1 ? "\(keyList) > \(values)" : "(\(keyList)) > (\(values))"
        }
        return try store.rows(hasKey ? byKey(since, limit) : byFirstColumn(since, limit)).map {
            row in
            CopiedRow(
                place: try RowPlace(try key.map { try row.value($0) }),
                values: try columns.map { try row.value($0) })
        }
    }

    private func byKey(_ since: SQL, _ limit: Int) -> SQL {
        "select \(columnList) from \(table) where \(since) order by \(keyList) limit \(limit)"
    }

    /// All rows of so many values of the first column. Engines differ in where a null stands.
    private func byFirstColumn(_ since: SQL, _ limit: Int) -> SQL {
        let order = SQL.joined(columns.map { "\(SQL(checked: $0)) nulls first" }, by: ", ")
        return """
            select \(columnList) from \(table) where \(keyList) in (
                select distinct \(keyList) from \(table) where \(since)
                order by \(keyList) limit \(limit))
            order by \(keyList), \(order)
            """
    }

    func insert(_ rows: [CopiedRow], in store: WriteTransaction) throws {
        let most = max(1, Self.mostValues / columns.count)
        var rest = rows[...]
        while !rest.isEmpty {
            let tuples = rest.prefix(most).map { row -> SQL in
                "(\(SQL.joined(row.values.map { "\($0)" }, by: ", ")))"
            }
            rest = rest.dropFirst(most)
            try store.execute(
                "insert into \(table) (\(columnList)) values \(SQL.joined(tuples, by: ", "))")
        }
    }

    func clear(in store: WriteTransaction) throws {
        try store.execute("delete from \(table)")
    }
}
