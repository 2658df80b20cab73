// swift-tools-version: 6.2
import PackageDescription

// Targets stand in the order of a call: from the number that rings to the process that serves it.
// `Sources/README.md` is the map; `ARCHITECTURE.md` says what each room may import and why.

let rules: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

/// One room of the house: a Swift target in `Sources/<folder>`.
func room(_ folder: String, uses: [Target.Dependency] = []) -> Target {
    let name = folder.split(separator: "/").last.map(String.init) ?? folder
    return .target(
        name: name, dependencies: uses, path: "Sources/\(folder)", exclude: readme(folder),
        swiftSettings: rules)
}

/// Adapters carry a README beside their code.
func readme(_ folder: String) -> [String] {
    folder.hasPrefix("PhoneSystems/") || folder.hasPrefix("CRMs/") ? ["README.md"] : []
}

func tests(_ name: String, of uses: [Target.Dependency]) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: uses, path: "Tests/\(name)Tests",
        exclude: ["Fixtures"], swiftSettings: rules)
}

let log: Target.Dependency = .product(name: "Logging", package: "swift-log")
let services: Target.Dependency = .product(
    name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals: Target.Dependency = .product(
    name: "UnixSignals", package: "swift-service-lifecycle")

let package = Package(
    name: "callmatch",
    products: [.executable(name: "callmatch", targets: ["callmatch"])],
    dependencies: [
        .package(
            url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    ],
    targets: [
        // The call itself: pure values, no I/O.
        .target(
            name: "CPhoneNumber", path: "Sources/Calls/CPhoneNumber",
            linkerSettings: [.linkedLibrary("phonenumber")]),
        room("Calls/PhoneNumbers", uses: ["CPhoneNumber"]),
        room("Calls/Calls", uses: ["PhoneNumbers"]),

        // What every room may stand on.
        .systemLibrary(
            name: "CCrypto", path: "Sources/CCrypto", pkgConfig: "libcrypto",
            providers: [.apt(["libssl-dev"])]),
        .systemLibrary(
            name: "CTLS", path: "Sources/CTLS", pkgConfig: "libssl",
            providers: [.apt(["libssl-dev"])]),
        .systemLibrary(
            name: "CCurl", path: "Sources/CCurl", pkgConfig: "libcurl",
            providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(
            name: "CPostgreSQL", path: "Sources/CPostgreSQL", pkgConfig: "libpq",
            providers: [.apt(["libpq-dev"])]),
        room("Credentials", uses: ["CCrypto"]),
        room("SeededChance"),
        room("WrittenSettings"),
        room(
            "Storage",
            uses: [
                "CPostgreSQL",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"), log,
            ]),

        // Where calls come from.
        room("PhoneSystems/PhoneSystem", uses: ["Calls", "PhoneNumbers"]),
        room(
            "PhoneSystems/CallWebhooks",
            uses: ["PhoneSystem", "Calls", "PhoneNumbers", "Credentials"]),
        room("PhoneSystems/ScriptedCalls", uses: ["PhoneSystem", "Calls", "PhoneNumbers"]),
        room(
            "PhoneSystems/Asterisk",
            uses: [
                "PhoneSystem", "Calls", "PhoneNumbers", "Credentials", "WrittenSettings", "CTLS",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]),

        // Who is calling, and what is written down.
        room("CallerLookup/Records", uses: ["PhoneNumbers"]),
        room("CallerLookup/CallerLookup", uses: ["Records", "Storage", "PhoneNumbers"]),
        room(
            "CallLogging",
            uses: ["Calls", "Records", "Storage", "PhoneNumbers", "Credentials", log, services]),

        // The seam to CRMs that we connect to.
        room("CRMs/CRM", uses: ["CallerLookup", "CallLogging", "Records", "PhoneNumbers"]),

        // The story, and the agent's picture of it.
        room(
            "CallHandling",
            uses: [
                "PhoneSystem", "Calls", "PhoneNumbers", "Records", "CallerLookup", "CallLogging",
                "Storage", "Credentials", log, services,
            ]),
        room(
            "AgentDesk",
            uses: [
                "CallHandling", "CallerLookup", "CallLogging", "Calls", "PhoneNumbers", "Records",
                "PhoneSystem", "CRM", "Storage", log, services,
            ]),

        // The embedded CRM: the default.
        room(
            "CRMs/BuiltInCRM",
            uses: [
                "CallerLookup", "CallLogging", "Records", "Storage", "PhoneNumbers", "Calls",
                "SeededChance",
            ]),

        // Another CRM.
        room(
            "CRMs/Salesforce",
            uses: [
                "CRM", "CallerLookup", "CallLogging", "Records", "PhoneNumbers", "Credentials",
                "WrittenSettings",
                "CCurl",
            ]),

        // The server and the program.
        .target(name: "CPanelFiles", path: "Sources/CPanelFiles", exclude: ["Panel"]),
        room(
            "DeskServer",
            uses: [
                "AgentDesk", "CallHandling", "CallerLookup", "CallLogging", "Calls", "PhoneNumbers",
                "Records", "PhoneSystem", "CallWebhooks", "ScriptedCalls", "BuiltInCRM", "CRM",
                "Storage", "Credentials", "SeededChance", "CPanelFiles", log, services, signals,
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]),
        .executableTarget(
            name: "callmatch",
            dependencies: [
                "DeskServer", "AgentDesk", "CallHandling", "CallerLookup", "CallLogging", "Calls",
                "PhoneNumbers", "Records", "PhoneSystem", "CallWebhooks", "ScriptedCalls",
                "Asterisk", "BuiltInCRM", "CRM", "Salesforce", "Storage", "Credentials",
                "WrittenSettings", log, services,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Yams", package: "Yams"),
            ],
            path: "Sources/callmatch", swiftSettings: rules),

        // What is measured inside of the process; `script/bench` runs it.
        .executableTarget(
            name: "callmatch-bench",
            dependencies: [
                "AgentDesk", "Asterisk", "CallHandling", "CallLogging", "CallerLookup", "Calls",
                "PhoneNumbers", "Records", "SeededChance", "Storage",
            ],
            path: "Tests/Bench/Engine", swiftSettings: rules),

        // Tests, in the order of the rooms. What crosses rooms is tested from outside, in Python.
        .target(
            name: "TestStores", dependencies: ["Storage"], path: "Tests/TestStores",
            swiftSettings: rules),
        .target(
            name: "SimulatedDisk", path: "Tests/SimulatedDisk",
            linkerSettings: [.linkedLibrary("sqlite3")]),
        tests("PhoneNumbers", of: ["PhoneNumbers", "SeededChance"]),
        tests("Calls", of: ["Calls", "ScriptedCalls", "PhoneNumbers", "SeededChance"]),
        tests("Credentials", of: ["Credentials", "SeededChance"]),
        tests(
            "Storage",
            of: [
                "Storage", "TestStores", log, .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        tests(
            "CallWebhooks",
            of: ["CallWebhooks", "Calls", "PhoneNumbers", "Credentials", "SeededChance"]),
        tests("ScriptedCalls", of: ["ScriptedCalls", "PhoneSystem", "Calls", "PhoneNumbers"]),
        tests(
            "Asterisk",
            of: [
                "Asterisk", "PhoneSystem", "Calls", "PhoneNumbers", "Credentials",
                "SeededChance", "WrittenSettings",
            ]),
        tests(
            "CallerLookup",
            of: ["CallerLookup", "Records", "PhoneNumbers", "Storage", "TestStores"]),
        tests(
            "CallHandling",
            of: [
                "CallHandling", "CallerLookup", "CallLogging", "Calls", "PhoneNumbers", "Records",
                "Storage", "AgentDesk", "PhoneSystem", "ScriptedCalls", "CRM", "TestStores", log,
            ]),
        tests(
            "Simulation",
            of: [
                "CallHandling", "CallLogging", "CallWebhooks", "CallerLookup", "Calls",
                "Credentials", "PhoneNumbers", "PhoneSystem", "Records", "SeededChance",
                "SimulatedDisk", "Storage", log,
            ]),
        tests(
            "BuiltInCRM",
            of: [
                "BuiltInCRM", "CallerLookup", "CallLogging", "Records", "Storage", "PhoneNumbers",
                "Calls", "TestStores",
            ]),
        tests(
            "Salesforce",
            of: [
                "Salesforce", "CRM", "CallerLookup", "CallLogging", "Records", "PhoneNumbers",
                "Credentials", "SeededChance", "WrittenSettings",
            ]),
    ],
    cxxLanguageStandard: .cxx17
)
