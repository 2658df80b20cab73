import AgentDesk
import BuiltInCRM
import CRM
import CallHandling
import CallLogging
package import CallerLookup
import Credentials
package import Foundation
import PhoneNumbers
import PhoneSystem
package import Records
import ScriptedCalls
import Storage

/// What can be asked from the command line, whether a server runs or not.
package enum OperatorCommand: Codable, Sendable {
    case userAdd(name: String, displayName: String?, extensions: [String], isAdministrator: Bool)
    case userLink(name: String)
    case sourceAdd(name: String, dialect: String)
    case explain(number: String, country: String?)
    case importFile(name: String, file: Data, kind: RecordID.Kind?, isDryRun: Bool)
    case play(script: String, speed: Double)
    case audit
    case doctor
    /// A page: `HeldPage`.
    case export(number: String, after: String?)
    case erase(number: String)
    case backup(path: String)
}

/// The answer: JSON that the command prints or puts into words.
package struct OperatorReply: Codable, Sendable {
    /// The JSON text.
    package let json: String
    /// False when a problem was found: the exit status is 1.
    package let isFine: Bool

    init(_ value: some Encodable, isFine: Bool = true) throws {
        json = String(decoding: try JSON.encoder.encode(value), as: UTF8.self)
        self.isFine = isFine
    }
}

/// A page of what is held of a number. Calls and messages are JSON texts, so that whoever prints them need not read them.
package struct HeldPage: Codable, Sendable {
    package let number: String
    package let calls: [String]
    package let messages: [String]
    /// Where the next page begins; `nil` after the last one.
    package let next: String?

    init(_ held: HeldData) throws {
        number = held.number
        calls = try held.calls.map { String(decoding: try JSON.encoder.encode($0), as: UTF8.self) }
        messages = try held.messages.map {
            String(decoding: try JSON.encoder.encode($0), as: UTF8.self)
        }
        next = held.next
    }
}

