import Calls
import Foundation
import PhoneSystem
import ScriptedCalls
import Storage

/// The demo phone as every server has it: one leads its calls, the others send errands.
struct SharedDemo: Sendable {
    let shared: SharedPhone
    /// Of this process: it leads the calls while it has the lease.
    let local: DemoPhone

    init(_ local: DemoPhone, database: Database) {
        self.local = local
        shared = SharedPhone(local, report: nil, database: database) {
            errand throws(ControlRefusal) in try await Self.done(errand, by: local)
        }
    }

    /// The calls that go on.
    static func liveCalls(in database: Database) async throws -> [Call] {
        try await database.read { store in
            try store.rows(
                """
                select json from call where system = \(DemoExchange.system) and state <> 'ended'
                order by started_at, id limit \(DemoExchange.mostCalls)
                """
            ).map { try $0.json("json", as: Call.self) }
        }
    }

    private static func done(
        _ errand: PhoneErrand, by phone: DemoPhone
    ) async throws(ControlRefusal) -> String? {
        switch errand {
        case .command(let command):
            try await phone.perform(command)
            return nil
        case .ring(let number, let name, let extensions, let queue):
            return try await phone.ring(
                from: number, name: name, extensions: extensions, queue: queue
            ).value
        case .play(let text, let speed):
            // It was read before it was sent.
            guard let script = try? CallScript(text) else { return nil }
            return await phone.play(script, speed: speed).value
        case .rules:
            let rules = await phone.rules
            return (try? JSON.encoder.encode(rules)).map { String(decoding: $0, as: UTF8.self) }
        case .setRules(let rules):
            await phone.set(rules)
            return nil
        }
    }

    /// A customer calls these phones.
    func ring(
        from number: String, name: String?, extensions: [String], queue: String?
    ) async throws(ControlRefusal) -> Call.ID {
        try await call(
            .ring(number: number, name: name, extensions: extensions, queue: queue))
    }

    /// - Throws: `CallScriptFault` where the script cannot be read; `ControlRefusal`.
    func play(_ text: String, speed: Double) async throws -> Call.ID {
        _ = try CallScript(text)
        return try await call(.play(script: text, speed: speed))
    }

    private func call(_ errand: PhoneErrand) async throws(ControlRefusal) -> Call.ID {
        guard let value = try await shared.ask(errand) else {
            throw .unreachable("The demo phone did not say which call it is.")
        }
        return Call.ID(system: shared.system, value: value)
    }

    func rules() async throws(ControlRefusal) -> DemoExchange.Rules {
        let text = try await shared.ask(.rules)
        let data = Data((text ?? "").utf8)
        return (try? JSON.decoder.decode(DemoExchange.Rules.self, from: data)) ?? .init()
    }

    func set(_ rules: DemoExchange.Rules) async throws(ControlRefusal) {
        _ = try await shared.ask(.setRules(rules))
    }
}
