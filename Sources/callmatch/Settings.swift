import ArgumentParser
import DeskServer
import Foundation
import Logging
import Yams

/// Settings of the process: from the command line, the environment, `callmatch.yaml` and the defaults, in
/// this order. A value that cannot be read stops the start, and so does a name that nobody knows.
struct Settings {
    enum Origin: String {
        case commandLine = "command line", environment, file, standard = "default"
    }

    enum Name: String, CaseIterable {
        case data, database, host, port, address, country, drain
        case adminPort = "admin-port"
        case frameAncestors = "frame-ancestors"
        case logLevel = "log-level"

        var environment: String {
            "CALLMATCH_" + rawValue.uppercased().replacing("-", with: "_")
        }

        var standard: String {
            switch self {
            case .data: Settings.standardFolder
            case .database: ""
            case .host: "127.0.0.1"
            case .port: "8080"
            case .adminPort: ""
            case .address: ""
            case .country: "DE"
            case .drain: "0"
            case .frameAncestors: ""
            case .logLevel: "notice"
            }
        }
    }

    struct Value {
        let text: String
        let origin: Origin
    }

    private(set) var values: [Name: Value] = [:]
    /// Only the file can name them: they are more than a line.
    private(set) var phoneSystems = PhoneSystems()
    private(set) var crms = CRMs()

    static var standardFolder: String {
        let environment = ProcessInfo.processInfo.environment
        let base =
            environment["XDG_DATA_HOME"].flatMap { $0.isEmpty ? nil : $0 }
            ?? (environment["HOME"] ?? "/var/lib") + "/.local/share"
        return base + "/callmatch"
    }

    init(commandLine: [Name: String?], file: String?) throws {
        let environment = ProcessInfo.processInfo.environment
        let written = try read(file: file ?? environment["CALLMATCH_CONFIG"])
        for name in Name.allCases {
            values[name] =
                if let text = commandLine[name] ?? nil {
                    Value(text: text, origin: .commandLine)
                } else if let text = environment[name.environment] {
                    Value(text: text, origin: .environment)
                } else if let text = written[name] {
                    Value(text: text, origin: .file)
                } else {
                    Value(text: name.standard, origin: .standard)
                }
        }
        try check()
    }

    subscript(name: Name) -> String { values[name]?.text ?? name.standard }

    /// A value for people to see: what is secret in it is not.
    func shown(_ name: Name) -> String {
        guard name == .database else { return self[name] }
        return self[name]
            .replacing(/:\/\/([^:@\/]*):[^@\/]*@/) { "://\($0.1):•••@" }
            .replacing(/([?&]password=)[^&]*/) { "\($0.1)•••" }
    }

    /// A file that was named must be there; `callmatch.yaml` in the working folder may be.
    private mutating func read(file: String?) throws -> [Name: String] {
        let path = file ?? "callmatch.yaml"
        guard let data = FileManager.default.contents(atPath: path) else {
            if file == nil { return [:] }
            throw CommandFailure.wrongUse("\(path): there is no such file. Check --config.")
        }
        let loaded: Any?
        do {
            loaded = try Yams.load(yaml: String(decoding: data, as: UTF8.self))
        } catch {
            throw CommandFailure.wrongUse("\(path): this is not YAML. \(error)")
        }
        guard let loaded else { return [:] }
        guard let pairs = loaded as? [String: Any] else {
            throw CommandFailure.wrongUse(
                "\(path): write one setting a line, such as “port: 8080”.")
        }
        var written: [Name: String] = [:]
        for (key, value) in pairs {
            switch key {
            case "phone-systems":
                phoneSystems = try PhoneSystems(value, file: path)
                continue
            case "crm":
                crms = try CRMs(value, file: path)
                continue
            default: break
            }
            guard let name = Name(rawValue: key) else {
                let known = (Name.allCases.map(\.rawValue) + ["phone-systems", "crm"])
                    .joined(separator: ", ")
                throw CommandFailure.wrongUse("\(path): “\(key)” is no setting. Known: \(known).")
            }
            let list = (value as? [Any])?.map { "\($0)" }.joined(separator: " ")
            written[name] = list ?? "\(value)"
        }
        return written
    }

    private func check() throws {
        func fail(_ name: Name, _ why: String) -> CommandFailure {
            let origin = values[name]?.origin.rawValue ?? ""
            return .wrongUse("\(name.rawValue) (\(origin)): “\(self[name].prefix(60))” \(why)")
        }
        guard let port = Int(self[.port]), (1...65535).contains(port) else {
            throw fail(.port, "is no port. Give a number from 1 to 65535.")
        }
        if !self[.adminPort].isEmpty {
            guard let own = Int(self[.adminPort]), (1...65535).contains(own), own != port else {
                throw fail(
                    .adminPort, "is no port of its own. Give a number from 1 to 65535, or nothing.")
            }
        }
        guard let drain = Int(self[.drain]), (0...ServerOptions.longestDrain).contains(drain) else {
            throw fail(
                .drain,
                "is no time. Give a number of seconds from 0 to \(ServerOptions.longestDrain).")
        }
        guard self[.country].count == 2 else {
            throw fail(.country, "is no country. Give two letters, such as DE.")
        }
        guard Logger.Level(rawValue: self[.logLevel]) != nil else {
            throw fail(.logLevel, "is no log level. Use debug, info, notice, warning or error.")
        }
        for origin in frameAncestors {
            let isExact =
                origin.hasPrefix("https://") && !origin.contains("*") && !origin.contains(";")
                && URL(string: origin)?.host != nil
            guard isExact else {
                throw fail(
                    .frameAncestors, "must be exact addresses such as https://crm.example.com.")
            }
        }
    }

    var frameAncestors: [String] {
        self[.frameAncestors].split(separator: " ").map(String.init)
    }

    func serverOptions() throws -> ServerOptions {
        var options = ServerOptions(dataFolder: self[.data])
        options.database = self[.database].isEmpty ? nil : self[.database]
        options.host = self[.host]
        options.port = Int(self[.port]) ?? 8080
        options.adminPort = Int(self[.adminPort])
        options.drain = Int(self[.drain]) ?? 0
        options.publicAddress = self[.address].isEmpty ? nil : self[.address]
        options.frameAncestors = frameAncestors
        options.country = self[.country].uppercased()
        options.phoneSystems = try phoneSystems.makers()
        options.crm = try crms.maker()
        return options
    }

    func logger() -> Logger {
        var logger = Logger(label: "callmatch") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = Logger.Level(rawValue: self[.logLevel]) ?? .notice
        return logger
    }
}

/// The options that every command has.
struct StoreOptions: ParsableArguments {
    @Option(help: "The folder with the store.")
    var data: String?

    @Option(
        help: ArgumentHelp(
            "A PostgreSQL database in place of the store in the folder.",
            discussion: """
                Like postgresql://user@host:5432/database. Any number of servers may share it, each with a folder of its \
                own. A password is better kept in ~/.pgpass or PGPASSWORD than in the address.
                """, valueName: "address"))
    var database: String?

    @Option(help: "A settings file in YAML. Without it, callmatch.yaml in this folder is read.")
    var config: String?

    func settings(_ more: [Settings.Name: String?] = [:]) throws -> Settings {
        var all = more
        all[.data] = data
        all[.database] = database
        return try Settings(commandLine: all, file: config)
    }
}
