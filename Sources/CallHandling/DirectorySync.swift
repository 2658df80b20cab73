package import CallerLookup
import Calls
package import Foundation
package import Logging
package import Records
import ServiceLifecycle
package import Storage

/// How far a CRM's people have come in.
package struct SyncState: Hashable, Sendable {
    /// The first load is not over.
    package var isLoading = true
    /// People taken in since the first load began, repeats counted.
    package var taken = 0
    /// How many the first load has in all, where the CRM said so.
    package var expected: Int?
    /// When everything had been taken in last, by our clock.
    package var completeAt: Date?
    /// Why it does not go on, in words; `nil` while it does.
    package var fault: String?
    /// When the fault was first met.
    package var faultSince: Date?
}

/// Brings a CRM's people into the directory as they change, page by page, for as long as the process lives.
///
/// A page goes into the store in portions, so that a ring never waits long for it, and the last portion carries the cursor:
/// after a crash the page comes once more, and nothing is missed or doubled.
package actor DirectorySync {
    /// People of one transaction: more would keep a ring waiting.
    package static let portion = 100
    /// Seconds between two tries while something is wrong.
    private static let patience: [Double] = [1, 2, 5, 10, 20, 30, 60]

    private let source: any RecordSource
    private let flow: CallFlow
    private let pause: @Sendable () async -> Double
    private let logger: Logger
    package private(set) var state = SyncState()
    private var isRestored = false
    /// This process brings them in, in this term.
    private var isRunning = false
    private var fence: Fence?
    /// Seconds between two looks at what another process has brought in.
    private static let watchPause: Double = 2

    /// - Parameter pause: seconds until the next look, asked after each round.
    package init(
        source: any RecordSource, flow: CallFlow, logger: Logger,
        pause: @escaping @Sendable () async -> Double
    ) {
        self.source = source
        self.flow = flow
        self.logger = logger
        self.pause = pause
    }

    /// - Parameter fence: the term in which this process may do so; where it is over, nothing more is written.
    package func run(under fence: Fence? = nil) async {
        self.fence = fence
        isRunning = true
        isRestored = false
        state = SyncState()
        defer {
            isRunning = false
            self.fence = nil
        }
        var faults = 0
        while !Task.isCancelled {
            let wait: Double
            do {
                wait = try await step()
                faults = 0
            } catch is CancellationError {
                return
            } catch {
                // What is called off because this process stops is no fault.
                if Task.isCancelled { return }
                note(error)
                wait = Self.patience[min(faults, Self.patience.count - 1)]
                faults += 1
            }
            if wait > 0 { try? await ContinuousClock().sleep(for: .seconds(wait)) }
        }
    }

    /// Keeps `state` as another process brings people in, for as long as this one does not.
    package func watch() async {
        while !Task.isCancelled {
            if !isRunning {
                isRestored = false
                _ = try? await restore()
            }
            try? await ContinuousClock().sleep(for: .seconds(Self.watchPause))
        }
    }

    /// Takes one page.
    ///
    /// - Returns: seconds until the next one.
    package func step() async throws -> Double {
        let crm = source.crm
        let cursor = try await restore()
        let page = try await source.changes(since: cursor)
        try await take(page, knows: cursor)
        state.fault = nil
        state.faultSince = nil
        state.taken += page.changed.count
        state.expected = page.expected ?? state.expected
        guard page.isComplete else { return page.wait }
        let now = flow.now()
        state.isLoading = false
        state.completeAt = now
        let fence = fence
        try await flow.database.write { store in
            try fence?.check(in: store)
            try Directory.setNote("\(now.timeIntervalSince1970)", "complete:\(crm)", in: store)
        }
        return await pause()
    }

    /// Where the last process was.
    private func restore() async throws -> String? {
        let crm = source.crm
        let (cursor, complete, taken) = try await flow.database.read { store in
            (
                try Directory.note("cursor:\(crm)", in: store),
                try Directory.note("complete:\(crm)", in: store),
                try Directory.note("taken:\(crm)", in: store)
            )
        }
        if !isRestored {
            isRestored = true
            state = SyncState()
            state.completeAt = complete.flatMap(Double.init).map(Date.init(timeIntervalSince1970:))
            state.isLoading = state.completeAt == nil
            let counts = (taken ?? "").split(separator: "/").map { Int($0) }
            state.taken = counts.first.flatMap(\.self) ?? 0
            state.expected = counts.dropFirst().first.flatMap(\.self).flatMap { $0 > 0 ? $0 : nil }
        }
        return cursor
    }

    private func take(_ page: RecordChanges, knows cursor: String?) async throws {
        let crm = source.crm
        let flow = flow
        let now = flow.now()
        let isLoading = state.isLoading
        let taken = "\(state.taken + page.changed.count)/\(page.expected ?? state.expected ?? 0)"
        let fence = fence
        var rest = page.changed[...]
        repeat {
            let people = Array(rest.prefix(Self.portion))
            rest = rest.dropFirst(Self.portion)
            let isLast = rest.isEmpty
            try await flow.database.write { store in
                try fence?.check(in: store)
                try flow.organisation.directory.put(people, in: store)
                if isLast {
                    try flow.organisation.directory.remove(page.removed, in: store)
                    if let new = page.cursor, new != cursor {
                        try Directory.setNote(new, "cursor:\(crm)", in: store)
                    }
                    if isLoading { try Directory.setNote(taken, "taken:\(crm)", in: store) }
                }
                try flow.matchAnew(callsOf: people.map(\.id), now: now, in: store)
            }
        } while !rest.isEmpty
    }

    private func note(_ error: any Error) {
        let text = "\(error)"
        guard state.fault != text else { return }
        logger.warning(
            "People do not come in.", metadata: ["crm": "\(source.crm)", "error": "\(text)"])
        state.fault = text
        state.faultSince = state.faultSince ?? flow.now()
    }
}

extension CallFlow {
    /// Calls on a desk that now may be somebody of these: they are matched anew.
    package func matchAnew(callsOf people: [RecordID], now: Date, in store: WriteTransaction)
        throws
    {
        guard !people.isEmpty else { return }
        let rows = try store.rows(
            """
            select distinct c.id from call_part p join call c on c.id = p.call_id
                join person_number n on n.number_key = c.number_key
            where (p.state <> 'ended' or (p.wrap_up_until is not null and p.is_done = 0))
                and n.ref in \(list: people.map(\.description))
            """)
        for row in rows { try matchAnew(try row.text("id"), now: now, in: store) }
    }

    /// Asks the directory again who is calling. Whom an agent has chosen stays chosen; a log that had to wait for
    /// somebody opens.
    package func matchAnew(_ callID: String, now: Date, in store: WriteTransaction) throws {
        guard var stored = try book.call(callID, in: store), let customer = stored.call.customer,
            stored.call.direction != .internal
        else { return }
        let before = stored.match
        stored.match = try organisation.directory.match(customer.number, in: store)
        guard stored.match != before else { return }
        stored.searchText = try searchText(of: stored, in: store)
        try book.save(stored, in: store)
        let agents = agents(of: stored.call)
        try updateLogs(of: stored, agents: agents, now: now, in: store)
        try settle(stored, agents: agents, in: store)
    }
}
