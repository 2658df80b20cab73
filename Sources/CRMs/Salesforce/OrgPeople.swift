import Foundation
package import Records

/// A row of the org as a person: pure. What is missing is missing, what is of another type is not there.
package struct OrgPeople: Sendable {
    private let settings: SalesforceSettings
    private let describe: OrgDescribe
    private let phones: [OrgDescribe.Field]
    /// What is asked for of each row.
    package let columns: [OrgName]

    private static let longestName = 400

    package init(_ describe: OrgDescribe, settings: SalesforceSettings) {
        self.settings = settings
        self.describe = describe
        phones = describe.phones(and: settings.morePhones[describe.object] ?? [])
        columns =
            [.id, .stamp, .isDeleted] + Self.wanted(of: describe) + phones.map(\.name)
    }

    /// The fields that this org has of those that we use, and its parents' names.
    private static func wanted(of describe: OrgDescribe) -> [OrgName] {
        let own = [
            "Name", "FirstName", "LastName", "Title", "Email", "Company", "AccountId",
            "IsConverted", "ConvertedContactId", "MasterRecordId", "IsPersonAccount",
            "PersonContactId", "PersonEmail",
        ].compactMap(OrgName.init(_:)).filter(describe.has)
        let parents = [("AccountId", "Account.Name"), ("OwnerId", "Owner.Name")]
            .compactMap { field, parent -> OrgName? in
                guard let field = OrgName(field), describe.has(field) else { return nil }
                return OrgName(parent)
            }
        return own + parents
    }

    /// What a row says.
    package enum Row: Sendable {
        /// One that was merged into another one has no numbers, and that one as its successor.
        case person(Person, at: OrgTime)
        case gone(RecordID, at: OrgTime)
    }

    /// `nil` for a row without an id or a stamp: nothing can be done with it.
    package func row(_ row: JSONValue) -> Row? {
        guard let id = row["Id"]?.text.flatMap(OrgID.init),
            let at = row["SystemModstamp"]?.text.flatMap(OrgTime.init(_:)),
            let kind = Self.kinds[describe.object]
        else { return nil }
        let ref = RecordID(crm: settings.name, kind: kind, value: id.description)
        if row["IsDeleted"]?.flag == true {
            guard let master = row["MasterRecordId"]?.text.flatMap(OrgID.init), master != id,
                master.prefix == id.prefix
            else { return .gone(ref, at: at) }
            var merged = person(ref, id, row, at: at)
            merged.numbers = []
            merged.successor = other(kind, master)
            return .person(merged, at: at)
        }
        return .person(person(ref, id, row, at: at), at: at)
    }

    package static let kinds: [OrgName: RecordID.Kind] = [
        .contact: .contact, .lead: .lead, .account: .account,
    ]

    private func person(_ ref: RecordID, _ id: OrgID, _ row: JSONValue, at: OrgTime) -> Person {
        let account = row["AccountId"]?.text.flatMap(OrgID.init)
        return Person(
            id: ref, name: name(row), title: text(row["Title"]),
            account: ref.kind == .account ? ref : account.map { other(.account, $0) },
            company: text(row["Company"]) ?? text(row[path: "Account.Name"])
                ?? (ref.kind == .account ? name(row) : nil),
            owner: text(row[path: "Owner.Name"]),
            email: text(row["Email"]) ?? text(row["PersonEmail"]),
            numbers: phones.compactMap { field in
                text(row[field.name.description]).map {
                    StoredNumber(field: field.label, text: $0)
                }
            }, changedAt: at.date, successor: successor(row),
            url: settings.url(of: describe.object, id))
    }

    private func name(_ row: JSONValue) -> String {
        if let name = text(row["Name"]) { return name }
        let parts = [text(row["FirstName"]), text(row["LastName"])].compactMap(\.self)
        return parts.isEmpty ? "(no name)" : parts.joined(separator: " ")
    }

    /// A converted lead is its contact now; a person account is a contact too, and that is the person.
    private func successor(_ row: JSONValue) -> RecordID? {
        let isConverted = row["IsConverted"]?.flag == true
        let isPerson = row["IsPersonAccount"]?.flag == true
        let contact = isConverted ? "ConvertedContactId" : isPerson ? "PersonContactId" : nil
        return contact.flatMap { row[$0]?.text }.flatMap(OrgID.init).map { other(.contact, $0) }
    }

    private func other(_ kind: RecordID.Kind, _ id: OrgID) -> RecordID {
        RecordID(crm: settings.name, kind: kind, value: id.description)
    }

    private func text(_ value: JSONValue?) -> String? {
        guard let text = value?.text?.trimmingCharacters(in: .whitespacesAndNewlines),
            !text.isEmpty
        else { return nil }
        return String(text.prefix(Self.longestName))
    }
}
