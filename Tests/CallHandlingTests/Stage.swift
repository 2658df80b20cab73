import AgentDesk
import CallHandling
import CallLogging
import CallerLookup
import Calls
import Foundation
import PhoneNumbers
import Records
import Storage
import Synchronization
import TestStores

/// The whole story in memory: a clock that is set by hand, agents Ada and Ben, and a CRM that can refuse.
final class Stage: Sendable {
    static let start = Date(timeIntervalSince1970: 1_790_000_000)

    let database: Database
    let organisation: Organisation
    let flow: CallFlow
    let sink: TestSink
    let delivery: Delivery
    private let clock: Clock

    final class Clock: Sendable {
        private let time = Mutex((seconds: 0.0, wrong: 0.0))
        private let ids = Mutex(0)
        var seconds: Double { time.withLock { $0.seconds } }
        var now: Date { time.withLock { Stage.start + $0.seconds + $0.wrong } }
        func set(_ seconds: Double) { time.withLock { $0.seconds = seconds } }
        func jump(_ seconds: Double) { time.withLock { $0.wrong = seconds } }
        func next() -> String {
            ids.withLock {
                $0 += 1; return "id\($0)"
            }
        }
    }

    init(policy: LogPolicy = LogPolicy()) async throws {
        let clock = Clock()
        self.clock = clock
        database = try await Database.open(
            TestStore.location(),
            migrations: Organisation.migrations + CallBook.migrations
                + CallFlow.messageMigrations + Directory.migrations + LogBook.migrations
                + Leases.migrations)
        organisation = try await Organisation.load(
            from: database,
            fallback: OrganisationSettings(
                name: "Test", plan: NumberingPlan(country: "DE"), policy: policy))
        try await organisation.save(Agent(id: "ada", displayName: "Ada", extensions: ["1001"]))
        try await organisation.save(Agent(id: "ben", displayName: "Ben", extensions: ["1002"]))
        let flow = CallFlow(
            database: database, organisation: organisation, now: { clock.now },
            newID: { clock.next() },
            clockJumps: ClockJumps(wall: { clock.now }) { clock.seconds })
        self.flow = flow
        sink = TestSink()
        delivery = Delivery(database: database, sinks: [sink], home: "test", lanes: 1) {
            call, store in
            try flow.restage(callID: call, in: store)
        }
    }

    func at(_ seconds: Double) { clock.set(seconds) }
    /// The wall clock is wrong by so many seconds from now on.
    func jump(_ seconds: Double) { clock.jump(seconds) }

    func know(_ people: Person...) async throws {
        let directory = organisation.directory
        try await database.write { store in try directory.put(people, in: store) }
    }

    /// One event of the call "c".
    func event(
        _ kind: CallEvent.Kind, _ seconds: Double, _ own: String? = nil, call: String = "c",
        from: String? = "+493023125001", direction: CallDirection? = .inbound,
        cause: HangupCause.Kind? = nil
    ) -> CallEvent {
        CallEvent(
            call: Call.ID(system: "test", value: call), leg: own.map { Leg.ID($0) }, kind: kind,
            at: Self.start.addingTimeInterval(seconds), direction: direction,
            from: from.map { Party(number: PhoneNumber($0, plan: NumberingPlan(country: "DE"))) },
            extension: own, cause: cause.map { HangupCause($0) })
    }

    func happen(_ events: CallEvent...) async throws {
        for event in events {
            clock.set(event.at.timeIntervalSince(Self.start))
            try await flow.receive([event])
        }
    }

    func agent(_ id: String) throws -> Agent {
        guard let agent = organisation.agent(id) else { throw CommandRefusal.notFound }
        return agent
    }

    func call(_ value: String = "c") -> Call.ID { Call.ID(system: "test", value: value) }
    func callID(_ value: String = "c") -> String { call(value).publicID }

    func log(_ agent: String?, call: String = "c") async throws -> CallLog? {
        let id = callID(call)
        return try await database.read { store in
            try LogBook().log(callID: id, agent: agent, in: store)
        }
    }

    func stage(_ call: String = "c") async throws -> CallStage? {
        let id = callID(call)
        return try await database.read { store in try CallBook().call(id, in: store)?.stage }
    }

    func audit() async throws -> Audit {
        let kept = Set(sink.kept.map(\.key))
        return try await flow.audit { logs, _ in
            logs.map(\.key).filter { !kept.contains($0) }
        }
    }

    func deliver(at seconds: Double) async throws {
        at(seconds)
        while try await delivery.pass(now: clock.now, jitter: 0) > 0 {}
    }

    static func contact(_ value: String, _ name: String, _ number: String) -> Person {
        Person(
            id: RecordID(crm: "test", kind: .contact, value: value), name: name,
            numbers: [StoredNumber(field: "Phone", text: number)], changedAt: start)
    }
}

/// A CRM in a dictionary: what it keeps, what it was asked, and what it answers next.
final class TestSink: ActivitySink {
    let crm = "test"
    private struct State {
        var kept: [String: FiledLog] = [:]
        var asked = 0
        var answers: [FilingFailure] = []
        var isAway = false
        var locked: Set<String> = []
    }
    private let state = Mutex(State())

    var kept: [FiledLog] { state.withLock { $0.kept.values.sorted { $0.key < $1.key } } }
    /// Answers nothing.
    var isAway: Bool {
        get { state.withLock(\.isAway) }
        set { state.withLock { $0.isAway = newValue } }
    }
    /// Keys of records that are always busy.
    var locked: Set<String> {
        get { state.withLock(\.locked) }
        set { state.withLock { $0.locked = newValue } }
    }
    var asked: Int { state.withLock { $0.asked } }
    func refuse(_ failures: FilingFailure...) { state.withLock { $0.answers = failures } }

    func file(_ log: FiledLog) async throws(FilingFailure) -> FiledRecord {
        let failure: FilingFailure? = state.withLock { state in
            state.asked += 1
            if state.isAway { return .retry(reason: "no answer", after: nil) }
            if state.locked.contains(log.key) { return .retry(reason: "locked", after: nil) }
            return state.answers.isEmpty ? nil : state.answers.removeFirst()
        }
        if let failure { throw failure }
        state.withLock { state in
            if (state.kept[log.key]?.version ?? 0) <= log.version { state.kept[log.key] = log }
        }
        return FiledRecord(
            id: RecordID(crm: "test", kind: .activity, value: log.key), url: "/\(log.key)")
    }
}
