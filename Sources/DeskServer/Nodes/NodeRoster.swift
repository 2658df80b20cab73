import Foundation
import Logging
import Storage
import Synchronization

/// The processes that share the store: each has a row, which it renews for as long as it lives.
final class NodeRoster: Sendable {
    /// A process as the others see it.
    struct Node: Hashable, Sendable {
        let id: String
        /// The machine and the process, for the administrator.
        let name: String
        let address: String
        let version: String
        let startedAt: Date
        /// Seconds since it last said that it lives, by the store's clock.
        let silence: TimeInterval
        let isStopping: Bool
    }

    static let migrations: [Migration] = [
        Migration(
            id: "0071-nodes",
            sql: [
                """
                create table node (
                    id text not null primary key,
                    name text not null,
                    address text not null,
                    version text not null,
                    started_at integer not null,
                    seen_at integer not null,
                    is_stopping integer not null
                )
                """
            ])
    ]

    /// Seconds between two signs of life.
    static let beat: TimeInterval = 2
    /// Seconds after which a process that says nothing counts as gone.
    static let patience: TimeInterval = 10
    /// Seconds for which it is shown as gone.
    private static let memory: TimeInterval = 24 * 3600

    /// This process: no other one ever has the same.
    let id = UUID().uuidString.lowercased()
    private let database: Database
    private let name: String
    private let address: String
    private let startedAt: Date
    private let isStoppingNow = Atomic(false)
    private let others = Atomic(0)

    init(database: Database, address: String, startedAt: Date) {
        self.database = database
        self.address = address
        self.startedAt = startedAt
        name = "\(ProcessInfo.processInfo.hostName) (\(ProcessInfo.processInfo.processIdentifier))"
    }

    /// Whether another process uses the store now, as far as the last look showed.
    var hasOthers: Bool { others.load(ordering: .relaxed) > 0 }

    /// Told to stop: no new work should be sent here.
    var isStopping: Bool { isStoppingNow.load(ordering: .acquiring) }

    /// Says that this process stops, to the others at the next sign of life.
    func stop() { isStoppingNow.store(true, ordering: .releasing) }

    /// Shows signs of life until the task is cancelled, then leaves.
    func run() async {
        while !Task.isCancelled {
            // A store that is away shows nobody's: the next one does.
            try? await show()
            try? await ContinuousClock().sleep(for: .seconds(Self.beat))
        }
        _ = try? await database.write { [id] store in
            try store.execute("delete from node where id = \(id)")
        }
    }

    private func show() async throws {
        let (isStopping, version) = (isStopping, CallMatchVersion.text)
        let count = try await database.write { [id, name, address, startedAt] store in
            let now = try store.clock()
            try store.execute(
                """
                insert into node (id, name, address, version, started_at, seen_at, is_stopping)
                values (\(id), \(name), \(address), \(version), \(startedAt), \(now),
                    \(isStopping ? 1 : 0))
                on conflict (id) do update set seen_at = excluded.seen_at,
                    is_stopping = excluded.is_stopping
                """)
            try store.execute(
                "delete from node where seen_at < \(now.addingTimeInterval(-Self.memory))")
            try PhoneErrands.forget(in: store, now: now)
            let recently = now.addingTimeInterval(-Self.patience)
            return try store.count(
                "select count(*) from node where id <> \(id) and seen_at > \(recently)")
        }
        others.store(count, ordering: .relaxed)
    }

    /// Whether any process says that it lives.
    static func isAnyUp(in store: ReadTransaction) throws -> Bool {
        try !namesUp(in: store).isEmpty
    }

    /// The processes that say that they live.
    static func namesUp(in store: ReadTransaction) throws -> [String] {
        let recently = try store.clock().addingTimeInterval(-patience)
        return try store.rows("select name from node where seen_at > \(recently) order by name")
            .map { try $0.text("name") }
    }

    /// Every process, this one first, then by name.
    func all() async throws -> [Node] {
        let rows = try await database.read { store in
            let now = try store.clock()
            return try store.rows("select * from node order by name, id").map { row in
                Node(
                    id: try row.text("id"), name: try row.text("name"),
                    address: try row.text("address"), version: try row.text("version"),
                    startedAt: try row.date("started_at"),
                    silence: max(0, now.timeIntervalSince(try row.date("seen_at"))),
                    isStopping: try row.int("is_stopping") == 1)
            }
        }
        let own = Node(
            id: id, name: name, address: address, version: CallMatchVersion.text,
            startedAt: startedAt, silence: 0, isStopping: isStopping)
        return [own] + rows.filter { $0.id != id }
    }
}
