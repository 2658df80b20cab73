import Calls
import Foundation
import PhoneNumbers

/// One agent's part in one call, as the call log would say it.
struct CallLogRow: CustomStringConvertible {
    var who: String
    var outcome: String
    var seconds: Double
    var words: String

    var description: String {
        "\(who) | \(outcome) \(String(format: "%.2f", seconds)) | \(words)"
    }

    func says(the same: CallLogRow) -> Bool {
        who == same.who && outcome == same.outcome && abs(seconds - same.seconds) <= 0.2
            && words == same.words
    }

    /// A line of `call-log.txt`.
    init(_ columns: [String]) {
        let result = columns[2].components(separatedBy: " ")
        who = columns[1]
        outcome = result[0]
        seconds = result.count > 1 ? Double(result[1]) ?? -1 : 0
        words = columns[3]
    }

    init(_ call: Call, agent: String, part: AgentPart) {
        let legs = Set(part.legs.map(\.id))
        let facts = call.facts.filter { $0.leg.map(legs.contains) ?? false }
        let parties =
            call.direction == .outbound ? facts.compactMap(\.to) : facts.compactMap(\.from?.number)
        let others = parties.map(\.shown).reduce(into: [String]()) { list, other in
            if list.last != other { list.append(other) }
        }
        let to = call.to?.presented ?? "-"
        who = "\(agent) \(call.direction.rawValue) \(others.joined(separator: " > ")) \(to)"
        outcome = part.outcome?.rawValue ?? part.state.rawValue
        seconds = part.talkSeconds(until: part.legs.compactMap(\.endedAt).max() ?? .distantPast)
        var words: [String] = []
        let holds = part.legs.map(\.holds.count).reduce(0, +)
        if holds > 0 { words.append("held \(holds)") }
        words += facts.compactMap(\.target).map { "target \($0)" }
        if outcome != "transferred" { words += Self.ends(part, facts) }
        if let queue = call.queue { words.append("queue \(queue)") }
        self.words = words.joined(separator: ", ")
    }

    /// A call without any phone.
    init(_ call: Call) {
        let to = call.to?.presented ?? "-"
        who = "- \(call.direction.rawValue) \(call.from?.number.shown ?? "-") \(to)"
        outcome = call.state != .ended ? "live" : call.wasAnswered ? "answered" : "missed"
        seconds = 0
        words = "cause \(call.cause?.kind.rawValue ?? "none")"
    }

    /// The first end of each leg counts; of an answered part, that of the legs that were answered.
    private static func ends(_ part: AgentPart, _ facts: [CallEvent]) -> [String] {
        let legs = part.spoke ? part.legs.filter(\.wasAnswered) : part.legs
        let causes = legs.compactMap { leg in
            facts.first { $0.leg == leg.id && $0.kind == .ended }?.cause
        }
        return causes.map { cause in
            let raw = cause.raw ?? ""
            if part.spoke {
                return raw.range(of: "by ").map { String(raw[$0.lowerBound...]) } ?? raw
            }
            let told = ["by another program", "taken away", "to 1003", "the agent did not pick up"]
            return (["cause", cause.kind.rawValue] + told.filter { $0 == raw })
                .joined(separator: " ")
        }
        .reduce(into: []) { list, word in
            if !list.contains(word) { list.append(word) }
        }
    }

    /// Every agent's part in every call.
    static func all(_ folded: Folded) -> [CallLogRow] {
        folded.calls.values.flatMap { call in
            call.legs.isEmpty
                ? [CallLogRow(call)]
                : call.extensions.compactMap { agent in
                    call.part(of: [agent]).map { CallLogRow(call, agent: agent, part: $0) }
                }
        }
    }
}

extension PhoneNumber {
    fileprivate var shown: String { kind == .withheld ? "withheld" : presented }
}
