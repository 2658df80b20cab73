import ArgumentParser
import DeskServer
import Foundation

struct User: CommandGroup {
    static let configuration = CommandConfiguration(
        abstract: "Adds people and makes their sign-in links.",
        discussion: "Example: callmatch user link ada",
        subcommands: [Add.self, Link.self])

    enum Role: String, ExpressibleByArgument, CaseIterable { case agent, administrator }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Adds a person.",
            discussion: "Example: callmatch user add dora --extension 1004 --name \"Dora Meier\"")

        @OptionGroup var common: StoreOptions

        @Argument(help: "The sign-in name.")
        var name: String

        @Option(help: "An extension of this person; may be given several times.")
        var `extension`: [String] = []

        @Option(name: .customLong("name"), help: "The name as others see it.")
        var displayName: String?

        @Option(help: "agent or administrator.")
        var role: Role = .agent

        func run() async throws {
            _ = try await OperatorCall.perform(
                .userAdd(
                    name: name, displayName: displayName, extensions: `extension`,
                    isAdministrator: role == .administrator), settings: common.settings())
            Terminal.say("Added \(name). Next: callmatch user link \(name)")
        }
    }

    struct Link: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints a sign-in address that works once, within 10 minutes.",
            discussion: "Example: callmatch user link ada")

        @OptionGroup var common: StoreOptions

        @Argument(help: "The sign-in name.")
        var name: String

        func run() async throws {
            struct Link: Decodable { let url: String }
            let reply = try await OperatorCall.perform(
                .userLink(name: name), settings: common.settings())
            Terminal.say(try reply.decoded(Link.self).url)
        }
    }
}

struct Source: CommandGroup {
    static let configuration = CommandConfiguration(
        abstract: "Adds phone systems that send events.",
        discussion: "Example: callmatch source add hotline --dialect callmatch",
        subcommands: [Add.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Adds an event source and prints its address and secret, once.",
            discussion: "Example: callmatch source add office --dialect zammad")

        @OptionGroup var common: StoreOptions

        @Argument(help: "The name of the phone system: small letters, digits, - and _.")
        var name: String

        @Option(help: "What it speaks: callmatch or zammad.")
        var dialect: String

        func run() async throws {
            struct Added: Decodable {
                let address: String
                let secret: String
            }
            let reply = try await OperatorCall.perform(
                .sourceAdd(name: name, dialect: dialect), settings: common.settings())
            let added = try reply.decoded(Added.self)
            Terminal.say("address: \(added.address)")
            Terminal.say("secret: \(added.secret)")
        }
    }
}

extension OperatorReply {
    func decoded<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try JSONDecoder().decode(type, from: Data(json.utf8))
    }

    /// Prints the JSON and ends with 1 when a problem was found.
    func printed() throws {
        Terminal.say(json)
        if !isFine { throw ExitCode(1) }
    }
}
