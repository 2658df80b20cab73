package import CallerLookup
package import Foundation
package import Records
package import Storage

/// The embedded CRM: contacts, leads, accounts, opportunities, cases and activities in our own store.
///
/// It stands at both ends of the product like any other CRM (`RecordSource`, `ActivitySink`), and can do one
/// thing more: as its records and the directory are in one store, a record that is written is matched by
/// the commit that writes it.
///
/// Functions that take a transaction do their work in it and wait for nothing; the `async` forms of the two
/// seams open one of their own.
package struct BuiltInCRM: Sendable {
    /// The first part of every record id.
    package static let name = "callmatch"

    package let database: Database
    /// Told of every person that is written; asked for each time, as the numbering plan may change.
    package var directory: Directory { currentDirectory() }
    private let currentDirectory: @Sendable () -> Directory
    let identifiers: RecordIdentifiers
    let now: @Sendable () -> Date

    /// - Parameter now: the time, for the two seams that are not given one.
    package init(
        database: Database, directory: @autoclosure @escaping @Sendable () -> Directory,
        identifiers: RecordIdentifiers = .random,
        now: @escaping @Sendable () -> Date
    ) {
        self.database = database
        currentDirectory = directory
        self.identifiers = identifiers
        self.now = now
    }

    static func id(_ kind: RecordID.Kind, _ value: String) -> RecordID {
        RecordID(crm: name, kind: kind, value: value)
    }

    /// Where a record is shown: `/crm/contacts/c-…`.
    package static func url(of id: RecordID) -> String { "/crm/\(id.kind.plural)/\(id.value)" }

    /// The time of this transaction's changes: later than that of every transaction before it, whatever the
    /// clock says. So a reader who asks for what changed after the last time it saw misses nothing.
    func stamp(_ now: Date, in store: WriteTransaction) throws -> Date {
        let row = try store.row(
            """
            update crm_counter set value = case when value >= \(now) then value + 1 else \(now) end
            where name = 'stamp' returning value
            """)
        return try row?.date("value") ?? now
    }
}
