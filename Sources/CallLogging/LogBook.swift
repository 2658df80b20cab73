import Calls
package import Foundation
import Records
package import Storage

/// The call logs in the store. Every change takes part in the caller's transaction.
package struct LogBook: Sendable {
    package init() {}

    package static let migrations: [Migration] = [
        Migration(
            id: "0200-call-log",
            sql: [
                """
                create table call_log (
                    id text primary key,
                    call_id text not null,
                    call_system text not null,
                    call_value text not null,
                    agent text,
                    agent_name text,
                    log_key text not null unique,
                    version integer not null,
                    stage text not null,
                    delivered_version integer,
                    person text,
                    related text,
                    subject text not null,
                    notes text not null,
                    disposition text,
                    follow_up text,
                    direction text not null,
                    outcome text not null,
                    started_at integer not null,
                    seconds integer not null,
                    number text not null,
                    record text,
                    reason text,
                    attempts integer not null,
                    fence integer not null,
                    due_at integer not null,
                    lease_until integer not null
                )
                """,
                "create index call_log_by_call on call_log (call_id, agent)",
                "create index call_log_by_due on call_log (due_at) where stage = 'ready'",
                "create index call_log_by_person on call_log (person)",
            ]),
        Migration(
            id: "0201-call-log-parked",
            sql: ["create index call_log_parked on call_log (due_at) where stage = 'parked'"]),
        // How many logs a call has is known without them, so that it is noticed when one is gone.
        Migration(
            id: "0202-call-log-count",
            sql: [
                """
                create table call_log_count (
                    call_id text not null primary key,
                    logs integer not null
                )
                """,
                """
                insert into call_log_count (call_id, logs)
                select call_id, count(*) from call_log group by call_id
                """,
            ]),
    ]

    package func log(_ id: String, in store: ReadTransaction) throws -> CallLog? {
        try store.row("select * from call_log where id = \(id)").map(CallLog.init)
    }

    /// The log of an agent's part in a call, or with `agent == nil` the missed call.
    package func log(callID: String, agent: String?, in store: ReadTransaction) throws -> CallLog? {
        let row =
            if let agent {
                try store.row(
                    "select * from call_log where call_id = \(callID) and agent = \(agent)")
            } else {
                try store.row(
                    "select * from call_log where call_id = \(callID) and agent is null")
            }
        return try row.map(CallLog.init)
    }

    package func logs(callIDs: [String], in store: ReadTransaction) throws -> [String: [CallLog]] {
        guard !callIDs.isEmpty else { return [:] }
        let rows = try store.rows(
            "select * from call_log where call_id in \(list: callIDs) order by id")
        return try rows.reduce(into: [:]) { found, row in
            found[try row.text("call_id"), default: []].append(try CallLog(row))
        }
    }

    /// How many logs each of some calls has, as they were made and withdrawn. It is more than are there when one got lost.
    package func counts(callIDs: [String], in store: ReadTransaction) throws -> [String: Int] {
        guard !callIDs.isEmpty else { return [:] }
        return try store.rows("select * from call_log_count where call_id in \(list: callIDs)")
            .reduce(into: [:]) { $0[try $1.text("call_id")] = try $1.int("logs") }
    }

    package func insert(_ log: CallLog, callID: String, in store: WriteTransaction) throws {
        try store.execute(
            """
            insert into call_log_count (call_id, logs) values (\(callID), 1)
            on conflict (call_id) do update set logs = call_log_count.logs + 1
            """)
        try store.execute(
            """
            insert into call_log (id, call_id, call_system, call_value, agent, agent_name,
                log_key, version,
                stage, delivered_version, person, related, subject, notes, disposition, follow_up,
                direction, outcome, started_at, seconds, number, record, reason, attempts, fence,
                due_at, lease_until)
            values (\(log.id), \(callID), \(log.call.system), \(log.call.value), \(log.agent),
                \(log.agentName), \(log.key), \(log.version), \(log.stage), \(log.deliveredVersion),
                \(log.person?.description), \(try .jsonOrNull(log.related)), \(log.subject),
                \(log.notes), \(log.disposition), \(try .jsonOrNull(log.followUp)), \(log.direction),
                \(log.outcome), \(log.startedAt), \(log.seconds), \(log.number),
                \(try .jsonOrNull(log.record)), \(log.reason), \(log.attempts), 0, 0, 0)
            """)
    }

    /// Writes what a person or the call changed. The caller has raised `version` where a person did.
    package func update(_ log: CallLog, dueAt: Date, in store: WriteTransaction) throws {
        try store.execute(
            """
            update call_log set version = \(log.version), stage = \(log.stage),
                person = \(log.person?.description), related = \(try .jsonOrNull(log.related)),
                subject = \(log.subject), notes = \(log.notes), disposition = \(log.disposition),
                follow_up = \(try .jsonOrNull(log.followUp)), outcome = \(log.outcome),
                direction = \(log.direction), number = \(log.number),
                started_at = \(log.startedAt), seconds = \(log.seconds), reason = \(log.reason),
                attempts = \(log.attempts), due_at = \(dueAt)
            where id = \(log.id)
            """)
    }

    /// Whether a log of this call waits to be filed.
    package func isWaiting(callID: String, in store: ReadTransaction) throws -> Bool {
        try store.row(
            "select id from call_log where call_id = \(callID) and stage = 'ready' limit 1") != nil
    }

    /// Gives a log to the agent who spoke; `nil` takes it from whoever had it.
    package func assign(
        _ log: CallLog, to agent: (id: String, name: String)?, in store: WriteTransaction
    ) throws {
        try store.execute(
            "update call_log set agent = \(agent?.id), agent_name = \(agent?.name) where id = \(log.id)"
        )
        try update(log, dueAt: log.startedAt, in: store)
    }

    /// Removes a log that no CRM has been asked to keep.
    ///
    /// - Returns: false when one may have it.
    package func withdraw(_ id: String, in store: WriteTransaction) throws -> Bool {
        try remove(id, where: "fence = 0 and delivered_version is null", in: store)
    }

    package func deleteDraft(_ id: String, in store: WriteTransaction) throws {
        _ = try remove(id, where: "stage = 'draft'", in: store)
    }

    private func remove(
        _ id: String, where condition: SQL, in store: WriteTransaction
    ) throws -> Bool {
        let removed = try store.row(
            "delete from call_log where id = \(id) and \(condition) returning call_id")
        guard let callID = try removed?.text("call_id") else { return false }
        try store.execute(
            "update call_log_count set logs = logs - 1 where call_id = \(callID)")
        return true
    }

    /// Removes all that is here of a call, whatever a CRM has of it.
    ///
    /// - Returns: how many logs that were.
    package func erase(callID: String, in store: WriteTransaction) throws -> Int {
        try store.execute("delete from call_log_count where call_id = \(callID)")
        return try store.execute("delete from call_log where call_id = \(callID)")
    }
}

extension CallLog {
    init(_ row: Row) throws {
        self.init(
            id: try row.text("id"),
            call: Call.ID(system: try row.text("call_system"), value: try row.text("call_value")),
            agent: try row.optionalText("agent"), agentName: try row.optionalText("agent_name"),
            key: try row.text("log_key"),
            version: try row.int("version"), stage: try row.raw("stage", as: Stage.self),
            deliveredVersion: try row.optionalInt("delivered_version"),
            subject: try row.text("subject"),
            person: try row.optionalText("person").flatMap { RecordID($0) },
            related: try row.optionalJSON("related", as: RelatedRecord.self),
            notes: try row.text("notes"),
            disposition: try row.optionalText("disposition"),
            followUp: try row.optionalJSON("follow_up", as: FollowUp.self),
            direction: try row.raw("direction", as: CallDirection.self),
            outcome: try row.text("outcome"),
            startedAt: try row.date("started_at"), seconds: try row.int("seconds"),
            number: try row.text("number"),
            record: try row.optionalJSON("record", as: FiledRecord.self),
            reason: try row.optionalText("reason"), attempts: try row.int("attempts"))
    }
}
