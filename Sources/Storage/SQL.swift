/// SQL text with bound values, made by string interpolation only.
///
/// ```swift
/// SQL("select * from call where id = \(id)")                     // a bound value
/// SQL("select * from call where state in \(list: states)")       // (?, ?, ?)
/// SQL("select * from call where \(condition)")                   // another SQL
/// SQL("select * from \(identifier: "case")")                     // a quoted name, from the code
/// SQL("update call set match = \(.json(match)) where id = \(id)")
/// ```
///
/// There is no way from a `String` into the text, not even by mistake (literals are `StaticString`):
/// what comes from outside is always a value. One `SQL` is one statement.
///
/// # Dialect
///
/// Every engine gets the same text, so rooms write the subset that SQLite 3.40 and PostgreSQL 15
/// read alike:
///
/// - Column types `integer` (64 bit), `real`, `text`, `blob`; an engine with other names for them
///   (`bigint`, `bytea`) renames them in migrations. Every column that must be there says
///   `not null`. Keys are given by us: no autoincrement, no `rowid`.
/// - Booleans are integers 0 and 1. Dates are integers: milliseconds since 1970, UTC.
/// - `insert … on conflict (…) do update set … = excluded.…` and `do nothing`; `returning`, read
///   with `rows`; `limit` and `offset`; common table expressions; `case`; `coalesce`; `count`,
///   `min`, `max`, `sum`; `row_number() over (…)`.
/// - Text is compared byte by byte: no `collate`, no `like` without `lower(…)` on ASCII on both sides.
///   A column that is searched or sorted is stored folded. `order by` names a unique last column.
/// - Names are lower case with underscores, every result column has a name of its own (`as`), and
///   no alias is used in `where`.
/// - Foreign keys are checked at once: no `deferrable`, for a check at the commit would fail the
///   other bodies that share it.
/// - No `begin`, `commit`, `savepoint`, `pragma`: they belong to the store, which refuses them.
/// - A statement that fails ends its body: instead of catching a broken unique key, say
///   `on conflict`. (PostgreSQL knows no other way; the store holds SQLite to the same rule.)
/// - Text has no NUL: `U+0000` is stored as `U+FFFD`, since no engine keeps it.
/// - Full-text search differs: two small files side by side, chosen by `transaction.engine`.
package struct SQL: ExpressibleByStringLiteral, ExpressibleByStringInterpolation, Sendable {
    /// The text around the values: always one piece more than values.
    private(set) var pieces: [String]

    /// What stands for a list without values.
    static let emptyList = "(select null where 1 = 0)"

    /// Longer lists come in too many lengths to keep a text for each.
    private static let longestKeptList = 64

    /// The values in the order of their places.
    private(set) var values: [SQLValue]

    /// The text differs from call to call (a list has many lengths): not worth keeping prepared.
    private(set) var isVariable = false

    /// A literal of the code: `StaticString`, so that the compiler lets nothing else in.
    package init(stringLiteral text: StaticString) {
        pieces = ["\(text)"]
        values = []
    }

    package init(stringInterpolation: StringInterpolation) {
        self = stringInterpolation.sql
    }

    /// The quoted name of a table or column that the store's own catalogue gave.
    ///
    /// - Precondition: lower-case ASCII letters, digits and underscores only, as all names of ours.
    init(checked name: String) {
        precondition(Self.isPlain(name), "\(name) cannot be the name of a table or column")
        pieces = ["\"\(name)\""]
        values = []
    }

    private static func isPlain(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x5F
            }
    }

    /// The text that an engine prepares.
    ///
    /// - Parameter placeholder: how the engine writes the place of value 1, 2, 3…
    func text(placeholder: (Int) -> String) -> String {
        guard !values.isEmpty else { return pieces[0] }
        var text = ""
        text.reserveCapacity(pieces.reduce(0) { $0 + $1.utf8.count + 4 })
        text += pieces[0]
        for (index, piece) in pieces.dropFirst().enumerated() {
            text += placeholder(index + 1)
            text += piece
        }
        return text
    }

    /// The first word in lower case: what kind of statement this is.
    var keyword: String {
        let word = pieces[0].utf8.drop { $0 <= 0x20 }
            .prefix { (0x61...0x7A).contains($0 | 0x20) }
            .map { $0 | 0x20 }
        return String(decoding: word, as: UTF8.self)
    }

    /// Joins conditions or columns: `SQL.joined([a, b], by: " and ")` is `a and b`.
    package static func joined(_ parts: [SQL], by separator: StaticString) -> SQL {
        var joined: SQL = ""
        for (index, part) in parts.enumerated() {
            if index > 0 { joined.append("\(separator)") }
            joined.append(part)
        }
        return joined
    }
}

