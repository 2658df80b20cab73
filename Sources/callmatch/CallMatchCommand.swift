import ArgumentParser
import DeskServer
import Foundation

/// The program: one process that serves everything, and the commands around it.
@main
struct CallMatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "callmatch",
        abstract: "Shows who is calling, and files the call log.",
        discussion: "Example: callmatch serve --sample",
        version: CallMatchVersion.text,
        subcommands: [
            Serve.self, User.self, Source.self, Explain.self, Numbers.self, ImportCommand.self,
            CallCommandGroup.self, AuditCommand.self, Doctor.self, ReplayCommand.self, Export.self,
            Erase.self,
            Backup.self, Restore.self, StoreCommandGroup.self, SettingsCommand.self,
            CRMCommandGroup.self,
        ])

    /// Exit status 2 for wrong use, 1 for a problem, and one line that says what, where and what would help.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if command is Serve, let problem = ThreadLimit.problem() {
                throw CommandFailure(text: problem)
            }
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let failure as CommandFailure {
            Terminal.complain(failure.text)
            Foundation.exit(failure.status)
        } catch let code as ExitCode {
            Foundation.exit(code.rawValue)
        } catch {
            guard exitCode(for: error) != .success else { exit(withError: error) }
            Terminal.complain(line(for: error))
            Foundation.exit(exitCode(for: error) == .validationFailure ? 2 : 1)
        }
    }

    /// What is wrong, and where the help for it is.
    private static func line(for error: any Error) -> String {
        let text = message(for: error)
        guard !text.isEmpty else { return "\(error)" }
        let help = fullMessage(for: error).split(separator: "\n").last { $0.contains("--help'") }
        guard let help = help?.trimmingCharacters(in: .whitespaces) else { return text }
        return text.hasSuffix(".") ? "\(text) \(help)" : "\(text). \(help)"
    }
}

/// A command that only holds others: by itself it is wrong use.
protocol CommandGroup: ParsableCommand {}

extension CommandGroup {
    func run() throws {
        let words = Self.configuration.subcommands.map { command in
            command.configuration.commandName ?? "\(command)".lowercased()
        }
        throw ValidationError("Say what to do: \(words.joined(separator: " or ")).")
    }
}

/// Why a command did not do it: one line, and the exit status.
struct CommandFailure: Error {
    let text: String
    var status: Int32 = 1

    static func wrongUse(_ text: String) -> CommandFailure { CommandFailure(text: text, status: 2) }
}

/// What goes to the person at the terminal.
enum Terminal {
    /// All bytes of a file, a pipe or a device.
    static func contents(of file: String) -> Data? {
        guard let handle = FileHandle(forReadingAtPath: file) else { return nil }
        defer { try? handle.close() }
        return try? handle.readToEnd() ?? Data()
    }

    static func say(_ text: String) { print(text + "\n") }

    /// A part of a line.
    static func print(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }

    /// One line, whatever the text holds.
    static func complain(_ text: String) {
        let line = text.split(whereSeparator: \.isNewline)
            .map { $0.trimmingCharacters(in: .whitespaces) }
            .joined(separator: " ")
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }
}
