package import Foundation

/// A sale in progress, or one that ended.
package struct Opportunity: Hashable, Codable, Sendable, Identifiable {
    package let id: RecordID
    package var name: String
    package var account: RecordID?
    package var accountName: String?
    /// The contact it is about, where the CRM knows one.
    package var contact: RecordID?
    package var stage: String
    package var isOpen: Bool
    /// In the currency's main unit.
    package var amount: Double?
    /// ISO 4217.
    package var currency: String?
    /// A calendar day, "2026-12-31".
    package var closesOn: String?
    package var changedAt: Date
    package var url: String

    package init(
        id: RecordID, name: String, account: RecordID? = nil, accountName: String? = nil,
        contact: RecordID? = nil, stage: String, isOpen: Bool, amount: Double? = nil,
        currency: String? = nil, closesOn: String? = nil, changedAt: Date, url: String = ""
    ) {
        self.id = id
        self.name = name
        self.account = account
        self.accountName = accountName
        self.contact = contact
        self.stage = stage
        self.isOpen = isOpen
        self.amount = amount
        self.currency = currency
        self.closesOn = closesOn
        self.changedAt = changedAt
        self.url = url
    }
}

/// A question or complaint of a customer.
package struct Case: Hashable, Codable, Sendable, Identifiable {
    package let id: RecordID
    /// The number customers quote: "00001042".
    package var number: String
    package var subject: String
    package var account: RecordID?
    package var contact: RecordID?
    package var status: String
    package var priority: String?
    package var isOpen: Bool
    package var changedAt: Date
    package var url: String

    package init(
        id: RecordID, number: String, subject: String, account: RecordID? = nil,
        contact: RecordID? = nil, status: String, priority: String? = nil, isOpen: Bool,
        changedAt: Date, url: String = ""
    ) {
        self.id = id
        self.number = number
        self.subject = subject
        self.account = account
        self.contact = contact
        self.status = status
        self.priority = priority
        self.isOpen = isOpen
        self.changedAt = changedAt
        self.url = url
    }
}

/// Something that was done or said: a call log, a mail, a task.
package struct Activity: Hashable, Codable, Sendable, Identifiable {
    package enum Kind: String, Codable, Sendable, CaseIterable { case call, email, task }

    package let id: RecordID
    package var kind: Kind
    package var subject: String
    package var notes: String?
    package var at: Date
    package var agent: String?
    /// The person it is filed under.
    package var person: RecordID?
    /// The opportunity, case or account it is about.
    package var related: RecordID?
    package var disposition: String?
    /// Length of a call in whole seconds.
    package var seconds: Int?
    package var url: String

    package init(
        id: RecordID, kind: Kind, subject: String, notes: String? = nil, at: Date,
        agent: String? = nil, person: RecordID? = nil, related: RecordID? = nil,
        disposition: String? = nil, seconds: Int? = nil, url: String = ""
    ) {
        self.id = id
        self.kind = kind
        self.subject = subject
        self.notes = notes
        self.at = at
        self.agent = agent
        self.person = person
        self.related = related
        self.disposition = disposition
        self.seconds = seconds
        self.url = url
    }
}
