package import Foundation
package import Records
package import Storage

/// What becomes of a lead that is a customer now.
package struct LeadConversion: Hashable, Sendable {
    package let contact: RecordID
    package let account: RecordID?
    package let opportunity: RecordID?
}

extension BuiltInCRM {
    /// Turns a lead into a contact. The lead stays as history and stands for the contact from now on: a call
    /// from its number is the contact's, and so are its activities.
    ///
    /// - Parameters:
    ///   - existing: the contact that this person is already; its empty fields are filled. `nil` makes one.
    ///   - account: for a new contact. `nil` takes the account that is called like the lead's company, or
    ///     makes it; a lead without a company has none.
    ///   - opportunity: the name of an opportunity to begin; `nil` for none.
    /// - Throws: `RecordRefusal` when the lead is not there or was converted before, and when two accounts
    ///   are called like its company: then one must be named.
    package func convert(
        _ lead: RecordID, to existing: RecordID? = nil, account: RecordID? = nil,
        opportunity: String? = nil, now: Date, in store: WriteTransaction
    ) throws -> LeadConversion {
        guard lead.kind == .lead, let old = try record(lead, in: store) else {
            throw RecordRefusal.notThere(lead)
        }
        guard old.successor == nil else {
            throw RecordRefusal.notEditable("This lead was converted before.")
        }
        let stamp = try stamp(now, in: store)
        let contact: StoredRecord
        if let existing {
            contact = try fill(existing, from: old, stamp: stamp, in: store)
        } else {
            let account = try account ?? companyAccount(of: old, stamp: stamp, in: store)
            var values = Self.contactValues(of: old)
            values[.accountId] = account?.value
            let id = try create(.contact, values: values, stamp: stamp, in: store)
            guard let made = try record(id, in: store) else { throw RecordRefusal.notThere(id) }
            contact = made
        }
        try store.execute(
            """
            update crm_lead set converted_contact_id = \(contact.id.value),
                converted_at = \(stamp), status = \(Stages.converted), version = version + 1,
                changed_at = \(stamp)
            where id = \(lead.value)
            """)
        try publish(.lead, [lead.value], in: store)
        let sale = try opportunity.map { name in
            try begin(name, of: contact, owner: old.values[.owner], stamp: stamp, in: store)
        }
        return LeadConversion(contact: contact.id, account: contact.account, opportunity: sale)
    }

    private func begin(
        _ opportunity: String, of contact: StoredRecord, owner: String?, stamp: Date,
        in store: WriteTransaction
    ) throws -> RecordID {
        var values: [FieldName: String] = [.contactId: contact.id.value]
        values[.stage] = Stages.first(of: .opportunity)
        values[.owner] = owner
        values[.name] = try FieldDefinition.named(.name, of: .opportunity)?.checked(opportunity)
        return try create(.opportunity, values: values, stamp: stamp, in: store)
    }

    /// What a lead and a contact have in common, under the contact's names.
    static func contactValues(of lead: StoredRecord) -> [FieldName: String] {
        let fields = Set(FieldDefinition.all(of: .contact).map(\.name))
        var values = lead.values.filter { fields.contains($0.key) }
        values[.mailingCity] = lead.values[.city]
        values[.mailingCountry] = lead.values[.country]
        return values
    }

    private func companyAccount(
        of lead: StoredRecord, stamp: Date, in store: WriteTransaction
    ) throws -> RecordID? {
        guard let company = lead.values[.company] else { return nil }
        switch try account(called: company, in: store) {
        case .one(let account): return account
        case .several:
            throw RecordRefusal.invalid(
                .accountId, reason: "Several accounts are called \(company). Choose one.")
        case .none:
            var values: [FieldName: String] = [.name: company]
            values[.owner] = lead.values[.owner]
            return try create(.account, values: values, stamp: stamp, in: store)
        }
    }

    private func fill(
        _ contact: RecordID, from lead: StoredRecord, stamp: Date, in store: WriteTransaction
    ) throws -> StoredRecord {
        guard contact.kind == .contact, let old = try record(contact, in: store) else {
            throw RecordRefusal.notThere(contact)
        }
        let missing = Self.contactValues(of: lead)
            .filter { old.values[$0.key] == nil && $0.key != .accountId }
        _ = try edit(old, to: missing.mapValues { $0 }, stamp: stamp, in: store)
        return try record(contact, in: store) ?? old
    }
}

/// Accounts of one name.
enum AccountsCalled: Hashable {
    case none
    case one(RecordID)
    case several(Int)
}

extension BuiltInCRM {
    /// Accounts whose name is this one but for case, marks and punctuation.
    func account(called name: String, in store: ReadTransaction) throws -> AccountsCalled {
        let key = Self.sortKey(of: .account, [.name: name])
        let ids = try store.rows(
            "select id from crm_account where sort_key = \(key) order by id limit 10"
        ).map { try $0.text("id") }
        switch ids.count {
        case 0: return .none
        case 1: return .one(Self.id(.account, ids[0]))
        default: return .several(ids.count)
        }
    }
}