extension SQL {
    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var sql: SQL = ""

        package init(literalCapacity: Int, interpolationCount: Int) {}

        package mutating func appendLiteral(_ literal: StaticString) {
            sql.append("\(literal)")
        }

        /// Another piece of SQL with its values.
        package mutating func appendInterpolation(_ nested: SQL) {
            sql.append(nested)
        }

        package mutating func appendInterpolation(_ value: SQLValue) {
            sql.append(value)
        }

        package mutating func appendInterpolation(_ value: some SQLBindable) {
            sql.append(value.sqlValue)
        }

        /// An optional is a value like others, so the compiler's warning does not apply here: it
        /// stays away where the parameter says so.
        package mutating func appendInterpolation(_ value: (some SQLBindable)?) {
            sql.append(value?.sqlValue ?? .null)
        }

        package mutating func appendInterpolation<Value: RawRepresentable>(_ value: Value)
        where Value.RawValue: SQLBindable {
            sql.append(value.rawValue.sqlValue)
        }

        package mutating func appendInterpolation<Value: RawRepresentable>(_ value: Value?)
        where Value.RawValue: SQLBindable {
            sql.append(value?.rawValue.sqlValue ?? .null)
        }

        /// Decides between those above for a type that is both.
        package mutating func appendInterpolation<Value: RawRepresentable & SQLBindable>(
            _ value: Value
        ) where Value.RawValue: SQLBindable {
            sql.append(value.sqlValue)
        }

        package mutating func appendInterpolation<Value: RawRepresentable & SQLBindable>(
            _ value: Value?
        ) where Value.RawValue: SQLBindable {
            sql.append(value?.sqlValue ?? .null)
        }

        /// `(?, ?, ?)`. At most 30,000 values: an engine takes about 32,000 in a statement.
        /// An empty list is a query without rows, so that `in` is false and `not in` is true.
        package mutating func appendInterpolation<Value: SQLBindable>(list values: [Value]) {
            sql.append(list: values.map(\.sqlValue))
        }

        package mutating func appendInterpolation<Value: RawRepresentable>(list values: [Value])
        where Value.RawValue: SQLBindable {
            sql.append(list: values.map(\.rawValue.sqlValue))
        }

        package mutating func appendInterpolation<Value: RawRepresentable & SQLBindable>(
            list values: [Value]
        ) where Value.RawValue: SQLBindable {
            sql.append(list: values.map(\.sqlValue))
        }

        /// The quoted name of a table or column: `case`, `order` and other words of SQL may be names.
        ///
        /// - Precondition: lower-case ASCII letters, digits and underscores only.
        package mutating func appendInterpolation(identifier: StaticString) {
            sql.append(SQL(checked: "\(identifier)"))
        }
    }

    fileprivate mutating func append(_ text: String) {
        pieces[pieces.count - 1] += text
    }

    fileprivate mutating func append(_ value: SQLValue) {
        values.append(value)
        pieces.append("")
    }

    fileprivate mutating func append(_ nested: SQL) {
        append(nested.pieces[0])
        pieces += nested.pieces.dropFirst()
        values += nested.values
        isVariable = isVariable || nested.isVariable
    }

    /// A short list is filled up with its last value to a power of two, which means the same and leaves few
    /// texts: those are kept prepared.
    fileprivate mutating func append(list: [SQLValue]) {
        guard let last = list.last else {
            append(Self.emptyList)
            return
        }
        var count = list.count
        if count <= Self.longestKeptList {
            count = 1
            while count < list.count { count *= 2 }
        } else {
            isVariable = true
        }
        append("(")
        for index in 0..<count {
            if index > 0 { append(", ") }
            append(index < list.count ? list[index] : last)
        }
        append(")")
    }
}
