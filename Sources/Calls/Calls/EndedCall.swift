public import Foundation

/// A call that is over: only such a call can be filed as complete.
public struct EndedCall: Hashable, Sendable {
    public let call: Call
    public let endedAt: Date

    /// `nil` while the conversation lasts.
    public init?(_ call: Call) {
        guard let endedAt = call.endedAt else { return nil }
        self.call = call
        self.endedAt = endedAt
    }

    /// A conversation nobody answered. It gives one missed call, however many phones rang.
    public var isMissed: Bool { call.direction != .outbound && !call.wasAnswered }
}

/// What one agent did in a call, over all of the agent's phones.
public struct AgentPart: Hashable, Sendable {
    public let state: Leg.State
    public let outcome: Leg.Outcome?
    public let offeredAt: Date?
    public let answeredAt: Date?
    public let endedAt: Date?
    public let legs: [Leg]

    public var isLive: Bool { state != .ended }
    /// True when the agent spoke with the other side: such a part gets a call log of its own.
    public var spoke: Bool { answeredAt != nil }

    /// Seconds of conversation of this agent, hold included.
    public func talkSeconds(until now: Date) -> Double {
        legs.reduce(0) { $0 + $1.talkSeconds(until: now) }
    }
}

extension Call {
    /// True when a person answered; voicemail is nobody.
    public var wasAnswered: Bool { legs.contains(where: \.wasAnswered) }

    /// The first answer of the conversation.
    public var answeredAt: Date? { legs.compactMap(\.answeredAt).min() }

    /// Extensions that took part, in the order in which they came in.
    public var extensions: [String] {
        legs.reduce(into: []) { list, leg in
            if let own = leg.extension, !list.contains(own) { list.append(own) }
        }
    }

    /// The number of the other side: the caller's when it came in, the dialled one when it went out.
    public var customer: Party? {
        switch direction {
        case .inbound, .internal: from
        case .outbound: to.map { Party(number: $0) }
        }
    }

    /// True once any fact was rebuilt from a later state, or the call began in the middle for us.
    public var isReconstructed: Bool {
        facts.contains(where: \.isReconstructed) || !facts.contains { $0.kind == .offered }
    }

    /// When every phone has stopped but the end of the conversation was not reported: the moment the last
    /// one stopped. The caller closes such a call after a short wait.
    public var silentSince: Date? {
        guard state != .ended, !legs.isEmpty, legs.allSatisfy({ !$0.isLive }) else { return nil }
        return legs.compactMap(\.endedAt).max()
    }

    /// What the phones with these extensions did; `nil` when none of them took part.
    public func part(of extensions: Set<String>) -> AgentPart? {
        let own = legs.filter { leg in leg.extension.map(extensions.contains) ?? false }
        guard !own.isEmpty else { return nil }
        let order: [Leg.State] = [.talking, .held, .ringing, .dialling]
        let state = order.first { state in own.contains { $0.state == state } } ?? .ended
        let outcomes: [Leg.Outcome] = [
            .completed, .transferred, .declined, .answeredElsewhere, .busy, .notAnswered, .failed,
        ]
        return AgentPart(
            state: state,
            outcome: state == .ended
                ? outcomes.first { outcome in own.contains { $0.outcome == outcome } } : nil,
            offeredAt: own.compactMap(\.offeredAt).min(),
            answeredAt: own.compactMap(\.answeredAt).min(),
            endedAt: state == .ended ? own.compactMap(\.endedAt).max() : nil, legs: own)
    }
}
