import CallHandling
import CallWebhooks
import Calls
package import Foundation
package import PhoneNumbers

/// A recorded log of what a phone system told: one body of our own signed events a line, without the signatures.
package struct EventLog: Sendable {
    /// What came together.
    struct Entry: Sendable {
        let events: [CallEvent]
        let unknown: [UnknownMessage]

        var at: Date { events.map(\.at).max() ?? .distantPast }
    }

    /// A line that cannot be read, and why.
    package struct Fault: Error, CustomStringConvertible {
        package let line: Int
        package let reason: String

        package var description: String { "line \(line): \(reason)." }
    }

    let entries: [Entry]

    /// The name under which the phone system's calls are kept.
    private static let system = "replay"

    /// - Parameter plan: how the phone system writes numbers.
    package init(_ data: Data, plan: NumberingPlan) throws(Fault) {
        let reader = OwnEvents(system: Self.system, plan: plan)
        var entries: [Entry] = []
        for (index, line) in data.split(separator: 0x0A, omittingEmptySubsequences: false)
            .enumerated()
        where !line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) {
            do throws(EventFault) {
                let batch = try reader.read([UInt8](line))
                let unknown = batch.unknown.map {
                    UnknownMessage(
                        source: Self.system, reason: "unknown event \($0.name)", body: $0.raw)
                }
                entries.append(Entry(events: batch.events, unknown: unknown))
            } catch {
                throw Fault(line: index + 1, reason: error.detail)
            }
        }
        self.entries = entries
    }

    var events: [CallEvent] { entries.flatMap(\.events) }

    var extensions: [String] { Set(events.compactMap(\.extension)).sorted() }
}
