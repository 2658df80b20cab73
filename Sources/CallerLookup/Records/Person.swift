package import Foundation

/// Who a caller can be: a contact, a lead, or an account where no person has the number.
///
/// One shape for all three, because that is how they are looked up, shown and logged; what differs is the
/// kind in `id`, and the fields a kind does not have are `nil`.
package struct Person: Hashable, Codable, Sendable, Identifiable {
    package let id: RecordID
    /// The whole name as shown: "Ada Lovelace", or the account's name.
    package var name: String
    package var title: String?
    /// The account of a contact, the company's account of an account; a lead has only `company`.
    package var account: RecordID?
    /// The account's name, or the company that a lead names.
    package var company: String?
    package var owner: String?
    package var email: String?
    package var numbers: [StoredNumber]
    package var changedAt: Date
    /// The record that stands for this one now: a converted lead's contact, a merged record's survivor.
    package var successor: RecordID?
    /// False for records that must not be matched any more, such as deleted or inactive ones.
    package var isLive: Bool
    /// Where the CRM shows it.
    package var url: String

    package init(
        id: RecordID, name: String, title: String? = nil, account: RecordID? = nil,
        company: String? = nil, owner: String? = nil, email: String? = nil,
        numbers: [StoredNumber] = [], changedAt: Date, successor: RecordID? = nil,
        isLive: Bool = true, url: String = ""
    ) {
        self.id = id
        self.name = name
        self.title = title
        self.account = account
        self.company = company
        self.owner = owner
        self.email = email
        self.numbers = numbers
        self.changedAt = changedAt
        self.successor = successor
        self.isLive = isLive
        self.url = url
    }
}

/// A phone field of a record as the CRM stores it. One field may hold several numbers.
package struct StoredNumber: Hashable, Codable, Sendable {
    /// The field's name for people: "Mobile", "Business Phone".
    package let field: String
    /// The text as stored, never changed.
    package let text: String

    package init(field: String, text: String) {
        self.field = field
        self.text = text
    }
}
