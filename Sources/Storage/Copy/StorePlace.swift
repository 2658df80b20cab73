import Foundation

/// Where in the order of a table's key a copy stands.
struct StorePlace: Hashable, Sendable {
    let values: [SQLValue]

    init(_ values: [SQLValue]) { self.values = values }

    /// Whole numbers and text: what keys are made of.
    private enum Part: Codable {
        case integer(Int64)
        case text(String)
    }

    var stored: String {
        get throws {
            let parts = values.map { value -> Part in
                switch value {
                case .integer(let number): .integer(number)
                case .text(let text): .text(text)
                case .null, .real, .blob: .text("")
                }
            }
            return String(decoding: try JSONEncoder().encode(parts), as: UTF8.self)
        }
    }

    init(stored text: String) throws {
        values = try JSONDecoder().decode([Part].self, from: Data(text.utf8)).map {
            switch $0 {
            case .integer(let number): .integer(number)
            case .text(let text): .text(text)
            }
        }
    }

    /// For people.
    var shown: String {
        values.map { value in
            switch value {
            case .integer(let number): "\(number)"
            case .text(let text): text
            case .null: "nothing"
            case .real(let number): "\(number)"
            case .blob(let bytes): "\(bytes.count) bytes"
            }
        }.joined(separator: ", ")
    }
}

extension StoredTable {
    private var order: SQL {
        .joined((hasKey ? key : key + columns).map { SQL(checked: $0) }, by: ", ")
    }

    private var columnList: SQL { .joined(columns.map { SQL(checked: $0) }, by: ", ") }

    private var keyList: SQL { .joined(key.map { SQL(checked: $0) }, by: ", ") }

    /// The next rows in the order of the key. Of a table without one, all rows of so many values of its first column.
    func rows(after place: StorePlace?, limit: Int, in store: ReadTransaction) throws -> [Row] {
        var since: SQL = "1 = 1"
        if let place {
            let values = SQL.joined(place.values.map { "\($0)" }, by: ", ")
            since = key.count == 1 ? "\(keyList) > \(values)" : "(\(keyList)) > (\(values))"
        }
        let table = SQL(checked: name)
        guard !hasKey else {
            return try store.rows(
                "select \(columnList) from \(table) where \(since) order by \(order) limit \(limit)"
            )
        }
        return try store.rows(
            """
            select \(columnList) from \(table) where \(keyList) in (
                select distinct \(keyList) from \(table) where \(since)
                order by \(keyList) limit \(limit))
            order by \(order)
            """)
    }

    func place(of row: Row) throws -> StorePlace {
        StorePlace(try key.map { try row.value($0) })
    }

    func values(of row: Row) throws -> [SQLValue] { try columns.map { try row.value($0) } }

    func insert(_ rows: [Row], in store: WriteTransaction) throws {
        // An engine takes some 32,000 values in a statement.
        let most = max(1, 20_000 / columns.count)
        var rest = rows[...]
        while !rest.isEmpty {
            let tuples = try rest.prefix(most).map { row -> SQL in
                let values = SQL.joined(try values(of: row).map { "\($0)" }, by: ", ")
                return "(\(values))"
            }
            rest = rest.dropFirst(most)
            try store.execute(
                """
                insert into \(SQL(checked: name)) (\(columnList))
                values \(SQL.joined(tuples, by: ", "))
                """)
        }
    }
}
