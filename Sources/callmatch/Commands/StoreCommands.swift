import ArgumentParser
import DeskServer
import Foundation
import Storage
import Synchronization

struct Backup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes a consistent copy of the store while calls go on.",
        discussion: """
            The store may be in the folder or in a PostgreSQL database: the copy is one file, and either can be given back \
            from it. The file secrets.key of the data folder is not in it: keep it apart.

            Example: callmatch backup /var/backups/callmatch.sqlite
            """)

    @OptionGroup var common: StoreOptions

    @Argument(help: "The file to write. An existing one is never replaced.")
    var file: String

    func run() async throws {
        // The server may have been started elsewhere.
        let path = URL(filePath: file).standardizedFileURL.path
        _ = try await OperatorCall.perform(.backup(path: path), settings: common.settings())
        Terminal.say("Written: \(path)")
    }
}

struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Gives back what a backup holds, in a place where there is no store.",
        discussion: """
            The backup is checked first: one that is damaged is refused, and nothing is done. No server may run on the \
            folder or the database.

            Example: callmatch restore /var/backups/callmatch.sqlite --data /var/lib/callmatch
            """)

    @OptionGroup var common: StoreOptions

    @Argument(help: "A file that “callmatch backup” wrote.")
    var file: String

    func run() async throws {
        let settings = try common.settings()
        let database = settings[.database].isEmpty ? nil : settings[.database]
        try await StoreMove.carriedOut(advice: "Give the command again: it begins anew.") {
            report in
            try await StoreMove(logger: settings.logger(), report: report)
                .restore(file, folder: settings[.data], database: database)
        }
        Terminal.say("Restored: \(database == nil ? settings[.data] : settings.shown(.database))")
    }
}

struct StoreCommandGroup: CommandGroup {
    static let configuration = CommandConfiguration(
        commandName: "store", abstract: "Moves the store.",
        discussion: "Example: callmatch store copy --help", subcommands: [StoreCopyCommand.self])
}

struct StoreCopyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "copy",
        abstract: "Copies a store into another place or engine, and compares both row by row.",
        discussion: """
            No server may use either store meanwhile. What was interrupted goes on where it stopped. The file \
            secrets.key of a data folder is not part of the store: copy it yourself.

            Example: callmatch store copy /var/lib/callmatch postgresql://callmatch@db/callmatch
            """)

    @Argument(help: "A data folder, or the address of a PostgreSQL database.")
    var from: String

    @Argument(help: "The same; it must be empty, or hold the beginning of this copy.")
    var to: String

    @Flag(help: "Remove what a copy that was not finished left in the target, and begin anew.")
    var restart = false

    @Option(help: "A settings file in YAML. Without it, callmatch.yaml in this folder is read.")
    var config: String?

    func run() async throws {
        let settings = try Settings(commandLine: [:], file: config)
        let done = try await StoreMove.carriedOut(advice: "Give the command again: it goes on.") {
            report in
            try await StoreMove(logger: settings.logger(), report: report)
                .copy(from: from, to: to, restarts: restart)
        }
        Terminal.say("\(done.rows) rows in \(done.tables) tables copied, and found equal.")
    }
}

extension StoreMove {
    /// Shows the progress, and puts into one line why it ended.
    ///
    /// - Parameter advice: what to do when it ended in the middle.
    fileprivate static func carriedOut<T>(
        advice: String,
        _ work: (_ report: @escaping @Sendable (StoreCopy.Progress) -> Void) async throws -> T
    ) async throws -> T {
        let lines = ProgressLines()
        do {
            return try await work { lines.show($0) }
        } catch let failure as StorageFailure {
            throw CommandFailure(text: lines.hasBegun ? "\(failure) \(advice)" : "\(failure)")
        } catch let fault as StoreCopy.Fault {
            throw CommandFailure(text: "\(fault)")
        } catch let refusal as StoreMove.Refusal {
            throw CommandFailure(text: "\(refusal)")
        }
    }
}

/// How far it is: a line for each table, and one now and then for a long one.
private final class ProgressLines: Sendable {
    private let saidAt = Mutex<ContinuousClock.Instant?>(nil)

    var hasBegun: Bool { saidAt.withLock { $0 != nil } }

    func show(_ progress: StoreCopy.Progress) {
        let isTold = saidAt.withLock { saidAt in
            let isDue = saidAt.map { ContinuousClock.now - $0 > .seconds(1) } ?? true
            guard progress.done >= progress.total || isDue else { return false }
            saidAt = .now
            return true
        }
        guard isTold else { return }
        Terminal.say(
            "\(progress.table): \(progress.done) of \(progress.total) \(progress.step.rawValue)")
    }
}
