import CRM
import Credentials
import Foundation
import FoundationNetworking
import Glibc
import PhoneNumbers
import Testing
import WrittenSettings

@testable import Salesforce

/// A fake org (`Tests/Salesforce`) as a process of its own, for one test.
final class Org: Sendable {
    static let user = "robot@callmatch.example"

    let url: URL
    private let process: Process
    /// Ends with us, however we end; and then the org does.
    private let input = Pipe()

    /// One key for all tests: to make one takes a while.
    private static let key = Result<(secret: Secret, public: String), any Error> {
        let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: file) }
        let secret = try openssl("genpkey -algorithm RSA")
        try secret.write(to: file, atomically: true, encoding: .utf8)
        let path = file.path(percentEncoded: false)
        return (Secret(secret), try openssl("pkey -in '\(path)' -pubout"))
    }

    init(_ options: String...) throws {
        let script = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Salesforce/fake_org.py")
        process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            ["python3", script.path(percentEncoded: false), "--until-input-ends"] + options
        process.standardInput = input
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let line = Self.line(of: output.fileHandleForReading)
        let ready = JSONValue(line)
        url = try #require(ready?["url"]?.text.flatMap(URL.init(string:)))
    }

    deinit { process.terminate() }

    /// Until the first line end.
    private static func line(of file: FileHandle) -> Data {
        var line = Data()
        while line.last != 0x0A {
            let byte = file.readData(ofLength: 1)
            guard !byte.isEmpty else { break }
            line += byte
        }
        return line
    }

    /// One of the commands of `control.py`.
    @discardableResult
    func command(_ name: String, _ arguments: [String: JSONValue] = [:]) async throws -> JSONValue {
        var request = URLRequest(url: url.appending(path: "__fake/\(name)"))
        request.httpMethod = "POST"
        request.httpBody = JSONValue.object(arguments).bytes
        let (data, response) = try await URLSession.shared.data(for: request)
        let status = (response as? HTTPURLResponse)?.statusCode
        try #require(status == 200, "\(name): \(String(decoding: data, as: UTF8.self))")
        return JSONValue(data) ?? .null
    }

    /// Arguments that are written as JSON.
    static func arguments(_ text: String) throws -> [String: JSONValue] {
        guard case .object(let fields)? = JSONValue(Data(text.utf8)) else { return [:] }
        return fields
    }

    /// A connection of the integration user, whose app is set up.
    func connection(
        approved: [String]? = nil, now: @escaping @Sendable () -> Date = { Date() }
    ) async throws -> OrgConnection {
        var app: [String: JSONValue] = [
            "client_id": .text("sync"), "public_key": .text(try Self.key.get().public),
        ]
        if let approved { app["approved"] = .array(approved.map { .text($0) }) }
        try await command("add_app", app)
        let signIn = OrgSignIn(
            login: url, audience: "https://login.salesforce.com", clientID: "sync",
            user: Self.user, key: try Self.signingKey())
        return OrgConnection(signIn, version: "67.0", seconds: 10, now: now)
    }

    static func signingKey() throws -> SigningKey { try SigningKey(pem: key.get().secret) }

    /// The whole, as the server has it, from settings as an administrator writes them.
    func crm(_ more: [String: String] = [:]) async throws -> SalesforceCRM {
        // The app is set up with it.
        _ = try await connection()
        let written = [
            "host": url.absoluteString, "client-id": "sync", "user": Self.user,
            "key-file": "key.pem",
        ].merging(more) { $1 }
        let fields = SettingFields(
            section: "crm", name: "acme", values: written.mapValues { .text($0) })
        let pem = try Self.key.get().secret.revealed()
        return SalesforceCRM(
            try SalesforceSetUp(fields) { _ in Data(pem.utf8) },
            CRMSurroundings(
                vault: Vault(), plan: { NumberingPlan(country: "DE") }, agents: { ["ada"] },
                now: { Date() }))
    }

    static func settings() throws -> SalesforceSettings {
        var settings = SalesforceSettings(
            name: "acme", pages: try #require(URL(string: "https://acme.lightning.force.com")))
        settings.keyField = OrgName("CallKey__c")
        return settings
    }

    /// How many there are, by the org's own word.
    func count(_ kind: String) async throws -> Int {
        let (_, body) = try await connection().ask(
            "GET", "query", query: ["q": "SELECT COUNT() FROM \(kind)"])
        return body?["totalSize"]?.number.flatMap { Int(exactly: $0) } ?? -1
    }

    /// The Tasks that are call logs of ours, whose key is in `CallObject`.
    func logs() async throws -> [JSONValue] {
        try await records("Task").filter { $0["CallObject"] != nil }
    }

    /// Every record of a kind, the recycle bin left out.
    func records(_ kind: String) async throws -> [JSONValue] {
        try await command("records", ["kind": .text(kind)]).array
            .filter { $0["IsDeleted"]?.flag != true }
    }

    /// What went wrong in the fake itself.
    func mistakes() async throws -> [JSONValue] {
        try await command("info")["mistakes"]?.array ?? []
    }

    /// What `openssl` writes into a file, which nobody else has open.
    static func openssl(_ arguments: String) throws -> String {
        let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: file) }
        let path = file.path(percentEncoded: false)
        try #require(system("openssl \(arguments) -out '\(path)' 2>/dev/null") == 0)
        return try String(contentsOf: file, encoding: .utf8)
    }
}
