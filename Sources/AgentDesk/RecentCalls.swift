import CallHandling
import CallLogging
import CallerLookup
import Calls
import Foundation
import Records
import Storage

/// Which of an agent's calls are listed, the latest first.
package struct RecentQuery: Sendable {
    package enum Filter: String, Sendable, CaseIterable {
        case all, missed
        case notLogged = "not-logged"
    }

    package static let most = 100

    package var filter: Filter = .all
    package var search = ""
    /// Where the last page ended: "milliseconds~call".
    package var before: String?
    package var limit: Int
    /// Leaves out what stands among the live calls.
    package var leavesOutDesk = false

    package init(
        filter: Filter = .all, search: String = "", before: String? = nil, limit: Int = 30,
        leavesOutDesk: Bool = false
    ) {
        self.filter = filter
        self.search = search
        self.before = before
        self.limit = min(max(limit, 1), Self.most)
        self.leavesOutDesk = leavesOutDesk
    }
}

package struct RecentPage: Encodable, Sendable {
    package let calls: [RecentView]
    package let next: String?
}

extension RecentView {
    /// Whether what was searched for can be seen in it: a call must not be found by a name that is hidden.
    ///
    /// - Parameter people: those who it may be, as the agent may see them.
    fileprivate func shows(_ searched: String, _ people: [Person]) -> Bool {
        let word = Folding.fold(searched.trimmingCharacters(in: .whitespaces))
        guard !word.isEmpty else { return true }
        let digits = [number?.presented, number?.e164].compactMap { $0?.filter(\.isNumber) }
        let names = people.flatMap { [$0.name, $0.company ?? ""] }
        return ([title, company ?? ""] + names).map(Folding.fold).contains { $0.contains(word) }
            || digits.contains { $0.contains(word) }
    }
}

/// Calls of an agent as they are read, before a page is made of them.
struct ListedCalls {
    /// Each with the place that it has in the list: "milliseconds~call".
    var calls: [(view: RecentView, place: String)] = []
    /// Where to go on; `nil` at the end of the list.
    var next: String?
    /// Those of whom it is not known whether the agent may see them.
    var unknown: [Person] = []
}

extension DeskPainter {
    /// Calls that a search looks through at most where some of them may not be found.
    private static let mostLooked = 1000

    package func recent(of agent: String, _ query: RecentQuery) async throws -> RecentPage {
        guard let agent = organisation.agent(agent) else { throw CommandRefusal.notFound }
        let first = try await listed(of: agent, query)
        guard sights != nil, !query.search.isEmpty else {
            return RecentPage(calls: first.calls.map(\.view), next: first.next)
        }
        // A next page without a call would tell that somebody who is hidden has the name that was typed.
        var found = first.calls
        var query = query
        query.before = first.next
        var looked = query.limit
        while found.count <= query.limit, query.before != nil, looked < Self.mostLooked {
            let more = try await listed(of: agent, query)
            found += more.calls
            query.before = more.next
            looked += query.limit
        }
        let page = found.prefix(query.limit)
        return RecentPage(
            calls: page.map(\.view), next: found.count > page.count ? page.last?.place : nil)
    }

    /// A list that was asked for has the names in it: it is not drawn again.
    private func listed(of agent: Agent, _ query: RecentQuery) async throws -> ListedCalls {
        let listed = try await database.read { try recentCalls(of: agent, query, in: $0) }
        guard let sights, !listed.unknown.isEmpty else { return listed }
        _ = await sights.visible(listed.unknown, by: agent.id)
        return try await database.read { try recentCalls(of: agent, query, in: $0) }
    }

    func recentCalls(of agent: Agent, _ query: RecentQuery, in store: ReadTransaction) throws
        -> ListedCalls
    {
        let rows = try store.rows(
            """
            select p.* from call_part p join call c on c.id = p.call_id
            where \(SQL.joined(conditions(agent: agent, query), by: " and "))
            order by p.sort_at desc, p.call_id desc limit \(query.limit + 1)
            """)
        let page = rows.prefix(query.limit)
        let parts = try page.map(CallPart.init)
        let places = try page.map { "\(try $0.int("sort_at"))~\(try $0.text("call_id"))" }
        let ids = parts.map(\.callID)
        let calls = try book.calls(ids, in: store)
        let logs = try logs.logs(callIDs: ids, in: store)
        let seen = seen(
            try organisation.directory.people(
                Array(Set(personIDs(parts: parts, calls: calls, logs: logs))), in: store),
            by: agent.id, since: now().addingTimeInterval(-SightKeeper.listMemory))
        var listed = ListedCalls()
        for (part, place) in zip(parts, places) {
            guard let stored = calls[part.callID] else { continue }
            let view = recentView(of: stored, part: part, logs: logs[part.callID] ?? [], seen: seen)
            let names = stored.match?.candidates.compactMap { seen.people[$0.id] } ?? []
            if seen.isEachNameShown || view.shows(query.search, names) {
                listed.calls.append((view, place))
            }
        }
        listed.next = rows.count > query.limit ? places.last : nil
        listed.unknown = seen.hidden.values.filter { seen.unknown.contains($0.id) }
        return listed
    }

