import CallHandling
package import Calls
import Foundation

/// What happened in a call, for people: one line each.
package struct TimelineEntry: Encodable, Sendable {
    let at: Date
    let what: CallEvent.Kind
    let who: String?
    let text: String
}

extension DeskPainter {
    package func timeline(of call: Call) -> [TimelineEntry] {
        call.facts.map { fact in
            let who = fact.extension.map {
                organisation.agent(extension: $0)?.displayName ?? "Extension \($0)"
            }
            return TimelineEntry(
                at: fact.at, what: fact.kind, who: who, text: words(for: fact, who: who))
        }
    }

    private func words(for fact: CallEvent, who: String?) -> String {
        switch fact.kind {
        case .offered: who.map { "Rings at \($0)" } ?? "Call begins"
        case .answered: who.map { "\($0) answers" } ?? "Answered"
        case .held: "On hold"
        case .retrieved: "Back from hold"
        case .transferred: fact.target.map { "Transferred to \($0)" } ?? "Transferred"
        case .declined: who.map { "\($0) declines" } ?? "Declined"
        case .ended: who.map { "\($0) stops ringing" } ?? "Call ends"
        }
    }
}
