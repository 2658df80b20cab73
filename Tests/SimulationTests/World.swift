import CallHandling
import CallLogging
import Calls
import Credentials
import Foundation
import PhoneSystem
import Records

@testable import Storage

/// Plays a scenario against the real product: our processes come and go, the phone system, the disk and the CRM remain.
///
/// Two phases: what the scenario says, then everything is well again and has 120 seconds to come to rest. Everything is done
/// by one task, one thing after the other, so the same scenario gives the same trace.
actor World {
    let clock = SimulatedClock()
    let crm = CRMDouble()
    let disk: Disk
    /// `nil` while it cannot start, since the disk is full.
    private var current: SimulatedServer?
    private(set) var phones = PhoneLedger()
    /// What agents were told is kept: the notes of a log, or one of several where no answer came.
    private(set) var notes: [LogName: Set<String>] = [:]
    private(set) var trace: [String] = []
    private(set) var complaints: [String] = []
    private(set) var processes = 1
    private var powerAtEnd: UInt64?
    /// The process is to end, or to meet an error of the disk, which it may do while it starts.
    private var isToFail = false
    private var frozen: [Delivery.Claim] = []

    /// Whose log of which call.
    struct LogName: Hashable {
        let call: Int
        let agent: Int
    }

    private struct NobodyThere: Error {}

    init() async throws {
        disk = try Disk()
        let server = try await SimulatedServer.started(on: disk, clock: clock, crm: crm)
        try await server.furnish()
        current = server
    }

    var server: SimulatedServer {
        get throws {
            guard let current else { throw NobodyThere() }
            return current
        }
    }

    /// SHA-256 of everything that happened.
    var digest: String { Digest(of: Array(trace.joined(separator: "\n").utf8)).hex }

    func note(_ line: String) { trace.append(line) }
    func complain(_ line: String) { complaints.append(line) }

    /// One step, and the process begins anew where it has ended.
    func play(_ step: Step) async throws {
        if current == nil { try await start() }
        let outcome = await attempt(step)
        note("\(step) → \(outcome)")
        try await settle()
    }

    private func attempt(_ step: Step) async -> String {
        do {
            return try await perform(step)
        } catch is NobodyThere {
            return "nobody there"
        } catch let refusal as CommandRefusal {
            return "refused: \(refusal)"
        } catch let failure as StorageFailure {
            // Which of the statements met the end says nothing.
            return disk.hasEnded ? "the process ended" : "failed: \(failure.reach)"
        } catch {
            complain("\(step): \(error)")
            return "\(error)"
        }
    }

    private func perform(_ step: Step) async throws -> String {
        switch step {
        case .say(let saying, let way):
            return try await send(phones.say(saying, at: clock.time), way)
        case .resend:
            for message in phones.waiting { _ = try await send(message, .fine) }
        case .pass(let seconds):
            clock.pass(seconds)
            try await server.flow.passTime()
        case .deliver(let troubles):
            crm.plan(troubles)
            defer { crm.plan([]) }
            return "\(try await server.delivery.pass(now: clock.ours, jitter: 0))"
        case .crmIsAway(let isAway): crm.isAway(isAway)
        case .freeze:
            let claims = try await server.delivery.claim(now: clock.ours)
            frozen += claims
            return "\(claims.count)"
        case .wake: try await wake()
        case .note, .choose, .back, .done, .retry: return try await command(step)
        case .reconnect: return "\(try await reconnect())"
        case .jump(let seconds): clock.jump(seconds)
        case .fillDisk: disk.fill()
        case .emptyDisk: disk.empty()
        case .end(let after, let power):
            disk.end(at: after)
            (powerAtEnd, isToFail) = (power, true)
        case .failSync(let after, let power):
            disk.failSync(from: after)
            (powerAtEnd, isToFail) = (power, true)
        }
        return "done"
    }

    // MARK: - The phone system

    private func send(_ message: PhoneLedger.Message, _ way: Way) async throws -> String {
        if way == .lost { return "lost" }
        try await server.take(message.body, message: message.id)
        if way == .twice { try await server.take(message.body, message: message.id) }
        if way != .unanswered { phones.acknowledge(message.id) }
        return "taken"
    }

    private func reconnect() async throws -> Int {
        try await server.flow.takeStock(phones.stock(at: clock.time))
    }

    // MARK: - Agents

    private func command(_ step: Step) async throws -> String {
        switch step {
        case .note(let agent, let call, let text):
            return try await write("note \(text)", agent: agent, call: call)
        case .choose(let agent, let call, let person):
            try await server.flow.choose(
                SimulatedServer.person(person), for: Self.name(call), by: who(agent))
        case .back(let agent, let call):
            try await server.flow.unchoose(Self.name(call), by: who(agent))
        case .done(let agent, let call):
            try await server.flow.done(Self.name(call), by: who(agent))
        case .retry(let agent, let call):
            try await server.flow.retry(Self.name(call), by: who(agent))
        default: break
        }
        return "done"
    }

    /// An edit of the log as the agent's window shows it.
    private func write(_ text: String, agent: Int, call: Int) async throws -> String {
        let id = Self.name(call)
        let agentID = SimulatedServer.agent(agent)
        let log = try await server.database.read { store in
            try LogBook().log(callID: id, agent: agentID, in: store)
        }
        guard let log else { return "no log" }
        let name = LogName(call: call, agent: agent)
        // Until we hear of it, it may be kept or not.
        notes[name, default: [""]].insert(text)
        let version = try await server.flow.edit(
            LogEdit(notes: text), version: log.version, of: id, by: who(agent))
        notes[name] = [text]
        return "version \(version)"
    }

    private func who(_ agent: Int) throws -> Agent {
        guard let agent = try server.flow.organisation.agent(SimulatedServer.agent(agent)) else {
            throw CommandRefusal.notFound
        }
        return agent
    }

    static func name(_ call: Int) -> String { SimulatedServer.call(call).publicID }

    // MARK: - Workers

    /// Whoever stood still goes on where it was: asks the CRM, and marks what it said.
    private func wake() async throws {
        let server = try server
        let claims = frozen
        frozen = []
        for claim in claims {
            let answer = await server.delivery.ask(claim)
            try await server.delivery.mark(claim, as: answer, now: clock.ours, jitter: 0)
        }
    }

    // MARK: - Processes

    /// Waits for the housekeeping after the last commit. When the process has ended by now, the next one begins.
    private func settle() async throws {
        guard let database = current?.database else { return }
        _ = try? await database.write { _ in }
        if case .failed = database.health.state { disk.end() }
        guard disk.hasEnded else { return }
        await database.close()
        current = nil
        end(with: "ended")
        try await start()
    }

    private func end(with word: String) {
        disk.restart(power: powerAtEnd)
        note("process \(processes) \(word)")
        (powerAtEnd, isToFail) = (nil, false)
        processes += 1
    }

    private func start() async throws {
        do {
            current = try await SimulatedServer.started(on: disk, clock: clock, crm: crm)
        } catch StorageFailure.diskFull {
            note("process \(processes) cannot start: the disk is full")
            // Its end came while it closed its files.
            if disk.hasEnded { end(with: "ended without a start") }
        } catch let failure as StorageFailure {
            guard isToFail else { throw failure }
            end(with: "ended while it started")
            try await start()
        }
    }

    /// Nothing of the disk is used any more.
    func close() async { await current?.database.close() }

    // MARK: - The second phase

    /// Everything is well again, for 120 seconds.
    func heal() async throws {
        disk.empty()
        disk.end(at: 0)
        isToFail = false
        crm.isAway(false)
        clock.correct()
        try await play(.wake)
        try await play(.resend)
        phones.hangUp()
        try await play(.reconnect)
        for _ in 0..<120 {
            try await play(.pass(1))
            try await play(.deliver([]))
        }
    }
}
