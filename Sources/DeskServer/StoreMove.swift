import BuiltInCRM
import CallerLookup
import Foundation
package import Logging
package import Storage

/// Moves what a store holds into another one, which may have another engine. No server may use either.
package struct StoreMove: Sendable {
    /// Tables of processes that run, and of what they ask each other.
    private static let passing: Set<String> = [
        "lease", "node", "phone_board", "phone_ability", "phone_errand",
    ]

    /// Why it cannot begin, in words.
    package struct Refusal: Error, CustomStringConvertible {
        package let description: String
    }

    private let logger: Logger

    package init(logger: Logger) {
        self.logger = logger
    }

    /// - Parameters:
    ///   - from: a data folder, or the address of a database.
    ///   - restarts: what is in the target is removed first.
    /// - Throws: `Refusal`, `StoreCopy.Fault`, `StorageFailure`.
    package func run(
        from: String, to: String, restarts: Bool,
        report: @escaping @Sendable (StoreCopy.Progress) -> Void
    ) async throws -> StoreCopy.Outcome {
        let source = try await open(from, isSource: true)
        let target = try await open(to, isSource: false)
        let copy = StoreCopy(
            from: source, to: target, indexes: [Directory.searchIndex],
            passing: Self.passing.union(BuiltInCRM.searchTables),
            finish: { try BuiltInCRM.finishCopy(in: $0) }, report: report)
        let outcome: Result<StoreCopy.Outcome, any Error>
        do {
            try await checkUnused(source)
            try await checkUnused(target)
            outcome = .success(try await copy.run(restarts: restarts))
        } catch {
            outcome = .failure(error)
        }
        await source.close()
        await target.close()
        return try outcome.get()
    }

    private func open(_ place: String, isSource: Bool) async throws -> Database {
        let isAddress = place.hasPrefix("postgresql://") || place.hasPrefix("postgres://")
        let file = place + "/callmatch.sqlite"
        if isSource, !isAddress, !FileManager.default.fileExists(atPath: file) {
            throw Refusal(description: "\(place): there is no store in this folder.")
        }
        return try await Database.open(
            isAddress ? .postgresql(place) : .folder(place), migrations: CallMatch.migrations,
            options: .init(logger: logger))
    }

    /// A folder that is in use cannot be opened; of a database, its servers say so.
    private func checkUnused(_ database: Database) async throws {
        guard database.kind.isShared else { return }
        let names = try await database.read { store in
            let recently = try store.clock().addingTimeInterval(-NodeRoster.patience)
            return try store.rows(
                "select name from node where seen_at > \(recently) order by name"
            ).map { try $0.text("name") }
        }
        guard names.isEmpty else {
            throw Refusal(
                description:
                    "\(database.place) is used by \(names.joined(separator: ", ")). Stop every server first."
            )
        }
    }
}
