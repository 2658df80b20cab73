import Storage

/// SQLite's full-text index of people.
enum SQLitePersonSearch {
    static let schema: [SQL] = [
        """
        create virtual table person_search using fts5 (
            ref unindexed, words, tokenize = 'unicode61 remove_diacritics 0', prefix = '2 3'
        )
        """,
        "create table person_search_row (ref text primary key, row integer not null)",
    ]

    static func add(ref: String, words: String, in store: WriteTransaction) throws {
        try store.execute("insert into person_search (ref, words) values (\(ref), \(words))")
        try store.execute(
            "insert into person_search_row (ref, row) values (\(ref), last_insert_rowid())")
    }

    static func remove(ref: String, in store: WriteTransaction) throws {
        try store.execute(
            """
            delete from person_search
            where rowid = (select row from person_search_row where ref = \(ref))
            """)
        try store.execute("delete from person_search_row where ref = \(ref)")
    }

    /// In order of `ref`, after one.
    static func entries(
        after ref: String, limit: Int, in store: ReadTransaction
    ) throws -> [SearchIndex.Entry] {
        try store.rows(
            """
            select r.ref as ref, s.words as words from person_search_row r
            join person_search s on s.rowid = r.row
            where r.ref > \(ref) order by r.ref limit \(limit)
            """
        ).map(SearchIndex.Entry.init)
    }

    static func clear(in store: WriteTransaction) throws {
        try store.execute("delete from person_search")
        try store.execute("delete from person_search_row")
    }

    /// No ranking: the index's own order costs 0.3 ms where a rank costs 300 in a large directory.
    static func refs(words: [String], limit: Int, in store: ReadTransaction) throws -> [String] {
        let query = words.map { "\"\($0)\"*" }.joined(separator: " ")
        return try store.rows(
            "select ref from person_search where person_search match \(query) limit \(limit)"
        ).map { try $0.text("ref") }
    }
}
