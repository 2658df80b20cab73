/// A table as the store's own catalogue describes it.
struct StoredTable: Hashable, Sendable {
    let name: String
    /// In order of their names: engines may keep another order.
    let columns: [String]
    /// The columns of the primary key; without one, the first column, which then may have the same value in several rows.
    let key: [String]
    let hasKey: Bool
}

/// What the engines say of the tables in them.
enum StoreCatalogue {
    /// All tables of rooms in the order in which they were made, so that what is referred to comes first. Full-text
    /// indexes and the store's own tables are left out.
    static func tables(in store: ReadTransaction) throws -> [StoredTable] {
        let names: [String]
        switch store.engine {
        case .sqlite:
            names = try store.rows(
                "select name from sqlite_master where type = 'table' order by rowid"
            ).map { try $0.text("name") }
        case .postgresql:
            names = try store.rows(
                """
                select relname as name from pg_class
                where relnamespace = (select oid from pg_namespace where nspname = current_schema())
                    and relkind = 'r'
                order by oid
                """
            ).map { try $0.text("name") }
        }
        return try names.filter { !isInternal($0) }.map { try table($0, in: store) }
    }

    private static func isInternal(_ name: String) -> Bool {
        name.hasPrefix("storage_") || name.hasPrefix("sqlite_") || name == StoreCopy.progressTable
    }

    private static func table(_ name: String, in store: ReadTransaction) throws -> StoredTable {
        let rows =
            switch store.engine {
            case .sqlite:
                try store.rows(
                    "select name, cid as place, pk as key from pragma_table_info(\(name))")
            case .postgresql:
                try store.rows(
                    """
                    select a.attname as name, cast(a.attnum as bigint) as place,
                        cast(coalesce(array_position(cast(i.indkey as smallint[]), a.attnum) + 1, 0) as bigint)
                            as key
                    from pg_attribute a
                    left join pg_index i on i.indrelid = a.attrelid and i.indisprimary
                    where a.attrelid = cast(quote_ident(\(name)) as regclass)
                        and a.attnum > 0 and not a.attisdropped
                    """)
            }
        let columns = try rows.map { row in
            (name: try row.text("name"), place: try row.int("place"), key: try row.int("key"))
        }
        let key = columns.filter { $0.key > 0 }.sorted { $0.key < $1.key }.map(\.name)
        let first = columns.min { $0.place < $1.place }?.name
        return StoredTable(
            name: name, columns: columns.map(\.name).sorted(),
            key: key.isEmpty ? [first].compactMap(\.self) : key, hasKey: !key.isEmpty)
    }
}
