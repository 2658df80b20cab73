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
            ]),
        // A journal: what comes is added at its end. A random key, and an index by call, cost two more pages
        // of the store and of its log with each event. Of which call an event is, the call itself knows.
        Migration(
            id: "0021-event-journal",
            sql: [
                """
                create table event_journal (
                    received_at integer not null,
                    id text not null,
                    call_id text not null,
                    json text not null,
                    primary key (received_at, id)
                )
                """,
                """
                insert into event_journal (received_at, id, call_id, json)
                select received_at, substr(id, 1, 32), call_id, json from call_event
                """,
                "drop table call_event",
                "alter table event_journal rename to call_event",
                "alter table call add column kept_from integer not null default 0",
                """
                alter table call add column kept_until integer not null
                default 9223372036854775807
                """,
            ]),
    ]

    /// Keeps an event as it was understood, in the order of receipt.
    package func keep(_ event: KeptEvent, receivedAt: Date, in store: WriteTransaction) throws {
        try store.execute(
            """
            insert into call_event (received_at, id, call_id, json)
            values (\(receivedAt), \(event.id), \(event.callID), \(event.json))
            on conflict (received_at, id) do nothing
            """)
    }

    /// The events that are kept of each of some calls which began at about the same time.
    func events(
        of calls: [StoredCall], in store: ReadTransaction
    ) throws -> [String: [CallEvent]] {
        // Where its events stand in the journal, a call says itself. Those that stand far apart are looked for alone, so
        // that it is not read at length for all.
        let (near, far) = calls.reduce(into: ([StoredCall](), [StoredCall]())) { found, call in
            let isFar = call.keptUntil.timeIntervalSince(call.keptFrom) > 86_400
            if isFar { found.1.append(call) } else { found.0.append(call) }
        }
        var rows: [Row] = []
        if let from = near.map(\.keptFrom).min(), let until = near.map(\.keptUntil).max() {
            rows = try store.rows(
                """
                select call_id, json from call_event
                where received_at >= \(from) and received_at <= \(until)
                    and call_id in \(list: near.map(\.id))
                """)
        }
        if !far.isEmpty {
            rows += try store.rows(
                "select call_id, json from call_event where call_id in \(list: far.map(\.id))")
        }
        return try rows.reduce(into: [:]) { events, row in
            let event = try? row.json("json", as: CallEvent.self)
            events[try row.text("call_id"), default: []] += event.map { [$0] } ?? []
        }
    }

    /// Removes what was kept of a call.
    ///
    /// - Returns: how many events that were.
    func eraseEvents(of call: StoredCall, in store: WriteTransaction) throws -> Int {
        try store.execute(
            """
            delete from call_event where call_id = \(call.id)
                and received_at >= \(call.keptFrom) and received_at <= \(call.keptUntil)
            """)
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
                ended_at, silent_since, received_at, kept_from, kept_until, match, search, json)
            values (\(stored.id), \(call.id.system), \(call.id.value), \(call.state),
                \(stored.stage), \(call.direction), \(key), \(call.startedAt), \(call.endedAt),
                \(call.silentSince), \(stored.receivedAt), \(stored.keptFrom), \(stored.keptUntil),
                \(try stored.matchJSON),
                \(stored.searchText), \(DecodedTexts.calls.json(of: call)))
            on conflict (id) do update set state = excluded.state, stage = excluded.stage,
                direction = excluded.direction, number_key = excluded.number_key,
                started_at = excluded.started_at, ended_at = excluded.ended_at,
                silent_since = excluded.silent_since, received_at = excluded.received_at,
                kept_from = excluded.kept_from, kept_until = excluded.kept_until,
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

    /// The parts of each of some calls.
    func parts(callIDs: [String], in store: ReadTransaction) throws -> [String: [CallPart]] {
        guard !callIDs.isEmpty else { return [:] }
        let rows = try store.rows("select * from call_part where call_id in \(list: callIDs)")
        return Dictionary(grouping: try rows.map(CallPart.init), by: \.callID)
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
    ///
    /// - Parameter since: by our clock: that of the phone system may be ahead of it.
    package func silentCalls(since: Date, in store: ReadTransaction) throws -> [String] {
        try store.rows(
            """
            select id from call where stage = 'live' and silent_since is not null
                and received_at <= \(since)
            order by silent_since, id limit 100
            """
        ).map { try $0.text("id") }
    }

    /// Whether a silence or a wrap-up was timed by a clock that has been set back since.
    package func isAhead(
        ofClock now: Date, wrapUp: TimeInterval, in store: ReadTransaction
    ) throws -> Bool {
        let (heard, until) = Self.latest(now: now, wrapUp: wrapUp)
        return try store.row(
            """
            select 1 as found where exists (
                select 1 from call where stage = 'live' and silent_since is not null
                    and received_at > \(heard))
                or exists (
                select 1 from call_part where wrap_up_until is not null and is_done = 0
                    and wrap_up_until > \(until))
            """) != nil
    }

    /// Times such silences and wrap-ups anew: they last as long as they always do, from now on.
    package func keepTime(now: Date, wrapUp: TimeInterval, in store: WriteTransaction) throws {
        let (heard, until) = Self.latest(now: now, wrapUp: wrapUp)
        try store.execute(
            """
            update call set received_at = \(now)
            where stage = 'live' and silent_since is not null and received_at > \(heard)
            """)
        try store.execute(
            """
            update call_part set wrap_up_until = \(now.addingTimeInterval(wrapUp))
            where wrap_up_until is not null and is_done = 0 and wrap_up_until > \(until)
            """)
    }

    /// Servers that share a store may differ by two seconds.
    private static func latest(now: Date, wrapUp: TimeInterval) -> (heard: Date, until: Date) {
        (now.addingTimeInterval(2), now.addingTimeInterval(wrapUp + 2))
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
            id: try row.text("id"), call: try DecodedTexts.calls.value(of: "json", in: row),
            match: try row.optionalText("match").map { _ in
                try DecodedTexts.matches.value(of: "match", in: row)
            },
            stage: try row.raw("stage", as: CallStage.self), receivedAt: try row.date("received_at")
        )
        keptFrom = try row.date("kept_from")
        keptUntil = try row.date("kept_until")
        matchText = try row.optionalText("match")
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
    /// The public id of its call.
    let callID: String
    /// A hash of all that the event says, 128 bits of it: the very same event has the same.
    let id: String
    let json: SQLValue

    package init(_ event: CallEvent) throws {
        self.event = event
        callID = event.call.publicID
        json = try .json(event)
        guard case .text(let text) = json else { preconditionFailure("JSON is text") }
        id = String(Digest(of: Array(text.utf8)).hex.prefix(32))
    }
}
