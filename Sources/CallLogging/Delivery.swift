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
    /// Told of a call whose log moved, in the transaction that moves it.
    private let moved: @Sendable (_ callID: String, WriteTransaction) throws -> Void

    /// Logs that one pass claims together.
    package static let batch = 16

    package init(
        database: Database, sinks: [any ActivitySink], home: String,
        moved: @escaping @Sendable (_ callID: String, WriteTransaction) throws -> Void
    ) {
        self.database = database
        self.sinks = Dictionary(uniqueKeysWithValues: sinks.map { ($0.crm, $0) })
        self.home = home
        self.moved = moved
    }

    /// A log and the proof of whose turn it is.
    package struct Claim: Hashable, Sendable {
        package let log: CallLog
        package let callID: String
        package let fence: Int
    }

    /// Files what is due.
    ///
    /// - Returns: how many logs were tried; 0 when nothing is due.
    @discardableResult
    package func pass(now: Date, jitter: Double) async throws -> Int {
        let claims = try await claim(now: now)
        for claim in claims {
            let answer = await file(claim)
            try await mark(claim, as: answer, now: now, jitter: jitter)
        }
        return claims.count
    }

    /// When the next log is due; `nil` when none waits.
    package func nextDue() async throws -> Date? {
        try await database.read { store in
            try store.row(
                """
                select due_at, lease_until from call_log where stage = 'ready'
                order by due_at, id limit 1
                """
            ).map { max(try $0.date("due_at"), try $0.date("lease_until")) }
        }
    }

    package func claim(now: Date) async throws -> [Claim] {
        let lease = now.addingTimeInterval(FilingSchedule.leaseSeconds)
        return try await database.write { store in
            let rows = try store.rows(
                """
                select * from call_log
                where stage = 'ready' and due_at <= \(now) and lease_until <= \(now)
                order by due_at, id limit \(Self.batch)
                """)
            return try rows.map { row in
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

    private func file(_ claim: Claim) async -> Result<FiledRecord, FilingFailure> {
        let crm = claim.log.person?.crm ?? claim.log.related?.id.crm ?? home
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
        try await database.write { store in
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
                let stage: CallLog.Stage =
                    tries >= FilingSchedule.mostAttempts ? .parked : .ready
                try store.execute(
                    """
                    update call_log set reason = \(reason), due_at = \(next), lease_until = 0,
                        stage = \(stage)
                    where id = \(log.id) and fence = \(claim.fence)
                    """)
            case .failure(.park(let reason)):
                try store.execute(
                    """
                    update call_log set reason = \(reason), lease_until = 0, stage = 'parked'
                    where id = \(log.id) and fence = \(claim.fence)
                    """)
            }
            try moved(claim.callID, store)
        }
    }
}
