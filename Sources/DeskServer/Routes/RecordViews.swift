import AgentDesk
import BuiltInCRM
import Foundation
import Records

/// Records as the CRM's pages get them.
struct SummaryView: Encodable {
    let ref: RefView
    let name: String
    let subtitle: String
    let phone: String?
    let changedAt: Date
    let url: String

    init(_ summary: RecordSummary) {
        ref = RefView(summary.ref)
        name = summary.name
        subtitle = summary.subtitle
        phone = summary.phone
        changedAt = summary.changedAt
        url = summary.url
    }
}

struct RecordListView: Encodable {
    let records: [SummaryView]
    let next: String?
    let total: Int

    init(_ list: RecordList) {
        records = list.records.map(SummaryView.init)
        next = list.next
        total = list.total
    }
}

struct ActivityView: Encodable {
    let ref: RefView
    let subject: String
    let at: Date
    let agent: String?
    let kind: Activity.Kind
    let notes: String?
    let disposition: String?
    let seconds: Int?
    let url: String

    init(_ activity: Activity) {
        ref = RefView(activity.id)
        subject = activity.subject
        at = activity.at
        agent = activity.agent
        kind = activity.kind
        notes = activity.notes
        disposition = activity.disposition
        seconds = activity.seconds
        url = activity.url
    }
}

struct RecordPageView: Encodable {
    struct Record: Encodable {
        let ref: RefView
        let version: Int
        let name: String
        let fields: [FormField]
        let url: String
        let successor: RefView?
    }

    struct Related: Encodable {
        let contacts: [SummaryView]
        let opportunities: [SummaryView]
        let cases: [SummaryView]
        let activities: [ActivityView]
    }

    let record: Record
    let related: Related

    init(_ page: RecordPage) {
        record = Record(
            ref: RefView(page.ref), version: page.version, name: page.name, fields: page.fields,
            url: page.url, successor: page.successor.map(RefView.init))
        related = Related(
            contacts: page.contacts.map(SummaryView.init),
            opportunities: page.opportunities.map(SummaryView.init),
            cases: page.cases.map(SummaryView.init),
            activities: page.activities.map(ActivityView.init))
    }
}

/// A call log as the CRM keeps it.
struct ActivityPageView: Encodable {
    let activity: ActivityView
    let person: SummaryView?
    let related: SummaryView?
    let direction: String?
    let outcome: String?
    let number: String?
    let followUpOn: String?
    let followUpText: String?

    init(_ page: ActivityPage) {
        activity = ActivityView(page.activity)
        person = page.person.map(SummaryView.init)
        related = page.related.map(SummaryView.init)
        direction = page.direction
        outcome = page.outcome
        number = page.number
        followUpOn = page.followUpOn
        followUpText = page.followUpText
    }
}
