public import Foundation
public import PhoneNumbers

/// One thing that a phone system says happened to a call, in the product's own words.
///
/// Adapters make it from a vendor's message in a pure initializer. Repeats, late and reordered events are
/// ordinary: `Call` gives the same answer for every order of the same events.
public struct CallEvent: Hashable, Codable, Sendable {
    /// Everything that can happen. The order of the cases is the order in a call's life, and breaks ties
    /// between events of the same moment.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        case offered, answered, held, retrieved, transferred, declined, ended
    }

    /// The conversation it belongs to.
    public let call: Call.ID
    /// The part of the conversation it is about; `nil` when it is about the whole conversation.
    public let leg: Leg.ID?
    public let kind: Kind
    /// When it happened by the phone system's clock, to the millisecond. Where the phone system sends no
    /// time (`isTimed == false`) it is the time of receipt.
    public let at: Date
    /// False for dialects without times: such events are ordered by kind, as receipt proves nothing.
    public let isTimed: Bool
    /// The phone system's own counter, where it has one: orders events of the same millisecond.
    public let sequence: Int?
    public let direction: CallDirection?
    /// Who calls, as presented.
    public let from: Party?
    /// The number that was dialled.
    public let to: PhoneNumber?
    /// The extension of the leg.
    public let `extension`: String?
    public let queue: String?
    /// Why it ended; for `ended` only.
    public let cause: HangupCause?
    /// Where a transferred call went; for `transferred` only.
    public let target: String?
    /// True when it was rebuilt from a later state and not received as it happened.
    public let isReconstructed: Bool

    public init(
        call: Call.ID, leg: Leg.ID? = nil, kind: Kind, at: Date, isTimed: Bool = true,
        sequence: Int? = nil, direction: CallDirection? = nil, from: Party? = nil,
        to: PhoneNumber? = nil, extension: String? = nil, queue: String? = nil,
        cause: HangupCause? = nil, target: String? = nil, isReconstructed: Bool = false
    ) {
        self.call = call
        self.leg = leg
        self.kind = kind
        self.at = Date(timeIntervalSince1970: (at.timeIntervalSince1970 * 1000).rounded() / 1000)
        self.isTimed = isTimed
        self.sequence = sequence
        self.direction = direction
        self.from = from
        self.to = to
        self.extension = `extension`
        self.queue = queue
        self.cause = cause
        self.target = target
        self.isReconstructed = isReconstructed
    }

    /// The same event, told of another call.
    public func told(of call: Call.ID) -> CallEvent {
        CallEvent(
            call: call, leg: leg, kind: kind, at: at, isTimed: isTimed, sequence: sequence,
            direction: direction, from: from, to: to, extension: `extension`, queue: queue,
            cause: cause, target: target, isReconstructed: isReconstructed)
    }
}

/// Seen from the company: a customer calls in, an agent calls out, or colleagues call each other.
public enum CallDirection: String, Codable, Sendable, CaseIterable {
    case inbound, outbound, `internal`
}

/// One end of a call as the phone system presented it: a claim, never a proof of who it is.
public struct Party: Hashable, Codable, Sendable {
    public let number: PhoneNumber
    /// The display name that came with the call: shown, never used as a key.
    public let name: String?
    /// The carrier's STIR/SHAKEN verdict ("A", "B", "C"), where the phone system passes it on.
    public let attestation: String?

    public init(number: PhoneNumber, name: String? = nil, attestation: String? = nil) {
        self.number = number
        self.name = name
        self.attestation = attestation
    }
}

/// Why a call or a leg ended, and the phone system's own word for it.
public struct HangupCause: Hashable, Codable, Sendable {
    public enum Kind: String, Codable, Sendable, CaseIterable {
        case completed, callerCancelled, notAnswered, busy, unreachable, forwarded, voicemail,
            blocked, declined, answeredElsewhere, unknown
    }

    public let kind: Kind
    /// The value as received, for support; never interpreted again.
    public let raw: String?

    public init(_ kind: Kind, raw: String? = nil) {
        self.kind = kind
        self.raw = raw
    }
}

extension CallEvent: Comparable {
    /// The order of events of one timed source: time, then the source's counter (those without one come
    /// last: we made them), then the order in a call's life. What is left breaks ties, so that the order is
    /// total and the same everywhere.
    public static func < (one: CallEvent, other: CallEvent) -> Bool {
        if one.at != other.at { return one.at < other.at }
        let (a, b) = (one.sequence ?? .max, other.sequence ?? .max)
        if a != b { return a < b }
        return one.precedesInLife(of: other)
    }

    /// The order where times say nothing: the order in a call's life first.
    func precedesInLife(of other: CallEvent) -> Bool {
        if kind != other.kind { return kind.rank < other.kind.rank }
        if at != other.at { return at < other.at }
        return tieBreak.lexicographicallyPrecedes(other.tieBreak)
    }

    private var tieBreak: [String] {
        [
            leg?.value ?? "", sequence.map(String.init) ?? "", `extension` ?? "",
            direction?.rawValue ?? "", from?.number.presented ?? "", from?.name ?? "",
            from?.attestation ?? "", to?.presented ?? "", queue ?? "", cause?.kind.rawValue ?? "",
            cause?.raw ?? "", target ?? "", isReconstructed ? "1" : "0", isTimed ? "1" : "0",
        ]
    }
}

extension CallEvent.Kind {
    /// Place in a call's life.
    var rank: Int {
        switch self {
        case .offered: 0
        case .answered: 1
        case .held: 2
        case .retrieved: 3
        case .transferred: 4
        case .declined: 5
        case .ended: 6
        }
    }
}
