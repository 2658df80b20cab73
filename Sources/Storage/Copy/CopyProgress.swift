/// How far a copy has come, kept in the store that it goes into, in the transaction of each portion.
///
/// While there is any, the store is not whole: nobody but the copy opens it.
enum CopyProgress {
    static let table: SQL = """
        create table if not exists storage_copy (
            part text not null primary key, place text not null, done integer not null)
        """

    static func isThere(in store: ReadTransaction) throws(StorageFailure) -> Bool {
        try store.row("select part from storage_copy limit 1") != nil
    }

    /// From where the copy that was begun takes its rows.
    static func source(in store: ReadTransaction) throws -> String? {
        try store.row("select place from storage_copy where part = ''")?.text("place")
    }

    static func begin(from source: String, in store: WriteTransaction) throws {
        try end(in: store)
        try store.execute("insert into storage_copy (part, place, done) values ('', \(source), 0)")
    }

    static func end(in store: WriteTransaction) throws {
        try store.execute("delete from storage_copy")
    }

    /// The last row of a part that has arrived, and how many have.
    static func of(_ part: String, in store: ReadTransaction) throws -> (
        place: RowPlace?, done: Int
    ) {
        let row = try store.row("select place, done from storage_copy where part = \(part)")
        guard let row else { return (nil, 0) }
        return (try RowPlace(stored: row.text("place")), try row.int("done"))
    }

    static func keep(
        _ part: String, place: RowPlace, done: Int, in store: WriteTransaction
    ) throws {
        try store.execute(
            """
            insert into storage_copy (part, place, done) values (\(part), \(place.stored), \(done))
            on conflict (part) do update set place = excluded.place, done = excluded.done
            """)
    }
}
