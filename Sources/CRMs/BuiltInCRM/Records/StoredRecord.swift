package import Foundation
package import Records
package import Storage

/// A record of the built-in CRM as it stands in the store.
package struct StoredRecord: Hashable, Sendable, Identifiable {
    package let id: RecordID
    /// Grows by one with each edit.
    package let version: Int
    /// Fields that are filled, as text.
    package let values: [FieldName: String]
    package let createdAt: Date
    package let changedAt: Date
    /// When an opportunity or case was closed.
    package let closedAt: Date?
    /// The name of the account in `values[.accountId]`.
    package let accountName: String?
    /// The name of the contact in `values[.contactId]`.
    package let contactName: String?
    /// A converted lead's contact, or the contact of a person account.
    package let successor: RecordID?
    /// Its id in the system that it was imported from.
    package let externalID: String?

    /// What the record is called.
    package var name: String {
        switch id.kind {
        case .contact, .lead: BuiltInCRM.wholeName(values)
        case .account, .opportunity: values[.name] ?? ""
        case .case: values[.subject] ?? ""
        case .activity: values[.subject] ?? ""
        }
    }

    package var account: RecordID? { values[.accountId].map { BuiltInCRM.id(.account, $0) } }
    package var contact: RecordID? { values[.contactId].map { BuiltInCRM.id(.contact, $0) } }
}

extension BuiltInCRM {
    static func wholeName(_ values: [FieldName: String]) -> String {
        [values[.firstName], values[.lastName]].compactMap { $0 }.joined(separator: " ")
    }

    /// The record with this id; `nil` when it is not there, or is another CRM's.
    package func record(_ id: RecordID, in store: ReadTransaction) throws -> StoredRecord? {
        guard id.crm == BuiltInCRM.name else { return nil }
        return try records(id.kind, where: "r.id = \(id.value)", in: store).first
    }

    /// Records of a kind; `condition` and `rest` (order, limit) name the table `r`.
    func records(
        _ kind: RecordID.Kind, where condition: SQL, rest: SQL = "", in store: ReadTransaction
    ) throws -> [StoredRecord] {
        try store.rows("\(Self.selection(of: kind)) where \(condition) \(rest)")
            .map { try StoredRecord($0, kind: kind) }
    }

    private static func selection(of kind: RecordID.Kind) -> SQL {
        switch kind {
        case .contact:
            """
            select r.*, a.name as account_name from crm_contact r
            left join crm_account a on a.id = r.account_id
            """
        case .lead:
            "select r.*, r.converted_contact_id as successor_id from crm_lead r"
        case .account:
            """
            select r.*, t.id as successor_id from crm_account r
            left join crm_contact t on t.person_account_id = r.id
            """
        case .opportunity, .case:
            """
            select r.*, a.name as account_name, c.first_name as contact_first_name,
                c.last_name as contact_last_name from \(kind.table) r
            left join crm_account a on a.id = r.account_id
            left join crm_contact c on c.id = r.contact_id
            """
        case .activity:
            "select r.* from crm_activity r"
        }
    }
}

extension StoredRecord {
    fileprivate init(_ row: Row, kind: RecordID.Kind) throws {
        id = BuiltInCRM.id(kind, try row.text("id"))
        version = try row.int("version")
        createdAt = try row.date("created_at")
        changedAt = try row.date("changed_at")
        var values: [FieldName: String] = [:]
        for definition in FieldDefinition.all(of: kind) {
            guard let column = definition.name.column else { continue }
            if definition.type == .money {
                values[definition.name] = try row.optionalDouble("\(column)").map(Money.text)
            } else {
                values[definition.name] = try row.optionalText("\(column)")
            }
        }
        successor =
            kind == .lead || kind == .account
            ? try row.optionalText("successor_id").map { BuiltInCRM.id(.contact, $0) } : nil
        if kind == .account { values[.isPersonAccount] = successor == nil ? "No" : "Yes" }
        if kind == .activity { values[.subject] = try row.text("subject") }
        self.values = values
        let isAbout = kind == .opportunity || kind == .case
        closedAt = isAbout ? try row.optionalDate("closed_at") : nil
        accountName =
            isAbout || kind == .contact ? try row.optionalText("account_name") : nil
        let parts =
            isAbout
            ? [
                try row.optionalText("contact_first_name"),
                try row.optionalText("contact_last_name"),
            ].compactMap { $0 } : []
        contactName = parts.isEmpty ? nil : parts.joined(separator: " ")
        externalID = kind == .activity ? nil : try row.optionalText("external_id")
    }
}

extension Person {
    /// What the directory keeps of a contact, lead or account; `nil` for other kinds.
    init?(_ record: StoredRecord) {
        let values = record.values
        let kind = record.id.kind
        let account: RecordID?
        let company: String?
        switch kind {
        case .contact: (account, company) = (record.account, record.accountName)
        case .lead: (account, company) = (nil, values[.company])
        case .account: (account, company) = (record.id, values[.name])
        case .opportunity, .case, .activity: return nil
        }
        let numbers = FieldDefinition.all(of: kind).filter { $0.type == .phone }
            .compactMap { field in
                values[field.name].map { StoredNumber(field: field.label, text: $0) }
            }
        self.init(
            id: record.id, name: record.name, title: values[.title], account: account,
            company: company, owner: values[.owner], email: values[.email], numbers: numbers,
            changedAt: record.changedAt, successor: record.successor,
            url: BuiltInCRM.url(of: record.id))
    }
}
