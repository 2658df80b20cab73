import Foundation
import PhoneNumbers

/// What one event changed in a call.
public struct Transition: Hashable, Sendable {
    /// The call as it is now.
    public let call: Call
    public let before: Call.State
    public let after: Call.State
    /// Legs that began to talk with this event.
    public let answered: [Leg]
    /// Legs that stopped being live with this event.
    public let closed: [Leg]
    /// Legs that began to ring or dial with this event.
    public let offered: [Leg]

    public var ended: Bool { before != .ended && after == .ended }

    /// `nil` when the two say the same.
    init?(from old: Call, to new: Call) {
        guard old.withoutFacts != new.withoutFacts else { return nil }
        call = new
        before = old.state
        after = new.state
        let known = Dictionary(uniqueKeysWithValues: old.legs.map { ($0.id, $0) })
        answered = new.legs.filter { $0.wasAnswered && known[$0.id]?.wasAnswered != true }
        closed = new.legs.filter { !$0.isLive && known[$0.id]?.isLive != false }
        offered = new.legs.filter {
            ($0.state == .ringing || $0.state == .dialling) && known[$0.id]?.isLive != true
        }
    }
}

extension Call {
    /// Everything that can be told from outside.
    fileprivate var withoutFacts: CallFace {
        CallFace(
            state: state, direction: direction, from: from, to: to?.presented, queue: queue,
            legs: legs, startedAt: startedAt, endedAt: endedAt, cause: cause)
    }
}

private struct CallFace: Equatable {
    let state: Call.State
    let direction: CallDirection
    let from: Party?
    let to: String?
    let queue: String?
    let legs: [Leg]
    let startedAt: Date
    let endedAt: Date?
    let cause: HangupCause?
}