/// Carries out commands of the command line on an open CallMatch.
package struct Operator: Sendable {
    private let app: CallMatch
    private let threads: ThreadReserve?

    /// - Parameter threads: those of the server that runs, if one does.
    package init(_ app: CallMatch, threads: ThreadReserve? = nil) {
        self.app = app
        self.threads = threads
    }

    package func perform(_ command: OperatorCommand) async throws -> OperatorReply {
        switch command {
        case .userAdd(let name, let displayName, let extensions, let isAdministrator):
            try await addUser(name, displayName, extensions, isAdministrator)
        case .userLink(let name): try await link(for: name)
        case .sourceAdd(let name, let dialect): try await addSource(name, dialect)
        case .explain(let number, let country): try await explain(number, country)
        case .importFile(let name, let file, let kind, let isDryRun):
            try await importFile(name, file, kind, isDryRun)
        case .play(let script, let speed): try await play(script, speed)
        case .audit: try await audit()
        case .doctor: try await doctor()
        case .export(let number, let after): try await export(number, after: after)
        case .erase(let number):
            try OperatorReply(try await app.flow.erase(try looked(up: number)))
        case .backup(let path): try await backup(to: path)
        }
    }

    private func export(_ number: String, after: String?) async throws -> OperatorReply {
        try OperatorReply(
            HeldPage(try await app.flow.export(try looked(up: number), after: after)))
    }

    private func addUser(
        _ name: String, _ displayName: String?, _ extensions: [String], _ isAdministrator: Bool
    ) async throws -> OperatorReply {
        guard Agent.isValidID(name) else {
            throw CommandRefusal.invalid(
                field: "name",
                "“\(name.prefix(40))” cannot be a name: use 1 to 40 small letters, digits, . _ or -."
            )
        }
        guard app.organisation.agent(name) == nil else {
            throw CommandRefusal.invalid(field: "name", "There is a user “\(name)” already.")
        }
        guard extensions.allSatisfy(Agent.isValidExtension) else {
            throw CommandRefusal.invalid(field: "extension", "An extension has 1 to 15 digits.")
        }
        let agent = Agent(
            id: name, displayName: displayName ?? name.capitalized,
            role: isAdministrator ? .administrator : .agent, extensions: extensions)
        try await app.organisation.save(agent)
        return try OperatorReply(AgentView(agent))
    }

    private struct LinkReply: Encodable {
        let url: String
        let expiresAt: Date
    }

    private func link(for name: String) async throws -> OperatorReply {
        guard let agent = app.organisation.agent(name), !agent.isDisabled else {
            let known = app.organisation.agents.filter { !$0.isDisabled }.map(\.id)
            throw CommandRefusal.invalid(
                field: "name",
                "There is no user “\(name.prefix(40))”. Users: \(known.joined(separator: ", ")).")
        }
        let (token, expiresAt) = try await app.sessions.link(for: agent.id)
        return try OperatorReply(
            LinkReply(
                url: "\(app.options.address)/sign-in/link/\(token.revealed())",
                expiresAt: expiresAt))
    }

    private func addSource(_ name: String, _ dialect: String) async throws -> OperatorReply {
        guard let known = EventSource.Dialect(rawValue: dialect) else {
            let all = EventSource.Dialect.allCases.map(\.rawValue).joined(separator: ", ")
            throw CommandRefusal.invalid(field: "dialect", "A dialect is one of: \(all).")
        }
        return try OperatorReply(
            try await NewSource(
                name: name, dialect: known, in: app.sources, address: app.options.address,
                now: app.now()))
    }

    private func explain(_ text: String, _ country: String?) async throws -> OperatorReply {
        var directory = app.organisation.directory
        if let country {
            guard NumberingPlan.isKnown(country: country.uppercased()) else {
                throw CommandRefusal.invalid(
                    field: "country", "“\(country.prefix(10))” is no country. Give two letters: DE."
                )
            }
            directory.plan.country = country.uppercased()
        }
        let number = PhoneNumber(text, plan: directory.plan)
        let lookup = directory
        return try OperatorReply(
            try await app.database.read { store in
                try Explanation(of: number, by: lookup, in: store)
            })
    }

    private func importFile(
        _ name: String, _ file: Data, _ kind: RecordID.Kind?, _ isDryRun: Bool
    ) async throws -> OperatorReply {
        let job = try Import(
            id: app.flow.newID(), name: name, kind: kind, file: Array(file))
        let done = try await app.crm.run(job, isDryRun: isDryRun)
        let report = done.report
        return try OperatorReply(report, isFine: report.refused == 0 && report.failure == nil)
    }

    private struct PlayReply: Encodable { let call: String }

    private func play(_ text: String, _ speed: Double) async throws -> OperatorReply {
        guard let phone = app.demoPhone else {
            throw CommandRefusal.invalid(
                field: "file", "Call scripts are played in a sample organisation only.")
        }
        do {
            let call = try await phone.play(text, speed: min(max(speed, 0.1), 1000))
            return try OperatorReply(PlayReply(call: call.publicID))
        } catch let fault as CallScriptFault {
            throw CommandRefusal.invalid(field: "file", "\(fault)")
        }
    }

    private func audit() async throws -> OperatorReply {
        var audit = try await app.audit(since: .distantPast)
        audit.phoneSystems = await app.phoneDifferences()
        return try OperatorReply(audit, isFine: audit.isFine)
    }

    private struct Finding: Encodable {
        let part: String
        let state: String
        let text: String
    }

    private func doctor() async throws -> OperatorReply {
        let health = app.database.health
        let people = try await app.database.read {
            try app.organisation.directory.peopleCount(in: $0)
        }
        let sources = try await app.sources.all()
        let lines = app.organisation.agents.filter {
            !$0.isDisabled && ($0.role == .agent || !$0.extensions.isEmpty)
        }
        let withoutPhone = lines.filter(\.extensions.isEmpty).map(\.id)
        let findings = [
            Finding(
                part: "store", state: health.isWritable ? "green" : "red",
                text: health.reason ?? "Writes are durable."),
            await phoneSystems(sources: sources.count),
            Finding(
                part: "crm", state: people > 0 ? "green" : "red",
                text: people > 0
                    ? "\(people) people in the directory."
                    : app.link.map { "Nobody has come in from \($0.crm.product) yet." }
                        ?? "Nobody to match. Import contacts: callmatch import FILE.csv"),
            Finding(
                part: "panel", state: withoutPhone.isEmpty && !lines.isEmpty ? "green" : "red",
                text: lines.isEmpty
                    ? "No agents. Add one: callmatch user add NAME --extension 1001"
                    : withoutPhone.isEmpty
                        ? "\(lines.count) agent(s) with phones."
                        : "Without an extension: \(withoutPhone.joined(separator: ", "))."),
        ]
        let all = findings + system() + (await connectedCRM())
        return try OperatorReply(all, isFine: all.allSatisfy { $0.state == "green" })
    }

    /// What the machine does not give the server that runs; nothing while it gives enough.
    private func system() -> [Finding] {
        threads?.problem.map { [Finding(part: "threads", state: "red", text: $0)] } ?? []
    }

    /// Each step of the set-up of a CRM that we connect to.
    private func connectedCRM() async -> [Finding] {
        guard let crm = app.link?.crm else { return [] }
        return await crm.checks().map { check in
            Finding(
                part: "crm: \(check.name)", state: check.isGood ? "green" : "red",
                text: check.text)
        }
    }

    private func phoneSystems(sources: Int) async -> Finding {
        var texts: [String] = []
        var isGood = true
        for (system, condition) in await PhoneSystemCondition.all(
            of: app.phoneSystems.map(\.shared))
        {
            isGood = isGood && condition.isGood
            texts.append("\(system): \(condition.text)")
        }
        if sources > 0 { texts.append("\(sources) event source(s).") }
        if app.demoPhone != nil && texts.isEmpty {
            texts.append("The demo phone of the sample organisation.")
        }
        if texts.isEmpty {
            isGood = false
            texts.append("None. Add one: callmatch source add NAME --dialect callmatch")
        }
        return Finding(
            part: "phone systems", state: isGood ? "green" : "red",
            text: texts.joined(separator: " "))
    }

    private func backup(to path: String) async throws -> OperatorReply {
        do {
            try await StoreMove(logger: app.logger).backUp(app.database, to: path)
        } catch let failure as StorageFailure where failure.fault == .administrator {
            throw CommandRefusal.invalid(field: "file", "\(failure)")
        }
        return try OperatorReply(["path": path])
    }

    private func looked(up text: String) throws -> PhoneNumber {
        let number = PhoneNumber(text, plan: app.organisation.settings.plan)
        guard number.key != nil else {
            throw CommandRefusal.invalid(
                field: "number", "“\(text.prefix(40))” is no number that anything is kept under.")
        }
        return number
    }
}

/// Who a caller would be, and why: the JSON of `callmatch explain`.
package struct Explanation: Codable, Sendable {
    package struct Number: Codable, Sendable {
        package let presented: String
        package let e164: String?
        package let `extension`: String?
        package let kind: String
    }

    package struct Who: Codable, Sendable {
        package let kind: RecordID.Kind
        package let id: String
        package let name: String
        package let account: String?
        package let evidence: [Evidence]
    }

    package let number: Number
    package let outcome: Match.Outcome
    package let candidates: [Who]

    init(of number: PhoneNumber, by directory: Directory, in store: ReadTransaction) throws {
        let match = try directory.match(number, in: store)
        let people = try directory.people(match.candidates.map(\.id), in: store)
        self.number = Number(
            presented: number.presented, e164: number.e164, extension: number.extension,
            kind: number.kind.rawValue)
        outcome = match.outcome
        candidates = match.candidates.compactMap { candidate in
            people[candidate.id].map { person in
                Who(
                    kind: person.id.kind, id: person.id.value, name: person.name,
                    account: person.company, evidence: candidate.evidence)
            }
        }
    }
}
