import AgentDesk
import BuiltInCRM
import CallHandling
import Calls
import Foundation
import Hummingbird
import ScriptedCalls

/// The demo phone of the sample organisation: "Ring me". Elsewhere there is no such thing.
struct DemoRoutes {
    let phone: SharedDemo?
    let organisation: Organisation

    func add(to router: Router<DeskContext>) {
        router.get("api/v1/demo", use: show)
        router.post("api/v1/demo/ring", use: ring)
        router.post("api/v1/demo/play", use: play)
        router.put("api/v1/demo/rules", use: setRules)
    }

    private struct DemoView: Encodable {
        struct Line: Encodable {
            let `extension`: String
            let name: String
        }

        struct Caller: Encodable {
            let label: String
            let number: String
            let name: String?
        }

        struct Rules: Encodable {
            let noAnswerSeconds: Double
            let to: String
        }

        let callers: [Caller]
        let extensions: [Line]
        let rules: Rules
    }

    @Sendable func show(_ request: Request, context: DeskContext) async throws -> Reply {
        _ = try context.signedIn()
        let rules = try await demoPhone().rules()
        return try .json(
            DemoView(
                callers: SampleOrganisation.demoCallers.map {
                    .init(label: $0.label, number: $0.number, name: $0.name)
                },
                extensions: organisation.agents.flatMap { agent in
                    agent.extensions.map { .init(extension: $0, name: agent.displayName) }
                },
                rules: .init(
                    noAnswerSeconds: rules.noAnswerSeconds, to: rules.colleague ?? "voicemail")))
    }

    private struct RingInput: Decodable {
        let number: String
        let name: String?
        let `extension`: String?
        let group: Bool?
        let queue: String?
    }

    private struct Rung: Encodable { let call: String }

    @Sendable func ring(_ request: Request, context: DeskContext) async throws -> Reply {
        let agent = try context.signedIn().agent
        let phone = try demoPhone()
        let input = try await request.json(RingInput.self)
        guard input.number.utf8.count <= 1024 else {
            throw Problem.invalid("number", "A number has at most 1,024 bytes.")
        }
        var extensions = agent.extensions
        if input.group == true {
            extensions = organisation.agents.flatMap(\.extensions)
        } else if let one = input.extension {
            extensions = [one]
        }
        guard !extensions.isEmpty, extensions.allSatisfy(Agent.isValidExtension) else {
            throw Problem.invalid(
                "extension", "There is no phone to ring. Give your account an extension first.")
        }
        let call = try await phone.ring(
            from: input.number, name: input.name.map { String($0.prefix(2048)) },
            extensions: extensions,
            queue: input.queue ?? (input.group == true ? "Everybody" : nil))
        return try .json(Rung(call: call.publicID), status: .accepted)
    }

    private struct PlayInput: Decodable {
        let script: String
        let speed: Double?
    }

    @Sendable func play(_ request: Request, context: DeskContext) async throws -> Reply {
        _ = try context.administrator()
        let phone = try demoPhone()
        let input = try await request.json(PlayInput.self)
        let speed = min(max(input.speed ?? 1, 0.1), 1000)
        do {
            let call = try await phone.play(input.script, speed: speed)
            return try .json(Rung(call: call.publicID), status: .accepted)
        } catch let fault as CallScriptFault {
            throw Problem.invalid("script", "\(fault)")
        }
    }

    private struct RulesInput: Decodable {
        let noAnswerSeconds: Double
        let to: String
    }

    @Sendable func setRules(_ request: Request, context: DeskContext) async throws -> Reply {
        _ = try context.administrator()
        let phone = try demoPhone()
        let input = try await request.json(RulesInput.self)
        guard (1...120).contains(input.noAnswerSeconds) else {
            throw Problem.invalid("noAnswerSeconds", "From 1 to 120 seconds.")
        }
        guard input.to == "voicemail" || Agent.isValidExtension(input.to) else {
            throw Problem.invalid("to", "Say voicemail, or an extension.")
        }
        var rules = try await phone.rules()
        rules.noAnswerSeconds = input.noAnswerSeconds
        rules.colleague = input.to == "voicemail" ? nil : input.to
        try await phone.set(rules)
        return .nothing
    }

    private func demoPhone() throws -> SharedDemo {
        guard let phone else { throw Problem.notFound }
        return phone
    }
}
