import BuiltInCRM
import CallerLookup
import Foundation
import PhoneNumbers
import Records
import Storage
import Synchronization
import TestStores

/// A CRM in memory, in Berlin, whose clock moves only when a test says so.
final class TestCRM: Sendable {
    static let start = Date(timeIntervalSince1970: 1_795_000_000)  // 2026-11-18

    let crm: BuiltInCRM
    private let clock: Clock

    private final class Clock: Sendable {
        let time = Mutex(TestCRM.start)
    }

    init(identifiers: RecordIdentifiers = .sequence()) async throws {
        let clock = Clock()
        self.clock = clock
        let database = try await Database.open(
            TestStore.location(), migrations: Directory.migrations + BuiltInCRM.migrations)
        crm = BuiltInCRM(
            database: database,
            directory: Directory(plan: NumberingPlan(country: "DE", areaCode: "30")),
            identifiers: identifiers, now: { clock.time.withLock { $0 } })
    }

    var now: Date { clock.time.withLock { $0 } }

    func wait(seconds: Double) { clock.time.withLock { $0 += seconds } }

    func read<T: Sendable>(
        _ body: @escaping @Sendable (BuiltInCRM, ReadTransaction) throws -> T
    ) async throws -> T {
        let crm = crm
        return try await crm.database.read { try body(crm, $0) }
    }

    func write<T: Sendable>(
        _ body: @escaping @Sendable (BuiltInCRM, WriteTransaction) throws -> T
    ) async throws -> T {
        let crm = crm
        return try await crm.database.write { try body(crm, $0) }
    }

    @discardableResult
    func create(_ kind: RecordID.Kind, _ fields: [String: String]) async throws -> RecordID {
        let now = now
        return try await write { try $0.create(kind, fields: fields, now: now, in: $1) }
    }

    @discardableResult
    func edit(_ id: RecordID, version: Int, _ fields: [String: String]) async throws -> Int {
        let now = now
        return try await write {
            try $0.edit(id, version: version, fields: fields, now: now, in: $1)
        }
    }

    func record(_ id: RecordID) async throws -> StoredRecord? {
        try await read { try $0.record(id, in: $1) }
    }

    /// Who a caller with this number would be.
    func match(_ number: String) async throws -> Match {
        try await read { crm, store in
            let plan = crm.directory.plan
            return try crm.directory.match(PhoneNumber(number, plan: plan), in: store)
        }
    }

    func names(_ match: Match) async throws -> [String] {
        try await read { crm, store in
            try match.candidates.compactMap { try crm.directory.person($0.id, in: store)?.name }
        }
    }
}

/// A file of `Fixtures`, as bytes.
func fixture(_ name: String, file: String = #filePath) throws -> [UInt8] {
    let folder = URL(filePath: file).deletingLastPathComponent()
    return [UInt8](try Data(contentsOf: folder.appending(path: "Fixtures/\(name)")))
}
