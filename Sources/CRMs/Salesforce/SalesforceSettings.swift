package import Foundation

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
    /// Our key: a text field of the activity that is an external id and unique. `nil` where the org has none.
    package var keyField: OrgName?
    /// The user of an agent there, by sign-in name; who is not in it is named in the text of the log.
    package var users: [String: OrgID] = [:]
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
