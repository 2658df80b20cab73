package import CallLogging
package import CallerLookup
package import Calls
import Credentials
package import Foundation
package import Records
import Storage

/// A call as it is stored: the fold, who it may be, and how far its filing has come.
package struct StoredCall: Sendable {
    /// The name of the call in addresses: opaque, the same on every node.
    package let id: String
    package var call: Call
    package var match: Match? {
        didSet { matchText = nil }
    }
    package var stage: CallStage
    /// When the last event of it was received, by our clock.
    package private(set) var receivedAt: Date
    /// Between which moments of our clock its events were received: where they stand in the journal. A clock
    /// that is set back widens it.
    var keptFrom: Date
    var keptUntil: Date
    /// Names and digits by which the call is found again, folded.
    package var searchText = ""
    /// The match as it stands in the store; `nil` when it has changed since, or is not there.
    var matchText: String?

    var matchJSON: SQLValue {
        get throws { try matchText?.sqlValue ?? .jsonOrNull(match) }
    }

    package init(
        id: String, call: Call, match: Match? = nil, stage: CallStage = .live, receivedAt: Date
    ) {
        self.id = id
        self.call = call
        self.match = match
        self.stage = stage
        self.receivedAt = receivedAt
        keptFrom = receivedAt
        keptUntil = receivedAt
    }

    /// Notes that an event of it was received.
    mutating func hears(at now: Date) {
        receivedAt = now
        keptFrom = min(keptFrom, now)
        keptUntil = max(keptUntil, now)
    }
}

extension Call.ID {
    /// The call's name in addresses and keys of our own: a hash, as ids of phone systems hold anything.
    package var publicID: String {
        let raw = Array("\(system)\u{0}\(value)".utf8)
        return String(Digest(of: raw).hex.prefix(32))
    }
}

/// Where a call stands: each call is in exactly one of these, and the counts add up to all calls.
package enum CallStage: String, Codable, Sendable, CaseIterable {
    /// The conversation lasts.
    case live
    /// It is over, and an agent still writes the log.
    case open
    /// A log waits for the CRM.
    case ready
    /// Every log of it is in the CRM in its newest version.
    case delivered
    /// The CRM refused one for good.
    case parked
    /// It gets no log, by the organisation's policy.
    case unlogged

    /// Nothing more is to be done, unless somebody edits its log or has it tried again.
    var isDone: Bool {
        switch self {
        case .live, .open, .ready: false
        case .delivered, .parked, .unlogged: true
        }
    }
}

/// One agent's part in a call: what the desk shows and what recent calls are made of.
package struct CallPart: Sendable {
    package let callID: String
    package let agent: String
    package var state: Leg.State
    package var outcome: Leg.Outcome?
    package var offeredAt: Date?
    package var answeredAt: Date?
    package var endedAt: Date?
    /// Who the agent says it is. Wins over any match.
    package var chosen: RecordID?
    /// What the agent said it is about before there was a log.
    package var wished: RelatedRecord?
    /// The agent pressed Back: nobody is proposed until somebody is chosen.
    package var isCleared: Bool
    /// Until when the agent finishes the log; `nil` when there is nothing to finish.
    package var wrapUpUntil: Date?
    /// The agent is done with it, or its wrap-up is over.
    package var isDone: Bool

    package var spoke: Bool { answeredAt != nil }
    package var isLive: Bool { state != .ended }

    /// Whether it stands among the live calls of the desk.
    package var isOnDesk: Bool { isLive || (wrapUpUntil != nil && !isDone) }

    package init(callID: String, agent: String) {
        self.callID = callID
        self.agent = agent
        state = .ringing
        isCleared = false
        isDone = false
    }
}
