import CallLogging
import Foundation
import Records
import SeededChance
import Testing

@testable import Salesforce

/// Two thousand logs through everything that goes wrong: one Task for each, the newest version, none doubled.
struct ExactlyOnceTests {
    static let count = 2000
    /// Another seed is another order of the same trouble.
    static let seed = UInt64(ProcessInfo.processInfo.environment["SEED"] ?? "") ?? 20_261_125

    @Test(.timeLimit(.minutes(10)))
    func oneTaskForEachLog() async throws {
        let org = try Org()
        try await org.command("configure", ["upsert_blind_seconds": .number(2)])
        try await org.command(
            "add_validation",
            [
                "kind": .text("Task"), "when": .text("CallDisposition = 'Forbidden'"),
                "message": .text("Say how it ended."), "field": .text("CallDisposition"),
            ])
        var post = Post(org: org, count: Self.count, seed: Self.seed)
        try await post.restart()
        try await post.work(until: Self.count / 2, withTrouble: true)
        try await post.outage(hours: 8)
        try await post.work(until: Self.count, withTrouble: true)
        try await org.command("mend")
        post.edit(every: 9)
        try await post.work(until: Self.count, withTrouble: false)
        try await check(post, org)
    }

    private func check(_ post: Post, _ org: Org) async throws {
        let note: Comment = "seed \(Self.seed)"
        let tasks = Dictionary(grouping: try await org.logs()) { $0["CallKey__c"]?.text ?? "" }
        #expect(tasks[""] == nil, note)
        var delivered = 0
        for job in post.jobs {
            let own = tasks[job.key] ?? []
            switch job.stage {
            case .delivered:
                delivered += 1
                #expect(own.count == 1, "\(job.key), \(note)")
                #expect(
                    own.first?["Description"]?.text?.hasPrefix("Version \(job.version).") == true,
                    "\(job.key), \(note)")
                #expect(own.first?["Id"]?.text == job.record, "\(job.key), \(note)")
            case .parked:
                #expect(own.count <= 1, "\(job.key), \(note)")
                let reason = job.reason ?? ""
                #expect(
                    reason.contains("Say how it ended.") || reason.contains("00T0000000000"),
                    "\(job.key): \(reason), \(note)")
            case .ready, .draft: Issue.record("\(job.key) is neither, \(note)")
            }
        }
        #expect(delivered > Self.count * 9 / 10 && delivered < Self.count, note)
        #expect(Set(tasks.keys).isSubset(of: Set(post.jobs.map(\.key))), note)
        #expect(post.tries > Self.count + 1000, "there was trouble")
        #expect(post.clock.now.timeIntervalSince(post.start) > 8 * 3600)
        #expect(post.faults == Set(Post.troubles.map(\.name)), "each of them was met")
        #expect(try await org.mistakes() == [])
    }
}

/// Plays the delivery: claims what is due, files it in several lanes, and tries again by the schedule. Its time is not
/// ours.
struct Post {
    struct Job {
        let key: String
        var version = 1
        var isForbidden: Bool
        var stage = CallLog.Stage.ready
        var dueAt: Date
        var attempts = 0
        var reason: String?
        var record: String?
    }

    struct Trouble {
        let name: String
        /// Of a hundred rounds.
        let chance: Int
        let about: String
    }