    private func conditions(agent: Agent, _ query: RecentQuery) throws -> [SQL] {
        var all: [SQL] = ["p.agent = \(agent.id)"]
        if query.leavesOutDesk {
            all.append(
                """
                p.state = 'ended' and (p.wrap_up_until is null or p.is_done = 1)
                """)
        }
        switch query.filter {
        case .all: break
        case .missed:
            all.append(
                """
                p.state = 'ended' and p.answered_at is null and p.outcome = 'notAnswered'
                and c.direction = 'inbound'
                """)
        case .notLogged:
            all.append(
                """
                p.state = 'ended' and c.direction <> 'internal' and (
                    (p.answered_at is not null and not exists (
                        select 1 from call_log l where l.call_id = p.call_id
                            and l.agent = p.agent and l.stage <> 'draft'))
                    or (p.answered_at is null and c.stage = 'unlogged'
                        and p.outcome in ('notAnswered', 'declined')))
                """)
        }
        let word = Folding.fold(query.search.trimmingCharacters(in: .whitespaces))
        if !word.isEmpty {
            let escaped = word.prefix(80).map { "%_\\".contains($0) ? "\\\($0)" : String($0) }
                .joined()
            all.append("c.search like \("%" + escaped + "%") escape '\\'")
        }
        if let before = query.before {
            let parts = before.split(separator: "~", maxSplits: 1)
            guard parts.count == 2, let time = Int(parts[0]) else {
                throw CommandRefusal.unreadable(
                    field: "before", "This is not the end of a page. Give what `next` said.")
            }
            let id = String(parts[1])
            all.append("(p.sort_at < \(time) or (p.sort_at = \(time) and p.call_id < \(id)))")
        }
        return all
    }

    /// A call is found, and said to be somebody's, by all who it may be: who may not see them must not be told.
    private func personIDs(
        parts: [CallPart], calls: [String: StoredCall], logs: [String: [CallLog]]
    ) -> [RecordID] {
        parts.flatMap { part -> [RecordID] in
            let candidates = calls[part.callID]?.match?.candidates.map(\.id) ?? []
            let logged = logs[part.callID]?.compactMap(\.person) ?? []
            return [part.chosen].compactMap { $0 } + logged + candidates
        }
    }

    private func recentView(
        of stored: StoredCall, part: CallPart, logs: [CallLog], seen: SeenPeople
    ) -> RecentView {
        let call = stored.call
        let log =
            logs.first { $0.agent == part.agent }
            ?? (call.wasAnswered ? nil : logs.first { $0.agent == nil })
        let personID =
            log.map(\.person) ?? (part.isCleared ? nil : part.chosen ?? stored.match?.certain?.id)
        let person = personID.flatMap { seen.people[$0] }
        let outcome = Self.outcome(of: part, in: call)
        return RecentView(
            id: stored.id, direction: call.direction, outcome: outcome,
            number: call.customer.map { NumberView($0.number) },
            title: person?.name ?? title(of: call), company: person?.company,
            startedAt: part.offeredAt ?? call.startedAt,
            seconds: part.spoke ? log?.seconds ?? seconds(of: part) : nil,
            log: Self.logState(log, part: part, call: call),
            match: stored.match.map(seen.left),
            person: person.map(PersonView.init), missed: outcome == .missed)
    }

    private func seconds(of part: CallPart) -> Int? {
        guard let start = part.answeredAt, let end = part.endedAt else { return nil }
        return Int(max(0, end.timeIntervalSince(start)).rounded())
    }

    static func outcome(of part: CallPart, in call: Call) -> RecentOutcome {
        if call.direction == .outbound { return part.spoke ? .outgoing : .notReached }
        if part.spoke { return .answered }
        switch part.outcome {
        case .declined: return .declined
        case .answeredElsewhere: return .answeredElsewhere
        case .completed, .transferred, .notAnswered, .busy, .failed, nil: return .missed
        }
    }

    /// The state of a call's log in recent calls; `nil` where no log is due from this agent.
    private static func logState(_ log: CallLog?, part: CallPart, call: Call) -> LogState? {
        if let log, log.stage != .draft { return LogState(log) }
        if call.direction == .internal { return nil }
        if part.spoke { return part.isDone ? .unlogged : .draft }
        return call.wasAnswered || call.direction == .outbound ? nil : .unlogged
    }
}
