import Records
package import Storage

// Full-text search is what the engines spell differently.

extension BuiltInCRM {
    static let searchMigration = Migration(
        id: "0302-crm-search", sqlite: SQLiteCRMSearch.schema,
        postgresql: PostgreSQLCRMSearch.schema)

    /// SQLite's own tables of the index, which no copy takes along.
    package static let searchTables: Set<String> = [
        "crm_search", "crm_search_data", "crm_search_idx", "crm_search_docsize",
        "crm_search_config",
    ]

    /// What a store needs whose rows were copied into it.
    package static func finishCopy(in store: WriteTransaction) throws {
        switch store.engine {
        case .sqlite: try SQLiteCRMSearch.rebuild(in: store)
        case .postgresql: try PostgreSQLCRMSearch.goOn(in: store)
        }
    }

    func putInSearch(_ id: RecordID, words: String, in store: WriteTransaction) throws {
        switch store.engine {
        case .sqlite: try SQLiteCRMSearch.put(id, words: words, in: store)
        case .postgresql: try PostgreSQLCRMSearch.put(id, words: words, in: store)
        }
    }

    func removeFromSearch(_ id: RecordID, in store: WriteTransaction) throws {
        switch store.engine {
        case .sqlite: try SQLiteCRMSearch.remove(id, in: store)
        case .postgresql: try PostgreSQLCRMSearch.remove(id, in: store)
        }
    }

    /// Ids of records in which every word begins a word, the newest record first.
    ///
    /// - Parameter place: of the last hit of the page before.
    func search(
        _ kind: RecordID.Kind, words: [Substring], before place: Int?, limit: Int,
        in store: ReadTransaction
    ) throws -> [CRMSearchHit] {
        let place = place ?? Int.max
        switch store.engine {
        case .sqlite:
            return try SQLiteCRMSearch.hits(
                kind, words: words, before: place, limit: limit, in: store)
        case .postgresql:
            return try PostgreSQLCRMSearch.hits(
                kind, words: words, before: place, limit: limit, in: store)
        }
    }

    /// How many records are found, counted up to `most`.
    func searchCount(
        _ kind: RecordID.Kind, words: [Substring], upTo most: Int, in store: ReadTransaction
    ) throws -> Int {
        switch store.engine {
        case .sqlite:
            try SQLiteCRMSearch.count(kind, words: words, upTo: most, in: store)
        case .postgresql:
            try PostgreSQLCRMSearch.count(kind, words: words, upTo: most, in: store)
        }
    }
}

/// A record that was found, and its place in the list.
struct CRMSearchHit {
    let id: String
    let place: Int

    init(_ row: Row) throws {
        id = try row.text("id")
        place = try row.int("place")
    }
}
