import CallLogging
import CallerLookup
package import Calls
import Credentials
package import Foundation
import PhoneNumbers
import Records
package import Storage

/// Calls, their events and each agent's part in the store. Every change takes part in the caller's
/// transaction.
package struct CallBook: Sendable {
    package init() {}

    package static let migrations: [Migration] = [
        Migration(
            id: "0020-calls",
            sql: [
                """
                create table call (
                    id text not null primary key,
                    system text not null,
                    value text not null,
                    state text not null,
                    stage text not null,
                    direction text not null,
                    number_key integer,
                    started_at integer not null,
                    ended_at integer,
                    silent_since integer,
                    received_at integer not null,
                    match text,
                    search text not null,
                    json text not null,
                    unique (system, value)
                )
                """,
                "create index call_by_stage on call (stage, started_at)",
                "create index call_by_start on call (started_at)",
                "create index call_by_number on call (number_key, started_at)",
                """
                create table call_event (
                    id text not null primary key,
                    call_id text not null,
                    received_at integer not null,
                    json text not null
                )
                """,
                "create index call_event_by_call on call_event (call_id)",
                """
                create table call_part (
                    call_id text not null references call(id) on delete cascade,
                    agent text not null,
                    state text not null,
                    outcome text,
                    offered_at integer,
                    answered_at integer,
                    ended_at integer,
                    chosen text,
                    wished text,
                    is_cleared integer not null,
                    wrap_up_until integer,
                    is_done integer not null,
                    sort_at integer not null,
                    primary key (call_id, agent)
                )
                """,
                "create index call_part_by_agent on call_part (agent, sort_at)",
                """
                create index call_part_on_desk on call_part (agent)
                where state <> 'ended' or (wrap_up_until is not null and is_done = 0)
                """,
                """
                create index call_part_wrap_up on call_part (wrap_up_until)
                where wrap_up_until is not null and is_done = 0
                """,
            ])
    ]

    /// Keeps an event as it was understood.
    ///
    /// - Returns: false when the very same event is known.
    package func keep(
        _ event: KeptEvent, callID: String, receivedAt: Date, in store: WriteTransaction
    ) throws -> Bool {
        try store.execute(
            """
            insert into call_event (id, call_id, received_at, json)
            values (\(event.id), \(callID), \(receivedAt), \(event.json))
            on conflict (id) do nothing
            """) > 0
    }

    package func call(_ id: String, in store: ReadTransaction) throws -> StoredCall? {
        try store.row("select * from call where id = \(id)").map(StoredCall.init)
    }

    package func calls(_ ids: [String], in store: ReadTransaction) throws -> [String: StoredCall] {
        guard !ids.isEmpty else { return [:] }
        return try store.rows("select * from call where id in \(list: ids)")
            .map(StoredCall.init)
            .reduce(into: [:]) { $0[$1.id] = $1 }
    }

    package func save(_ stored: StoredCall, in store: WriteTransaction) throws {
        let call = stored.call
        let key = call.customer?.number.key
        try store.execute(
            """
            insert into call (id, system, value, state, stage, direction, number_key, started_at,
                ended_at, silent_since, received_at, match, search, json)
            values (\(stored.id), \(call.id.system), \(call.id.value), \(call.state),
                \(stored.stage), \(call.direction), \(key), \(call.startedAt), \(call.endedAt),
                \(call.silentSince), \(stored.receivedAt), \(.jsonOrNull(stored.match)),
                \(stored.searchText), \(DecodedCalls.shared.json(of: call)))
            on conflict (id) do update set state = excluded.state, stage = excluded.stage,
                direction = excluded.direction, number_key = excluded.number_key,
                started_at = excluded.started_at, ended_at = excluded.ended_at,
                silent_since = excluded.silent_since, received_at = excluded.received_at,
                match = excluded.match, search = excluded.search, json = excluded.json
            """)
    }

    package func setStage(_ stage: CallStage, of callID: String, in store: WriteTransaction) throws
    {
        try store.execute("update call set stage = \(stage) where id = \(callID)")
    }

    package func part(callID: String, agent: String, in store: ReadTransaction) throws -> CallPart?
    {
        try store.row("select * from call_part where call_id = \(callID) and agent = \(agent)")
            .map(CallPart.init)
    }

    package func parts(callID: String, in store: ReadTransaction) throws -> [CallPart] {
        try store.rows("select * from call_part where call_id = \(callID) order by agent")
            .map(CallPart.init)
    }

    /// The parts that stand on an agent's desk now, the latest first.
    package func partsOnDesk(agent: String, in store: ReadTransaction) throws -> [CallPart] {
        try store.rows(
            """
            select * from call_part where agent = \(agent)
                and (state <> 'ended' or (wrap_up_until is not null and is_done = 0))
            order by sort_at desc, call_id limit 50
            """
        ).map(CallPart.init)
    }

    package func save(_ part: CallPart, sortAt: Date, in store: WriteTransaction) throws {
        try store.execute(
            """
            insert into call_part (call_id, agent, state, outcome, offered_at, answered_at,
                ended_at, chosen, wished, is_cleared, wrap_up_until, is_done, sort_at)
            values (\(part.callID), \(part.agent), \(part.state), \(part.outcome),
                \(part.offeredAt), \(part.answeredAt), \(part.endedAt),
                \(part.chosen?.description), \(.jsonOrNull(part.wished)), \(part.isCleared), \(part.wrapUpUntil),
                \(part.isDone), \(sortAt))
            on conflict (call_id, agent) do update set state = excluded.state,
                outcome = excluded.outcome, offered_at = excluded.offered_at,
                answered_at = excluded.answered_at, ended_at = excluded.ended_at,
                chosen = excluded.chosen, wished = excluded.wished,
                is_cleared = excluded.is_cleared,
                wrap_up_until = excluded.wrap_up_until, is_done = excluded.is_done,
                sort_at = excluded.sort_at
            """)
    }

    /// Calls whose phones have all stopped, whose end nobody reported.
    package func silentCalls(since: Date, in store: ReadTransaction) throws -> [String] {
        try store.rows(
            """
            select id from call where stage = 'live' and silent_since is not null
                and silent_since <= \(since) and received_at <= \(since)
            order by silent_since, id limit 100
            """
        ).map { try $0.text("id") }
    }

    /// Calls that have been live for longer than any call lasts.
    package func agedCalls(before: Date, in store: ReadTransaction) throws -> [String] {
        try store.rows(
            """
            select id from call where stage = 'live' and started_at <= \(before)
                and received_at <= \(before)
            order by started_at, id limit 100
            """
        ).map { try $0.text("id") }
    }

    /// Parts whose wrap-up is over.
    package func finishedWrapUps(now: Date, in store: ReadTransaction) throws -> [CallPart] {
        try store.rows(
            """
            select * from call_part where wrap_up_until is not null and is_done = 0
                and wrap_up_until <= \(now) and state = 'ended'
            order by wrap_up_until, call_id limit 100
            """
        ).map(CallPart.init)
    }
}

