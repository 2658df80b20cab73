import Foundation
import Records
import Storage

// A person account is one human being and two records: an account, and the contact that people call and are
// logged under. The contact says whose person it is; the two have one name.

extension BuiltInCRM {
    /// Gives an account its person.
    func addPerson(
        of account: RecordID, _ values: [FieldName: String], importID: String? = nil, stamp: Date,
        in store: WriteTransaction
    ) throws {
        let name = PersonName(values[.name] ?? "")
        var person: [FieldName: String] = [.lastName: name.last, .accountId: account.value]
        person[.firstName] = name.first
        person[.salutation] = name.salutation
        person[.mailingCity] = values[.city]
        person[.mailingCountry] = values[.country]
        person[.owner] = values[.owner]
        let id = Self.id(.contact, identifiers.next(.contact))
        try insert(
            NewRecord(
                id: id, values: person, createdAt: stamp, changedAt: stamp,
                personAccount: account.value, importID: importID), in: store)
        try publish(.contact, [id.value], in: store)
    }

    /// Carries an edit of one half to the other.
    func keepPersonAccount(
        _ old: StoredRecord, _ changes: [FieldName: String?], stamp: Date,
        in store: WriteTransaction
    ) throws {
        switch old.id.kind {
        case .account: try keepPerson(of: old, changes, stamp: stamp, in: store)
        case .contact: try keepAccount(of: old, changes, stamp: stamp, in: store)
        case .lead, .opportunity, .case, .activity: break
        }
    }

    private func keepPerson(
        of account: StoredRecord, _ changes: [FieldName: String?], stamp: Date,
        in store: WriteTransaction
    ) throws {
        let values = account.values.merging(changes.compactMapValues { $0 }) { $1 }
        guard let contact = account.successor else {
            if values[.isPersonAccount] == "Yes" {
                try addPerson(of: account.id, values, stamp: stamp, in: store)
            }
            return
        }
        guard values[.isPersonAccount] == "Yes" else {
            throw RecordRefusal.invalid(
                .isPersonAccount, reason: "A person account cannot be made a company again.")
        }
        guard let change = changes[.name], let name = change,
            let person = try record(contact, in: store)
        else { return }
        let parts = PersonName(name)
        _ = try update(
            person, to: [.firstName: parts.first, .lastName: parts.last], version: person.version,
            stamp: stamp, in: store)
    }

    private func keepAccount(
        of contact: StoredRecord, _ changes: [FieldName: String?], stamp: Date,
        in store: WriteTransaction
    ) throws {
        guard let account = contact.account,
            let half = try record(account, in: store), half.successor == contact.id
        else { return }
        guard changes[.accountId] == nil else {
            throw RecordRefusal.invalid(
                .accountId, reason: "This contact is the person of its account and stays there.")
        }
        guard changes[.firstName] != nil || changes[.lastName] != nil else { return }
        let values = contact.values.merging(changes.compactMapValues { $0 }) { $1 }
            .filter { changes[$0.key] != .some(nil) }
        _ = try update(
            half, to: [.name: Self.wholeName(values)], version: half.version, stamp: stamp,
            in: store)
        try publish(.account, [account.value], in: store)
    }
}
