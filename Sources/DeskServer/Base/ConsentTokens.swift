import Credentials
import Foundation
import Storage

/// What stands for an agent in a tab that has no session of the agent's, and only for a consent to the CRM: a ticket begins
/// it, a flow is for the way back. Each is good once and for a short time, and an agent has one of each at most.
///
/// Only hashes are kept. They are what is looked for, so the time of a look tells nothing of a token.
struct ConsentTokens: Sendable {
    let database: Database
    let now: @Sendable () -> Date

    private enum Kind: String {
        case ticket
        case flow
    }

    static let migrations: [Migration] = [
        Migration(
            id: "0061-consent-token",
            sql: [
                """
                create table consent_token (
                    token_hash text not null primary key,
                    kind text not null,
                    agent text not null references agent(id) on delete cascade,
                    state_hash text not null,
                    expires_at integer not null
                )
                """,
                "create unique index consent_token_of_agent on consent_token (agent, kind)",
            ])
    ]

    /// A new ticket; one that the agent had before is good no longer.
    func ticket(for agent: String) async throws -> Token {
        try await issue(.ticket, for: agent, state: "", seconds: Limits.consentTicketSeconds)
    }

    /// Whom a ticket is for, without using it up.
    func agent(ofTicket ticket: Token) async throws -> String? {
        let now = now()
        return try await database.read { store in
            try store.row(
                """
                select agent from consent_token
                where token_hash = \(ticket.hash.hex) and kind = \(Kind.ticket.rawValue)
                    and expires_at > \(now)
                """
            )?.text("agent")
        }
    }

    /// Uses a ticket up; whom it was for, or `nil` when it was used before or is too old.
    func redeem(_ ticket: Token) async throws -> String? {
        try await use(.ticket, ticket, state: "")
    }

    /// What the browser that goes to the CRM's page keeps.
    ///
    /// - Parameter state: of this page: the flow is good for no other way back.
    func flow(of agent: String, state: String) async throws -> Token {
        try await issue(.flow, for: agent, state: state, seconds: Limits.consentFlowSeconds)
    }

    /// Ends a flow; whose it was, or `nil` when it is of another page, was ended before or is too old.
    func end(_ flow: Token, state: String) async throws -> String? {
        try await use(.flow, flow, state: state)
    }

    private func issue(
        _ kind: Kind, for agent: String, state: String, seconds: TimeInterval
    ) async throws -> Token {
        let token = Token.random()
        let now = now()
        try await database.write { store in
            try store.execute(
                """
                delete from consent_token
                where (agent = \(agent) and kind = \(kind.rawValue)) or expires_at <= \(now)
                """)
            try store.execute(
                """
                insert into consent_token (token_hash, kind, agent, state_hash, expires_at)
                values (\(token.hash.hex), \(kind.rawValue), \(agent), \(Self.hash(of: state)),
                    \(now.addingTimeInterval(seconds)))
                """)
        }
        return token
    }

    private func use(_ kind: Kind, _ token: Token, state: String) async throws -> String? {
        let now = now()
        return try await database.write { store in
            let row = try store.rows(
                """
                delete from consent_token
                where token_hash = \(token.hash.hex) and kind = \(kind.rawValue)
                    and state_hash = \(Self.hash(of: state))
                returning agent, expires_at
                """
            ).first
            guard let row, try row.date("expires_at") > now else { return nil }
            return try row.text("agent")
        }
    }

    private static func hash(of state: String) -> String { Digest(of: Array(state.utf8)).hex }
}
