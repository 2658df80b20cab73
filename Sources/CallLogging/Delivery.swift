package import Foundation
import Records
package import Storage

/// Brings call logs into the CRM: at least one try each, one record each, the newest version last.
///
/// A log that is `ready` is claimed with a lease and a fence. The fence is checked in the statement that
/// marks the outcome, so a worker that lost its lease and woke up cannot mark what another one did. The
/// CRM is asked outside any transaction.
package struct Delivery: Sendable {
    package let database: Database
    package let sinks: [String: any ActivitySink]
    /// The CRM that takes a log without a person.
    package let home: String
    /// How many logs a CRM that takes them is sent side by side.
    private let lanes: Int
    private let pulses = CRMPulses()
    /// Told of a call whose log moved, in the transaction that moves it.
    private let moved: @Sendable (_ callID: String, WriteTransaction) throws -> Void

    /// Logs that one pass claims together.
    package static let batch = 16

    package init(
        database: Database, sinks: [any ActivitySink], home: String, lanes: Int = 8,
        moved: @escaping @Sendable (_ callID: String, WriteTransaction) throws -> Void
    ) {
        self.database = database
        self.sinks = Dictionary(uniqueKeysWithValues: sinks.map { ($0.crm, $0) })
        self.home = home
        self.lanes = lanes
        self.moved = moved
    }

    /// A log and the proof of whose turn it is.
    package struct Claim: Hashable, Sendable {
        package let log: CallLog
        package let callID: String
        package let fence: Int
    }

    /// Files what is due: one log, and once the CRM has answered for it the others side by side.
    ///
    /// - Returns: how many logs were claimed; 0 when nothing is due.
    @discardableResult
    package func pass(now: Date, jitter: Double) async throws -> Int {
        let claims = try await claim(now: now)
        let began = ContinuousClock.now
        // A CRM that goes away is not waited for again and again.
        var gone: Set<String> = []
        var taking: Set<String> = []
        var left = claims[...]
        while let first = left.first {
            let crm = crm(of: first.log)
            // Where the CRM is slow the rest is claimed anew: it must not be sent when others may have it.
            let isLate = ContinuousClock.now - began > .seconds(FilingSchedule.leaseSeconds / 2)
            if isLate || gone.contains(crm) {
                try await release(first)
                left.removeFirst()
                continue
            }
            let together = left.prefix(taking.contains(crm) ? lanes : 1)
                .prefix { self.crm(of: $0.log) == crm }
            left.removeFirst(together.count)
            let areAnswered = try await file(Array(together), now: now, jitter: jitter)
            if areAnswered { taking.insert(crm) } else { taking.remove(crm) }
            if pulses.opening(of: crm, now: now) == .shut { gone.insert(crm) }
        }
        return claims.count
    }

    /// Asks for each of some logs of different keys, and writes down what was said.
    ///
    /// - Returns: whether the CRM took or refused each of them, and is to be asked again for none.
    private func file(_ claims: [Claim], now: Date, jitter: Double) async throws -> Bool {
        let one = { @Sendable (claim: Claim) async throws -> Bool in
            let answer = await ask(claim)
            try await mark(claim, as: answer, now: now, jitter: jitter)
            if case .failure(.retry) = answer { return false }
            return true
        }
        // Without a second task, a single log is filed in the same steps each time.
        if claims.count == 1 { return try await one(claims[0]) }
        return try await withThrowingTaskGroup(of: Bool.self) { group in
            for claim in claims { group.addTask { try await one(claim) } }
            return try await group.reduce(true) { $0 && $1 }
        }
    }

    /// Frees what the process before this one had claimed: where a store has one process, nobody else can have it.
    package func recover() async throws {
        guard !database.kind.isShared else { return }
        try await database.write { store in
            try store.execute(
                "update call_log set lease_until = 0 where stage = 'ready' and lease_until > 0")
        }
    }

    /// Takes what is due, each for one minute.
    package func claim(now: Date) async throws -> [Claim] {
        let openings = sinks.keys.sorted().map { ($0, pulses.opening(of: $0, now: now)) }
        let lease = now.addingTimeInterval(FilingSchedule.leaseSeconds)
        return try await database.write { store in
            try waiting(openings, now: now, in: store).map { row in
                let claim = Claim(
                    log: try CallLog(row), callID: try row.text("call_id"),
                    fence: try row.int("fence") + 1)
                try store.execute(
                    """
                    update call_log set fence = \(claim.fence), lease_until = \(lease),
                        attempts = attempts + 1
                    where id = \(claim.log.id)
                    """)
                return claim
            }
        }
    }

    /// The logs that may be tried now. A moment that is further away than any wait of ours was set by a clock that has been
    /// set back since: it has come.
    private func waiting(
        _ openings: [(crm: String, opening: CRMPulse.Opening)], now: Date, in store: ReadTransaction
    ) throws -> [Row] {
        let farthest = now.addingTimeInterval(FilingSchedule.longestWait)
        let longestLease = now.addingTimeInterval(FilingSchedule.leaseSeconds)
        let isFree: SQL =
            "stage = 'ready' and (lease_until <= \(now) or lease_until > \(longestLease))"
        let isDue: SQL = "(due_at <= \(now) or due_at > \(farthest))"
        let others = openings.filter { $0.opening == .narrow || $0.opening == .shut }.map {
            goesElsewhere(than: $0.crm)
        }
        var rows = try store.rows(
            """
            select * from call_log where \(SQL.joined([isFree, isDue] + others, by: " and "))
            order by due_at, id limit \(Self.batch)
            """)
        for (crm, opening) in openings
        where opening == .narrow || (opening == .ajar && rows.isEmpty) {
            rows += try store.rows(
                "select * from call_log where \(isFree) and \(goes(to: crm)) order by due_at, id limit 1"
            )
        }
        return rows
    }

    /// The CRM that a log is for.
    private func crm(of log: CallLog) -> String { log.person?.crm ?? log.related?.id.crm ?? home }

    /// Names of people begin with the CRM's name and a slash, which comes right before 0.
    private func goes(to crm: String) -> SQL {
        let own: SQL = "(person >= \(crm + "/") and person < \(crm + "0"))"
        return crm == home ? "(person is null or \(own))" : own
    }

    private func goesElsewhere(than crm: String) -> SQL {
        let other: SQL = "(person < \(crm + "/") or person >= \(crm + "0"))"
        return crm == home ? other : "(person is null or \(other))"
    }

    /// Asks the CRM to keep the log, outside any transaction; `mark` writes down what it said.
    package func ask(_ claim: Claim) async -> Result<FiledRecord, FilingFailure> {
        let crm = crm(of: claim.log)
        guard let sink = sinks[crm] else {
            return .failure(.park(reason: "No CRM named “\(crm)” is connected."))
        }
        do {
            return .success(try await sink.file(claim.log.filed))
        } catch {
            return .failure(error)
        }
    }

    package func mark(
        _ claim: Claim, as answer: Result<FiledRecord, FilingFailure>, now: Date, jitter: Double
    ) async throws {
        let log = claim.log
        let crm = crm(of: log)
        let isBack = pulses.heard(from: crm, answer, now: now)
        let isAway = pulses.isAway(crm)
        do {
            try await database.write { store in
                try write(answer, of: claim, isAway: isAway, now: now, jitter: jitter, in: store)
                if isBack { try hasten(logsFor: crm, now: now, in: store) }
                try moved(claim.callID, store)
            }
        } catch {
            pulses.forget(crm)
            throw error
        }
    }

    /// The CRMs that are left alone now: they do not answer, or have named a time.
    package func leftAlone(now: Date) -> [String] {
        sinks.keys.filter { [.narrow, .shut].contains(pulses.opening(of: $0, now: now)) }.sorted()
    }

    /// Somebody wants it tried now: whatever is known of the CRMs is forgotten, so they are asked again.
    package func askAnew() { pulses.forget() }

    /// The subject of a notice of this topic that asks every server to ask anew.
    package static let retry = ChangeNotice(topic: "delivery", subject: "retry")

    /// What waits for a CRM that is back need not wait longer.
    private func hasten(logsFor crm: String, now: Date, in store: WriteTransaction) throws {
        try store.execute(
            """
            update call_log set due_at = \(now)
            where stage = 'ready' and due_at > \(now) and \(goes(to: crm))
            """)
    }

    private func write(
        _ answer: Result<FiledRecord, FilingFailure>, of claim: Claim, isAway: Bool, now: Date,
        jitter: Double, in store: WriteTransaction
    ) throws {
        let log = claim.log
        switch answer {
        case .success(let record):
            try store.execute(
                """
                update call_log set delivered_version = \(log.version),
                    record = \(try .json(record)), reason = null, attempts = 0,
                    lease_until = 0,
                    stage = case when version = \(log.version) and stage = 'ready'
                        then 'delivered' else stage end
                where id = \(log.id) and fence = \(claim.fence)
                """)
        case .failure(.retry(let reason, let after)):
            let tries = log.attempts + 1
            let next = FilingSchedule.next(
                after: tries, asked: after, now: now, jitter: jitter)
            try store.execute(
                """
                update call_log set reason = \(reason), due_at = \(next), lease_until = 0
                where id = \(log.id) and fence = \(claim.fence)
                """)
            if tries >= FilingSchedule.mostAttempts, !isAway {
                try park(claim, reason: reason, in: store)
            }
        case .failure(.park(let reason)):
            try park(claim, reason: reason, in: store)
        }
    }

    /// What was edited meanwhile is not what was refused, and goes on its way.
    private func park(_ claim: Claim, reason: String, in store: WriteTransaction) throws {
        try store.execute(
            """
            update call_log set reason = \(reason), lease_until = 0,
                stage = case when version = \(claim.log.version) and stage = 'ready'
                    then 'parked' else stage end
            where id = \(claim.log.id) and fence = \(claim.fence)
            """)
    }

    /// Gives back what was claimed and not tried.
    private func release(_ claim: Claim) async throws {
        try await database.write { store in
            try store.execute(
                """
                update call_log set lease_until = 0, attempts = attempts - 1
                where id = \(claim.log.id) and fence = \(claim.fence)
                """)
        }
    }
}
