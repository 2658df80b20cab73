/// A full-text index, which each engine keeps in its own way: told by its entries.
package struct SearchIndex: Sendable {
    package struct Entry: Hashable, Sendable {
        package let ref: String
        package let words: String

        package init(ref: String, words: String) {
            self.ref = ref
            self.words = words
        }
    }

    /// Its tables, in every engine: the first names it.
    package let tables: [String]
    /// Entries in order of `ref`, after one.
    package let entries:
        @Sendable (_ after: String, _ limit: Int, ReadTransaction) throws -> [Entry]
    package let count: @Sendable (ReadTransaction) throws -> Int
    package let add: @Sendable (Entry, WriteTransaction) throws -> Void
    package let clear: @Sendable (WriteTransaction) throws -> Void

    package init(
        tables: [String],
        entries: @escaping @Sendable (String, Int, ReadTransaction) throws -> [Entry],
        count: @escaping @Sendable (ReadTransaction) throws -> Int,
        add: @escaping @Sendable (Entry, WriteTransaction) throws -> Void,
        clear: @escaping @Sendable (WriteTransaction) throws -> Void
    ) {
        self.tables = tables
        self.entries = entries
        self.count = count
        self.add = add
        self.clear = clear
    }
}

extension SearchIndex: CopiedPart {
    var name: String { tables[0] }

    func count(in store: ReadTransaction) throws -> Int { try count(store) }

    func rows(after place: RowPlace?, limit: Int, in store: ReadTransaction) throws -> [CopiedRow] {
        try entries(place?.shown ?? "", limit, store).map { entry in
            let ref = SQLValue.text(entry.ref)
            return CopiedRow(place: try RowPlace([ref]), values: [ref, .text(entry.words)])
        }
    }

    func insert(_ rows: [CopiedRow], in store: WriteTransaction) throws {
        for row in rows {
            guard case .text(let ref) = row.values[0], case .text(let words) = row.values[1] else {
                throw StorageFailure.column(name, problem: "is not text")
            }
            try add(Entry(ref: ref, words: words), store)
        }
    }

    func clear(in store: WriteTransaction) throws { try clear(store) }
}
