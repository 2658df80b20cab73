import AgentDesk
import CallHandling
import Calls
import Credentials
import Foundation
import Hummingbird
import PhoneSystem
import Storage

/// *People and lines*: who signs in, and whose phones are whose.
struct StaffRoutes {
    let organisation: Organisation
    let sessions: Sessions
    let feed: DeskFeed
    let database: Database
    /// The address under which people open the panel.
    let address: String
    let phoneSystems: [any PhoneSystemReport]

    func add(to router: Router<DeskContext>) {
        let people = router.group("api/v1/admin/people")
        people.get(use: list)
        people.post(use: add)
        people.get("unknown-extensions", use: unknownExtensions)
        people.patch(":id", use: change)
        people.post(":id/link", use: link)
    }

    private struct PersonRow: Encodable {
        let id: String
        let displayName: String
        let role: Agent.Role
        let extensions: [String]
        /// Those for which no phone system has a phone.
        let missing: [String]
        let disabled: Bool
        let signedIn: Bool
        let lastSeen: Date?
    }

    @Sendable func list(_ request: Request, context: DeskContext) async throws -> Reply {
        _ = try context.administrator()
        let seen = try await database.read { store in
            try store.rows("select agent, max(used_at) as at from session group by agent")
                .reduce(into: [String: Date]()) { $0[try $1.text("agent")] = try $1.date("at") }
        }
        var conditions: [PhoneSystemCondition] = []
        for each in phoneSystems { conditions.append(await each.condition()) }
        let missing = PhoneSystemCondition.nowhere(among: conditions)
        let rows = organisation.agents.map { agent in
            PersonRow(
                id: agent.id, displayName: agent.displayName, role: agent.role,
                extensions: agent.extensions, missing: agent.extensions.filter(missing.contains),
                disabled: agent.isDisabled, signedIn: seen[agent.id] != nil,
                lastSeen: seen[agent.id])
        }
        return try .json(["people": rows])
    }

    private struct PersonInput: Decodable {
        let id: String?
        let displayName: String?
        let role: Agent.Role?
        let extensions: [String]?
        let disabled: Bool?
    }

    @Sendable func add(_ request: Request, context: DeskContext) async throws -> Reply {
        _ = try context.administrator()
        let input = try await request.json(PersonInput.self)
        guard let id = input.id, Agent.isValidID(id) else {
            throw Problem.invalid(
                "id", "A sign-in name has 1 to 40 small letters, digits, . _ or -.")
        }
        guard organisation.agent(id) == nil else {
            throw Problem.invalid("id", "“\(id)” is taken. Choose another sign-in name.")
        }
        let agent = try apply(input, to: Agent(id: id, displayName: id))
        try await organisation.save(agent)
        return try .json(AgentView(agent), status: .created)
    }

    @Sendable func change(_ request: Request, context: DeskContext) async throws -> Reply {
        let own = try context.administrator()
        guard let known = organisation.agent(try context.parameter("id")) else {
            throw Problem.notFound
        }
        let input = try await request.json(PersonInput.self)
        let agent = try apply(input, to: known)
        if agent.id == own.agent.id, agent.isDisabled || agent.role != .administrator {
            throw Problem.invalid(
                agent.isDisabled ? "disabled" : "role",
                "You cannot take your own rights away. Ask another administrator.")
        }
        try await organisation.save(agent)
        if agent.isDisabled {
            try await database.write { store in try sessions.endAll(of: agent.id, in: store) }
            feed.closeAll(agent: agent.id)
        }
        return try .json(AgentView(agent))
    }

    private func apply(_ input: PersonInput, to known: Agent) throws -> Agent {
        var agent = known
        agent.displayName = input.displayName ?? agent.displayName
        agent.role = input.role ?? agent.role
        agent.extensions = input.extensions ?? agent.extensions
        agent.isDisabled = input.disabled ?? agent.isDisabled
        guard (1...80).contains(agent.displayName.count) else {
            throw Problem.invalid("displayName", "A name has 1 to 80 characters.")
        }
        guard agent.extensions.count <= 10, agent.extensions.allSatisfy(Agent.isValidExtension)
        else {
            throw Problem.invalid("extensions", "At most 10 extensions, digits only.")
        }
        return agent
    }

    private struct LinkView: Encodable {
        let url: String
        let expiresAt: Date
    }

    @Sendable func link(_ request: Request, context: DeskContext) async throws -> Reply {
        _ = try context.administrator()
        let (token, expiresAt) = try await sessions.link(for: try context.parameter("id"))
        return try .json(
            LinkView(
                url: "\(address)/sign-in/link/\(token.revealed())", expiresAt: expiresAt))
    }

    private struct UnknownExtension: Encodable {
        let `extension`: String
        let system: String
        let events: Int
        let lastSeen: Date
    }

    /// Extensions that took part in calls of the last days and belong to nobody.
    @Sendable func unknownExtensions(_ request: Request, context: DeskContext) async throws -> Reply
    {
        _ = try context.administrator()
        let calls = try await database.read { store in
            try store.rows("select * from call order by started_at desc, id limit 500")
                .map(StoredCall.init)
        }
        var found: [String: UnknownExtension] = [:]
        for stored in calls {
            for own in stored.call.extensions where organisation.agent(extension: own) == nil {
                let key = "\(stored.call.id.system)/\(own)"
                let events = stored.call.facts.count { $0.extension == own }
                let known = found[key]
                found[key] = UnknownExtension(
                    extension: own, system: stored.call.id.system,
                    events: events + (known?.events ?? 0),
                    lastSeen: max(known?.lastSeen ?? .distantPast, stored.receivedAt))
            }
        }
        let rows = found.values.sorted { $0.lastSeen > $1.lastSeen }
        return try .json(["extensions": Array(rows.prefix(200))])
    }
}
