package import CallHandling
import CallLogging
import CallerLookup
package import Calls
package import Foundation
import PhoneSystem
package import Records

/// What one agent sees: one picture, made from what is stored. The panel draws it as it comes, so reload, a
/// second tab, sign-in during a call and reconnect are all the same thing: the next picture.
///
/// Its JSON is part of the contract: names may be added, and do not change their meaning.
package struct Desk: Encodable, Sendable {
    /// Grows with every picture, also over restarts.
    package var version: Int
    package let now: Date
    package let organisation: OrganisationView
    package let agent: AgentView
    package let line: LineView
    /// Live calls and those in wrap-up; the latest first.
    package let calls: [CallView]
    /// The latest calls that are not among `calls`.
    package let recent: [RecentView]

    package static let recentCount = 20
}

package struct OrganisationView: Encodable, Sendable {
    let name: String
    let country: String
    let sample: Bool
    let requireMatch: Bool
    let wrapUpSeconds: Int
    let dispositions: [String]
    let crm: CRMView
}

package struct AgentView: Encodable, Sendable {
    let id: String
    let displayName: String
    let role: Agent.Role
    let `extension`: String?
    let extensions: [String]
    let preferences: Agent.Preferences

    package init(_ agent: Agent) {
        id = agent.id
        displayName = agent.displayName
        role = agent.role
        `extension` = agent.extensions.first
        extensions = agent.extensions
        preferences = agent.preferences
    }
}

package struct LineView: Encodable, Sendable {
    package enum State: String, Encodable, Sendable {
        case ready, ringing, dialling, talking, held, lost
    }

    let state: State
    let canDial: Bool
    let text: String?
}

/// A call on the desk.
package struct CallView: Encodable, Sendable {
    package enum State: String, Encodable, Sendable {
        case ringing, dialling, talking, held, wrapUp, ended
    }

    package let id: String
    let system: String
    let direction: CallDirection
    package let state: State
    let outcome: String?
    let number: NumberView?
    let presentedName: String?
    let attestation: String?
    package let title: String
    let company: String?
    let queue: String?
    let dialled: NumberView?
    let startedAt: Date
    let answeredAt: Date?
    let endedAt: Date?
    let heldSince: Date?
    let talkSeconds: Double
    let reconstructed: Bool
    var joinedInProgress: Bool
    let answeredBy: String?
    var can: [CallAbility]
    let wrapUpEndsAt: Date?
    let match: MatchView
    let person: PersonView?
    let needsPerson: Bool
    package let log: LogView?
    /// When the last event of it reached us: not drawn, but measured.
    package let receivedAt: Date
    package let call: Call

    private enum CodingKeys: String, CodingKey {
        case id, system, direction, state, outcome, number, presentedName, attestation, title,
            company, queue, dialled, startedAt, answeredAt, endedAt, heldSince, talkSeconds,
            reconstructed, joinedInProgress, answeredBy, can, wrapUpEndsAt, match, person,
            needsPerson, log
    }
}

package struct MatchView: Encodable, Sendable {
    /// As in `Match.Outcome`; `checking` while the CRM is asked whether this agent may see who it is, and `unchecked`
    /// where it does not say.
    package enum Outcome: String, Encodable, Sendable, CaseIterable {
        case single, multiple, none, withheld, `internal`, unusable, checking, unchecked

        init(_ outcome: Match.Outcome) {
            switch outcome {
            case .single: self = .single
            case .multiple: self = .multiple
            case .none: self = .none
            case .withheld: self = .withheld
            case .internal: self = .internal
            case .unusable: self = .unusable
            }
        }
    }

    package let outcome: Outcome
    let count: Int
    let truncated: Bool
    package let candidates: [CandidateView]
}

package struct CandidateView: Encodable, Sendable {
    struct Spoken: Encodable, Sendable {
        let at: Date
        let agent: String
        let byYou: Bool
    }

    let person: PersonView
    let evidence: [Evidence]
    let lastSpoken: Spoken?
    let reason: String

    package func encode(to encoder: any Encoder) throws {
        try person.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(evidence, forKey: .evidence)
        try container.encodeIfPresent(lastSpoken, forKey: .lastSpoken)
        try container.encode(reason, forKey: .reason)
    }

    private enum CodingKeys: String, CodingKey { case evidence, lastSpoken, reason }
}

package struct LogView: Encodable, Sendable {
    let id: String
    let version: Int
    package let state: LogState
    let subject: String
    let person: PersonView?
    let related: RelatedView?
    let notes: String
    let disposition: String?
    let followUp: FollowUp?
    let crmUrl: String?
    let attention: String?
    let outcome: String
    let seconds: Int
}

/// A log's progress in the words of the panel.
package enum LogState: String, Encodable, Sendable {
    case draft, ready, waiting, filed, attention, unlogged

    init(_ log: CallLog) {
        switch log.stage {
        case .draft: self = .draft
        case .ready: self = log.attempts > 0 ? .waiting : .ready
        case .delivered: self = .filed
        case .parked: self = .attention
        }
    }
}

package struct RelatedView: Encodable, Sendable {
    let ref: RecordID
    let name: String
    let url: String

    package init(ref: RecordID, name: String, url: String) {
        self.ref = ref
        self.name = name
        self.url = url
    }

    private enum CodingKeys: String, CodingKey { case ref, kind, name, url }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(RefView(ref), forKey: .ref)
        try container.encode(ref.kind, forKey: .kind)
        try container.encode(name, forKey: .name)
        try container.encode(url, forKey: .url)
    }
}

/// A line of recent calls.
package struct RecentView: Encodable, Sendable {
    package let id: String
    let direction: CallDirection
    let outcome: RecentOutcome
    let number: NumberView?
    let title: String
    let company: String?
    let startedAt: Date
    let seconds: Int?
    let log: LogState?
    let match: Match.Outcome?
    let person: PersonView?
    let missed: Bool
}

package enum RecentOutcome: String, Codable, Sendable, CaseIterable {
    case answered, missed, declined, answeredElsewhere, outgoing, notReached, voicemail
}
