package import Foundation

/// One term of a lease: the proof that is checked in each transaction of the holder's work.
///
/// A holder that stood still, lost its lease and wakes up cannot write any more: its number is not the lease's.
/// Source: Martin Kleppmann, "How to do distributed locking" (2016), fencing tokens.
package struct Fence: Hashable, Sendable {
    package let lease: String
    /// Grows with each term.
    package let number: Int

    /// - Throws: `LeaseLost` where the lease has gone to somebody else, or was given back.
    package func check(in store: ReadTransaction) throws {
        let row = try store.row("select fence from lease where name = \(lease)")
        guard try row?.int("fence") == number else { throw LeaseLost(lease: lease) }
    }
}

/// Another process has the lease now.
package struct LeaseLost: Error, Hashable, CustomStringConvertible {
    package let lease: String

    package var description: String { "Another server has taken over “\(lease)”." }
}

/// Rights that one process at a time has, kept in the store and measured by the store's clock.
package struct Leases: Sendable {
    /// How long a holder may be silent before somebody else may take its place.
    package static let length: TimeInterval = 6

    package static let migrations: [Migration] = [
        Migration(
            id: "0070-leases",
            sql: [
                """
                create table lease (
                    name text not null primary key,
                    holder text not null,
                    fence integer not null,
                    held_until integer not null
                )
                """
            ])
    ]

    /// A lease as it stands.
    package struct Standing: Hashable, Sendable {
        package let name: String
        package let holder: String
        /// By the store's clock.
        package let isHeld: Bool
    }

    package let database: Database
    /// This process: no other one ever has the same.
    package let holder: String
    private let clock: @Sendable (ReadTransaction) throws -> Date

    /// - Parameter clock: another clock than the store's, for tests.
    package init(
        database: Database, holder: String,
        clock: @escaping @Sendable (ReadTransaction) throws -> Date = { try $0.clock() }
    ) {
        self.database = database
        self.holder = holder
        self.clock = clock
    }

    /// Begins a term; `nil` while somebody else has the lease.
    package func acquire(_ name: String) async throws -> Fence? {
        try await database.write { [holder, clock] store in
            let now = try clock(store)
            let row = try store.row("select fence, held_until from lease where name = \(name)")
            if let row, try row.date("held_until") > now { return nil }
            let number = try (row?.int("fence") ?? 0) + 1
            try store.execute(
                """
                insert into lease (name, holder, fence, held_until)
                values (\(name), \(holder), \(number), \(now.addingTimeInterval(Self.length)))
                on conflict (name) do update set holder = excluded.holder,
                    fence = excluded.fence, held_until = excluded.held_until
                """)
            return Fence(lease: name, number: number)
        }
    }

    /// Goes on with a term, also with one that has run out while nobody wanted it.
    ///
    /// - Returns: false where the lease has gone to somebody else.
    package func renew(_ fence: Fence) async throws -> Bool {
        try await database.write { [clock] store in
            let until = try clock(store).addingTimeInterval(Self.length)
            return try store.execute(
                """
                update lease set held_until = \(until)
                where name = \(fence.lease) and fence = \(fence.number)
                """) > 0
        }
    }

    /// Ends a term, so that others need not wait. Nothing can be written under its fence afterwards.
    package func release(_ fence: Fence) async throws {
        try await database.write { store in
            try store.execute(
                """
                update lease set held_until = 0, fence = fence + 1
                where name = \(fence.lease) and fence = \(fence.number)
                """)
            store.notify(ChangeNotice(topic: Self.freed, subject: fence.lease))
        }
    }

    /// The topic of notices that name a lease which was given back.
    package static let freed = "lease"

    package func all() async throws -> [Standing] {
        try await database.read { [clock] store in
            let now = try clock(store)
            return try store.rows("select name, holder, held_until from lease order by name").map {
                Standing(
                    name: try $0.text("name"), holder: try $0.text("holder"),
                    isHeld: try $0.date("held_until") > now)
            }
        }
    }
}

extension ReadTransaction {
    /// The time by the store's clock, to a millisecond: the same for all processes that share the store. It goes on within
    /// a transaction.
    package func clock() throws -> Date {
        let asked: SQL =
            switch engine {
            case .sqlite:
                "select cast((julianday('now') - 2440587.5) * 86400000 as integer) as now"
            case .postgresql:
                "select cast(extract(epoch from clock_timestamp()) * 1000 as bigint) as now"
            }
        return try rows(asked)[0].date("now")
    }
}
