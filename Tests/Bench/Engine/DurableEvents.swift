import AgentDesk
import CallHandling
import CallLogging
import CallerLookup
import Calls
import Foundation
import PhoneNumbers
import Storage

/// Events into a store on the disk, each acknowledged after its synced commit: with group commit, and with
/// a commit for each. Once through the whole story (fold, look-up, parts, logs), once only kept as they
/// came: what the store itself can do.
struct DurableEvents {
    private enum Work: String, CaseIterable {
        case story = "whole story"
        case kept = "only kept"
    }

    private static let rounds = 3
    private static let senders = 256
    private static let seconds = 4.0

    func run() async throws {
        let delay = ProcessInfo.processInfo.environment["CALLMATCH_BENCH_SYNC_MS"]
        let disk = delay.map { ", sync \($0) ms slower" } ?? ""
        for work in Work.allCases {
            var grouped: [Double] = []
            var single: [Double] = []
            for _ in 1...Self.rounds {
                try await withFolder { grouped.append(try await rate(of: work, in: $0)) }
                try await withFolder {
                    single.append(try await rate(of: work, in: $0, isGrouped: false))
                }
            }
            try Figure(
                "durable events, group commit and one commit each, \(work.rawValue)\(disk)",
                unit: "events/s", ours: grouped.median, other: single.median, moreIsBetter: true,
                n: Self.rounds,
                notes: """
                    medians of \(Self.rounds) rounds of at most \(Int(Self.seconds)) s, \(Self.senders) senders, \
                    synchronous=FULL, SQLite in /var/tmp; goals: 1,000/s and 4 times
                    """
            ).show()
        }
    }

    /// Acknowledged events a second.
    private func rate(
        of work: Work, in folder: String, isGrouped: Bool = true
    ) async throws -> Double {
        var options = Database.Options()
        options.groupCommit = isGrouped
        let database = try await Database.open(
            .folder(folder),
            migrations: Organisation.migrations + CallBook.migrations
                + CallFlow.messageMigrations + Directory.migrations + LogBook.migrations,
            options: options)
        let plan = NumberingPlan(country: "DE")
        let organisation = try await Organisation.load(
            from: database, fallback: OrganisationSettings(name: "Bench", plan: plan))
        try await organisation.save(Agent(id: "ada", displayName: "Ada", extensions: ["1001"]))
        let parties = (1000...1008).map {
            Party(number: PhoneNumber("+49302312\($0)", plan: plan))
        }
        let flow = CallFlow(
            database: database, organisation: organisation, now: { Date() },
            newID: { UUID().uuidString })
        let clock = ContinuousClock()
        // The store is measured with events that are already in their form: making it is the story's part.
        let prepared = try (0..<Self.senders).map { sender in
            work == .story
                ? []
                : try (0..<(isGrouped ? 120 : 40))
                    .flatMap { Self.call("\(sender)-\($0)", from: parties) }
                    .map(KeptEvent.init)
        }
        let began = clock.now
        let end = began + .seconds(Self.seconds)
        let acknowledged = try await withThrowingTaskGroup(of: Int.self) { group in
            for sender in 0..<Self.senders {
                group.addTask {
                    var count = 0
                    for event in prepared[sender] where clock.now < end {
                        try await Self.keep(event, in: database)
                        count += 1
                    }
                    while work == .story && clock.now < end {
                        for event in Self.call("\(sender)-\(count)", from: parties) {
                            try await flow.receive([event])
                            count += 1
                        }
                    }
                    return count
                }
            }
            return try await group.reduce(0, +)
        }
        let took = (clock.now - began).milliseconds / 1000
        let figures = Dictionary(uniqueKeysWithValues: database.metrics.map { ($0.name, $0.value) })
        let busy = figures["callmatch_storage_commit_seconds_total"] ?? 0
        let commits = figures["callmatch_storage_commits_total"] ?? 0
        Progress.say(
            "\(acknowledged) events, \(Int(commits)) commits, \(busy.formatted()) s in them")
        await database.close()
        return Double(acknowledged) / took
    }

    private static func keep(_ kept: KeptEvent, in database: Database) async throws {
        let now = Date()
        try await database.write { store in
            try CallBook().keep(kept, receivedAt: now, in: store)
        }
    }

    /// A missed call: it rings and ends.
    private static func call(_ name: String, from parties: [Party]) -> [CallEvent] {
        let id = Call.ID(system: "bench", value: name)
        let party = parties[name.utf8.count % parties.count]
        let began = Date()
        return [
            CallEvent(
                call: id, leg: Leg.ID("1001"), kind: .offered, at: began, direction: .inbound,
                from: party, extension: "1001"),
            CallEvent(
                call: id, kind: .ended, at: began.addingTimeInterval(1), direction: .inbound,
                from: party, cause: HangupCause(.notAnswered)),
        ]
    }
}
