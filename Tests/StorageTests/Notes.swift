import Foundation
import Logging
import Storage
import Synchronization
import TestStores
import Testing

/// A folder of its own for one test, removed with the value's owner.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "callmatch-storage-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// A folder that is not there yet.
    var data: String { path + "/data" }

    /// A store of the engine under test that can be opened again.
    func store() throws -> Database.Location {
        try postgreSQL.withLock { known in
            let location = try known ?? TestStore.location(at: data)
            known = location
            return location
        }
    }

    private let postgreSQL = Mutex<Database.Location?>(nil)
}

extension Database.Options {
    static var quiet: Self {
        Self(logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    /// Groups begin only when they are full (or when the store is closed), so that a test can count
    /// commits; only the very first write goes alone.
    static func fullGroups(of size: Int) -> Self {
        var options = Self.quiet
        options.window = .seconds(3600)
        options.groupLimit = size
        return options
    }
}

/// The schema of these tests: numbered notes.
let noteSchema = [
    Migration(
        id: "0001-note",
        sql: [
            "create table note (id integer not null primary key, text text not null)",
            """
            create table remark (
                id integer not null primary key, note integer not null references note (id))
            """,
        ])
]

extension WriteTransaction {
    func add(_ id: Int, _ text: String = "") throws {
        try execute("insert into note (id, text) values (\(id), \(text))")
    }
}

extension Database {
    static func notes(_ options: Options = .quiet) async throws -> Database {
        try await open(TestStore.location(), migrations: noteSchema, options: options)
    }

    func ids() async throws -> [Int] {
        try await read { try $0.rows("select id from note order by id").map { try $0.int("id") } }
    }
}

/// Each engine has words of its own for a broken rule.
func expectBroken<T>(
    _ rule: StorageFailure.Constraint, _ body: @Sendable () async throws -> T
) async {
    let error = await #expect(throws: StorageFailure.self) { _ = try await body() }
    guard case .constraint(rule, _)? = error else {
        Issue.record("\(String(describing: error))")
        return
    }
}

struct Refused: Error, Equatable {}

extension Sequence where Element == StorageMetric {
    func value(_ name: String) -> Double? {
        first { $0.name == "callmatch_storage_\(name)" }?.value
    }
}

/// A list that threads append to.
final class Collected<Element: Sendable>: Sendable {
    private let list = Mutex<[Element]>([])

    func append(_ element: Element) { list.withLock { $0.append(element) } }

    var all: [Element] { list.withLock { $0 } }
}
