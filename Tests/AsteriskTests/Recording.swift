import Asterisk
import Calls
import Foundation
import PhoneNumbers

/// One recorded stream of a real phone system, as our own user would have received it.
struct Recording: Sendable, CustomStringConvertible {
    let version: String
    let scenario: String
    let messages: [AMIMessage]

    var description: String { "\(scenario) (\(version))" }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Fixtures")

    static let all: [Recording] = ["16", "22"].flatMap { version in
        let folder = folder.appending(path: "recordings/\(version)")
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasSuffix(".ami.txt") }.sorted().compactMap { file in
            let bytes = [UInt8]((try? Data(contentsOf: folder.appending(path: file))) ?? Data())
            var parser = AMIParser()
            try? parser.feed(bytes)
            let scenario = String(file.dropLast(".ami.txt".count))
            return Recording(version: version, scenario: scenario, messages: parser.drain())
        }
    }

    private static let commands = lines("commands.txt").map { $0.components(separatedBy: " | ") }

    static func named(_ scenario: String) -> [Recording] {
        all.filter { $0.scenario == scenario }
    }

    static func bytes(_ recording: Recording) throws -> [UInt8] {
        let path = "recordings/\(recording.version)/\(recording.scenario).ami.txt"
        return [UInt8](try Data(contentsOf: folder.appending(path: path)))
    }

    static func lines(_ file: String) -> [String] {
        let text = try? String(contentsOf: folder.appending(path: file), encoding: .utf8)
        return (text ?? "").split(separator: "\n").map(String.init)
            .filter { !$0.hasPrefix("#") && !$0.allSatisfy(\.isWhitespace) }
    }

    /// The steps of the stream, our own commands before the answers to them.
    func steps(withCommands: Bool) -> [Step] {
        guard withCommands else { return messages.map(Step.message) }
        guard let row = Recording.commands.first(where: { $0[0] == scenario }) else {
            return messages.map(Step.message)
        }
        var steps: [Step] = []
        for message in messages {
            if message.response == "Success", message["Message"]?.hasPrefix(row[1]) == true,
                let id = message.actionID
            {
                steps.append(.command(command(row[2], before: steps, actionID: id)))
            }
            steps.append(.message(message))
        }
        return steps
    }

    private func command(_ text: String, before: [Step], actionID: String) -> OwnCommand {
        let words = text.components(separatedBy: " ")
        let legs = before.compactMap { step -> String? in
            guard case .message(let message) = step, message.event == "Newchannel",
                message["Channel"]?.hasPrefix("PJSIP/1001-") == true
            else { return nil }
            return message["Uniqueid"]
        }
        let leg = legs.last ?? "ami-req-1"
        let kind: OwnCommand.Kind =
            switch words[0] {
            case "decline": .decline
            case "voicemail": .sendToVoicemail
            case "hold": .hold
            case "answer": .answer
            case "transfer": .transfer(to: words[1])
            default: .dial(number: words[1])
            }
        return OwnCommand(kind, leg: leg, actionID: actionID)
    }
}

enum Step: Sendable {
    case message(AMIMessage)
    case command(OwnCommand)
}

/// The calls that events fold into.
struct Folded {
    private(set) var calls: [Call.ID: Call] = [:]
    private(set) var events: [CallEvent] = []

    mutating func take(_ news: [CallEvent]) {
        events += news
        for event in news {
            if calls[event.call] == nil {
                calls[event.call] = Call(event)
            } else {
                _ = calls[event.call]?.apply(event)
            }
        }
    }

    static func of(_ steps: [Step]) -> Folded {
        var translation = AsteriskCalls.ofTheRecordings
        var folded = Folded()
        for step in steps {
            switch step {
            case .command(let command): translation.remember(command)
            case .message(let message): folded.take(translation.apply(message))
            }
        }
        return folded
    }
}

extension AsteriskCalls {
    static var ofTheRecordings: AsteriskCalls {
        AsteriskCalls(
            system: "pbx", lines: AsteriskLines(named: ["1001", "1002", "1003"]),
            plan: NumberingPlan(country: "DE"))
    }
}
