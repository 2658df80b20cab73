/// A CRM record's name: which CRM issued it, of which kind it is, and its id there.
package struct RecordID: Hashable, Codable, Sendable, Comparable, CustomStringConvertible {
    package enum Kind: String, Codable, Sendable, CaseIterable {
        case contact, lead, account, opportunity, `case`, activity

        /// Kinds that a caller can be.
        package static let people: [Kind] = [.contact, .lead, .account]
    }

    /// The CRM's name in the settings, such as "callmatch".
    package let crm: String
    package let kind: Kind
    /// The id as the CRM writes it: opaque.
    package let value: String

    package init(crm: String, kind: Kind, value: String) {
        self.crm = crm
        self.kind = kind
        self.value = value
    }

    /// Reads what `description` wrote.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, let kind = Kind(rawValue: String(parts[1])),
            !parts[2].isEmpty
        else { return nil }
        self.init(crm: String(parts[0]), kind: kind, value: String(parts[2]))
    }

    package var description: String { "\(crm)/\(kind.rawValue)/\(value)" }

    package static func < (one: RecordID, other: RecordID) -> Bool {
        one.description < other.description
    }
}
