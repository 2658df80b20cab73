import CallerLookup
import Foundation
import Records
import Testing

@testable import Salesforce

/// Agents of a test: with an own token, with a user that the integration user asks for, or with neither.
struct Desk: OrgAgents {
    var connections: [String: OrgConnection] = [:]
    var users: [String: OrgID] = [:]

    func connection(of agent: String) async -> OrgConnection? { connections[agent] }
    func user(of agent: String) async -> OrgID? { users[agent] }
}

extension Org {
    static let moment = "2026-11-25T10:00:00Z"

    static var now: Date {
        get throws { try #require(OrgTime(moment)?.date) }
    }

    /// "own" has an own token, "asked" is asked for by the integration user; both are the same user of the org.
    func records(
        as user: String = "ben@callmatch.example",
        _ change: (inout SalesforceSettings) -> Void = { _ in }
    ) async throws -> OrgRecords {
        try await command("set_clock", ["moment": .text(Self.moment)])
        let robot = try await connection()
        var settings = try Self.settings()
        // A machine that is busy with other tests is no org that is slow.
        settings.patience = 30
        change(&settings)
        let desk = Desk(
            connections: ["own": try await connection(as: user)],
            users: ["asked": try await self.user(user)])
        _ = try await robot.ask("GET", "limits")
        try await forgetRequests()
        return OrgRecords(robot, agents: desk, settings: settings)
    }

    /// Signed in, so that this is no request of what follows.
    func connection(as user: String) async throws -> OrgConnection {
        let signIn = OrgSignIn(
            login: url, audience: "https://login.salesforce.com", clientID: "sync", user: user,
            key: try Self.signingKey())
        let connection = OrgConnection(signIn, version: "67.0", seconds: 10)
        _ = try await connection.ask("GET", "limits")
        return connection
    }

    func user(_ name: String) async throws -> OrgID {
        let row = try await records("User").first { $0["Username"]?.text == name }
        return try #require(row?["Id"]?.text.flatMap(OrgID.init))
    }

    func ref(_ kind: RecordID.Kind, _ name: String) async throws -> RecordID {
        let rows = try await records("\(RecordKinds.object(of: kind))")
        let row = rows.first { ($0["Name"] ?? $0["Subject"])?.text == name }
        return RecordID(crm: "acme", kind: kind, value: try #require(row?["Id"]?.text))
    }

    /// A person as the directory has it.
    func person(_ kind: RecordID.Kind, _ name: String) async throws -> Person {
        let ref = try await ref(kind, name)
        let row = try await command("record", ["record": .text(ref.value)])
        let account = row["AccountId"]?.text.map {
            RecordID(crm: "acme", kind: .account, value: $0)
        }
        return Person(
            id: ref, name: name, account: kind == .account ? ref : account,
            changedAt: try Self.now)
    }

    func restrict(
        _ user: String = "ben@callmatch.example", hide: [RecordID] = [], fields: [String] = [],
        forbid: [String] = []
    ) async throws {
        let texts = { (all: [String]) in JSONValue.array(all.map { .text($0) }) }
        try await command(
            "restrict",
            [
                "user": .text(user), "hide": texts(hide.map(\.value)),
                "hide_fields": texts(fields), "forbid": texts(forbid),
            ])
    }

    func forgetRequests() async throws { try await command("requests", ["clear": .flag(true)]) }

    /// Requests to the API since they were forgotten.
    func requests() async throws -> [String] {
        try await command("requests").array.compactMap { $0["target"]?.text }
            .filter { $0.hasPrefix("/services/data/") }
    }
}

/// What a call threw.
func fault<Answer>(
    of work: () async throws(OrgFault) -> Answer
) async -> OrgFault? {
    do throws(OrgFault) {
        _ = try await work()
        return nil
    } catch {
        return error
    }
}
