import CRM
import Credentials
import Foundation
import Synchronization

@testable import Salesforce

/// A place for agents' tokens that can be looked into, and that can be broken.
final class Vault: AgentVault {
    struct Broken: Error, CustomStringConvertible { let description = "the store is full" }

    private let kept = Mutex<[String: Data]>([:])
    private let isBroken = Mutex(false)

    func secret(of agent: String, crm: String) async throws -> Data? {
        try check()
        return kept.withLock { $0["\(crm)/\(agent)"] }
    }

    func keep(_ secret: Data?, of agent: String, crm: String) async throws {
        try check()
        kept.withLock { $0["\(crm)/\(agent)"] = secret }
    }

    private func check() throws {
        if isBroken.withLock({ $0 }) { throw Broken() }
    }

    func breaks(_ isBroken: Bool) { self.isBroken.withLock { $0 = isBroken } }

    /// The refresh token of an agent.
    func token(of agent: String) -> String? {
        kept.withLock { $0["acme/\(agent)"] }.flatMap(JSONValue.init)?["refresh_token"]?.text
    }

    /// Everything that is kept, as text.
    var contents: [String] {
        kept.withLock { $0.values.map { String(decoding: $0, as: UTF8.self) } }
    }

    func users(
        _ connection: OrgConnection, _ settings: SalesforceSettings, app: OrgApp? = nil,
        agents: [String] = ["ada", "ben", "cleo"],
        now: @escaping @Sendable () -> Date = { Date() }
    ) -> OrgUsers {
        OrgUsers(
            connection, settings: settings, app: app, vault: self, agents: { agents }, now: now)
    }
}

/// A clock that a test moves.
final class TestClock: Sendable {
    private let time: Mutex<Date>

    init(_ start: Date = Date(timeIntervalSince1970: 1_795_600_000)) { time = Mutex(start) }

    var now: Date { time.withLock { $0 } }
    func advance(by seconds: Double) { time.withLock { $0 += seconds } }
    func moves(to date: Date) { time.withLock { $0 = max($0, date) } }
}
