import ArgumentParser
import DeskServer
import Foundation
import Logging
import Storage

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs the server.",
        discussion: "Example: callmatch serve --port 8080 --sample")

    @OptionGroup var common: StoreOptions

    @Option(help: "The address to listen on.")
    var host: String?

    @Option(help: "The port to listen on.")
    var port: String?

    @Option(
        help: "Seconds between being told to stop and the end. /ready says no meanwhile.")
    var drain: String?

    @Flag(
        help: "Fill a new store with a sample organisation and its demo phone. This is the default."
    )
    var sample = false

    @Flag(help: "Begin a new store without people and records.")
    var empty = false

    func validate() throws {
        if sample && empty { throw ValidationError("Choose --sample or --empty, not both.") }
    }

    func run() async throws {
        let settings = try common.settings([.host: host, .port: port, .drain: drain])
        var options = try settings.serverOptions()
        options.first = empty ? .empty : .sample
        let logger = settings.logger()
        let address = options.address
        let app: CallMatch
        let threads: ThreadReserve
        do {
            threads = try ThreadReserve(logger: logger)
            app = try await CallMatch.open(
                options, logger: logger,
                onFatal: { failure in
                    Terminal.complain("The store cannot be written any more: \(failure)")
                    Foundation.exit(3)
                })
        } catch let failure as StorageFailure {
            throw CommandFailure(text: "\(failure)")
        } catch let fault as any StartFault {
            throw CommandFailure(text: "\(fault)")
        }
        do {
            try await DeskServer(app, threads: threads).run {
                Terminal.say("CallMatch is ready at \(address)")
            }
        } catch {
            let text = "\(error)"
            let admin = options.adminPort.map { " or admin-port \($0)" } ?? ""
            if text.contains("in use") || text.contains("errno: 98") {
                throw CommandFailure(
                    text: """
                        Port \(options.port) on \(options.host)\(admin) is in use. Stop the other \
                        program, or choose another port with --port.
                        """)
            }
            if text.contains("errno: 99") {
                throw CommandFailure(
                    text: """
                        \(options.host) is no address of this machine. Choose one of its own, or 0.0.0.0 \
                        for all of them, with --host.
                        """)
            }
            throw CommandFailure(text: "The server stopped: \(text)")
        }
    }
}
