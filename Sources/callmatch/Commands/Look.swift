import ArgumentParser
import CallerLookup
import DeskServer
import Foundation
import PhoneNumbers

struct Explain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Says who a caller would be, and why.",
        discussion: "Example: callmatch explain \"030 23125001\" --country DE")

    @OptionGroup var common: StoreOptions

    @Argument(help: "The number as a phone system would present it.")
    var number: String

    @Option(help: "The country in which a national number is read.")
    var country: String?

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let reply = try await OperatorCall.perform(
            .explain(number: number, country: country), settings: common.settings())
        if json { return Terminal.say(reply.json) }
        let found = try reply.decoded(Explanation.self)
        let read = found.number.e164 ?? "not a number of the public network"
        Terminal.say("\(found.number.presented): \(read) (\(found.number.kind)), \(found.outcome)")
        for who in found.candidates {
            let account = who.account.map { ", \($0)" } ?? ""
            Terminal.say("  \(who.kind) \(who.id)  \(who.name)\(account)")
            for evidence in who.evidence {
                Terminal.say(
                    "    \(evidence.field): \(evidence.stored) (\(evidence.equality.rawValue))")
            }
        }
    }
}

struct Numbers: CommandGroup {
    static let configuration = CommandConfiguration(
        abstract: "Works with phone numbers.",
        discussion: "Example: callmatch numbers compare pairs.tsv",
        subcommands: [Compare.self])

    struct Compare: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Says of pairs of numbers how they are one number.",
            discussion: """
                The file has four columns, parted by tabs: number A, country A, number B, country B. \
                Each line is printed with one more column: exact, extension, alias, reading, \
                switchboard, assumed-area, none or not-a-number.

                Example: callmatch numbers compare pairs.tsv
                """)

        @Argument(help: "The file.")
        var file: String

        func run() throws {
            guard let data = FileManager.default.contents(atPath: file) else {
                throw CommandFailure(text: "\(file): there is no such file, or it cannot be read.")
            }
            NumberMetadata.warmUp()
            let table = NumberComparison.table(String(decoding: data, as: UTF8.self))
            FileHandle.standardOutput.write(Data(table.utf8))
        }
    }
}

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: """
            Counts all calls by where they stand, and compares store, CRM and phone systems; what cannot be explained must \
            be 0.
            """,
        discussion: "Example: callmatch audit --json")

    @OptionGroup var common: StoreOptions

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let reply = try await OperatorCall.perform(.audit, settings: common.settings())
        if json { return try reply.printed() }
        struct Counts: Decodable {
            struct PhoneSystem: Decodable {
                let system: String
                let gone, missing: [String]
            }
            let calls, live, open, ready, delivered, parked, unlogged, unexplained: Int
            let phoneSystems: [PhoneSystem]?
        }
        let counts = try reply.decoded(Counts.self)
        Terminal.say(
            """
            \(counts.calls) calls: \(counts.live) live, \(counts.open) open, \(counts.ready) ready, \
            \(counts.delivered) delivered, \(counts.parked) parked, \(counts.unlogged) unlogged, \
            \(counts.unexplained) unexplained
            """)
        for each in counts.phoneSystems ?? [] {
            Terminal.say(
                each.gone.isEmpty && each.missing.isEmpty
                    ? "\(each.system): the same phones are in a call there and here"
                    : "\(each.system): in a call here only: \(each.gone.joined(separator: ", ")); there only: "
                        + each.missing.joined(separator: ", "))
        }
        if !reply.isFine { throw ExitCode(1) }
    }
}

struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Checks store, phone systems, CRM and panel, and says what would help.",
        discussion: "Example: callmatch doctor")

    @OptionGroup var common: StoreOptions

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let reply = try await OperatorCall.perform(.doctor, settings: common.settings())
        if json { return try reply.printed() }
        struct Finding: Decodable {
            let part, state, text: String
        }
        for finding in try reply.decoded([Finding].self) {
            Terminal.say(
                "\(finding.state == "green" ? "green" : "RED  ")  \(finding.part): \(finding.text)")
        }
        if !reply.isFine { throw ExitCode(1) }
    }
}

struct SettingsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settings",
        abstract: "Prints each setting and where it came from.",
        discussion: "Example: callmatch settings")

    @OptionGroup var common: StoreOptions

    func run() async throws {
        let settings = try common.settings()
        for name in Settings.Name.allCases {
            let origin = settings.values[name]?.origin.rawValue ?? ""
            Terminal.say("\(name.rawValue): \(settings.shown(name)) (\(origin))")
        }
        for line in settings.phoneSystems.lines + settings.crms.lines { Terminal.say(line) }
    }
}
