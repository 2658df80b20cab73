import CallerLookup
import Foundation
import Records
import Storage

/// A record that is not in the store yet. Its values have been checked.
struct NewRecord: Hashable, Sendable {
    var id: RecordID
    var values: [FieldName: String]
    var createdAt: Date
    var changedAt: Date
    /// When an opportunity or case was closed, where that is known better than "now".
    var closedAt: Date?
    /// The account that this contact is the person of.
    var personAccount: String?
    /// The contact that a lead was converted to.
    var convertedContact: String?
    var externalID: String?
    var importID: String?
}

extension BuiltInCRM {
    /// Writes a new record. `publish` must follow in the same transaction.
    func insert(_ new: NewRecord, in store: WriteTransaction) throws {
        var cells: [(column: SQL, value: SQLValue)] = [
            ("id", new.id.value.sqlValue), ("version", 1.sqlValue),
            ("created_at", new.createdAt.sqlValue), ("changed_at", new.changedAt.sqlValue),
            ("sort_key", Self.sortKey(of: new.id.kind, new.values).sqlValue),
            ("external_id", new.externalID.sqlValue), ("import_id", new.importID.sqlValue),
        ]
        for definition in FieldDefinition.all(of: new.id.kind) {
            guard let text = new.values[definition.name], let column = definition.name.column
            else { continue }
            cells.append(("\(identifier: column)", Self.stored(text, as: definition.type)))
        }
        if let closed = Self.isClosed(new.id.kind, new.values) {
            cells.append(("closed_at", (closed ? new.closedAt ?? new.changedAt : nil).sqlValue))
        }
        if let account = new.personAccount {
            cells.append(("person_account_id", account.sqlValue))
        }
        if let contact = new.convertedContact {
            cells.append(("converted_contact_id", contact.sqlValue))
            cells.append(("converted_at", new.changedAt.sqlValue))
        }
        let columns = SQL.joined(cells.map(\.column), by: ", ")
        let values = SQL.joined(cells.map { "\($0.value)" }, by: ", ")
        try store.execute("insert into \(new.id.kind.table) (\(columns)) values (\(values))")
    }

    /// Writes what changed in a record: `nil` empties a field. `publish` must follow.
    ///
    /// - Returns: the new version.
    /// - Throws: `RecordRefusal.changed` when the record has not this version any more.
    func update(
        _ old: StoredRecord, to changes: [FieldName: String?], version: Int,
        externalID: String? = nil, stamp: Date, in store: WriteTransaction
    ) throws -> Int {
        guard version == old.version else { throw RecordRefusal.changed(version: old.version) }
        let kind = old.id.kind
        let values = old.values.merging(changes.compactMapValues { $0 }) { $1 }
            .filter { changes[$0.key] != .some(nil) }
        var cells: [SQL] = [
            "version = version + 1", "changed_at = \(stamp)",
            "sort_key = \(Self.sortKey(of: kind, values))",
        ]
        for definition in FieldDefinition.all(of: kind) {
            guard let change = changes[definition.name], let column = definition.name.column
            else { continue }
            let value = change.map { Self.stored($0, as: definition.type) } ?? .null
            cells.append("\(identifier: column) = \(value)")
        }
        if let externalID { cells.append("external_id = \(externalID)") }
        if let closed = Self.isClosed(kind, values) {
            cells.append("closed_at = \(closed ? old.closedAt ?? stamp : nil)")
        }
        let done = try store.execute(
            """
            update \(kind.table) set \(SQL.joined(cells, by: ", "))
            where id = \(old.id.value) and version = \(version)
            """)
        guard done == 1 else { throw RecordRefusal.changed(version: old.version) }
        return version + 1
    }

    /// Brings the directory and the search of the record lists up to what stands in the tables now.
    ///
    /// - Parameter ids: of one kind; at most a few hundred at once.
    func publish(_ kind: RecordID.Kind, _ ids: [String], in store: WriteTransaction) throws {
        guard !ids.isEmpty else { return }
        let records = try records(kind, where: "r.id in \(list: ids)", in: store)
        for record in records {
            try putInSearch(record.id, words: Self.searchWords(of: record), in: store)
        }
        try directory.put(records.compactMap(Person.init), in: store)
    }

    /// Takes records out of the store, the directory and the search, and remembers that they are gone.
    ///
    /// - Precondition: nothing refers to them.
    func remove(_ ids: [RecordID], stamp: Date, in store: WriteTransaction) throws {
        for id in ids {
            try store.execute("delete from \(id.kind.table) where id = \(id.value)")
            try removeFromSearch(id, in: store)
            try store.execute(
                """
                insert into crm_removed (id, kind, changed_at)
                values (\(id.value), \(id.kind), \(stamp))
                """)
        }
        try directory.remove(
            ids.filter { RecordID.Kind.people.contains($0.kind) }, in: store)
    }

    /// `nil` for kinds that are never closed.
    static func isClosed(_ kind: RecordID.Kind, _ values: [FieldName: String]) -> Bool? {
        switch kind {
        case .opportunity: Stages.isEnd(values[.stage] ?? "")
        case .case: Stages.isEnd(values[.status] ?? "")
        case .contact, .lead, .account, .activity: nil
        }
    }

    /// The text by which a kind's list is sorted and its names are compared: "lovelace, ada".
    static func sortKey(of kind: RecordID.Kind, _ values: [FieldName: String]) -> String {
        switch kind {
        case .contact, .lead:
            FoldedText(values[.lastName] ?? "").description + ", "
                + FoldedText(values[.firstName] ?? "").description
        case .account, .opportunity: FoldedText(values[.name] ?? "").description
        case .case: values[.number] ?? ""
        case .activity: ""
        }
    }

    private static func stored(_ text: String, as type: FieldType) -> SQLValue {
        switch type {
        case .money: Double(text).sqlValue
        case .text, .phone, .email, .date, .choice, .reference, .multiline: text.sqlValue
        }
    }

    /// What a list's search finds a record by, but for its numbers: those are the directory's.
    private static func searchWords(of record: StoredRecord) -> String {
        let values = record.values
        let names: [String?] =
            switch record.id.kind {
            case .contact: [record.name, record.accountName, values[.email], values[.mailingCity]]
            case .lead: [record.name, values[.company], values[.email], values[.city]]
            case .account: [record.name, values[.website], values[.city]]
            case .opportunity: [record.name, record.accountName]
            case .case: [values[.number], record.name, record.accountName]
            case .activity: []
            }
        return FoldedText.indexed(names.compactMap { $0 }.joined(separator: " "))
    }
}
