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
    /// All tables of rooms in the order in which they were made, so that what is referred to comes first. The store's own
    /// tables are left out.
    static func tables(in store: ReadTransaction) throws(StorageFailure) -> [StoredTable] {
        var tables: [StoredTable] = []
        for name in try names(in: store) where !isInternal(name) {
            tables.append(try table(name, in: store))
        }
        return tables
    }

    /// Whether any version has made a store there.
    static func isStore(_ store: ReadTransaction) throws(StorageFailure) -> Bool {
        try names(in: store).contains("storage_migration")
    }

    /// Whether it has the table by which an unfinished copy is known.
    static func hasCopies(_ store: ReadTransaction) throws(StorageFailure) -> Bool {
        try names(in: store).contains("storage_copy")
    }

    private static func names(in store: ReadTransaction) throws(StorageFailure) -> [String] {
        let rows =
            switch store.engine {
            case .sqlite:
                try store.rows(
                    "select name from sqlite_master where type = 'table' order by rowid")
            case .postgresql:
                try store.rows(
                    """
                    select relname as name from pg_class
                    where relnamespace = (
                        select oid from pg_namespace where nspname = current_schema())
                        and relkind = 'r'
                    order by oid
                    """)
            }
        var names: [String] = []
        for row in rows { names.append(try row.text("name")) }
        return names
    }

    private static func isInternal(_ name: String) -> Bool {
        name.hasPrefix("storage_") || name.hasPrefix("sqlite_")
    }

    private static func table(
        _ name: String, in store: ReadTransaction
    ) throws(StorageFailure) -> StoredTable {
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
        var columns: [(name: String, place: Int, key: Int)] = []
        for row in rows {
            columns.append((try row.text("name"), try row.int("place"), try row.int("key")))
        }
        let key = columns.filter { $0.key > 0 }.sorted { $0.key < $1.key }.map(\.name)
        let first = columns.min { $0.place < $1.place }?.name
        return StoredTable(
            name: name, columns: columns.map(\.name).sorted(),
            key: key.isEmpty ? [first].compactMap(\.self) : key, hasKey: !key.isEmpty)
    }
}
