import Foundation
import Records
import Storage

// The rules between records, on the way of every write from a form, an import or a conversion.

extension BuiltInCRM {
    /// Writes a new record whose values have been checked one by one.
    func create(
        _ kind: RecordID.Kind, values: [FieldName: String], externalID: String? = nil,
        importID: String? = nil, stamp: Date, in store: WriteTransaction
    ) throws -> RecordID {
        var values = values
        try checkReferences(values, in: store)
        try completeAccount(&values, of: kind, in: store)
        if kind == .case { values[.number] = try caseNumber(values[.number], in: store) }
        let id = Self.id(kind, identifiers.next(kind))
        try insert(
            NewRecord(
                id: id, values: values, createdAt: stamp, changedAt: stamp,
                externalID: externalID, importID: importID), in: store)
        if values[.isPersonAccount] == "Yes" {
            try addPerson(of: id, values, importID: importID, stamp: stamp, in: store)
        }
        try publish(kind, [id.value], in: store)
        return id
    }

    /// Writes an edit whose values have been checked one by one.
    func edit(
        _ old: StoredRecord, to changes: [FieldName: String?], externalID: String? = nil,
        stamp: Date, in store: WriteTransaction
    ) throws -> Int {
        guard !changes.isEmpty || externalID != nil else { return old.version }
        let kind = old.id.kind
        if kind == .lead, old.successor != nil {
            throw RecordRefusal.notEditable(
                "This lead was converted: change its contact instead.")
        }
        var changes = changes
        let set = changes.compactMapValues { $0 }
        try checkReferences(set, in: store)
        if set[.contactId] != nil, changes[.accountId] == nil, old.account == nil {
            var values = set
            try completeAccount(&values, of: kind, in: store)
            if let account = values[.accountId] { changes[.accountId] = account }
        }
        if kind == .case, let number = changes[.number] {
            changes[.number] = try caseNumber(number, in: store)
        }
        try keepPersonAccount(old, changes, stamp: stamp, in: store)
        let version = try update(
            old, to: changes, version: old.version, externalID: externalID, stamp: stamp,
            in: store)
        try publish(kind, [old.id.value], in: store)
        if kind == .account, changes[.name] != nil {
            try rename(account: old.id.value, stamp: stamp, in: store)
        }
        return version
    }

    /// What names an account by its name is told again when the name changes.
    private func rename(account: String, stamp: Date, in store: WriteTransaction) throws {
        try store.execute(
            "update crm_contact set changed_at = \(stamp) where account_id = \(account)")
        for kind in [RecordID.Kind.contact, .opportunity, .case] {
            let ids = try store.rows(
                "select id from \(kind.table) where account_id = \(account)"
            ).map { try $0.text("id") }
            for start in stride(from: 0, to: ids.count, by: 500) {
                try publish(kind, Array(ids[start..<min(start + 500, ids.count)]), in: store)
            }
        }
    }

    private func checkReferences(
        _ values: [FieldName: String], in store: ReadTransaction
    ) throws {
        for (field, kind) in [(FieldName.accountId, RecordID.Kind.account), (.contactId, .contact)]
        {
            guard let id = values[field] else { continue }
            guard try store.count("select count(*) from \(kind.table) where id = \(id)") == 1 else {
                throw RecordRefusal.invalid(
                    field, reason: "This \(kind.rawValue) is not there any more.")
            }
        }
    }

    /// An opportunity or case of a contact belongs to the contact's account where it names none.
    private func completeAccount(
        _ values: inout [FieldName: String], of kind: RecordID.Kind, in store: ReadTransaction
    ) throws {
        guard let contact = values[.contactId], values[.accountId] == nil else { return }
        values[.accountId] = try store.row(
            "select account_id from crm_contact where id = \(contact)")?.optionalText("account_id")
    }

    /// The number as typed if nobody has it, or the next of our own: "00001042".
    private func caseNumber(_ typed: String?, in store: WriteTransaction) throws -> String {
        if let typed {
            guard try store.count("select count(*) from crm_case where number = \(typed)") == 0
            else {
                throw RecordRefusal.invalid(
                    .number, reason: "There is a case with the number \(typed) already.")
            }
            return typed
        }
        while true {
            let next = try store.row(
                "update crm_counter set value = value + 1 where name = 'case' returning value"
            )?.int("value")
            let digits = String(next ?? 1)
            let number = String(repeating: "0", count: max(0, 8 - digits.count)) + digits
            if try store.count("select count(*) from crm_case where number = \(number)") == 0 {
                return number
            }
        }
    }
}
