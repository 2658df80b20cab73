import Records
import Storage

/// SQLite's full-text index of the record lists.
///
/// The index keeps no text of its own: it points into `crm_search_entry`. The kind is a word of the index, so that a
/// list of one kind never reads through another's hits.
enum SQLiteCRMSearch {
    static let schema: [SQL] = [
        """
        create table crm_search_entry (
            number integer primary key, id text not null unique, kind text not null,
            words text not null)
        """,
        """
        create virtual table crm_search using fts5 (
            kind, words, content = 'crm_search_entry', content_rowid = 'number',
            tokenize = 'unicode61 remove_diacritics 0', prefix = '2 3')
        """,
    ]

    /// Without triggers: the store does not trust its schema, and SQLite then lets no trigger write to a
    /// virtual table.
    static func put(_ id: RecordID, words: String, in store: WriteTransaction) throws {
        let known = try store.row(
            "select number, words from crm_search_entry where id = \(id.value)")
        let number: Int?
        if let known {
            let old = try known.text("words")
            if old == words { return }
            number = try known.int("number")
            try forget(number, id.kind, words: old, in: store)
            try store.execute(
                "update crm_search_entry set words = \(words) where id = \(id.value)")
        } else {
            number = try store.row(
                """
                insert into crm_search_entry (id, kind, words)
                values (\(id.value), \(id.kind), \(words)) returning number
                """)?.int("number")
        }
        try store.execute(
            "insert into crm_search (rowid, kind, words) values (\(number), \(id.kind), \(words))")
    }

    static func remove(_ id: RecordID, in store: WriteTransaction) throws {
        let known = try store.row(
            "select number, words from crm_search_entry where id = \(id.value)")
        guard let known else { return }
        try forget(known.int("number"), id.kind, words: known.text("words"), in: store)
        try store.execute("delete from crm_search_entry where id = \(id.value)")
    }

    /// An index without a text of its own must be told what it forgets.
    private static func forget(
        _ number: Int?, _ kind: RecordID.Kind, words: String, in store: WriteTransaction
    ) throws {
        try store.execute(
            """
            insert into crm_search (crm_search, rowid, kind, words)
            values ('delete', \(number), \(kind), \(words))
            """)
    }

    /// Ids of records in which every word begins a word, the newest record first. No rank: it costs a
    /// thousand times as much on a large store.
    ///
    /// - Parameter place: of the last hit of the page before.
    static func hits(
        _ kind: RecordID.Kind, words: [Substring], before place: Int, limit: Int,
        in store: ReadTransaction
    ) throws -> [CRMSearchHit] {
        try store.rows(
            """
            select e.id as id, e.number as place from crm_search
            join crm_search_entry e on e.number = crm_search.rowid
            where crm_search match \(query(kind, words))
                and crm_search.rowid < \(place)
            order by crm_search.rowid desc limit \(limit)
            """
        ).map(CRMSearchHit.init)
    }

    /// How many records are found, counted up to `most`.
    static func count(
        _ kind: RecordID.Kind, words: [Substring], upTo most: Int, in store: ReadTransaction
    ) throws -> Int {
        try store.count(
            """
            select count(*) from (
                select rowid from crm_search
                where crm_search match \(query(kind, words)) limit \(most))
            """)
    }

    /// Fills the index from the entries, which were copied.
    static func rebuild(in store: WriteTransaction) throws {
        try store.execute("insert into crm_search (crm_search) values ('rebuild')")
    }

    /// Words are letters and digits only, so that nothing typed is read as an operator.
    private static func query(_ kind: RecordID.Kind, _ words: [Substring]) -> String {
        (["kind : \"\(kind.rawValue)\""] + words.map { "words : \"\($0)\"*" })
            .joined(separator: " AND ")
    }
}
