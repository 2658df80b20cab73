import CallLogging
import Calls
import Foundation
package import PhoneNumbers
import Records
import Storage

/// Everything that is held of a number, for the person who asks: a page of it, as it may be much.
package struct HeldData: Sendable {
    package struct HeldCall: Encodable, Sendable {
        let id: String
        let call: Call
        let logs: [CallLog]
    }

    /// One that we did not understand, as it stood there.
    package struct HeldMessage: Encodable, Sendable {
        let id: String
        let source: String
        let receivedAt: Date
        let body: String
    }

    package let number: String
    /// In the order of their ids, which never change.
    package let calls: [HeldCall]
    /// All of them, with the first page.
    package let messages: [HeldMessage]
    /// Where the next page begins; `nil` after the last one.
    package let next: String?
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
    /// Calls in a page, and calls that are erased in one commit.
    private static let callsAtOnce = 200

    /// - Parameter after: where the page begins, as the one before it said; `nil` for the first one.
    package func export(_ number: PhoneNumber, after: String? = nil) async throws -> HeldData {
        try await database.read { store in
            let ids = try callIDs(of: number, after: after, in: store)
            let calls = try book.calls(ids, in: store)
            let all = try logs.logs(callIDs: ids, in: store)
            let messages =
                after == nil
                ? try keptMessages(in: store) { $0.body.names(number) } : []
            return HeldData(
                number: number.e164 ?? number.presented,
                calls: ids.compactMap { id in
                    calls[id].map { .init(id: id, call: $0.call, logs: all[id] ?? []) }
                },
                messages: messages,
                next: ids.count < Self.callsAtOnce ? nil : ids.last)
        }
    }

    /// Erases calls, events, logs and kept messages of a number. What the CRM holds is listed: it is erased
    /// there. An event that comes late does not bring an erased call back.
    ///
    /// Many calls are erased in several commits: where one fails, what came before it is erased, and the rest is when
    /// it is asked for again.
    package func erase(_ number: PhoneNumber) async throws -> Erasure {
        var erasure = try await eraseMessages(of: number)
        while true {
            let part = try await eraseSome(number)
            erasure.calls += part.calls
            erasure.events += part.events
            erasure.logs += part.logs
            erasure.filedRecords += part.filedRecords
            if part.calls < Self.callsAtOnce { break }
        }
        try await database.checkpoint()
        return erasure
    }

    private func eraseSome(_ number: PhoneNumber) async throws -> Erasure {
        let now = now()
        return try await database.write { store in
            var erasure = Erasure(number: number.masked)
            for id in try callIDs(of: number, in: store) {
                let all = try logs.logs(callIDs: [id], in: store)[id] ?? []
                erasure.filedRecords += all.compactMap { $0.record?.id.description }
                erasure.logs += try logs.erase(callID: id, in: store)
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
            return erasure
        }
    }

    /// Kept messages in which the number may stand, and who was last spoken with.
    private func eraseMessages(of number: PhoneNumber) async throws -> Erasure {
        let found = try await database.read { store in
            try keptMessages(in: store) { $0.body.mayHold(number) }.map(\.id)
        }
        return try await database.write { store in
            var erasure = Erasure(number: number.masked)
            for id in found {
                erasure.messages += try store.execute("delete from kept_message where id = \(id)")
            }
            if let key = number.key {
                try store.execute("delete from spoken where number_key = \(key)")
            }
            return erasure
        }
    }

    /// Whether what is held of a call was erased: only its id, which is a hash, is remembered.
    func isErased(_ id: String, in store: ReadTransaction) throws -> Bool {
        try store.row("select id from erased_call where id = \(id)") != nil
    }

    private func keptMessages(
        in store: ReadTransaction, where isWanted: (HeldData.HeldMessage) -> Bool
    ) throws -> [HeldData.HeldMessage] {
        try store.rows("select * from kept_message order by received_at, id").map { row in
            HeldData.HeldMessage(
                id: try row.text("id"), source: try row.text("source"),
                receivedAt: try row.date("received_at"), body: try row.text("body"))
        }.filter(isWanted)
    }

    private func callIDs(
        of number: PhoneNumber, after: String? = nil, in store: ReadTransaction
    ) throws -> [String] {
        guard let key = number.key else { return [] }
        return try store.rows(
            """
            select id from call where number_key = \(key) and id > \(after ?? "")
            order by id limit \(Self.callsAtOnce)
            """
        ).map { try $0.text("id") }
    }
}

extension String {
    /// Whether a number may stand in it, however it is grouped: to be erased, rather one message too many than one too few.
    /// Nobody knows how an unknown message writes it, so the last digits are compared.
    fileprivate func mayHold(_ number: PhoneNumber) -> Bool {
        let wanted = number.lastDigits
        return wanted.count >= 3 && filter { $0.isASCII && $0.isNumber }.contains(wanted)
    }

    /// Whether a number stands in it by itself: to be told to who asks, rather one message too few than one of somebody else.
    fileprivate func names(_ number: PhoneNumber) -> Bool {
        let wanted = number.lastDigits
        guard wanted.count >= 3 else { return false }
        // As people and programs group digits; everything else ends a number.
        return split { !$0.isASCII || !$0.isNumber && !" -./()+".contains($0) }.contains { part in
            let digits = String(part.filter(\.isNumber))
            return wanted.count < 7 ? digits == wanted : digits.hasSuffix(wanted)
        }
    }
}

extension PhoneNumber {
    /// By which it is looked for where it may be written in any form.
    fileprivate var lastDigits: String {
        String((e164 ?? presented).filter { $0.isASCII && $0.isNumber }.suffix(8))
    }
}
