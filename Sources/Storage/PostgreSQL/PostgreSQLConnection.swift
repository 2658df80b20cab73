import Foundation

/// A link behind the store's own types.
struct PostgreSQLConnection: StorageConnection {
    let link: PostgreSQLLink
    let kind: Kind

    enum Kind {
        case reader
        /// - channel: on which changes are announced.
        case writer(channel: String, sender: String)
    }

    func rows(_ sql: SQL) throws(StorageFailure) -> [Row] { try link.run(sql).rows }

    func execute(_ sql: SQL) throws(StorageFailure) -> Int { try link.run(sql).changes }

    /// Only the commit is waited for; the other steps travel with the next statement. They can fail only where that one
    /// fails too.
    func control(_ step: TransactionStep) throws(StorageFailure) {
        switch step {
        case .begin: begin()
        case .commit:
            let did = try link.run("commit").did
            // PostgreSQL answers the commit of a transaction that an error has ended with a rollback, and no error.
            guard did == "COMMIT" else {
                throw .statement("commit", reason: "the transaction was undone (\(did))")
            }
        case .rollback:
            link.dropQueued()
            if link.isInTransaction { _ = try link.run("rollback") }
        case .savepoint: link.queue("savepoint body")
        case .releaseSavepoint: link.queue("release savepoint body")
        case .rollbackToSavepoint: link.queue("rollback to savepoint body")
        }
    }

    private func begin() {
        switch kind {
        case .reader: link.queue("begin isolation level repeatable read read only")
        case .writer:
            link.queue("begin isolation level read committed read write")
            // Writers of all processes take turns. Each later statement sees what was committed before the turn.
            link.queue(
                "select pg_advisory_xact_lock(hashtextextended('callmatch/' || current_schema(), 0))"
            )
        }
    }

    func announce(_ notices: [ChangeNotice]) throws(StorageFailure) {
        guard case .writer(let channel, let sender) = kind else { return }
        let payload = Announcement(sender: sender, notices: notices).payload
        link.queue("select pg_notify(\(channel), \(payload))")
    }
}

/// The notices of one commit as they travel between processes.
struct Announcement: Codable {
    /// The process that made them, which has told its own already.
    let sender: String
    let notices: [[String]]

    /// PostgreSQL takes less than 8,000 bytes.
    private static let mostBytes = 7_900

    init(sender: String, notices: [ChangeNotice]) {
        self.sender = sender
        self.notices = notices.map { [$0.topic, $0.subject] }
    }

    init?(payload: String) {
        guard let known = try? JSONDecoder().decode(Self.self, from: Data(payload.utf8)),
            known.notices.allSatisfy({ $0.count == 2 })
        else { return nil }
        self = known
    }

    /// Notices that are too many for one announcement become "read everything again".
    var payload: String {
        if let data = try? JSONEncoder().encode(self), data.count <= Self.mostBytes {
            return String(decoding: data, as: UTF8.self)
        }
        return Announcement(sender: sender, notices: [.everything]).payload
    }

    var changes: [ChangeNotice] {
        notices.map { ChangeNotice(topic: $0[0], subject: $0[1]) }
    }
}
