import CallHandling
import Credentials
import Foundation
import Storage
import Synchronization

/// A phone system that sends us events: its name, what it speaks, and what proves that it is the one.
struct EventSource: Hashable, Sendable {
    enum Dialect: String, Codable, Sendable, CaseIterable {
        /// Our own signed events.
        case callmatch
        case zammad
    }

    let name: String
    let dialect: Dialect
    /// For signed events, what both sides know; a second one while it is changed.
    let secret: Secret
    let previousSecret: Secret?

    /// Whether a text can be a source's name: it is the first half of every call id from it.
    static func isValidName(_ text: String) -> Bool {
        (1...40).contains(text.count)
            && text.allSatisfy {
                $0.isASCII && ($0.isLowercase || $0.isNumber || "_-".contains($0))
            }
    }

    static func == (one: EventSource, other: EventSource) -> Bool { one.name == other.name }
    func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

/// What a source has sent since the process started.
struct SourceTally: Sendable {
    var events = 0
    var unknown = 0
    var refused = 0
    var lastEventAt: Date?
    var lastRefusal: String?
}

/// The event sources in the store, and their tallies.
final class EventSources: Sendable {
    private let database: Database
    /// Names of phone systems that are not told of by messages.
    private let taken: Set<String>
    private let tallies = Mutex<[String: SourceTally]>([:])

    static let migrations: [Migration] = [
        Migration(
            id: "0050-event-sources",
            sql: [
                """
                create table event_source (
                    name text not null primary key,
                    dialect text not null,
                    secret text not null,
                    previous_secret text,
                    token_hash text unique,
                    created_at integer not null
                )
                """
            ])
    ]

    /// - Parameter taken: names that no source may have: calls of a phone system are told by one.
    init(database: Database, taken: Set<String>) {
        self.database = database
        self.taken = taken
    }

    /// A phone system of the settings has the name of a source.
    struct NameTwice: StartFault {
        let name: String

        var description: String {
            """
            phone-systems: “\(name)” is the name of an event source already, and what one says of its calls would end \
            the other's. Choose another name.
            """
        }
    }

    /// - Throws: `NameTwice`.
    func checkNames() async throws {
        if let name = try await all().map(\.name).first(where: taken.contains) {
            throw NameTwice(name: name)
        }
    }

    /// Adds a source.
    ///
    /// - Returns: what the phone system is given: a secret to sign with, or a token for its address. It is
    ///   told once.
    func add(name: String, dialect: EventSource.Dialect, now: Date) async throws -> String {
        guard EventSource.isValidName(name), name != "demo" else {
            throw CommandRefusal.invalid(
                field: "name",
                "A name has 1 to 40 small letters, digits, - and _, and is not “demo”.")
        }
        guard !taken.contains(name) else {
            throw CommandRefusal.invalid(
                field: "name", "“\(name)” is a phone system of the settings already.")
        }
        let token = Token.random()
        let secret =
            switch dialect {
            case .callmatch: WebhookKey.newSharedSecret().revealed()
            case .zammad: token.revealed()
            }
        let hash: String? = dialect == .zammad ? token.hash.hex : nil
        let kept = dialect == .zammad ? "" : secret
        let added = try await database.write { store in
            try store.execute(
                """
                insert into event_source (name, dialect, secret, token_hash, created_at)
                values (\(name), \(dialect), \(kept), \(hash), \(now)) on conflict do nothing
                """)
        }
        guard added > 0 else {
            throw CommandRefusal.invalid(
                field: "name", "There is a source named “\(name)” already.")
        }
        return secret
    }

    func source(named name: String) async throws -> EventSource? {
        try await database.read { store in
            try store.row("select * from event_source where name = \(name)").map(EventSource.init)
        }
    }

    /// The source whose address has this token.
    func source(token: Token) async throws -> EventSource? {
        let hash = token.hash.hex
        return try await database.read { store in
            try store.row("select * from event_source where token_hash = \(hash)")
                .map(EventSource.init)
        }
    }

    func all() async throws -> [EventSource] {
        try await database.read { store in
            try store.rows("select * from event_source order by name").map(EventSource.init)
        }
    }

    func count(_ name: String, _ change: (inout SourceTally) -> Void) {
        tallies.withLock { change(&$0[name, default: SourceTally()]) }
    }

    func tally(of name: String) -> SourceTally {
        tallies.withLock { $0[name] ?? SourceTally() }
    }
}

extension EventSource {
    init(_ row: Row) throws {
        name = try row.text("name")
        dialect = try row.raw("dialect", as: Dialect.self)
        secret = Secret(try row.text("secret"))
        previousSecret = try row.optionalText("previous_secret").map { Secret($0) }
    }
}
