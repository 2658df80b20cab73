package import CallerLookup
import Foundation
package import PhoneNumbers
package import Records

/// A record's name as the panel knows it; in addresses it is written kind, slash, id.
package struct RefView: Encodable, Sendable {
    let crm: String
    let kind: RecordID.Kind
    let id: String

    package init(_ id: RecordID) {
        crm = id.crm
        kind = id.kind
        self.id = id.value
    }
}

package struct NumberView: Encodable, Sendable {
    let presented: String
    let formatted: String
    let e164: String?
    let kind: PhoneNumber.Kind

    package init(_ number: PhoneNumber) {
        presented = number.presented
        formatted = number.formatted
        e164 = number.e164
        kind = number.kind
    }
}

package struct PersonView: Encodable, Sendable {
    struct AccountView: Encodable, Sendable {
        let ref: RefView?
        let name: String
    }

    let ref: RefView
    let kind: RecordID.Kind
    package let name: String
    let title: String?
    let account: AccountView?
    let owner: String?
    let email: String?
    let url: String

    package init(_ person: Person) {
        ref = RefView(person.id)
        kind = person.id.kind
        name = person.name
        title = person.title
        account = person.company.map {
            AccountView(ref: person.account.map(RefView.init), name: $0)
        }
        owner = person.owner
        email = person.email
        url = person.url
    }

    var company: String? { account?.name }
}

/// What the caller-information drop-down shows.
package struct RelatedRecordsView: Encodable, Sendable {
    struct ActivityView: Encodable, Sendable {
        let ref: RefView
        let subject: String
        let at: Date
        let agent: String?
        let kind: Activity.Kind
        let summary: String?
        let disposition: String?
        let seconds: Int?
        let url: String
    }

    struct OpportunityView: Encodable, Sendable {
        let ref: RefView
        let name: String
        let stage: String
        let amount: Double?
        let currency: String?
        let closesOn: String?
        let account: String?
        let url: String
    }

    struct CaseView: Encodable, Sendable {
        let ref: RefView
        let number: String
        let subject: String
        let status: String
        let priority: String?
        let changedAt: Date
        let url: String
    }

    struct Lists<Item: Encodable & Sendable>: Encodable, Sendable {
        let open: [Item]
        let closed: [Item]
    }

    let scope: RelatedScope
    let available: [RelatedScope]
    /// When the CRM told this, where that is not now: it does not answer.
    let asOf: Date?
    let activity: [ActivityView]
    let opportunities: Lists<OpportunityView>
    let cases: Lists<CaseView>

    package init(_ records: RelatedRecords, scope: RelatedScope, available: [RelatedScope]) {
        self.scope = scope
        self.available = available
        asOf = records.asOf
        activity = records.activity.map {
            ActivityView(
                ref: RefView($0.id), subject: $0.subject, at: $0.at, agent: $0.agent,
                kind: $0.kind, summary: $0.notes.map { String($0.prefix(280)) },
                disposition: $0.disposition, seconds: $0.seconds, url: $0.url)
        }
        opportunities = Lists(
            open: records.openOpportunities.map(Self.view),
            closed: records.closedOpportunities.map(Self.view))
        cases = Lists(
            open: records.openCases.map(Self.view), closed: records.closedCases.map(Self.view))
    }

    private static func view(_ item: Opportunity) -> OpportunityView {
        OpportunityView(
            ref: RefView(item.id), name: item.name, stage: item.stage, amount: item.amount,
            currency: item.currency, closesOn: item.closesOn, account: item.accountName,
            url: item.url)
    }

    private static func view(_ item: Case) -> CaseView {
        CaseView(
            ref: RefView(item.id), number: item.number, subject: item.subject,
            status: item.status, priority: item.priority, changedAt: item.changedAt, url: item.url)
    }
}
