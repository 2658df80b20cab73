import BuiltInCRM
import CallerLookup
import Foundation
package import Logging
package import Storage

/// Moves what a store holds to another place or engine, into a backup, and back.
package struct StoreMove: Sendable {
    /// Tables of processes that run, and of what they ask each other.
    private static let passing: Set<String> = [
        "lease", "node", "phone_board", "phone_ability", "phone_errand",
    ]

    /// A database that says nothing for so long is away: a copy, unlike a server, has time.
    private static let patience: Duration = .seconds(60)

    /// Why it cannot be done, in words.
    package struct Refusal: Error, CustomStringConvertible {
        package let description: String
    }

    private let logger: Logger
    private let report: @Sendable (StoreCopy.Progress) -> Void

    package init(
        logger: Logger, report: @escaping @Sendable (StoreCopy.Progress) -> Void = { _ in }
    ) {
        var logger = logger
        // That a new store gets its tables is no news here, and what ends the command is told by it.
        if logger.logLevel == .notice { logger.logLevel = .critical }
        self.logger = logger
        self.report = report
    }

    /// Copies a store that no server uses into a place that is empty.
    ///
    /// - Parameters:
    ///   - from: a data folder, or the address of a database.
    ///   - restarts: what an unfinished copy left in the target is removed first.
    /// - Throws: `Refusal`, `StoreCopy.Fault`, `StorageFailure`.
    package func copy(
        from: String, to: String, restarts: Bool
    ) async throws -> StoreCopy.Outcome {
        let (from, to) = (Self.place(from), Self.place(to))
        guard from != to else {
            throw Refusal(description: "Both places are the same. Name two stores.")
        }
        return try await lending(from, for: .copyFrom) { source in
            try await checkUnused(source)
            let outcome = try await fill(to, from: source, restarts: restarts)
            try await checkUnused(source)
            return outcome
        }
    }

    /// Writes a store that may be in use into one file.
    ///
    /// - Throws: `StorageFailure`.
    package func backUp(_ database: Database, to file: String) async throws {
        guard database.kind.isShared else { return try await database.backup(to: file) }
        try await copier.backup(of: database, to: file, options: options(.use))
    }

    /// Gives back what a backup holds, in a place where there is no store.
    ///
    /// - Parameter folder: the data folder of the server.
    /// - Parameter database: the address of a database; with `nil` the store is in the folder.
    /// - Throws: `Refusal`, `StoreCopy.Fault`, `StorageFailure`.
    package func restore(_ file: String, folder: String, database: String?) async throws {
        let backup = StoreRestore(
            file: file, folder: folder, migrations: CallMatch.migrations, options: options(.use))
        guard let database else { return try await backup.run() }
        try await backup.withStore { source in
            _ = try await fill(database, from: source, restarts: true)
        }
    }

    // MARK: - Places

    private static func isAddress(_ place: String) -> Bool {
        place.hasPrefix("postgresql://") || place.hasPrefix("postgres://")
    }

    /// One spelling of each folder: by it a copy that was begun knows its source again.
    private static func place(_ text: String) -> String {
        isAddress(text)
            ? text : URL(filePath: text).standardizedFileURL.resolvingSymlinksInPath().path
    }

    private func options(_ purpose: Database.Purpose) -> Database.Options {
        var options = Database.Options(logger: logger)
        options.purpose = purpose
        options.answerLimit = Self.patience
        options.readAnswerLimit = Self.patience
        return options
    }

    private var copier: StoreCopy {
        StoreCopy(
            migrations: CallMatch.migrations, indexes: [Directory.searchIndex],
            leftOut: Self.passing.union(BuiltInCRM.searchTables),
            finish: { try BuiltInCRM.finishCopy(in: $0) }, report: report)
    }

    private func fill(
        _ place: String, from source: Database, restarts: Bool
    ) async throws -> StoreCopy.Outcome {
        try await lending(place, for: .copyInto) { target in
            try await checkUnused(target)
            return try await copier.run(from: source, to: target, restarts: restarts)
        }
    }

    private func lending<T: Sendable>(
        _ place: String, for purpose: Database.Purpose, _ body: (Database) async throws -> T
    ) async throws -> T {
        let isAddress = Self.isAddress(place)
        let file = place + "/callmatch.sqlite"
        if purpose == .copyFrom, !isAddress, !FileManager.default.fileExists(atPath: file) {
            throw Refusal(description: "\(place): there is no store in this folder.")
        }
        let database = try await Database.open(
            isAddress ? .postgresql(place) : .folder(place), migrations: CallMatch.migrations,
            options: options(purpose))
        let outcome: Result<T, any Error>
        do {
            outcome = .success(try await body(database))
        } catch {
            outcome = .failure(error)
        }
        await database.close()
        return try outcome.get()
    }

    /// A folder that is in use cannot be opened; of a database, its servers say so.
    private func checkUnused(_ database: Database) async throws {
        guard database.kind.isShared else { return }
        let names = try await database.read { try NodeRoster.namesUp(in: $0) }
        guard names.isEmpty else {
            throw Refusal(
                description: """
                    \(database.place) is used by \(names.joined(separator: ", ")). Stop every server first; one that \
                    was killed is forgotten after \(Int(NodeRoster.patience)) seconds.
                    """)
        }
    }
}