    /// What each command of the fake org is given, once.
    static let troubles = [
        Trouble(name: "lost reply", chance: 30, about: #"{"kind":"lost_reply"}"#),
        Trouble(name: "lost request", chance: 20, about: #"{"kind":"lost_request"}"#),
        Trouble(name: "html", chance: 20, about: #"{"kind":"html"}"#),
        Trouble(name: "cut", chance: 20, about: #"{"kind":"cut_json"}"#),
        Trouble(name: "truncated", chance: 20, about: #"{"kind":"truncate"}"#),
        Trouble(name: "too long", chance: 6, about: #"{"kind":"pad","bytes":20971520}"#),
        Trouble(name: "hang", chance: 8, about: #"{"kind":"hang","seconds":0.2}"#),
        Trouble(name: "late", chance: 8, about: #"{"kind":"late_reply","seconds":0.2}"#),
        Trouble(
            name: "lock", chance: 30,
            about: #"{"kind":"error","code":"UNABLE_TO_LOCK_ROW","status":400,"times":2}"#),
        Trouble(
            name: "session", chance: 20,
            about: #"{"kind":"error","code":"INVALID_SESSION_ID","status":401}"#),
        Trouble(
            name: "too many", chance: 20,
            about: #"{"kind":"reply","status":429,"body":"[]","headers":{"Retry-After":"7"}}"#),
        Trouble(
            name: "the day's limit", chance: 6,
            about: #"{"kind":"error","code":"REQUEST_LIMIT_EXCEEDED","status":403}"#),
        Trouble(
            name: "several", chance: 12,
            about:
                #"{"kind":"reply","status":300,"body":"[\"/x/00T000000000001EAA\",\"/x/00T000000000002EAA\"]"}"#
        ),
        Trouble(
            name: "duplicate", chance: 20,
            about:
                #"{"kind":"error","path":"/sobjects/Task/CallKey__c/","status":400,"code":"DUPLICATE_VALUE","message":"duplicate value found: CallKey__c duplicates value on record with id: 00T5f0000000009"}"#
        ),
        Trouble(
            name: "not let in", chance: 6,
            about:
                #"{"kind":"reply","path":"oauth2/token","method":"POST","status":400,"body":"{\"error\":\"invalid_grant\",\"error_description\":\"user hasn't approved this consumer\"}"}"#
        ),
    ]

    let org: Org
    let clock = TestClock(Date())
    let start: Date
    private(set) var jobs: [Job]
    private(set) var tries = 0
    private(set) var faults: Set<String> = []
    private var sinks: [SalesforceSink] = []
    private var chance: SplitMix64

    private static let lanes = 8
    private static let batch = 40

    init(org: Org, count: Int, seed: UInt64) {
        self.org = org
        start = clock.now
        chance = SplitMix64(seed: seed)
        let due = clock.now
        jobs = (0..<count).map {
            Job(key: "cm-20261125-\($0)", isForbidden: $0 % 40 == 7, dueAt: due)
        }
    }

    /// New ones, who remember nothing: two, as if a worker that lost its lease woke up.
    mutating func restart() async throws {
        var settings = try Org.settings()
        settings.usernames = ["ada": "ada@callmatch.example"]
        let clock = clock
        sinks = []
        for _ in 0..<2 {
            let connection = try await org.connection(now: { clock.now })
            let users = Vault().users(connection, settings, now: { clock.now })
            sinks.append(SalesforceSink(connection, users: users, settings: settings))
        }
    }

    /// People edit what was filed, and what was refused.
    mutating func edit(every step: Int) {
        for index in jobs.indices
        where index % step == 0 || jobs[index].isForbidden && index % 80 == 7 {
            jobs[index].version += 1
            jobs[index].isForbidden = false
            jobs[index].stage = .ready
            jobs[index].attempts = 0
            jobs[index].dueAt = clock.now
        }
    }

    /// Until none of the first so many is ready.
    mutating func work(until count: Int, withTrouble: Bool) async throws {
        var round = 0
        while try await pass(count, withTrouble: withTrouble) {
            round += 1
            if round % 15 == 0 { try await restart() }
        }
    }

    /// Nobody gets through for so long. Some wait, and are tried by the schedule.
    mutating func outage(hours: Double) async throws {
        let some = ExactlyOnceTests.count / 2 + 50
        let end = clock.now.addingTimeInterval(hours * 3600)
        try await org.command("mend")
        try await org.command(
            "fault",
            ["kind": .text("lost_request"), "times": .null, "path": .text("/services/data")])
        _ = try await pass(some, withTrouble: false)
        try await org.command("mend")
        try await org.command("outage", ["how": .text("html")])
        while clock.now < end, try await pass(some, withTrouble: false) {}
        #expect(jobs[..<some].contains { $0.stage == .ready })
        #expect(jobs[..<some].allSatisfy { $0.stage != .parked || $0.attempts == 0 })
        try await org.command("outage", ["how": .null])
    }

    /// - Returns: whether anything was or is still to be done.
    private mutating func pass(_ count: Int, withTrouble: Bool) async throws -> Bool {
        let ready = jobs.indices.prefix(count).filter { jobs[$0].stage == .ready }
        guard let next = ready.map({ jobs[$0].dueAt }).min() else { return false }
        clock.moves(to: next)
        let due = ready.filter { jobs[$0].dueAt <= clock.now }.prefix(Self.batch)
        if withTrouble { try await makeTrouble() }
        for (index, answer) in try await file(Array(due)) { mark(index, answer) }
        clock.advance(by: 1)
        return true
    }

    private mutating func makeTrouble() async throws {
        for trouble in Self.troubles where Int(chance.next() % 100) < trouble.chance {
            var about = try Org.arguments(trouble.about)
            if about["path"]?.text == "oauth2/token" {
                try await org.command("expire_tokens")
            } else {
                about["path"] = about["path"] ?? .text("/sobjects/Task/")
                about["method"] = .text("PATCH")
                about["skip"] = .number(Double(chance.next() % 20))
            }
            try await org.command("fault", about)
            faults.insert(trouble.name)
        }
    }

    /// One of fifty is filed by both at once.
    private mutating func file(
        _ due: [Int]
    ) async throws -> [(Int, Result<FiledRecord, FilingFailure>)] {
        let work = due.map { index in
            (index, log(jobs[index]), sinks.prefix(chance.next() % 50 == 0 ? 2 : 1))
        }
        tries += work.count
        return await withTaskGroup(of: [(Int, Result<FiledRecord, FilingFailure>)].self) { group in
            for lane in 0..<Self.lanes {
                group.addTask {
                    var answers: [(Int, Result<FiledRecord, FilingFailure>)] = []
                    for place in stride(from: lane, to: work.count, by: Self.lanes) {
                        let (index, log, sinks) = work[place]
                        answers.append((index, await Self.file(log, by: Array(sinks))))
                    }
                    return answers
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
    }

    private static func file(
        _ log: FiledLog, by sinks: [SalesforceSink]
    ) async -> Result<FiledRecord, FilingFailure> {
        @Sendable func one(_ sink: SalesforceSink) async -> Result<FiledRecord, FilingFailure> {
            do throws(FilingFailure) {
                return .success(try await sink.file(log))
            } catch {
                return .failure(error)
            }
        }
        guard sinks.count > 1 else { return await one(sinks[0]) }
        async let other = one(sinks[1])
        let own = await one(sinks[0])
        _ = await other
        return own
    }

    /// As the delivery marks it.
    private mutating func mark(_ index: Int, _ answer: Result<FiledRecord, FilingFailure>) {
        switch answer {
        case .success(let record):
            jobs[index].stage = .delivered
            jobs[index].record = record.id.value
            jobs[index].attempts = 0
        case .failure(.park(let reason)):
            jobs[index].stage = .parked
            jobs[index].reason = reason
            jobs[index].attempts = 0
        case .failure(.retry(let reason, let after)):
            jobs[index].attempts += 1
            jobs[index].reason = reason
            jobs[index].dueAt = FilingSchedule.next(
                after: jobs[index].attempts, asked: after, now: clock.now,
                jitter: Double(chance.next() % 1000) / 1000)
            if jobs[index].attempts >= FilingSchedule.mostAttempts { jobs[index].stage = .parked }
        }
    }

    private func log(_ job: Job) -> FiledLog {
        SinkTests.log(
            job.key, version: job.version, notes: "Version \(job.version).",
            disposition: job.isForbidden ? "Forbidden" : "Resolved")
    }
}
