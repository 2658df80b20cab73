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
    /// Messages that we did not understand and that hold the number.
    package var messages = 0
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

    /// Erases calls, events, logs and kept messages of a number. What the CRM holds is listed: it is erased
    /// there. An event that comes late does not bring an erased call back.
    package func erase(_ number: PhoneNumber) async throws -> Erasure {
        let now = now()
        let erasure = try await database.write { store in
            var erasure = Erasure(number: number.masked)
            for id in try callIDs(of: number, in: store) {
                let all = try logs.logs(callIDs: [id], in: store)[id] ?? []
                erasure.filedRecords += all.compactMap { $0.record?.id.description }
                erasure.logs += try store.execute("delete from call_log where call_id = \(id)")
                if let stored = try book.call(id, in: store) {
                    erasure.events += try book.eraseEvents(of: stored, in: store)
                }
                try store.execute("delete from call_part where call_id = \(id)")
                erasure.calls += try store.execute("delete from call where id = \(id)")
                try store.execute(
                    """
                    insert into erased_call (id, erased_at) values (\(id), \(now))
                    on conflict do nothing
                    """)
            }
            for id in try keptMessages(with: number, in: store) {
                erasure.messages += try store.execute("delete from kept_message where id = \(id)")
            }
            if let key = number.key {
                try store.execute("delete from spoken where number_key = \(key)")
            }
            return erasure
        }
        try await database.checkpoint()
        return erasure
    }

    /// Whether what is held of a call was erased: only its id, which is a hash, is remembered.
    func isErased(_ id: String, in store: ReadTransaction) throws -> Bool {
        try store.row("select id from erased_call where id = \(id)") != nil
    }

    /// Messages in which the number stands, however it is grouped. Its last digits are compared, as nobody
    /// knows how an unknown message writes it: rather one message too many than one too few.
    private func keptMessages(with number: PhoneNumber, in store: ReadTransaction) throws
        -> [String]
    {
        let digits = (number.e164 ?? number.presented).filter { $0.isASCII && $0.isNumber }
        let wanted = String(digits.suffix(8))
        guard wanted.count >= 3 else { return [] }
        return try store.rows("select id, body from kept_message").filter { row in
            try row.text("body").filter { $0.isASCII && $0.isNumber }.contains(wanted)
        }.map { try $0.text("id") }
    }

    private func callIDs(of number: PhoneNumber, in store: ReadTransaction) throws -> [String] {
        guard let key = number.key else { return [] }
        return try store.rows(
            "select id from call where number_key = \(key) order by started_at, id limit 10000"
        ).map { try $0.text("id") }
    }
}
