import CallLogging
import CallerLookup
import Calls
import Foundation
import Storage

/// A call of the audit, and where it stands in the audit's order.
struct AuditedCall {
    let id: String
    let startedAt: Date
    /// `nil` when it cannot be read.
    var stage: CallStage?
    var isExplained = false
}

/// What else is stored of some calls.
private struct Evidence {
    let events: [String: [CallEvent]]
    let parts: [String: [CallPart]]
    let logs: [String: [CallLog]]
    /// How many there must be.
    let logCounts: [String: Int]
    /// Keys of filed logs that the CRM does not have.
    let missing: Set<String>
}

extension CallFlow {
    /// The next calls, in the order in which they began: their events stand together in the journal.
    func auditedCalls(
        after last: AuditedCall, missing: ([CallLog], ReadTransaction) throws -> [String],
        in store: ReadTransaction
    ) throws -> [AuditedCall] {
        let page = try store.rows(
            """
            select * from call where started_at >= \(last.startedAt)
                and (started_at > \(last.startedAt) or id > \(last.id))
            order by started_at, id limit 500
            """
        ).map { row in
            let place = AuditedCall(id: try row.text("id"), startedAt: try row.date("started_at"))
            return (place, call: try unlessUnreadable { try StoredCall(row) })
        }
        // What cannot be read is not to hide the other calls.
        let all = try unlessUnreadable {
            try evidence(of: page.compactMap(\.call), missing: missing, in: store)
        }
        return try page.map { place, call in
            guard let call else { return place }
            let known =
                try all
                ?? unlessUnreadable {
                    try evidence(of: [call], missing: missing, in: store)
                }
            var audited = place
            audited.stage = call.stage
            audited.isExplained = known.map { explains(call, by: $0) } ?? false
            return audited
        }
    }

    private func evidence(
        of calls: [StoredCall], missing: ([CallLog], ReadTransaction) throws -> [String],
        in store: ReadTransaction
    ) throws -> Evidence {
        let ids = calls.map(\.id)
        let all = try logs.logs(callIDs: ids, in: store)
        let filed = all.values.joined().filter { $0.stage == .delivered }
        return Evidence(
            events: try book.events(of: calls, in: store),
            parts: try book.parts(callIDs: ids, in: store), logs: all,
            logCounts: try logs.counts(callIDs: ids, in: store),
            missing: Set(try filed.isEmpty ? [] : missing(filed, store)))
    }

    /// Whether a call stands where what else is stored of it says.
    private func explains(_ stored: StoredCall, by known: Evidence) -> Bool {
        let events = known.events[stored.id, default: []]
        let parts = known.parts[stored.id, default: []]
        let logs = known.logs[stored.id, default: []]
        let filed = logs.filter { $0.stage == .delivered }
        return stored.call.facts.allSatisfy(events.contains)
            && logs.count == known.logCounts[stored.id, default: 0]
            && stage(of: stored, parts: parts, logs: logs) == stored.stage
            && Set(logs.compactMap(\.agent)).isSubset(of: parts.map(\.agent))
            && !parts.contains { part in
                needsDraft(part, of: stored) && !logs.contains { $0.agent == part.agent }
            }
            && filed.allSatisfy { log in
                log.record != nil && log.deliveredVersion == log.version
                    && !known.missing.contains(log.key)
            }
    }

    /// Whether an agent speaks, or writes, with somebody who is known. Where nobody is known, it depends on what the policy
    /// was then.
    private func needsDraft(_ part: CallPart, of stored: StoredCall) -> Bool {
        guard part.spoke, part.isOnDesk, organisation.settings.policy.logs(stored.call) else {
            return false
        }
        return part.chosen != nil || (!part.isCleared && stored.match?.certain != nil)
    }

    /// `nil` where a value in the store is not what it should be.
    private func unlessUnreadable<Value>(_ body: () throws -> Value) throws -> Value? {
        do {
            return try body()
        } catch StorageFailure.column {
            return nil
        }
    }
}
