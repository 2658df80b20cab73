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
            CallCommandGroup.self, AuditCommand.self, Doctor.self, Export.self, Erase.self,
            Backup.self, SettingsCommand.self,
        ])

    /// Exit status 2 for wrong use, 1 for a problem, and one line that says what, where and what would help.
    static func main() async {
        do {
            var command = try parseAsRoot()
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
            let text = message(for: error)
            guard exitCode(for: error) != .success else { exit(withError: error) }
            Terminal.complain(text.isEmpty ? "\(error)" : fullMessage(for: error))
            Foundation.exit(exitCode(for: error) == .validationFailure ? 2 : 1)
        }
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
    static func say(_ text: String) {
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
    }

    static func complain(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }
}
