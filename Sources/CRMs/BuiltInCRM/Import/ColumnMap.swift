package import Records

/// What each column of a file means, by the names that exports of CRMs, Google and
/// Outlook use.
///
/// Letter case, spaces, punctuation and order do not matter: *First Name*, `FirstName` and `first_name`
/// are one. A name that nobody knows is reported and left alone.
package struct ColumnMap: Hashable, Sendable {
    /// What is done with a value.
    package enum Meaning: Hashable, Sendable {
        case field(FieldName)
        /// "Ada Lovelace" or "Lovelace, Ada", where there are no columns for its parts.
        case wholeName
        case middleName
        /// The name of the account that a contact, sale or case belongs to.
        case accountName
        /// The id of that account in the other system.
        case accountExternalID
        case contactName
        /// The id of the record in the other system.
        case externalID
        /// Google's pairs: what kind of number or address stands in the value column beside it.
        case phoneLabel(Int)
        case phoneValue(Int)
    }

    package struct Column: Hashable, Sendable {
        package let name: String
        package let meaning: Meaning?
    }

    package let kind: RecordID.Kind
    package let columns: [Column]

    /// - Parameter kind: what the rows are; `nil` to see it from the columns.
    package init(header: [String], kind: RecordID.Kind? = nil) throws(ImportFailure) {
        let keys = header.map(ColumnMap.key)
        let kind = kind ?? ColumnMap.likelyKind(of: Set(keys))
        let names = ColumnNames(kind: kind, all: Set(keys))
        var taken: Set<Meaning> = []
        columns = zip(header, keys).map { name, key in
            Column(name: name, meaning: names.meaning(of: key, after: &taken))
        }
        self.kind = kind
        guard columns.contains(where: { $0.meaning != nil }) else { throw .noKnownColumn(header) }
    }

    package var unknown: [String] {
        columns.filter { $0.meaning == nil && !$0.name.isEmpty }.map(\.name)
    }

    /// A column's name without what exports disagree about.
    static func key(_ name: String) -> String {
        FoldedText(name).description.filter { $0 != " " }
    }

    private static func likelyKind(of keys: Set<String>) -> RecordID.Kind {
        func has(_ names: String...) -> Bool { names.contains { keys.contains($0) } }
        if has("casenumber", "caseid") { return .case }
        if has("opportunityname", "opportunityid", "stagename") || has("stage") && has("closedate")
        {
            return .opportunity
        }
        if has("leadstatus", "leadid", "leadowner", "leadsource") { return .lead }
        let isPerson = has(
            "lastname", "firstname", "familyname", "givenname", "nachname", "vorname", "contactid",
            "mobile", "mobilephone", "fn", "fullname")
        if !isPerson, has("accountname", "accountid", "billingcity", "industry", "accountowner") {
            return .account
        }
        return .contact
    }
}

extension ColumnMap.Meaning {
    /// The field's name in the interface; `nil` for what only helps to read another column.
    package var fieldName: String? {
        switch self {
        case .field(let name): name.rawValue
        case .wholeName, .middleName: FieldName.name.rawValue
        case .accountName, .accountExternalID: FieldName.accountId.rawValue
        case .contactName: FieldName.contactId.rawValue
        case .externalID: "externalId"
        case .phoneLabel, .phoneValue: FieldName.phone.rawValue
        }
    }
}
