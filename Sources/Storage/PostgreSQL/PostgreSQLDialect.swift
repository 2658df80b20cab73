/// How PostgreSQL calls the column types of the common dialect.
///
/// Only in `create` and `alter`, the only statements in which they have names. `text` is compared byte by byte, whatever
/// the database's own collation is.
enum PostgreSQLDialect {
    private static let types = [
        "integer": "bigint", "real": "double precision", "blob": "bytea",
        "text": #"text collate "C""#,
    ]

    static func text(of sql: SQL) -> String {
        let text = sql.text { "$\($0)" }
        if ["create", "alter"].contains(sql.keyword) { return renamingTypes(in: text) }
        return text.contains(SQL.emptyList) ? comparingWithNothing(text) : text
    }

    /// An empty list has no type there, and an array takes that of its neighbour.
    private static func comparingWithNothing(_ text: String) -> String {
        text.replacing("not in \(SQL.emptyList)", with: "<> all('{}')")
            .replacing("in \(SQL.emptyList)", with: "= any('{}')")
    }

    /// A type is the word that follows a name: `text text` is a column of that name.
    private static func renamingTypes(in text: String) -> String {
        var result = ""
        var rest = text[...]
        var followsName = false
        while let first = rest.first {
            if first == "'" {
                let end = rest.dropFirst().firstIndex(of: "'") ?? rest.index(before: rest.endIndex)
                result += rest[...end]
                rest = rest[rest.index(after: end)...]
                followsName = false
            } else if isPartOfWord(first) {
                let word = rest.prefix(while: isPartOfWord)
                rest = rest.dropFirst(word.count)
                let type = followsName ? types[String(word)] : nil
                result += type ?? String(word)
                followsName = type == nil && word != "column"
            } else {
                if !first.isWhitespace { followsName = false }
                result.append(first)
                rest = rest.dropFirst()
            }
        }
        return result
    }

    private static func isPartOfWord(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_" || character == "\""
    }
}
