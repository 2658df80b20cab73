package import CallLogging
import Calls
package import Foundation
package import Storage

/// All calls, counted by where they stand. The counts add up, and what cannot be explained is counted too.
package struct Audit: Codable, Hashable, Sendable {
    package var calls = 0
    package var live = 0
    package var open = 0
    package var ready = 0
    package var delivered = 0
    package var parked = 0
    package var unlogged = 0
    /// Calls whose stage is not what their parts and logs say, that say more than their events, whose filed log the CRM does not
    /// have, or that are gone while their log is not. It must be 0.
    package var unexplained = 0
    /// The first of them, for support.
    package var examples: [String] = []

    /// Where the store and a phone system that this server is connected to differ; `nil` where none was asked. Phone systems
    /// that are not connected are not in it.
    package var phoneSystems: [StockDifference]?

    package static let mostExamples = 20

    package var isFine: Bool { unexplained == 0 && phoneSystems?.allSatisfy(\.isEmpty) ?? true }
}

extension CallFlow {
    /// Tells every call's stage anew from its parts and logs and compares it with the stored one.
    ///
    /// - Parameter missing: the keys of those that the CRM does not have; asked for filed logs.
    package func audit(
        since: Date = .distantPast,
        missing: @escaping @Sendable (_ filed: [CallLog], ReadTransaction) throws -> [String]
    ) async throws -> Audit {
        var audit = Audit()
        for log in try await logsWithoutCall() { audit.note(log) }
        var last = ""
        while true {
            let after = last
            let page = try await database.read { store in
                let calls = try store.rows(
                    """
                    select * from call where id > \(after) and started_at >= \(since)
                    order by id limit 500
                    """
                ).map { row in try StoredCall(row) }
                let events = try book.eventCounts(of: calls.map(\.id), in: store)
                return try calls.map { stored in
                    let isWhole = stored.call.facts.count <= events[stored.id, default: 0]
                    return (
                        stored.id, stored.stage,
                        try isWhole && explains(stored, missing: missing, in: store)
                    )
                }
            }
            for (id, stage, isExplained) in page {
                audit.count(stage)
                if !isExplained { audit.note(id) }
            }
            guard let end = page.last else { return audit }
            last = end.0
        }
    }

    /// The calls of logs whose call is not there.
    private func logsWithoutCall() async throws -> [String] {
        try await database.read { store in
            try store.rows(
                """
                select call_id from call_log where not exists (
                    select 1 from call where call.id = call_log.call_id) order by call_id
                """
            ).map { try $0.text("call_id") }
        }
    }

    /// Whether a call stands where what is stored of it says.
    private func explains(
        _ stored: StoredCall, missing: ([CallLog], ReadTransaction) throws -> [String],
        in store: ReadTransaction
    ) throws -> Bool {
        guard try stage(of: stored, in: store) == stored.stage else { return false }
        let all = try logs.logs(callIDs: [stored.id], in: store)[stored.id] ?? []
        let filed = all.filter { $0.stage == .delivered }
        guard filed.allSatisfy({ $0.record != nil && $0.deliveredVersion == $0.version }) else {
            return false
        }
        return try filed.isEmpty || missing(filed, store).isEmpty
    }

    /// Sends parked and waiting logs on their way now.
    ///
    /// - Parameter id: one log, or all with `nil`.
    /// - Returns: how many.
    package func retryDeliveries(id: String?) async throws -> Int {
        let now = now()
        return try await database.write { store in
            let rows =
                if let id {
                    try store.rows(
                        """
                        select * from call_log where id = \(id) and stage in ('parked', 'ready')
                        """)
                } else {
                    try store.rows(
                        "select * from call_log where stage = 'parked' order by id limit 10000")
                }
            for row in rows {
                let id = try row.text("id")
                try store.execute(
                    """
                    update call_log set stage = 'ready', attempts = 0, due_at = \(now),
                        lease_until = 0 where id = \(id)
                    """)
                try restage(callID: try row.text("call_id"), in: store)
            }
            store.notify(Delivery.retry)
            return rows.count
        }
    }

    /// Brings a call's stage up to date after its log moved, and tells its agents.
    package func restage(callID: String, in store: WriteTransaction) throws {
        guard let stored = try book.call(callID, in: store) else { return }
        try settle(stored, agents: agents(of: stored.call), in: store)
    }
}

extension Audit {
    fileprivate mutating func note(_ unexplainedCall: String) {
        unexplained += 1
        if examples.count < Audit.mostExamples { examples.append(unexplainedCall) }
    }

    fileprivate mutating func count(_ stage: CallStage) {
        calls += 1
        switch stage {
        case .live: live += 1
        case .open: open += 1
        case .ready: ready += 1
        case .delivered: delivered += 1
        case .parked: parked += 1
        case .unlogged: unlogged += 1
        }
    }
}
