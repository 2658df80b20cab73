package import CRM
package import Foundation
package import PhoneNumbers

/// One org, and how we deal with it.
package struct SalesforceSettings: Sendable {
    /// The CRM's name in the settings: the first part of every record id from it.
    package let name: String
    /// The host of the pages, `https://acme.lightning.force.com`.
    package let pages: URL
    /// Fields with telephone numbers that are of another type, by object.
    package var morePhones: [OrgName: [OrgName]] = [:]
    /// A deletion or a change may be seen later than its stamp says: each round begins so many seconds earlier.
    package var overlapSeconds = 300
    /// Records of one object from which on a first load is a job of the org, fetched in large pages.
    package var bulkFrom = 10_000
    /// Rows of one page of such a job.
    package var bulkPage = 10_000
    /// How much of the day's requests the following of changes may use up, from 0 to 1. The rest is for calls.
    package var dailyShare = 0.8
    /// Seconds that an agent waits for the org at most.
    package var patience: Double = 3
    /// Whether a number that nobody in the directory has is asked of the org.
    package var looksUpLive = true
    /// How numbers are written in the org's fields.
    package var plan = NumberingPlan(country: "")
    /// Fields of a person that may be shown to an agent whose own rights on fields are not known, because the
    /// integration user asks for the agent.
    package var shownFields: HiddenFields = []
    /// Our key: a text field of the activity that is an external id and unique. `nil` where the org has none.
    package var keyField: OrgName?
    /// The user name in the org of an agent, by the agent's sign-in name. An agent's own consent goes before it; who has
    /// neither has no user there, and is named in the text of the log.
    package var usernames: [String: String] = [:]
    /// Whether agents can let us act for them: the app has an address to come back to.
    package var agentTokens = false
    /// A number field of the activity in which the version of our log is kept, so that an older one is known after a
    /// restart, too. It costs one request more for each log. `nil` where the org has none.
    package var versionField: OrgName?
    /// The status of an activity that is over; `nil` is `Completed`, or the last one that the org has.
    package var closedStatus: String?
    /// What amounts are in, where a row does not say it: an org of one currency has no field for it.
    package var currency: String?
    /// Where the org's address may lead.
    package var reach = OrgReach.checked
    /// Days of activities are those of this zone.
    package var timeZone = TimeZone.gmt

    package init(name: String, pages: URL) {
        self.name = name
        self.pages = pages
    }

    /// Where a record is shown. Source: Salesforce, Lightning URL formats.
    package func url(of object: OrgName, _ id: OrgID) -> String {
        pages.appending(path: "lightning/r/\(object)/\(id)/view").absoluteString
    }
}

extension OrgName {
    static let contact = OrgName(known: "Contact")
    static let lead = OrgName(known: "Lead")
    static let account = OrgName(known: "Account")
    static let task = OrgName(known: "Task")
    static let id = OrgName(known: "Id")
    static let stamp = OrgName(known: "SystemModstamp")
    static let isDeleted = OrgName(known: "IsDeleted")
}
