package import Calls
import Credentials
package import Foundation
package import PhoneNumbers
package import PhoneSystem

/// One Asterisk: what it says becomes call events, and what the agents say becomes actions.
package actor AsteriskPhone: ConnectedPhoneSystem {
    package nonisolated let system: String
    let settings: AsteriskSettings
    /// One value for all connections: it knows the calls that go on while there is none.
    var calls: AsteriskCalls
    /// `nil` while there is none that is logged in and has been taken stock of.
    var connection: AMIConnection?
    var state = AsteriskState()
    let now: @Sendable () -> Date
    /// What our own channel ids begin with: another start must not use them again.
    let ownPrefix: String
    /// The agents' phones, by extension.
    private var phones: [MissingPhone] = []
    private var lastAction = 0
    /// Events that are not stored yet, in order. It outlives a connection: they are not told twice.
    private var outbox: [CallEvent] = []
    private var strange = StrangeMessages()

    /// A phone system that hangs is noticed after two of these: the pause, and the time to answer.
    static let pingSeconds: Int64 = 5
    /// How often the store is asked again when it did not take events.
    private static let retryMilliseconds: Int64 = 500
    /// Events handed on at once: what the store takes in one commit.
    private static let mostAtOnce = 64

    package init(
        _ settings: AsteriskSettings, plan: NumberingPlan, now: @escaping @Sendable () -> Date
    ) {
        self.settings = settings
        self.now = now
        system = settings.name
        // Two servers may start in the same second.
        ownPrefix =
            "callmatch-\(Int(now().timeIntervalSince1970))-\(UUID().uuidString.prefix(8).lowercased())"
        calls = AsteriskCalls(
            system: settings.name, lines: settings.lines(of: []), plan: plan)
    }

    package func serve(extensions: Set<String>, plan: NumberingPlan) async {
        calls.lines = settings.lines(of: extensions)
        calls.plan = plan
        phones = extensions.sorted().flatMap { line in
            settings.endpoints(of: line).map { MissingPhone(extension: line, name: $0) }
        }
        if let connection { try? await checkLines(on: connection) }
    }

    package func condition() -> PhoneSystemCondition {
        state.condition(
            of: settings, calls: calls, strange: strange,
            waiting: outbox.count + (connection?.waiting ?? 0))
    }

    package func run(
        _ receive: @escaping @Sendable ([CallEvent]) async throws -> Void,
        unknown: @escaping @Sendable ([UnknownReport]) async throws -> Void,
        stock: @escaping @Sendable (CallStock) async throws -> Void
    ) async throws {
        // Another server may have listened meanwhile: what was not stored then is known better there.
        calls = AsteriskCalls(system: system, lines: calls.lines, plan: calls.plan)
        outbox = []
        strange = StrangeMessages()
        state = AsteriskState()
        state.started()
        var pause = Pause()
        while !Task.isCancelled {
            do {
                try await listen(for: Hearers(receive: receive, unknown: unknown, stock: stock)) {
                    pause = Pause()
                }
            } catch is CancellationError {
                return
            } catch {
                state.lost(error as? AMILoss ?? .unreachable("\(error)"), at: now())
            }
            try? await ContinuousClock().sleep(for: pause.next())
        }
    }

    /// Who is told what is heard.
    private struct Hearers: Sendable {
        let receive: @Sendable ([CallEvent]) async throws -> Void
        let unknown: @Sendable ([UnknownReport]) async throws -> Void
        let stock: @Sendable (CallStock) async throws -> Void
    }

    /// One connection, from the login until it is lost.
    private func listen(for hearers: Hearers, onConnect: () -> Void) async throws {
        let connection = try await AMIConnection.open(
            host: settings.host, port: settings.port, trust: settings.trust)
        defer {
            connection.close(.closed)
            self.connection = nil
        }
        try await logIn(on: connection)
        let rights = try await rights(on: connection)
        // Events wait in the inbox meanwhile: the snapshot comes first, then what happened since.
        let statuses = try await ask(try .status(id: nextAction()), on: connection)
        let phoneNow = try await clock(of: connection)
        outbox += calls.snapshot(
            statuses, at: phoneNow, lostAt: state.lostAt?.addingTimeInterval(state.clockDifference))
        let known = CallStock(system: system, legs: calls.liveLegs, at: phoneNow)
        state.connected(connection.banner, rights: rights)
        self.connection = connection
        releaseStranded()
        try await checkLines(on: connection)
        onConnect()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.keepAlive(connection) }
            group.addTask {
                try await self.deliver(to: hearers)
                try await Self.untilStored { try await hearers.stock(known) }
                try await self.follow(connection, for: hearers)
            }
            try await group.next()
            group.cancelAll()
        }
        throw connection.loss ?? .closed
    }

    private func follow(_ connection: AMIConnection, for hearers: Hearers) async throws {
        for await _ in connection.wakes {
            for message in connection.take() { take(message) }
            try await deliver(to: hearers)
        }
    }

    private func take(_ message: AMIMessage) {
        let events = calls.apply(message)
        releaseStranded()
        if message.event != nil { state.hasHeardEvent = true }
        strange.note(message)
        guard !events.isEmpty else { return }
        state.told(events.count, at: now())
        outbox += events
    }

    /// Hands events on until they are stored. What arrives meanwhile waits in the bounded inbox.
    private func deliver(to hearers: Hearers) async throws {
        while !outbox.isEmpty {
            let batch = Array(outbox.prefix(Self.mostAtOnce))
            try await Self.untilStored { try await hearers.receive(batch) }
            outbox.removeFirst(batch.count)
        }
        while !strange.waiting.isEmpty {
            let unknown = strange.waiting
            try await Self.untilStored { try await hearers.unknown(unknown) }
            strange.stored(unknown.count)
        }
    }

    private static func untilStored(_ work: @Sendable () async throws -> Void) async throws {
        while true {
            do {
                return try await work()
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                try await ContinuousClock().sleep(for: .milliseconds(retryMilliseconds))
            }
        }
    }

    /// A phone system that hangs keeps its connection open and says nothing.
    private func keepAlive(_ connection: AMIConnection) async throws {
        while connection.loss == nil {
            try await ContinuousClock().sleep(for: .seconds(Self.pingSeconds))
            do {
                let time = try await clock(of: connection)
                try await checkHearing(on: connection, at: time)
            } catch let loss as AMILoss {
                connection.close(loss)
            }
        }
    }

    /// A user without the class `call` in its `read` is told nothing, and no action says so: it shows when there
    /// are calls of which nothing was heard. Asked only while nothing has been heard at all.
    private func checkHearing(on connection: AMIConnection, at time: Date) async throws {
        guard !state.hasHeardEvent else { return }
        let statuses = try await ask(try .status(id: nextAction()), on: connection)
        state.isDeaf = !state.hasHeardEvent && calls.hasUnheard(statuses)
    }

    /// The phone system's time now; how much it differs from ours is noted.
    func clock(of connection: AMIConnection) async throws -> Date {
        let pong = try await ask(try .ping(id: nextAction()), on: connection)
        let now = now()
        guard let text = pong.first?["Timestamp"], let time = AMITime.microseconds(text) else {
            return now.addingTimeInterval(state.clockDifference)
        }
        let phone = AMITime.date(time)
        state.clockDifference = phone.timeIntervalSince(now)
        return phone
    }

    private func logIn(on connection: AMIConnection) async throws {
        let challenge: [AMIMessage]
        do {
            challenge = try await ask(try .challenge(id: nextAction()), on: connection)
        } catch {
            throw connection.banner == nil ? AMILoss.mute : error
        }
        let text = challenge.first?["Challenge"] ?? ""
        let key = LegacyDigest.md5(of: Array((text + settings.secret.revealed()).utf8))
        let answer = try await connection.ask(
            try .login(user: settings.user, key: key, id: nextAction()))
        guard answer.first?.response == "Success" else { throw AMILoss.wrongPassword }
    }

    /// The actions that this user may send.
    private func rights(on connection: AMIConnection) async throws -> Set<String> {
        let answer = try await ask(try AMIAction("ListCommands", id: nextAction()), on: connection)
        return Set(answer.first?.fields.map(\.key) ?? [])
    }

    /// Which of the agents' phones the phone system does not know. Where it cannot say, none.
    private func checkLines(on connection: AMIConnection) async throws {
        var missing: [MissingPhone] = []
        for phone in phones {
            let answer = try await connection.ask(
                try AMIAction(
                    "Getvar", id: nextAction(),
                    [.init("Variable", "DEVICE_STATE(PJSIP/\(phone.name))")]))
            if answer.first?["Value"] == "INVALID" { missing.append(phone) }
        }
        state.missing = missing
    }

    /// An answer that is no refusal.
    func ask(_ action: AMIAction, on connection: AMIConnection) async throws -> [AMIMessage] {
        let answer = try await connection.ask(action)
        if let first = answer.first, first.isError {
            throw AMILoss.refused(
                action: action.name, reason: first["Message"] ?? "no reason given")
        }
        return answer
    }

    /// Whether something became true of the calls within some seconds.
    func hears(
        within seconds: Int, _ holds: (AsteriskCalls) -> Bool
    ) async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while !holds(calls) {
            guard ContinuousClock.now < deadline else { return false }
            try await ContinuousClock().sleep(for: .milliseconds(20))
        }
        return true
    }

    func nextAction() -> String {
        lastAction += 1
        return "cm-\(lastAction)"
    }

    /// Pauses between two attempts: the first within a second, none longer than 15 s, and never the same for
    /// all who lost the connection at once.
    private struct Pause {
        private var seconds = 0.5

        mutating func next() -> Duration {
            defer { seconds = min(seconds * 2, 12) }
            return .seconds(seconds * Double.random(in: 0.8...1.2))
        }
    }
}
