import Credentials
import Foundation
package import Storage

extension CallFlow {
    package static let messageMigrations: [Migration] = [
        Migration(
            id: "0030-messages",
            sql: [
                """
                create table message (
                    source text not null,
                    value text not null,
                    received_at integer not null,
                    primary key (source, value)
                )
                """,
                "create index message_by_time on message (received_at)",
                """
                create table kept_message (
                    id text not null primary key,
                    source text not null,
                    received_at integer not null,
                    reason text not null,
                    body text not null
                )
                """,
                "create index kept_message_by_source on kept_message (source, received_at)",
            ]),
        Migration(
            id: "0031-erased-calls",
            sql: [
                "create table erased_call (id text not null primary key, erased_at integer not null)",
                "create index erased_call_by_time on erased_call (erased_at)",
            ]),
        // So a million ids take less than 100 MiB, and took 120 as they were sent. What was known before is forgotten: the
        // events themselves are known still.
        Migration(
            id: "0032-message-hashes",
            sql: [
                "drop table message",
                "create table message (id text not null primary key, received_at integer not null)",
                "create index message_by_time on message (received_at)",
            ]),
    ]

    /// Messages kept of one source at most; older ones make room.
    private static let mostKept = 1000

    /// Remembers a message; false when it was taken before.
    func takeOnce(_ message: MessageID, now: Date, in store: WriteTransaction) throws -> Bool {
        try store.execute(
            """
            insert into message (id, received_at) values (\(message.hash), \(now))
            on conflict do nothing
            """) > 0
    }

    /// Keeps a message that we do not understand, for the administrator: never an error for the sender.
    func keep(_ message: UnknownMessage, now: Date, in store: WriteTransaction) throws {
        try store.execute(
            """
            insert into kept_message (id, source, received_at, reason, body)
            values (\(newID()), \(message.source), \(now), \(String(message.reason.prefix(200))),
                \(String(message.body.prefix(4096))))
            """)
        try store.execute(
            """
            delete from kept_message where source = \(message.source) and id in (
                select id from kept_message where source = \(message.source)
                order by received_at desc, id limit 100 offset \(Self.mostKept))
            """)
    }

    /// Forgets messages that no sender repeats any more.
    package func forgetMessages() async throws {
        let memory = Clockwork.messageMemory + forward(within: Clockwork.messageMemory)
        let before = now().addingTimeInterval(-memory)
        try await database.write { store in
            try store.execute("delete from message where received_at < \(before)")
            try store.execute("delete from erased_call where erased_at < \(before)")
        }
    }
}

extension MessageID {
    /// 128 bits by which a message is known, in 22 letters: who sends it and its id there.
    fileprivate var hash: String {
        let digest = Digest(of: Array("\(source)\u{0}\(value)".utf8))
        return Base64.addressText(Array(digest.bytes.prefix(16)))
    }
}
