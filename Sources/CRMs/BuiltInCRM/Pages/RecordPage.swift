import Foundation
package import Records
package import Storage

/// Everything the page of one record shows.
package struct RecordPage: Hashable, Sendable {
    package let ref: RecordID
    package let version: Int
    package let name: String
    package let fields: [FormField]
    package let url: String
    /// A converted lead's contact, or the contact of a person account.
    package let successor: RecordID?
    package let contacts: [RecordSummary]
    package let opportunities: [RecordSummary]
    package let cases: [RecordSummary]
    package let activities: [Activity]

    /// Most records of each kind beside the one that is shown.
    package static let most = 100
}

/// The page of one activity: what was said in a call, and what was promised.
package struct ActivityPage: Hashable, Sendable {
    package let activity: Activity
    package let person: RecordSummary?
    package let related: RecordSummary?
    package let direction: String?
    package let outcome: String?
    package let number: String?
    /// A day, "2026-12-01", and what about.
    package let followUpOn: String?
    package let followUpText: String?
}

extension BuiltInCRM {
    /// The page of a contact, lead, account, opportunity or case; `nil` when it is not there.
    package func page(of id: RecordID, in store: ReadTransaction) throws -> RecordPage? {
        guard id.kind != .activity, let record = try record(id, in: store) else { return nil }
        let value = id.value
        let none: SQL = "1 = 0"
        let (owned, contacts, activities): (SQL, SQL, [SQL]) =
            switch id.kind {
            case .contact:
                (
                    "r.contact_id = \(value)", none,
                    [
                        "contact_id = \(value)",
                        """
                        lead_id in (
                            select id from crm_lead where converted_contact_id = \(value))
                        """,
                    ]
                )
            case .lead: (none, none, ["lead_id = \(value)"])
            case .account:
                (
                    "r.account_id = \(value)", "r.account_id = \(value)",
                    [
                        "account_id = \(value)", "about_account_id = \(value)",
                        "contact_id in (select id from crm_contact where account_id = \(value))",
                    ]
                )
            case .opportunity:
                (none, "r.id = \(record.contact?.value)", ["about_opportunity_id = \(value)"])
            case .case: (none, "r.id = \(record.contact?.value)", ["about_case_id = \(value)"])
            case .activity: (none, none, [])
            }
        return RecordPage(
            ref: id, version: record.version, name: record.name, fields: form(of: record),
            url: Self.url(of: id), successor: record.successor,
            contacts: try summaries(.contact, contacts, order: "r.sort_key, r.id", in: store),
            opportunities: try summaries(
                .opportunity, owned, order: Self.openFirst, in: store),
            cases: try summaries(.case, owned, order: Self.openFirst, in: store),
            activities: try self.activities(
                inAny: activities, limit: RecordPage.most, in: store))
    }

    package func activityPage(
        of id: RecordID, in store: ReadTransaction
    ) throws -> ActivityPage? {
        guard id.crm == Self.name, id.kind == .activity,
            let row = try store.row("select * from crm_activity where id = \(id.value)")
        else { return nil }
        let activity = try Activity(row)
        let person = try activity.person.flatMap { try record($0, in: store) }
        let related = try activity.related.flatMap { try record($0, in: store) }
        return ActivityPage(
            activity: activity, person: person.map { RecordSummary($0) },
            related: related.map { RecordSummary($0) },
            direction: try row.optionalText("direction"),
            outcome: try row.optionalText("outcome"), number: try row.optionalText("number"),
            followUpOn: try row.optionalText("follow_up_on"),
            followUpText: try row.optionalText("follow_up_text"))
    }

    private static let openFirst: SQL = """
        case when r.closed_at is null then 0 else 1 end, r.changed_at desc, r.id
        """

    private func summaries(
        _ kind: RecordID.Kind, _ condition: SQL, order: SQL, in store: ReadTransaction
    ) throws -> [RecordSummary] {
        try records(
            kind, where: condition, rest: "order by \(order) limit \(RecordPage.most)", in: store
        ).map { RecordSummary($0) }
    }
}
