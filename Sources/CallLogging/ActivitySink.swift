package import Foundation
package import Records

/// Where call logs go: a CRM, seen by the delivery.
package protocol ActivitySink: Sendable {
    /// The CRM's name in the settings.
    var crm: String { get }

    /// Files a call log, or a newer version of one that was filed before, under its key.
    ///
    /// The same key twice is one record: the call may be repeated after a lost answer, and then gives the
    /// same record. An older version is never written over a newer one.
    func file(_ log: FiledLog) async throws(FilingFailure) -> FiledRecord
}

/// What the CRM is asked to keep of a call.
package struct FiledLog: Hashable, Codable, Sendable {
    /// Our own key: `[0-9a-z_-]`, at most 64 characters, different for calls whose ids differ only by case.
    package let key: String
    /// Grows with every edit.
    package let version: Int
    package let subject: String
    package let person: RecordID?
    package let related: RecordID?
    package let notes: String
    package let disposition: String?
    package let followUp: FollowUp?
    package let direction: String
    package let outcome: String
    package let startedAt: Date
    package let seconds: Int
    /// The agent who spoke; `nil` for a missed call.
    package let agent: String?
    package let agentName: String?
    /// The number as formatted for people.
    package let number: String

    package init(
        key: String, version: Int, subject: String, person: RecordID?, related: RecordID?,
        notes: String, disposition: String?, followUp: FollowUp?, direction: String,
        outcome: String, startedAt: Date, seconds: Int, agent: String?, agentName: String?,
        number: String
    ) {
        self.key = key
        self.version = version
        self.subject = subject
        self.person = person
        self.related = related
        self.notes = notes
        self.disposition = disposition
        self.followUp = followUp
        self.direction = direction
        self.outcome = outcome
        self.startedAt = startedAt
        self.seconds = seconds
        self.agent = agent
        self.agentName = agentName
        self.number = number
    }
}

/// What the agent promised the caller: a day, "2026-12-01", and what about.
package struct FollowUp: Hashable, Codable, Sendable {
    package var on: String
    package var text: String

    package init(on: String, text: String) {
        self.on = on
        self.text = text
    }
}

/// The CRM's answer to a filed log.
package struct FiledRecord: Hashable, Codable, Sendable {
    package let id: RecordID
    package let url: String

    package init(id: RecordID, url: String) {
        self.id = id
        self.url = url
    }
}

/// Why a CRM did not take a log, and what to do about it.
package enum FilingFailure: Error, Hashable, Sendable {
    /// It may work later: no answer, overload, a lock. `after` in seconds when the CRM named a time.
    case retry(reason: String, after: Int?)
    /// It will not work like this: the CRM's own words, for the agent and the administrator.
    case park(reason: String)
}
