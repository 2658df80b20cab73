import CallHandling
import CallLogging
import Calls
import Foundation
import Logging
import SeededChance
import Storage
import Synchronization

/// Takes a recorded event log through the whole path, from the intake to the filed log, in a store in memory and by a clock
/// that stands where the events say.
///
/// Each extension of the log is an agent's phone, and every conversation is logged, whoever called.
package struct Replay: Sendable {
    private let log: EventLog
    private let country: String

    /// - Parameter country: in which numbers without a country are read.
    package init(_ log: EventLog, country: String) {
        self.log = log
        self.country = country
    }

    /// - Parameter shuffles: how many other orders of arrival must end in the same calls and logs.
    /// - Parameter seed: by which the orders are drawn.
    package func run(shuffles: Int, seed: UInt64) async throws -> ReplayReport {
        let stage = try await ReplayStage(log, country: country)
        var report = ReplayReport(log)
        for entry in log.entries {
            try await stage.pass(until: entry.at)
            report.repeated += try await stage.receive(entry)
        }
        try await stage.pass(until: stage.clock.now.addingTimeInterval(Clockwork.silence + 1))
        report.leftLive = try await stage.count("select count(*) from call where stage = 'live'")
        try await stage.passToTheEnd()
        try await stage.tell(&report)
        report.faults = try await stage.faults()
        await stage.close()
        guard shuffles > 0 else { return report }
        let usual = try await outcome(of: log.entries)
        var chance = SplitMix64(seed: seed)
        for number in 1...shuffles {
            let other = try await outcome(of: log.entries.shuffled(using: &chance))
            if let difference = other.difference(from: usual) {
                report.faults.append(
                    "Order \(number) of arrival (--seed \(seed)) ends otherwise: \(difference).")
            }
            report.orders += 1
        }
        return report
    }

    /// What is stored in the end when everything arrives at once, in this order.
    private func outcome(of entries: [EventLog.Entry]) async throws -> [String] {
        let stage = try await ReplayStage(log, country: country)
        stage.clock.move(to: log.events.map(\.at).max() ?? .distantPast)
        for entry in entries { _ = try await stage.receive(entry) }
        try await stage.passToTheEnd()
        let outcome = try await stage.outcome()
        await stage.close()
        return outcome
    }
}

extension [String] {
    /// The first that is in one of the two alone, in words.
    fileprivate func difference(from usual: [String]) -> String? {
        if let added = first(where: { !usual.contains($0) }) { return "it has “\(added)”" }
        return usual.first { !contains($0) }.map { "it lacks “\($0)”" }
    }
}

/// One run: the product in memory, and its clock.
struct ReplayStage: Sendable {
    /// Time as the log has it. It never goes back.
    final class Clock: Sendable {
        private let time: Mutex<Date>

        init(_ start: Date) { time = Mutex(start) }

        var now: Date { time.withLock { $0 } }
        func move(to date: Date) { time.withLock { $0 = max($0, date) } }
    }

    let clock: Clock
    private let app: CallMatch

    init(_ log: EventLog, country: String) async throws {
        let clock = Clock(log.events.map(\.at).min() ?? .distantPast)
        self.clock = clock
        var options = ServerOptions(dataFolder: "")
        options.isInMemory = true
        options.first = .empty
        options.country = country
        let silent = Logger(label: "callmatch.replay") { _ in SwiftLogNoOpLogHandler() }
        app = try await CallMatch.open(options, logger: silent, time: { clock.now })
        let organisation = app.organisation
        _ = try await organisation.change(from: organisation.settings.version) { settings in
            settings.policy.requiresMatch = false
        }
        for own in log.extensions where Agent.isValidExtension(own) {
            try await organisation.save(
                Agent(id: "phone-\(own)", displayName: own, role: .agent, extensions: [own]))
        }
    }

    func close() async { await app.database.close() }

    /// - Returns: how many of the events were known already.
    func receive(_ entry: EventLog.Entry) async throws -> Int {
        let before = try await count("select count(*) from call_event")
        clock.move(to: entry.at)
        try await app.flow.receive(entry.events, unknown: entry.unknown)
        return entry.events.count - (try await count("select count(*) from call_event") - before)
    }

    func count(_ question: SQL) async throws -> Int {
        try await app.database.read { try $0.count(question) }
    }

