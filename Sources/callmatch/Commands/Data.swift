import ArgumentParser
import DeskServer
import Foundation
import Records

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Imports contacts, leads, accounts, opportunities or cases from CSV or vCard.",
        discussion: "Example: callmatch import contacts.csv --dry-run")

    @OptionGroup var common: StoreOptions

    @Argument(help: "A CSV or vCard file.")
    var file: String

    @Option(
        help: "contact, lead, account, opportunity or case; found out from the columns without it.")
    var kind: String?

    @Flag(help: "Say what would happen and write nothing.")
    var dryRun = false

    func run() async throws {
        var known: RecordID.Kind?
        if let kind {
            known = RecordID.Kind(rawValue: kind)
            guard let known, known != .activity else {
                throw CommandFailure.wrongUse(
                    "“\(kind.prefix(40))” cannot be imported. Use contact, lead, account, opportunity or case."
                )
            }
        }
        guard let data = Terminal.contents(of: file) else {
            throw CommandFailure(text: "\(file): there is no such file, or it cannot be read.")
        }
        let name = file.split(separator: "/").last.map(String.init) ?? file
        let reply = try await OperatorCall.perform(
            .importFile(name: name, file: data, kind: known, isDryRun: dryRun),
            settings: common.settings())
        try report(reply)
    }

    private func report(_ reply: OperatorReply) throws {
        struct Report: Decodable {
            struct Refusal: Decodable {
                let row: Int
                let reason: String
            }

            struct Note: Decodable {
                let row: Int
                let text: String
            }

            struct Column: Decodable {
                let column: String
                let field: String?
            }

            let columns: [Column]
            let created, updated, unchanged, refused: Int
            let refusals: [Refusal]
            let warnings: [Note]
            let failure: String?
        }
        let report = try reply.decoded(Report.self)
        for column in report.columns where column.field == nil {
            Terminal.say("column not known, left out: \(column.column)")
        }
        for warning in report.warnings { Terminal.say("row \(warning.row): \(warning.text)") }
        for refusal in report.refusals {
            Terminal.say("row \(refusal.row) refused: \(refusal.reason)")
        }
        Terminal.say(
            """
            \(dryRun ? "Would be: " : "")\(report.created) created, \(report.updated) updated, \
            \(report.unchanged) unchanged, \(report.refused) refused
            """)
        if let failure = report.failure { throw CommandFailure(text: failure) }
        if !reply.isFine { throw ExitCode(1) }
    }
}

struct CallCommandGroup: CommandGroup {
    static let configuration = CommandConfiguration(
        commandName: "call", abstract: "Plays calls.",
        discussion: "Example: callmatch call play ring.call", subcommands: [Play.self])

    struct Play: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Plays a call script against a running server with the sample organisation.",
            discussion: "Example: callmatch call play ring.call --speed 10")

        @OptionGroup var common: StoreOptions

        @Argument(help: "The script.")
        var file: String

        @Option(help: "How many times as fast as written.")
        var speed: Double = 1

        func run() async throws {
            guard let data = FileManager.default.contents(atPath: file) else {
                throw CommandFailure(text: "\(file): there is no such file, or it cannot be read.")
            }
            let settings = try common.settings()
            struct Played: Decodable { let call: String }
            let reply = try await OperatorCall.perform(
                .play(script: String(decoding: data, as: UTF8.self), speed: speed),
                settings: settings, needsServer: true)
            Terminal.say("Playing as call \(try reply.decoded(Played.self).call)")
        }
    }
}

struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints everything that is held of a number, as JSON.",
        discussion: """
            Calls with their logs, in the order of their ids, and messages of phone systems that \
            were not understood. Example: callmatch export --number +493023125001
            """)

    @OptionGroup var common: StoreOptions

    @Option(help: "The number.")
    var number: String

    func run() async throws {
        let settings = try common.settings()
        var page = try await page(after: nil, settings)
        let (number, messages) = (page.number, page.messages)
        // Page by page: a number may have more calls than fit into memory.
        Terminal.print("{\"calls\":[")
        var isFirst = true
        while true {
            for call in page.calls {
                Terminal.print(isFirst ? call : "," + call)
                isFirst = false
            }
            guard let next = page.next else { break }
            page = try await self.page(after: next, settings)
        }
        let name = String(decoding: try JSONEncoder().encode(number), as: UTF8.self)
        Terminal.say("],\"messages\":[\(messages.joined(separator: ","))],\"number\":\(name)}")
    }

    private func page(after: String?, _ settings: Settings) async throws -> HeldPage {
        try await OperatorCall.perform(.export(number: number, after: after), settings: settings)
            .decoded(HeldPage.self)
    }
}

struct Erase: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Erases everything that is held of a number, and reports what was erased.",
        discussion: "Example: callmatch erase --number +493023125001")

    @OptionGroup var common: StoreOptions

    @Option(help: "The number.")
    var number: String

    func run() async throws {
        try await OperatorCall.perform(.erase(number: number), settings: common.settings())
            .printed()
    }
}
