public import Foundation

/// One phone's part in a call: a device that rings, dials or talks.
public struct Leg: Hashable, Codable, Sendable, Identifiable {
    /// The leg's name within its call, as the phone system says it: opaque text of at most 256 bytes.
    public struct ID: Hashable, Codable, Sendable, Comparable, CustomStringConvertible {
        public let value: String
        public init(_ value: String) { self.value = value }
        public static func < (one: ID, other: ID) -> Bool { one.value < other.value }
        public var description: String { value }
    }

    public enum State: String, Codable, Sendable {
        /// The phone rings.
        case ringing
        /// The agent's phone has dialled and waits for the other side.
        case dialling
        case talking
        case held
        case ended
    }

    /// How a leg ended.
    public enum Outcome: String, Codable, Sendable {
        case completed
        case transferred
        case declined
        /// It rang, and nobody answered the conversation there or elsewhere.
        case notAnswered
        /// It rang, and another phone took the conversation: not a missed call.
        case answeredElsewhere
        case busy
        case failed
    }

    /// A stretch of conversation; `end` is `nil` while it lasts.
    public struct Talk: Hashable, Codable, Sendable {
        public let start: Date
        public var end: Date?
    }

    public let id: ID
    public internal(set) var `extension`: String?
    public internal(set) var state: State
    public internal(set) var outcome: Outcome?
    /// When it first rang or dialled.
    public internal(set) var offeredAt: Date?
    /// When it last began to ring or dial.
    public internal(set) var lastOfferedAt: Date?
    public internal(set) var answeredAt: Date?
    public internal(set) var endedAt: Date?
    /// Talking, hold included, in order of time.
    public internal(set) var talks: [Talk] = []
    /// Hold within the talks, in order of time.
    public internal(set) var holds: [Talk] = []

    public var isLive: Bool { state != .ended }
    public var wasAnswered: Bool { answeredAt != nil }

    /// Seconds of conversation, hold included; open stretches count until `now`.
    public func talkSeconds(until now: Date) -> Double {
        talks.reduce(0) { $0 + max(0, ($1.end ?? now).timeIntervalSince($1.start)) }
    }
}
