import ArgumentParser
import DeskServer
import Foundation
import PhoneNumbers

struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Takes a recorded event log through the whole path, and checks what comes of it.",
        discussion: """
            The log has one signed event's body a line, without the signature: what a phone system sends to \
            /api/v1/events. It is played into a store in memory by the clock of its events; no server and no store is \
            touched. The exit status is 1 when a call is lost, counted twice, not explained, or lasts less than nothing, \
            and when another order of arrival ends otherwise.

            Example: callmatch replay Docs/example-events.jsonl --shuffle 100
            """)

    @Argument(help: "The log.")
    var log: String

    @Option(help: "How many other orders of arrival are tried.")
    var shuffle = 0

    @Option(help: "The number by which the orders are drawn.")
    var seed: UInt64 = 1

    @Option(help: "The country in which a national number is read.")
    var country = "DE"

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard (0...100_000).contains(shuffle) else {
            throw ValidationError("--shuffle is a number from 0 to 100000.")
        }
    }

    func run() async throws {
        guard NumberingPlan.isKnown(country: country.uppercased()) else {
            throw CommandFailure.wrongUse(
                "“\(country.prefix(10))” is no country. Give two letters: DE.")
        }
        guard let data = Terminal.contents(of: log) else {
            throw CommandFailure(text: "\(log): there is no such file, or it cannot be read.")
        }
        let events: EventLog
        do {
            events = try EventLog(data, plan: NumberingPlan(country: country.uppercased()))
        } catch {
            throw CommandFailure(text: "\(log), \(error)")
        }
        let report = try await Replay(events, country: country.uppercased())
            .run(shuffles: shuffle, seed: seed)
        try show(report)
        if !report.faults.isEmpty { throw ExitCode(1) }
    }

    private func show(_ report: ReplayReport) throws {
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            return Terminal.say(String(decoding: try encoder.encode(report), as: UTF8.self))
        }
        Terminal.say(
            """
            events  \(report.events), \(report.repeated) of them repeats, \(report.unknown) of unknown kind
            calls   \(report.calls), \(report.answered) of them answered, \(report.leftLive) left live
            logs    \(report.logs) would be filed, \(report.missed) of them missed calls
            talk    \(report.talkSeconds) s, the longest \(report.longestSeconds) s
            orders  \(report.orders) others of arrival tried
            """)
        for fault in report.faults { Terminal.complain(fault) }
    }
}
