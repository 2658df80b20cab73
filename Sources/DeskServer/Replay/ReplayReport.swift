/// What came of a recorded log.
package struct ReplayReport: Codable, Hashable, Sendable {
    package var events = 0
    /// Of the events, those that were known already.
    package var repeated = 0
    /// Kinds of event that we do not know.
    package var unknown = 0
    package var calls = 0
    package var answered = 0
    /// Calls whose end neither the log nor silence told.
    package var leftLive = 0
    /// Logs that would be filed, missed calls among them.
    package var logs = 0
    package var missed = 0
    package var talkSeconds = 0
    package var longestSeconds = 0
    /// Other orders of arrival that were tried.
    package var orders = 0
    /// What must not be.
    package var faults: [String] = []

    init(_ log: EventLog) {
        events = log.events.count
        unknown = log.entries.reduce(0) { $0 + $1.unknown.count }
    }
}
