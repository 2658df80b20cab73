import CallLogging
import Records

/// A log on its way to a Task: what is known of it, and what the org did not take so far.
struct TaskDraft: Sendable {
    let log: FiledLog
    /// The user whose activity it is; `nil` leaves it to the connection's own user, and the text names the agent.
    var owner: OrgID?
    /// Contact, lead or account.
    private(set) var person: OrgID?
    /// Account, opportunity or case.
    private(set) var related: OrgID?
    /// What stands below the notes, for people.
    private(set) var remarks: [String] = []
    /// Fields that the org refused though it had described them.
    var without: Set<String> = []
    /// Whether a record is looked for before anything is written.
    var looksFirst = false

    init(_ log: FiledLog, owner: OrgID?) {
        self.log = log
        self.owner = owner
        switch log.person?.kind {
        case .contact, .lead, .account: person = id(log.person)
        case .opportunity, .case, .activity, nil: break
        }
        switch log.related?.kind {
        case .account, .opportunity, .case: related = id(log.related)
        case .contact, .lead, .activity, nil: break
        }
    }

    private mutating func id(_ record: RecordID?) -> OrgID? {
        guard let record else { return nil }
        if let id = OrgID(record.value) { return id }
        remarks.append("It was about “\(record.value.prefix(40))”, which is no id of Salesforce.")
        return nil
    }

    /// A contact or a lead, nothing else: the org refuses an account here.
    var who: OrgID? {
        guard let person, ["003", "00Q"].contains(person.prefix) else { return nil }
        return person
    }

    /// What it is about. A lead allows none; an account that called is one, unless another one was chosen.
    var what: OrgID? {
        if who?.prefix == "00Q" { return nil }
        if let related, ["001", "006", "500"].contains(related.prefix) { return related }
        return person?.prefix == "001" ? person : nil
    }

    enum Part { case person, related }

    subscript(part: Part) -> OrgID? {
        switch part {
        case .person: person
        case .related: related
        }
    }

    /// It is another record now.
    mutating func change(_ part: Part, to id: OrgID) {
        switch part {
        case .person: person = id
        case .related: related = id
        }
    }

    /// There is no record any more: the log is filed without it, and says so.
    mutating func lose(_ part: Part) {
        guard let id = self[part] else { return }
        remarks.append("\(Self.name(id)) that it was about (\(id)) is no longer in Salesforce.")
        switch part {
        case .person: person = nil
        case .related: related = nil
        }
    }

    private static func name(_ id: OrgID) -> String {
        switch id.prefix {
        case "003": "The contact"
        case "00Q": "The lead"
        case "001": "The account"
        case "006": "The opportunity"
        case "500": "The case"
        default: "The record"
        }
    }
}
