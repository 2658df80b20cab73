import ArgumentParser
import DeskServer
import Foundation
import Storage
import Synchronization

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

    @Flag(help: "Remove what is in the target, and copy from the beginning.")
    var restart = false

    @Option(help: "A settings file in YAML. Without it, callmatch.yaml in this folder is read.")
    var config: String?

    func run() async throws {
        guard from != to else {
            throw CommandFailure.wrongUse("Both places are the same. Name two stores.")
        }
        let settings = try Settings(commandLine: [:], file: config)
        let lines = ProgressLines()
        do {
            let done = try await StoreMove(logger: settings.logger()).run(
                from: from, to: to, restarts: restart, report: { lines.show($0) })
            Terminal.say("\(done.rows) rows in \(done.tables) tables copied, and found equal.")
        } catch let failure as StorageFailure {
            throw CommandFailure(text: "\(failure)")
        } catch let fault as StoreCopy.Fault {
            throw CommandFailure(text: "\(fault)")
        } catch let refusal as StoreMove.Refusal {
            throw CommandFailure(text: "\(refusal)")
        }
    }
}

/// How far it is: a line for each table, and one now and then for a long one.
private final class ProgressLines: Sendable {
    private let saidAt = Mutex(ContinuousClock.now)

    func show(_ progress: StoreCopy.Progress) {
        let isTold = saidAt.withLock { saidAt in
            let isDue = ContinuousClock.now - saidAt > .seconds(1)
            guard progress.done >= progress.total || isDue else { return false }
            saidAt = .now
            return true
        }
        guard isTold else { return }
        let verb = progress.step == .copied ? "copied" : "compared"
        Terminal.say("\(progress.table): \(progress.done) of \(progress.total) \(verb)")
    }
}
