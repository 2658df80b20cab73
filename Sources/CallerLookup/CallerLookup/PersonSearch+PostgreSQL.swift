import Storage

/// PostgreSQL's full-text index of people.
///
/// The words are cut and folded by us, so they go into the index as they are: its own parser would read addresses and
/// numbers in them.
enum PostgreSQLPersonSearch {
    static let schema: [SQL] = [
        """
        create table person_search (
            ref text not null primary key references person (ref) on delete cascade,
            words text not null)
        """,
        """
        create index person_search_by_words on person_search
        using gin (array_to_tsvector(array_remove(string_to_array(words, ' '), '')))
        """,
    ]

    static func add(ref: String, words: String, in store: WriteTransaction) throws {
        try store.execute(
            """
            insert into person_search (ref, words) values (\(ref), \(words))
            on conflict (ref) do update set words = excluded.words
            """)
    }

    static func remove(ref: String, in store: WriteTransaction) throws {
        try store.execute("delete from person_search where ref = \(ref)")
    }

    /// In order of `ref`, after one.
    static func entries(
        after ref: String, limit: Int, in store: ReadTransaction
    ) throws -> [SearchIndex.Entry] {
        try store.rows(
            """
            select ref, words from person_search where ref > \(ref) order by ref limit \(limit)
            """
        ).map(SearchIndex.Entry.init)
    }

    static func clear(in store: WriteTransaction) throws {
        try store.execute("delete from person_search")
    }

    static func refs(words: [String], limit: Int, in store: ReadTransaction) throws -> [String] {
        let query = words.map { "'\($0)':*" }.joined(separator: " & ")
        return try store.rows(
            """
            select ref from person_search
            where array_to_tsvector(array_remove(string_to_array(words, ' '), '')) @@ cast(\(query) as tsquery)
            limit \(limit)
            """
        ).map { try $0.text("ref") }
    }
}
