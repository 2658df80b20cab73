import CallLogging
import Foundation
import PhoneSystem
import Storage

/// What waits, where and how long, what was not understood and what was refused, for a monitoring system, in Prometheus
/// text. The store's own queues are in `Database.metrics`.
///
/// A figure that cannot be had, as the store cannot be read, is left out: nobody is told a 0 that is not one.
struct QueueFigures {
    let database: Database
    let delivery: Delivery
    let phoneSystems: [any PhoneSystemReport]
    let refusals: RefusalTally
    let now: @Sendable () -> Date

    func text() async -> String {
        var lines: [String] = []
        if let waiting = try? await stored() {
            lines += Self.figure(
                "call_logs", "Call logs by how far they have come: ready ones wait for the CRM.",
                [("state=\"ready\"", waiting.ready), ("state=\"parked\"", waiting.parked)])
            lines += Self.figure(
                "call_log_oldest_seconds", "For how long the log that is due longest waits.",
                [("", waiting.oldest)])
            lines += Self.figure("calls_live", "Calls under way.", [("", waiting.live)])
            lines += Self.figure(
                "phone_errands", "What agents asked of phone systems at other servers.",
                [("", waiting.errands)])
        }
        lines += await phoneSystemLines()
        lines += Self.figure(
            "crm_left_alone", "CRMs that do not answer, or have named a time.",
            delivery.leftAlone(now: now()).map { ("crm=\"\(Self.escaped($0))\"", 1) })
        let refused = refusals.counts
        lines += Self.figure(
            "requests_refused_total",
            "Requests for what is not there, or belongs to somebody else.", kind: "counter",
            [
                ("signed_in=\"yes\"", Double(refused.agents)),
                ("signed_in=\"no\"", Double(refused.others)),
            ])
        return lines.map { $0 + "\n" }.joined()
    }

    private func phoneSystemLines() async -> [String] {
        var waiting: [(String, Double)] = []
        var unknown: [(String, Double)] = []
        for system in phoneSystems {
            let condition = await system.condition()
            let label = "system=\"\(Self.escaped(system.system))\""
            if let number = condition.waiting { waiting.append((label, Double(number))) }
            if let number = condition.unknown { unknown.append((label, Double(number))) }
        }
        return Self.figure(
            "phone_system_waiting", "Messages of a phone system that are not stored yet.", waiting)
            + Self.figure(
                "phone_system_unknown",
                "Messages of a phone system that are of no known kind, since this server listens to it.",
                unknown)
    }

    private struct Stored: Sendable {
        let ready, parked, oldest, live, errands: Double
    }

    private func stored() async throws -> Stored {
        let now = now()
        return try await database.read { store in
            let ready = try store.row(
                "select count(*) as number, min(due_at) as due from call_log where stage = 'ready'")
            let parked = try store.row(
                "select count(*) as number from call_log where stage = 'parked'")
            let live = try store.row("select count(*) as number from call where stage = 'live'")
            let errands = try store.row("select count(*) as number from phone_errand")
            let due = try ready?.optionalDate("due") ?? now
            return Stored(
                ready: Double(try ready?.int("number") ?? 0),
                parked: Double(try parked?.int("number") ?? 0),
                oldest: max(0, now.timeIntervalSince(due)),
                live: Double(try live?.int("number") ?? 0),
                errands: Double(try errands?.int("number") ?? 0))
        }
    }

    /// One figure; nothing where there is no value.
    private static func figure(
        _ name: String, _ help: String, kind: String = "gauge",
        _ values: [(labels: String, value: Double)]
    ) -> [String] {
        guard !values.isEmpty else { return [] }
        let name = "callmatch_\(name)"
        return ["# HELP \(name) \(help)", "# TYPE \(name) \(kind)"]
            + values.map {
                $0.labels.isEmpty ? "\(name) \($0.value)" : "\(name){\($0.labels)} \($0.value)"
            }
    }

    /// A label's value. Source: Prometheus, "Exposition formats".
    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            .replacing("\n", with: "\\n")
    }
}
