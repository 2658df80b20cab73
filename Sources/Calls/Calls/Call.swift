public import Foundation
public import PhoneNumbers

/// A call: one conversation from its first ring to its end, with every phone that took part.
///
/// It is a fold over what a phone system says. The facts are kept in one canonical order and everything
/// else is derived from them, so every order and every number of repeats of the same events ends in the
/// same call. Three things follow and are tested: a missing field never erases a known one, an ended call
/// never comes back to life, and nothing here knows the time of day.
public struct Call: Hashable, Codable, Sendable, Identifiable {
    /// Who issued the id, and the id as that phone system writes it. Ids that differ only by case differ.
    public struct ID: Hashable, Codable, Sendable, CustomStringConvertible {
        /// The name of the phone system in the settings, such as "demo".
        public let system: String
        /// The conversation's id there: opaque text of at most `longest` bytes.
        public let value: String
        public static let longest = 256

        public init(system: String, value: String) {
            self.system = system
            self.value = value
        }

        public var description: String { "\(system)/\(value)" }
    }

    public enum State: String, Codable, Sendable { case ringing, dialling, talking, held, ended }

    /// More events than any real call has: what comes after is counted by the caller and not folded.
    public static let mostFacts = 2000

    public let id: ID
    /// Every event that said something, in canonical order.
    public private(set) var facts: [CallEvent]
    public private(set) var state: State
    public private(set) var direction: CallDirection
    public private(set) var from: Party?
    public private(set) var to: PhoneNumber?
    public private(set) var queue: String?
    /// The first moment known of it.
    public private(set) var startedAt: Date
    public private(set) var legs: [Leg]
    public private(set) var endedAt: Date?
    public private(set) var cause: HangupCause?

    /// A call begins with whatever event comes first, also one that should not: the phone system may have
    /// started the call before we were listening.
    public init(_ event: CallEvent) {
        id = event.call
        facts = [event]
        state = .ringing
        direction = .inbound
        startedAt = event.at
        legs = []
        derive()
    }

    /// Takes one more event of this call.
    ///
    /// - Returns: what changed, or `nil` when nothing did (a repeat, or news that changes no answer).
    public mutating func apply(_ event: CallEvent) -> Transition? {
        precondition(event.call == id, "an event of another call")
        guard facts.count < Call.mostFacts, !facts.contains(event) else { return nil }
        let before = self
        facts.append(event)
        derive()
        return Transition(from: before, to: self)
    }

    /// The same answers without what they are derived from: for writing it down in parts, and never to be folded further.
    package var bare: Call {
        var bare = self
        bare.facts = []
        return bare
    }

    private mutating func derive() {
        sortFacts()
        direction = first(\.direction) ?? .inbound
        from = mergedFrom()
        to = first(\.to)
        queue = first(\.queue)
        startedAt = facts.map(\.at).min() ?? startedAt
        endedAt = facts.lazy.filter(\.endsConversation).map(\.at).min()
        cause = facts.first { $0.endsConversation && $0.cause != nil }?.cause
        legs = LegScan(facts: facts, direction: direction, endedAt: endedAt).legs
        state = derivedState()
    }

    private mutating func sortFacts() {
        if facts.allSatisfy(\.isTimed) {
            facts.sort()
        } else {
            facts.sort { $0.precedesInLife(of: $1) }
        }
    }

    /// The first event in order that knows a field tells it: what comes later is about other legs.
    private func first<Value>(_ field: (CallEvent) -> Value?) -> Value? {
        for fact in facts {
            if let value = field(fact) { return value }
        }
        return nil
    }

    /// The first number, and for that number the first name and attestation that came with it.
    private func mergedFrom() -> Party? {
        guard let party = first({ $0.from }) else { return nil }
        let same = facts.lazy.compactMap(\.from).filter { $0.number == party.number }
        return Party(
            number: party.number, name: same.compactMap(\.name).first,
            attestation: same.compactMap(\.attestation).first)
    }

    private func derivedState() -> State {
        if endedAt != nil { return .ended }
        let live = legs.filter(\.isLive).map(\.state)
        if live.contains(.talking) { return .talking }
        if live.contains(.held) { return .held }
        return direction == .outbound ? .dialling : .ringing
    }
}

extension CallEvent {
    /// Only an end without a leg ends the conversation: a phone that stops ringing does not.
    var endsConversation: Bool { kind == .ended && leg == nil }
}
