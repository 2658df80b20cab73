import Foundation
import Synchronization

@testable package import Storage

/// Where the stores of tests live: in memory, or with `CALLMATCH_TEST_ENGINE=postgresql` in schemas of a PostgreSQL server
/// that lives as long as the tests do.
package enum TestStore {
    package static let isPostgreSQL =
        ProcessInfo.processInfo.environment["CALLMATCH_TEST_ENGINE"] == "postgresql"

    /// A new store of the engine under test, which nobody else has.
    package static func location() throws -> Database.Location {
        isPostgreSQL ? .postgresql(try PostgreSQLCluster.shared.get().newStore()) : .memory
    }

    /// A store that can be opened again: at this path, or in a schema.
    package static func location(at path: String) throws -> Database.Location {
        isPostgreSQL ? .postgresql(try PostgreSQLCluster.shared.get().newStore()) : .folder(path)
    }
}

/// The server of `Tests/PostgreSQL/cluster`.
package final class PostgreSQLCluster: Sendable {
    package static let shared = Result { try PostgreSQLCluster() }

    /// The database, in a schema that is not for stores.
    package let address: String
    /// Its closing ends the server, also when the tests crash.
    private let input: Pipe

    package init(settings: [String] = []) throws {
        let script = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../PostgreSQL/cluster")
        let process = Process()
        let output = Pipe()
        input = Pipe()
        process.executableURL = script
        process.arguments = settings
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        var line = Data()
        while let byte = try output.fileHandleForReading.read(upToCount: 1), !byte.isEmpty,
            byte != Data("\n".utf8)
        {
            line += byte
        }
        address = String(decoding: line, as: UTF8.self)
        guard address.hasPrefix("postgresql://") else { throw NoCluster() }
    }

    /// The address of a store that is empty.
    package func newStore() throws -> String {
        let link = try PostgreSQLLink(PostgreSQLAddress(address))
        let name = try link.run("select new_schema() as name").rows[0].text("name")
        return "\(address)&options=-csearch_path%3D\(name)"
    }

    package struct NoCluster: Error {}
}
