package import Foundation
import Records

/// A made-up company with its customers, for trying the product and for tests: 40 accounts, 400 contacts, 150
/// leads, 120 opportunities, 160 cases and 1,500 activities.
///
/// The same `now` gives the same organisation, ids included. Its data are as untidy as real ones: numbers
/// of eight countries in dozens of forms, switchboards that many share, people who are there twice, numbers
/// nobody can read. All numbers are ones that ring nowhere; see `SampleCountry.landlines`.
package struct SampleOrganisation: Sendable {
    package struct Agent: Hashable, Sendable {
        package let id: String
        package let displayName: String
        package let `extension`: String
    }

    /// A caller worth trying, and what the phone system says about the call.
    package struct DemoCaller: Hashable, Sendable, Codable {
        /// "Ada Lovelace (one match)"
        package let label: String
        /// As the phone system presents it.
        package let number: String
        /// The display name that comes with the call.
        package let name: String?
    }

    package static let name = "Bohne & Brunnen GmbH"
    /// Where it is: numbers without a country are read as numbers of this one.
    package static let country = "DE"
    package static let areaCode = "30"

    package static let agents = [
        Agent(id: "ada", displayName: "Ada Okafor", extension: "1001"),
        Agent(id: "ben", displayName: "Ben Lindqvist", extension: "1002"),
        Agent(id: "cleo", displayName: "Cleo Marchetti", extension: "1003"),
    ]

    package static let demoCallers = SampleCast.demoCallers

    /// Each list in the order in which it was made up.
    let accounts: [NewRecord]
    let contacts: [NewRecord]
    let leads: [NewRecord]
    let opportunities: [NewRecord]
    let cases: [NewRecord]
    let activities: [SampleActivity]

    /// - Parameter now: the day that all dates are counted from.
    package init(now: Date) {
        var builder = SampleBuilder(now: now)
        builder.addAccounts()
        builder.addContacts(count: 400)
        builder.addLeads(count: 150)
        builder.addOpportunities(count: 120)
        builder.addCases(count: 160)
        builder.addActivities(count: 1500)
        accounts = builder.accounts
        contacts = builder.contacts
        leads = builder.leads
        opportunities = builder.opportunities
        cases = builder.cases
        activities = builder.activities
    }
}

/// An activity of the sample organisation.
struct SampleActivity: Hashable, Sendable {
    let id: String
    let kind: Activity.Kind
    let subject: String
    let notes: String?
    let at: Date
    let agent: SampleOrganisation.Agent
    let person: RecordID
    let related: RecordID?
    let disposition: String?
    let seconds: Int?
    let number: String?
    let isInbound: Bool?
}
