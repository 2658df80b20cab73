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
    /// In the order in which they began.
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
            let places = try places(of: number, after: after, in: store)
            let ids = places.map(\.id)
            let calls = try book.calls(ids, in: store)
            let all = try logs.logs(callIDs: ids, in: store)
            let messages = after == nil ? try keptMessages(with: number, in: store) : []
            return HeldData(
                number: number.e164 ?? number.presented,
                calls: ids.compactMap { id in
                    calls[id].map { .init(id: id, call: $0.call, logs: all[id] ?? []) }
                },
                messages: messages,
                next: places.count < Self.callsAtOnce ? nil : places.last?.text)
        }
    }

    /// Erases calls, events, logs and kept messages of a number. What the CRM holds is listed: it is erased
    /// there. An event that comes late does not bring an erased call back.
    ///
    /// Many calls are erased in several commits: where one fails, what came before it is erased, and the rest is when
    /// it is asked for again.
    package func erase(_ number: PhoneNumber) async throws -> Erasure {
        var erasure = Erasure(number: number.masked)
        while true {
            let part = try await eraseSome(number)
            erasure.calls += part.calls
            erasure.events += part.events
            erasure.logs += part.logs
            erasure.messages += part.messages
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
            for id in try places(of: number, after: nil, in: store).map(\.id) {
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
            for message in try keptMessages(with: number, in: store) {
                erasure.messages += try store.execute(
                    "delete from kept_message where id = \(message.id)")
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

    /// Messages in which the number stands, however it is grouped. Its last digits are compared, as nobody
    /// knows how an unknown message writes it: rather one message too many than one too few.
    private func keptMessages(with number: PhoneNumber, in store: ReadTransaction) throws
        -> [HeldData.HeldMessage]
    {
        let digits = (number.e164 ?? number.presented).filter { $0.isASCII && $0.isNumber }
        let wanted = String(digits.suffix(8))
        guard wanted.count >= 3 else { return [] }
        return try store.rows("select * from kept_message order by received_at, id").filter {
            try $0.text("body").filter { $0.isASCII && $0.isNumber }.contains(wanted)
        }.map { row in
            HeldData.HeldMessage(
                id: try row.text("id"), source: try row.text("source"),
                receivedAt: try row.date("received_at"), body: try row.text("body"))
        }
    }

    private func places(
        of number: PhoneNumber, after: String?, in store: ReadTransaction
    ) throws -> [CallPlace] {
        guard let key = number.key else { return [] }
        let place = try after.map(CallPlace.init(text:)) ?? CallPlace(startedAt: .min, id: "")
        return try store.rows(
            """
            select id, started_at from call where number_key = \(key)
                and (started_at, id) > (\(place.startedAt), \(place.id))
            order by started_at, id limit \(Self.callsAtOnce)
            """
        ).map { CallPlace(startedAt: try $0.int("started_at"), id: try $0.text("id")) }
    }
}

/// Where a call stands among those of its number.
private struct CallPlace {
    /// As it is stored.
    let startedAt: Int
    let id: String

    init(startedAt: Int, id: String) {
        self.startedAt = startedAt
        self.id = id
    }

    /// For whoever asks for the next page.
    var text: String { "\(startedAt) \(id)" }

    init(text: String) throws {
        let parts = text.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, let startedAt = Int(parts[0]) else {
            throw CommandRefusal.invalid(
                field: "after", "This is no place at which a page begins. Ask for the first one.")
        }
        self.init(startedAt: startedAt, id: String(parts[1]))
    }
}
