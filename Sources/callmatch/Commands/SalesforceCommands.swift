import ArgumentParser
import Foundation
import Salesforce

/// What an administrator needs for the other side of a connection to a CRM.
struct CRMCommandGroup: CommandGroup {
    static let configuration = CommandConfiguration(
        commandName: "salesforce",
        abstract: "Makes files for the administrator of a Salesforce org.",
        discussion: "Example: callmatch salesforce call-center-xml --output CallMatch.xml",
        subcommands: [CallCenterXML.self])

    struct CallCenterXML: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "call-center-xml",
            abstract: "Writes the file by which Salesforce shows the panel as its telephone.",
            discussion: """
                The address is that of the setting “address”, unless one is given. What to do with the file is \
                said on standard error.

                Example: callmatch salesforce call-center-xml --address https://calls.example.com
                """)

        @OptionGroup var common: StoreOptions

        @Option(help: "The address under which agents open the panel, with https://.")
        var address: String?

        @Option(help: "The name that Salesforce knows it by: at most 40 letters and digits.")
        var name = "CallMatch"

        @Option(help: "The name that people read.")
        var displayName = "CallMatch"

        @Option(help: "The panel's height in pixels, 240 to 2560.")
        var height = 500

        @Option(help: "The panel's width in pixels, 200 to 1920.")
        var width = 400

        @Option(help: "The file to write. Without it, the file goes to standard output.")
        var output: String?

        @Flag(help: "Replace the file where there is one.")
        var force = false

        func validate() throws {
            if force && output == nil {
                throw ValidationError("--force is about --output: name the file to replace.")
            }
        }

        func run() throws {
            let xml = try file().xml
            if let output {
                try write(xml, to: output)
            } else {
                FileHandle.standardOutput.write(Data(xml.utf8))
            }
            for line in next { Terminal.complain(line) }
        }

        private func file() throws -> CallCenterFile {
            let address = try address ?? common.settings()[.address]
            guard !address.isEmpty else {
                throw CommandFailure.wrongUse(
                    """
                    address: none is set. Give --address https://calls.example.com, or set “address” in the \
                    settings file.
                    """)
            }
            do throws(CallCenterFault) {
                return try CallCenterFile(
                    internalName: name, displayName: displayName, address: address,
                    height: height, width: width)
            } catch {
                throw CommandFailure.wrongUse("\(error)")
            }
        }

        private func write(_ xml: String, to path: String) throws {
            guard force || !FileManager.default.fileExists(atPath: path) else {
                throw CommandFailure(
                    text: """
                        \(path): there is such a file. Name another one, or replace it with --force.
                        """)
            }
            do {
                try Data(xml.utf8).write(
                    to: URL(filePath: path), options: force ? .atomic : .withoutOverwriting)
            } catch {
                throw CommandFailure(
                    text: "\(path): it cannot be written: \(error.localizedDescription)")
            }
        }

        private var next: [String] {
            [
                "Next, in Salesforce, Setup:",
                "1. Call Centers, Import: \(output ?? "this text, saved as a file that ends in .xml").",
                "2. There, Manage Call Center Users: add the agents.",
                "3. App Manager, your app, Edit, Utility Items: add Open CTI Softphone.",
                "4. Softphone Layouts: make one, and assign it to the agents’ profiles.",
                "More: Docs/salesforce-setup.md",
            ]
        }
    }
}
