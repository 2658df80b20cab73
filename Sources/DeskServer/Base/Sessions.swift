import CallHandling
import Credentials
import Foundation
import Storage
import Synchronization

/// A signed-in agent.
struct Session: Sendable {
    let id: String
    let agent: Agent
    let signedInAt: Date

    var isAdministrator: Bool { agent.role == .administrator }
}

/// Sessions, sign-in links and passwords in the store. Only hashes of tokens are kept.
struct Sessions: Sendable {
    let database: Database
    let organisation: Organisation
    let now: @Sendable () -> Date

    static let migrations: [Migration] = [
        Migration(
            id: "0040-sessions",
            sql: [
                """
                create table session (
                    token_hash text not null primary key,
                    agent text not null references agent(id) on delete cascade,
                    signed_in_at integer not null,
                    used_at integer not null
                )
                """,
                "create index session_by_agent on session (agent)",
                """
                create table sign_in_link (
                    token_hash text not null primary key,
                    agent text not null references agent(id) on delete cascade,
                    expires_at integer not null
                )
                """,
                """
                create table password (
                    agent text not null primary key references agent(id) on delete cascade,
                    hash text not null
                )
                """,
            ])
    ]

    /// Uses of a session are written down at most so often.
    fileprivate static let usePrecision: TimeInterval = 60
    private let uses = SessionUses()

    /// The session of a token; `nil` when there is none, it is over, or the agent is disabled.
    func session(_ token: Token) async throws -> Session? {
        let hash = token.hash.hex
        let now = now()
        let row = try await database.read { store in
            try store.row("select * from session where token_hash = \(hash)")
        }
        guard let row, let agent = organisation.agent(try row.text("agent")), !agent.isDisabled
        else { return nil }
        let signedInAt = try row.date("signed_in_at")
        let usedAt = try row.date("used_at")
        guard now.timeIntervalSince(signedInAt) < Limits.sessionSeconds,
            now.timeIntervalSince(usedAt) < Limits.sessionIdleSeconds
        else { return nil }
        if now.timeIntervalSince(usedAt) > Self.usePrecision, uses.isDue(hash, now: now) {
            // Nobody waits for it: a store that is full or stands still signs nobody out and holds nobody up.
            database.note { store in
                try store.execute(
                    "update session set used_at = \(now) where token_hash = \(hash)")
            }
        }
        return Session(id: hash, agent: agent, signedInAt: signedInAt)
    }

    /// A new session: the token is told once and never kept.
    func begin(agent: String) async throws -> Token {
        let token = Token.random()
        let now = now()
        let oldest = now.addingTimeInterval(-Limits.sessionSeconds)
        try await database.write { store in
            try store.execute("delete from session where signed_in_at < \(oldest)")
            try store.execute(
                """
                insert into session (token_hash, agent, signed_in_at, used_at)
                values (\(token.hash.hex), \(agent), \(now), \(now))
                """)
        }
        return token
    }

    func end(_ session: Session) async throws {
        try await database.write { store in
            try store.execute("delete from session where token_hash = \(session.id)")
        }
    }

    /// Ends every session of an agent: after a change of password, or when the agent is disabled.
    func endAll(of agent: String, in store: WriteTransaction) throws {
        try store.execute("delete from session where agent = \(agent)")
    }

    /// A single-use sign-in address for an agent.
    func link(for agent: String) async throws -> (token: Token, expiresAt: Date) {
        guard let known = organisation.agent(agent), !known.isDisabled else {
            throw CommandRefusal.notFound
        }
        let token = Token.random()
        let now = now()
        let expiresAt = now.addingTimeInterval(Limits.linkSeconds)
        try await database.write { store in
            try store.execute("delete from sign_in_link where expires_at < \(now)")
            try store.execute(
                """
                insert into sign_in_link (token_hash, agent, expires_at)
                values (\(token.hash.hex), \(known.id), \(expiresAt))
                """)
        }
        return (token, expiresAt)
    }

    /// Uses a link up; the agent it was made for, or `nil` when it was used before or is too old.
    func redeem(_ token: Token) async throws -> String? {
        let now = now()
        let hash = token.hash.hex
        return try await database.write { store in
            let row = try store.rows(
                """
                delete from sign_in_link where token_hash = \(hash)
                returning agent, expires_at
                """
            ).first
            guard let row, try row.date("expires_at") > now else { return nil }
            return try row.text("agent")
        }
    }

    func passwordHash(of agent: String) async throws -> PasswordHash? {
        try await database.read { store in
            try store.row("select hash from password where agent = \(agent)")
                .flatMap { PasswordHash(stored: try $0.text("hash")) }
        }
    }

    /// Sets a password and ends the agent's other sessions.
    func setPassword(_ hash: PasswordHash, of agent: String, keeping session: String?) async throws
    {
        try await database.write { store in
            try store.execute(
                """
                insert into password (agent, hash) values (\(agent), \(hash.stored))
                on conflict (agent) do update set hash = excluded.hash
                """)
            try store.execute(
                "delete from session where agent = \(agent) and token_hash <> \(session ?? "")")
        }
    }
}

/// When the use of a session was last written down, or is to be.
private final class SessionUses: Sendable {
    /// Sessions that are remembered; then all are forgotten, which costs a write for each.
    private static let most = 10_000

    private let last = Mutex<[String: Date]>([:])

    func isDue(_ session: String, now: Date) -> Bool {
        last.withLock { last in
            if let then = last[session], abs(now.timeIntervalSince(then)) < Sessions.usePrecision {
                return false
            }
            if last.count >= Self.most { last = [:] }
            last[session] = now
            return true
        }
    }
}
