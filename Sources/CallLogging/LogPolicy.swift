package import Calls
import Foundation
import PhoneNumbers

/// What an organisation wants logged, and what a log needs: the administrator's settings.
package struct LogPolicy: Hashable, Codable, Sendable {
    /// On: no log without a contact or lead. Off: a log may exist with no person.
    package var requiresMatch = true
    package var dispositions = [
        "Resolved", "Call back", "Left a message", "Sales opportunity", "Complaint",
        "Wrong number",
    ]
    /// Seconds after hang-up in which an agent finishes a log before it is filed by itself.
    package var wrapUpSeconds = 30
    package var logsInbound = true
    package var logsOutbound = true
    package var logsInternal = false
    package var logsMissed = true
    /// E.164 forms of numbers whose calls are never logged, such as the door phone.
    package var excludedNumbers: [String] = []
    package var excludedQueues: [String] = []

    package static let wrapUpRange = 0...3600
    package static let mostDispositions = 50

    package init() {}

    /// Whether a conversation gets a log at all.
    package func logs(_ call: Call) -> Bool {
        if let number = call.customer?.number.e164, excludedNumbers.contains(number) {
            return false
        }
        if let queue = call.queue, excludedQueues.contains(queue) { return false }
        if !call.wasAnswered && call.endedAt != nil && call.direction != .outbound {
            return logsMissed && call.direction == .inbound
        }
        switch call.direction {
        case .inbound: return logsInbound
        case .outbound: return logsOutbound
        case .internal: return logsInternal
        }
    }

    /// Whether a log may be filed as it stands.
    package func allowsFiling(_ log: CallLog) -> Bool {
        !requiresMatch || log.person != nil
    }
}