extension StoredCall {
    package init(_ row: Row) throws {
        self.init(
            id: try row.text("id"), call: try DecodedCalls.shared.call(of: row),
            match: try row.optionalJSON("match", as: Match.self),
            stage: try row.raw("stage", as: CallStage.self), receivedAt: try row.date("received_at")
        )
        searchText = try row.text("search")
    }
}

extension CallPart {
    package init(_ row: Row) throws {
        self.init(callID: try row.text("call_id"), agent: try row.text("agent"))
        state = try row.raw("state", as: Leg.State.self)
        outcome = try row.optionalRaw("outcome", as: Leg.Outcome.self)
        offeredAt = try row.optionalDate("offered_at")
        answeredAt = try row.optionalDate("answered_at")
        endedAt = try row.optionalDate("ended_at")
        chosen = try row.optionalText("chosen").flatMap { RecordID($0) }
        wished = try row.optionalJSON("wished", as: RelatedRecord.self)
        isCleared = try row.bool("is_cleared")
        wrapUpUntil = try row.optionalDate("wrap_up_until")
        isDone = try row.bool("is_done")
    }
}

/// An event in the form in which it is kept. It is made before the transaction, which others wait for.
package struct KeptEvent: Sendable {
    package let event: CallEvent
    /// A hash of all that the event says: the very same event has the same.
    let id: String
    let json: SQLValue

    package init(_ event: CallEvent) throws {
        self.event = event
        json = try .json(event)
        guard case .text(let text) = json else { preconditionFailure("JSON is text") }
        id = Digest(of: Array(text.utf8)).hex
    }
}
