package import CallLogging
import Calls
package import Foundation
package import Storage

/// All calls, counted by where they stand. The counts add up, but for calls that cannot be read, and what cannot be explained
/// is counted too.
package struct Audit: Codable, Hashable, Sendable {
    package var calls = 0
    package var live = 0
    package var open = 0
    package var ready = 0
    package var delivered = 0
    package var parked = 0
    package var unlogged = 0
    /// Calls that cannot be read, whose stage is not what their parts and logs say, that say what none of their events does, that
    /// lack a part, a draft or another log, whose filed log the CRM does not have, or that are gone while their log is not. It must be 0.
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
        var last = AuditedCall(id: "", startedAt: since)
        while true {
            let after = last
            let page = try await database.read { store in
                try auditedCalls(after: after, missing: missing, in: store)
            }
            for each in page {
                audit.count(each.stage)
                if !each.isExplained { audit.note(each.id) }
            }
            guard let end = page.last else { return audit }
            last = end
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

    fileprivate mutating func count(_ stage: CallStage?) {
        calls += 1
        switch stage {
        case .live: live += 1
        case .open: open += 1
        case .ready: ready += 1
        case .delivered: delivered += 1
        case .parked: parked += 1
        case .unlogged: unlogged += 1
        case nil: break
        }
    }
}
