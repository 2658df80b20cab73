package import CallerLookup
import Foundation
package import Storage
import Synchronization

/// The organisation's settings and people: in the store, and a copy in memory that every call uses.
///
/// The copy is replaced after each change is committed, so a call is handled with settings that are stored.
package final class Organisation: Sendable {
    private struct Copy: Sendable {
        var settings: OrganisationSettings
        var agents: [Agent]
        var byExtension: [String: String]
    }

    private let database: Database
    private let copy: Mutex<Copy>

    package static let migrations: [Migration] = [
        Migration(
            id: "0010-organisation",
            sql: [
                "create table setting (name text not null primary key, value text not null)",
                """
                create table agent (
                    id text not null primary key,
                    display_name text not null,
                    role text not null,
                    is_disabled integer not null,
                    preferences text not null
                )
                """,
                """
                create table agent_extension (
                    extension text not null primary key,
                    agent text not null references agent(id) on delete cascade
                )
                """,
                "create index agent_extension_by_agent on agent_extension (agent)",
            ])
    ]

    /// Reads what is stored; `fallback` is written where the store is new.
    package static func load(from database: Database, fallback: OrganisationSettings) async throws
        -> Organisation
    {
        let copy = try await database.write { store in
            if try store.row("select value from setting where name = 'organisation'") == nil {
                try Self.save(fallback, in: store)
            }
            return try Self.read(from: store)
        }
        return Organisation(database: database, copy: copy)
    }

    private init(database: Database, copy: Copy) {
        self.database = database
        self.copy = Mutex(copy)
    }

    package var settings: OrganisationSettings { copy.withLock(\.settings) }
    package var agents: [Agent] { copy.withLock(\.agents) }
    package var directory: Directory {
        let settings = settings
        return Directory(plan: settings.plan, kinds: settings.kinds)
    }

    package func agent(_ id: String) -> Agent? {
        copy.withLock { $0.agents.first { $0.id == id } }
    }

    /// Whose phone this is.
    package func agent(extension: String) -> Agent? {
        copy.withLock { copy in
            copy.byExtension[`extension`].flatMap { id in copy.agents.first { $0.id == id } }
        }
    }

    /// Changes settings; the version must be the one that the editor saw.
    package func change(
        from version: Int, _ edit: @escaping @Sendable (inout OrganisationSettings) -> Void
    ) async throws -> OrganisationSettings {
        let changed = try await database.write { store in
            var settings = try Self.read(from: store).settings
            guard settings.version == version else {
                throw CommandRefusal.conflict(
                    "Somebody else changed these settings. Load them again and repeat your change.")
            }
            edit(&settings)
            settings.version += 1
            try Self.save(settings, in: store)
            store.notify(ChangeNotice(topic: "organisation", subject: "settings"))
            return settings
        }
        try await reload()
        return changed
    }

    /// Adds an agent or replaces one, with the extensions. An extension belongs to one agent.
    package func save(_ agent: Agent) async throws {
        try await database.write { store in
            try Self.save(agent, in: store)
            store.notify(ChangeNotice(topic: "organisation", subject: "agents"))
        }
        try await reload()
    }

    /// Changes an agent's own choices.
    package func setPreferences(_ preferences: Agent.Preferences, of agent: String) async throws {
        try await database.write { store in
            try store.execute(
                "update agent set preferences = \(.json(preferences)) where id = \(agent)")
            store.notify(ChangeNotice(topic: "preferences", subject: agent))
        }
        try await reload()
    }

    /// Reads the copy anew: after a change here, or one on another node.
    package func reload() async throws {
        let fresh = try await database.read { store in try Self.read(from: store) }
        copy.withLock { $0 = fresh }
    }

    package static func save(_ agent: Agent, in store: WriteTransaction) throws {
        try store.execute(
            """
            insert into agent (id, display_name, role, is_disabled, preferences)
            values (\(agent.id), \(agent.displayName), \(agent.role), \(agent.isDisabled),
                \(.json(agent.preferences)))
            on conflict (id) do update set display_name = excluded.display_name,
                role = excluded.role, is_disabled = excluded.is_disabled,
                preferences = excluded.preferences
            """)
        try store.execute("delete from agent_extension where agent = \(agent.id)")
        for own in agent.extensions {
            let taken = try store.row("select agent from agent_extension where extension = \(own)")
            if let other = try taken?.text("agent") {
                throw CommandRefusal.invalid(
                    field: "extensions",
                    "Extension \(own) belongs to “\(other)”. Remove it there first.")
            }
            try store.execute(
                "insert into agent_extension (extension, agent) values (\(own), \(agent.id))")
        }
    }

    private static func save(_ settings: OrganisationSettings, in store: WriteTransaction) throws {
        try store.execute(
            """
            insert into setting (name, value) values ('organisation', \(.json(settings)))
            on conflict (name) do update set value = excluded.value
            """)
    }

    private static func read(from store: ReadTransaction) throws -> Copy {
        guard let row = try store.row("select value from setting where name = 'organisation'")
        else { throw CommandRefusal.notFound }
        let settings = try row.json("value", as: OrganisationSettings.self)
        var byExtension: [String: String] = [:]
        var extensions: [String: [String]] = [:]
        for row in try store.rows("select extension, agent from agent_extension order by extension")
        {
            let own = try row.text("extension")
            let agent = try row.text("agent")
            byExtension[own] = agent
            extensions[agent, default: []].append(own)
        }
        let agents = try store.rows("select * from agent order by id").map { row in
            let id = try row.text("id")
            return Agent(
                id: id, displayName: try row.text("display_name"),
                role: try row.raw("role", as: Agent.Role.self),
                extensions: extensions[id] ?? [], isDisabled: try row.bool("is_disabled"),
                preferences: try row.json("preferences", as: Agent.Preferences.self))
        }
        return Copy(settings: settings, agents: agents, byExtension: byExtension)
    }
}

extension Organisation {
    /// The extension of a person whom a phone system names by sign-in name, display name or extension.
    package func `extension`(forUser user: String) -> String? {
        let name = user.lowercased()
        return copy.withLock { copy in
            if copy.byExtension[user] != nil { return user }
            let agent = copy.agents.first {
                $0.id == name || $0.displayName.lowercased() == name
                    || $0.id == name.split(separator: "@").first.map(String.init)
            }
            return agent?.extensions.first
        }
    }
}
