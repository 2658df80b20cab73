import CallLogging
import Calls
import Foundation
package import PhoneNumbers
import Records
package import Storage

/// Everything that is held of a number, for the person who asks.
package struct HeldData: Encodable, Sendable {
    package struct HeldCall: Encodable, Sendable {
        let id: String
        let call: Call
        let logs: [CallLog]
    }

    let number: String
    let calls: [HeldCall]
}

/// What was erased.
package struct Erasure: Codable, Hashable, Sendable {
    package var number: String
    package var calls = 0
    package var events = 0
    package var logs = 0
    /// Records of the CRM in which the call logs were filed: they are erased there.
    package var filedRecords: [String] = []
}

extension CallFlow {
    package func export(_ number: PhoneNumber, logs database: Database) async throws -> HeldData {
        try await database.read { store in
            let ids = try callIDs(of: number, in: store)
            let calls = try book.calls(ids, in: store)
            let all = try logs.logs(callIDs: ids, in: store)
            return HeldData(
                number: number.e164 ?? number.presented,
                calls: ids.compactMap { id in
                    calls[id].map { .init(id: id, call: $0.call, logs: all[id] ?? []) }
                })
        }
    }

    /// Erases calls, events and logs of a number. What the CRM holds is listed: it is erased there.
    package func erase(_ number: PhoneNumber) async throws -> Erasure {
        let erasure = try await database.write { store in
            var erasure = Erasure(number: number.masked)
            for id in try callIDs(of: number, in: store) {
                let all = try logs.logs(callIDs: [id], in: store)[id] ?? []
                erasure.filedRecords += all.compactMap { $0.record?.id.description }
                erasure.logs += try store.execute("delete from call_log where call_id = \(id)")
                erasure.events += try store.execute("delete from call_event where call_id = \(id)")
                try store.execute("delete from call_part where call_id = \(id)")
                erasure.calls += try store.execute("delete from call where id = \(id)")
            }
            if let key = number.key {
                try store.execute("delete from spoken where number_key = \(key)")
            }
            return erasure
        }
        try await database.checkpoint()
        return erasure
    }

    private func callIDs(of number: PhoneNumber, in store: ReadTransaction) throws -> [String] {
        guard let key = number.key else { return [] }
        return try store.rows(
            "select id from call where number_key = \(key) order by started_at, id limit 10000"
        ).map { try $0.text("id") }
    }
}
