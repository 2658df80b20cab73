import CallHandling
import CallLogging
import Calls
import Foundation
import Storage

/// Whether everything that was promised is kept, told from what was acknowledged and nothing else.
extension World {
    /// At rest: what is wrong is complained of.
    func check() async throws {
        try await checkEvents()
        try await checkStages()
        try await checkLogs()
        checkCRM(try await logs())
    }

    private func calls() async throws -> [StoredCall] {
        try await server.database.read { store in
            try store.rows("select id from call order by id").compactMap {
                try CallBook().call($0.text("id"), in: store)
            }
        }
    }

    private func logs() async throws -> [CallLog] {
        try await server.database.read { store in
            let calls = try store.rows("select id from call").map { try $0.text("id") }
            return try LogBook().logs(callIDs: calls, in: store).values.joined()
                .sorted { $0.key < $1.key }
        }
    }

    /// Each acknowledged event is there once, and the call is what its events say in any order.
    private func checkEvents() async throws {
        let calls = Dictionary(
            uniqueKeysWithValues: try await calls().map { ($0.call.id, $0.call) })
        for message in phones.said {
            let facts = calls[message.event.call]?.facts ?? []
            let found = facts.filter {
                $0.kind == message.event.kind && $0.leg == message.event.leg
                    && abs($0.at.timeIntervalSince(message.event.at)) < 0.0005
                    && !$0.isReconstructed
            }
            if !phones.acknowledged.contains(message.id) { complain("\(message.id) still waits") }
            if found.count != 1 { complain("\(message.id) is there \(found.count) times") }
        }
        var order = Chance(seed: UInt64(phones.said.count))
        for call in calls.values.sorted(by: { $0.id.value < $1.id.value }) {
            let facts = call.facts.shuffled(using: &order)
            var again = Call(facts[0])
            for fact in facts.dropFirst() { _ = again.apply(fact) }
            if again != call { complain("\(call.id.value) depends on the order of its events") }
        }
    }

    /// Each call has come to rest, and the audit explains every one.
    private func checkStages() async throws {
        let kept = crm.kept
        let audit = try await server.flow.audit { logs, _ in
            logs.filter { kept[$0.key]?.log.version != $0.version }.map(\.key)
        }
        note("\(audit)")
        if audit.unexplained > 0 { complain("not explained: \(audit.examples)") }
        for stored in try await calls() where [.live, .open, .ready].contains(stored.stage) {
            let legs = stored.call.legs.map { "\($0.id.value) \($0.state)" }
            complain("\(stored.call.id.value) is not at rest: \(stored.stage) \(legs)")
        }
        let sum =
            audit.live + audit.open + audit.ready + audit.delivered + audit.parked + audit.unlogged
        if sum != audit.calls { complain("stages do not add up: \(audit)") }
    }

    /// One log for each agent who spoke, one missed call for a conversation that nobody answered, and nothing else.
    private func checkLogs() async throws {
        let logs = try await logs()
        for log in logs { note("\(log)") }
        var expected: [String: Int] = [:]
        for stored in try await calls() {
            let call = stored.call
            if !call.wasAnswered { expected["\(call.id.value) missed", default: 0] += 1 }
            for agent in 0..<Scenario.agents {
                let own = call.part(of: [SimulatedServer.phone(agent)])
                guard let own, own.spoke else { continue }
                expected["\(call.id.value) \(SimulatedServer.agent(agent))", default: 0] += 1
                if own.talkSeconds(until: clock.time) < 0 { complain("\(call.id.value): time") }
            }
        }
        var found: [String: Int] = [:]
        for log in logs { found["\(log.call.value) \(log.agent ?? "missed")", default: 0] += 1 }
        for name in Set(expected.keys).union(found.keys).sorted()
        where expected[name] != found[name] {
            complain("\(name): \(found[name] ?? 0) logs instead of \(expected[name] ?? 0)")
        }
        for (name, texts) in notes {
            let own = logs.first {
                $0.call == SimulatedServer.call(name.call)
                    && $0.agent == SimulatedServer.agent(name.agent)
            }
            if let own, !texts.contains(own.notes) {
                complain("\(own.key): notes “\(own.notes)” instead of \(texts.sorted())")
            }
        }
    }

    /// The CRM has what is filed, as it stands here, and nothing that is not.
    private func checkCRM(_ logs: [CallLog]) {
        let kept = crm.kept
        let own = Dictionary(uniqueKeysWithValues: logs.map { ($0.key, $0) })
        for log in logs where log.stage == .delivered && kept[log.key]?.log != log.filed {
            complain("\(log.key): the CRM has \(String(describing: kept[log.key]?.log.version))")
        }
        for key in kept.keys.sorted() where own[key] == nil {
            complain("\(key) is in the CRM and not here")
        }
    }
}
