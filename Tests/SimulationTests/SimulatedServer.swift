import CallHandling
import CallLogging
import CallWebhooks
import CallerLookup
import Calls
import Foundation
import PhoneNumbers
import Records
import Storage
import Synchronization

/// Time and names for everybody: set by hand, and never by the machine.
final class SimulatedClock: Sendable {
    static let start = Date(timeIntervalSince1970: 1_790_000_000)

    private let state = Mutex((time: SimulatedClock.start, ours: 0.0, names: 0))

    /// The time that the phone system has.
    var time: Date { state.withLock { $0.time } }
    /// The time that we think it is.
    var ours: Date { state.withLock { $0.time.addingTimeInterval($0.ours) } }

    func pass(_ seconds: Double) { state.withLock { $0.time += seconds } }
    /// Our clock is set forward, or back.
    func jump(_ seconds: Double) { state.withLock { $0.ours += seconds } }
    func correct() { state.withLock { $0.ours = 0 } }

    func nextName() -> String {
        state.withLock {
            $0.names += 1
            return "id\($0.names)"
        }
    }
}

/// The product in one process, on a simulated disk: what takes events, folds calls, obeys agents and delivers logs.
struct SimulatedServer: Sendable {
    static let system = "pbx"
    static let plan = NumberingPlan(country: "DE")
    static let migrations =
        Organisation.migrations + CallBook.migrations + CallFlow.messageMigrations
        + Directory.migrations + LogBook.migrations + Leases.migrations

    let database: Database
    let flow: CallFlow
    let delivery: Delivery

    /// As a process starts: where it cannot, nothing of the disk stays open.
    static func started(
        on disk: Disk, clock: SimulatedClock, crm: CRMDouble
    ) async throws -> SimulatedServer {
        let database = try disk.open(migrations)
        do {
            return try await SimulatedServer(database: database, clock: clock, crm: crm)
        } catch {
            await database.close()
            throw error
        }
    }

    private init(database: Database, clock: SimulatedClock, crm: CRMDouble) async throws {
        self.database = database
        var policy = LogPolicy()
        // So that every conversation has a log, and what is missing is missed.
        policy.requiresMatch = false
        let organisation = try await Organisation.load(
            from: database,
            fallback: OrganisationSettings(name: "Simulated", plan: Self.plan, policy: policy))
        let flow = CallFlow(
            database: database, organisation: organisation, now: { clock.ours },
            newID: { clock.nextName() },
            clockJumps: ClockJumps(wall: { clock.ours }) {
                clock.time.timeIntervalSince(SimulatedClock.start)
            })
        self.flow = flow
        // One after the other: which of several is first would be chance.
        delivery = Delivery(database: database, sinks: [crm], home: crm.crm, lanes: 1) {
            call, store in
            try flow.restage(callID: call, in: store)
        }
        try await delivery.recover()
    }

    /// The agents and the people that are there before anything happens.
    func furnish() async throws {
        for agent in 0..<Scenario.agents {
            try await flow.organisation.save(
                Agent(
                    id: Self.agent(agent), displayName: "Agent \(agent)",
                    extensions: [Self.phone(agent)]))
        }
        let people = (0..<Scenario.people).map { person in
            Person(
                id: Self.person(person), name: "Person \(person)",
                numbers: [StoredNumber(field: "Phone", text: Self.number(person / 2))],
                changedAt: SimulatedClock.start)
        }
        let directory = flow.organisation.directory
        try await database.write { store in try directory.put(people, in: store) }
    }

    /// What `POST /api/v1/events` does with a body whose signature is right.
    func take(_ body: [UInt8], message: String) async throws {
        let batch = try OwnEvents(system: Self.system, plan: Self.plan).read(body)
        try await flow.receive(
            batch.events, message: MessageID(source: Self.system, value: message))
    }

    static func agent(_ number: Int) -> String { "agent\(number)" }
    static func phone(_ number: Int) -> String { "10\(number)" }
    static func call(_ number: Int) -> Call.ID { Call.ID(system: system, value: "call-\(number)") }
    static func person(_ number: Int) -> RecordID {
        RecordID(crm: "crm", kind: .contact, value: "p\(number)")
    }
    /// Numbers 0 and 1 belong to two people each, the others to nobody.
    static func number(_ number: Int) -> String { "+4930231250\(10 + number)" }
}