    // MARK: - Time

    /// Lets time pass as the server would, in steps while something may be due.
    func pass(until end: Date) async throws {
        let since = clock.now
        while clock.now < end {
            guard try await isBusy() else { return clock.move(to: end) }
            // Ends that silence tells, and wrap-ups, are matters of seconds; a lost end is one of hours.
            let step: TimeInterval = clock.now.timeIntervalSince(since) < 120 ? 1 : 60
            clock.move(to: min(end, clock.now.addingTimeInterval(step)))
            try await app.flow.passTime()
            while try await app.delivery.pass(now: clock.now, jitter: 0) > 0 {}
        }
    }

    func passToTheEnd() async throws {
        let longest = Clockwork.longestCall + Double(LogPolicy.wrapUpRange.upperBound) + 600
        try await pass(until: clock.now.addingTimeInterval(longest))
    }

    private func isBusy() async throws -> Bool {
        try await count("select count(*) from call where stage in ('live', 'open', 'ready')") > 0
    }

    // MARK: - What came of it

    func tell(_ report: inout ReplayReport) async throws {
        report.calls = try await count("select count(*) from call")
        report.answered = try await count(
            """
            select count(*) from call where exists (
                select 1 from call_part where call_id = call.id and answered_at is not null)
            """)
        report.logs = try await count("select count(*) from call_log where stage = 'delivered'")
        report.missed = try await count("select count(*) from call_log where agent is null")
        report.talkSeconds = try await count("select sum(seconds) from call_log")
        report.longestSeconds = try await count("select max(seconds) from call_log")
    }

    /// What must not be, in words.
    func faults() async throws -> [String] {
        let audit = try await app.audit(since: .distantPast)
        let unfinished = audit.calls - audit.delivered - audit.unlogged
        let found: [(Int, String)] = [
            (audit.unexplained, "calls do not stand where their events and logs say"),
            (unfinished, "calls did not come to their end"),
            (
                try await count(
                    """
                    select count(*) from (
                        select call_id from call_log group by call_id, agent having count(*) > 1) as twice
                    """), "conversations are logged twice"
            ),
            (
                try await count("select count(*) from call_log where stage = 'delivered'")
                    - (try await count(
                        "select count(*) from crm_activity where call_key is not null")),
                "logs are not one record each"
            ),
            (
                try await count(
                    "select count(*) from call where ended_at < started_at or silent_since < started_at"
                ), "calls end before they begin"
            ),
            (
                try await count(
                    """
                    select count(*) from call_part where answered_at < offered_at
                        or ended_at < offered_at or ended_at < answered_at
                    """), "phones stop before they start"
            ),
            (
                try await count("select count(*) from call_log where seconds < 0"),
                "conversations last less than nothing"
            ),
        ]
        return found.filter { $0.0 != 0 }.map { "\(abs($0.0)) \($0.1)." }
    }

    /// Everything that is stored of calls, but for our own ids and when and in which order it was received.
    func outcome() async throws -> [String] {
        try await app.database.read { store in
            let calls = try store.rows("select value, stage, json from call order by value").map {
                "call \(try $0.text("value")): \(try $0.text("stage")) \(try $0.text("json"))"
            }
            let parts = try store.rows(
                """
                select call.value, part.agent, part.state, part.outcome, part.offered_at,
                    part.answered_at, part.ended_at
                from call_part as part join call on call.id = part.call_id
                order by call.value, part.agent
                """
            ).map { row in
                let times = try ["offered_at", "answered_at", "ended_at"].map {
                    "\(try row.optionalInt($0) ?? 0)"
                }
                return """
                    phone of \(try row.text("value")): \(try row.text("agent")) \
                    \(try row.text("state")) \(try row.optionalText("outcome") ?? "") \
                    \(times.joined(separator: " "))
                    """
            }
            let logs = try store.rows(
                "select * from call_log order by call_value, agent is null, agent"
            ).map { row in
                """
                log of \(try row.text("call_value")): \(try row.optionalText("agent") ?? "missed") \
                \(try row.text("stage")) \(try row.text("subject")) \(try row.text("number")) \
                \(try row.text("outcome")) \(try row.text("direction")) \
                \(try row.int("started_at")) \(try row.int("seconds"))
                """
            }
            return calls + parts + logs
        }
    }
}
