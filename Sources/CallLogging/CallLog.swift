package import Calls
import Credentials
package import Foundation
import PhoneNumbers
package import Records

/// What is kept of a conversation for the CRM: one for each agent who spoke, and one for a conversation
/// that nobody answered.
package struct CallLog: Hashable, Codable, Sendable, Identifiable {
    /// How far it has come. The column of this name drives the delivery.
    package enum Stage: String, Codable, Sendable, CaseIterable {
        /// Being written: the call or its wrap-up lasts, or the policy still asks for something.
        case draft
        /// To be filed, or to be filed again because it was edited.
        case ready
        /// In the CRM, as it stands here.
        case delivered
        /// The CRM refused it for good: `reason` says why in its own words.
        case parked
    }

    package let id: String
    package let call: Call.ID
    /// The agent who spoke; `nil` for a missed call.
    package let agent: String?
    /// The agent's name as it was then.
    package let agentName: String?
    /// Our key in the CRM, fixed when the log is opened.
    package let key: String
    /// Grows with every edit by a person; an edit that names an older one is a conflict.
    package var version: Int
    package var stage: Stage
    /// The version that the CRM has.
    package var deliveredVersion: Int?
    package var subject: String
    package var person: RecordID?
    package var related: RelatedRecord?
    package var notes: String
    package var disposition: String?
    package var followUp: FollowUp?
    package var direction: CallDirection
    package var outcome: String
    package var startedAt: Date
    /// Whole seconds of conversation.
    package var seconds: Int
    /// The number of the other side as formatted for people.
    package var number: String
    package var record: FiledRecord?
    package var reason: String?
    package var attempts: Int
}

/// The opportunity, case or account that a log is about, with the name it had when it was chosen.
package struct RelatedRecord: Hashable, Codable, Sendable {
    package let id: RecordID
    package let name: String
    package let url: String

    package init(id: RecordID, name: String, url: String) {
        self.id = id
        self.name = name
        self.url = url
    }
}

extension CallLog {
    /// A new log of a call, with nothing written in it yet.
    ///
    /// - Parameter agent: who spoke, and the name as it is now; `nil` for a missed call.
    package init(
        id: String, call: Call, agent: (id: String, name: String)?, stage: Stage, subject: String,
        person: RecordID?, outcome: String, startedAt: Date, seconds: Int
    ) {
        self.init(
            id: id, call: call.id, agent: agent?.id, agentName: agent?.name,
            key: Self.key(call: call.id, startedAt: call.startedAt, agent: agent?.id), version: 1,
            stage: stage, subject: subject, person: person, notes: "", direction: call.direction,
            outcome: outcome, startedAt: startedAt, seconds: seconds,
            number: call.customer?.number.formatted ?? "", attempts: 0)
    }

    package static let longestNotes = 32_000
    package static let longestSubject = 255

    /// A key of our own for the CRM: the day the call began and a hash of who issued its id, the id, and
    /// the agent. Ids that differ only by case, or come again after a year, give different keys.
    package static func key(call: Call.ID, startedAt: Date, agent: String?) -> String {
        let day = ISO8601DateFormatter.string(
            from: startedAt, timeZone: .gmt, formatOptions: [.withYear, .withMonth, .withDay])
        let raw = [call.system, call.value, agent ?? ""].joined(separator: "\u{0}")
        let hash = Digest(of: Array(raw.utf8)).hex.prefix(40)
        return "cm-\(day)-\(hash)"
    }

    /// What the CRM is asked to keep.
    package var filed: FiledLog {
        FiledLog(
            key: key, version: version, subject: subject, person: person, related: related?.id,
            notes: notes, disposition: disposition, followUp: followUp,
            direction: direction.rawValue, outcome: outcome, startedAt: startedAt,
            seconds: seconds, agent: agent, agentName: agentName, number: number)
    }
}

/// An edit by an agent: what is `nil` stays as it is.
package struct LogEdit: Hashable, Sendable {
    package var notes: String?
    package var subject: String?
    /// The outer `nil` leaves it, the inner one clears it.
    package var disposition: String??
    package var followUp: FollowUp??

    package init(
        notes: String? = nil, subject: String? = nil, disposition: String?? = nil,
        followUp: FollowUp?? = nil
    ) {
        self.notes = notes
        self.subject = subject
        self.disposition = disposition
        self.followUp = followUp
    }
}
