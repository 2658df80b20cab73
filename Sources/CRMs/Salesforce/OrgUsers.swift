package import CRM
import Credentials
package import Foundation

/// Which user of the org each agent is: by the agent's own consent, or by the user name that the administrator set.
///
/// The vault holds what must outlive the process. Nothing here says yes where it could not find out.
package actor OrgUsers: OrgAgents {
    private struct Own {
        var consent: KeptConsent
        let connection: OrgConnection
        /// Which consent of the agent it is: a token of an older one is not kept.
        let number: Int
    }

    private let connection: OrgConnection
    private let settings: SalesforceSettings
    private let app: OrgApp?
    private let vault: any AgentVault
    private let agents: @Sendable () async -> [String]
    private let now: @Sendable () -> Date
    private let consents: OrgConsent?
    /// Agents whose consent was looked for; `.some(nil)` where there is none.
    private var own: [String: Own?] = [:]
    private var last = 0
    private var named: (users: [String: OrgID], until: Date)?

    /// Seconds for which the users of the settings are not asked for again.
    package static let namedSeconds: Double = 600
    /// User names in one query: its address has a limit.
    private static let mostNames = 100

    /// - Parameters:
    ///   - connection: of the integration user.
    ///   - app: by which agents consent; only used where the settings say so.
    ///   - agents: sign-in names of everybody who may have a consent here, so that one user of the org is one agent.
    package init(
        _ connection: OrgConnection, settings: SalesforceSettings, app: OrgApp?,
        vault: any AgentVault, agents: @escaping @Sendable () async -> [String],
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.connection = connection
        self.settings = settings
        self.app = settings.agentTokens ? app : nil
        self.vault = vault
        self.agents = agents
        self.now = now
        consents = self.app.map { OrgConsent($0, reach: settings.reach) }
    }

    package func connection(of agent: String) async -> OrgConnection? {
        try? await working(agent)?.connection
    }

    package func user(of agent: String) async -> OrgID? {
        try? await owner(for: agent)
    }

    /// As `user(of:)`, and says when it could not be found out.
    ///
    /// - Throws: `OrgFault`, where the org or the vault does not answer.
    package func owner(for agent: String) async throws(OrgFault) -> OrgID? {
        if let own = try await working(agent) { return own.consent.user }
        guard let name = settings.usernames[agent] else { return nil }
        return try await namedUsers()[name.lowercased()]
    }

    /// Those who have no user of the org, in order. Where the org cannot be asked, only those for whom none is set.
    package func withoutUser(among agents: [String]) async -> [String] {
        var found: [String] = []
        for agent in agents {
            do throws(OrgFault) {
                if try await owner(for: agent) == nil { found.append(agent) }
            } catch {
                if settings.usernames[agent] == nil { found.append(agent) }
            }
        }
        return found.sorted()
    }

    // MARK: - Consent

    package func consent(of agent: String) async -> AgentConsent {
        guard app != nil else { return .notNeeded }
        do throws(OrgFault) {
            guard let own = try await kept(agent) else { return .missing(missingWords(agent)) }
            if let why = await own.connection.isOver { return .expired(why) }
            return .given(user: own.consent.username ?? own.consent.user.description)
        } catch {
            return .missing("\(error)")
        }
    }

    private func missingWords(_ agent: String) -> String {
        settings.usernames[agent] == nil
            ? "Without it nothing of Salesforce is shown to you, and your calls are filed by the connection's own user."
            : "Without it the connection's own user asks Salesforce what you may see."
    }

    package func consentPage(
        for agent: String, redirect: URL, now: Date
    ) async throws(OrgConsentFault) -> URL {
        guard let consents else { throw .notSetUp }
        return try await consents.page(for: agent, redirect: redirect, now: now)
    }

    package func takeConsent(
        _ query: [String: String], of agent: String, now: Date
    ) async throws(OrgConsentFault) {
        guard let app, let consents else { throw .notSetUp }
        let token = try await consents.take(query, of: agent, now: now)
        guard let identity = token.identity, let refresh = token.refresh else { throw .noRefresh }
        do throws(OrgConsentFault) {
            try await check(identity, of: agent)
        } catch {
            // Nobody is to hold what is not used.
            try? await consents.revoke(refresh)
            throw error
        }
        let old = try? await kept(agent)
        let consent = KeptConsent(identity, token: refresh, instance: token.instance)
        var new = made(consent, app, of: agent, token: token)
        new.consent.username = await username(of: identity.user, over: new.connection)
        do {
            try await vault.keep(new.consent.data, of: agent, crm: settings.name)
        } catch {
            try? await consents.revoke(refresh)
            throw .org("it could not be kept (\(error))")
        }
        own[agent] = .some(new)
        await old?.connection.end("another consent took its place")
    }

    package func withdrawConsent(of agent: String) async throws {
        let old = try? await kept(agent)
        own[agent] = .some(nil)
        await old?.connection.end("the agent took the consent back")
        try await vault.keep(nil, of: agent, crm: settings.name)
        guard let old, let consents else { return }
        do throws(OrgFault) {
            try await consents.revoke(old.consent.token)
        } catch {
            throw OrgConsentFault.notRevoked("\(error)")
        }
    }

    /// One user of the org that we are connected to is one agent.
    private func check(_ identity: OrgIdentity, of agent: String) async throws(OrgConsentFault) {
        let ours: OrgIdentity?
        do throws(OrgFault) {
            ours = try await connection.knownIdentity()
        } catch {
            throw .org("\(error)")
        }
        if let ours, ours.org != identity.org { throw .otherOrg }
        for other in await agents() where other != agent {
            let user: OrgID?
            do throws(OrgFault) {
                user = try await owner(for: other)
            } catch {
                throw .org("\(error)")
            }
            guard user != identity.user else { throw .userOfAnotherAgent(other) }
        }
    }

    private func username(of user: OrgID, over connection: OrgConnection) async -> String? {
        let query: SOQL = "SELECT Username FROM User WHERE Id = \(user.description)"
        let answer = try? await connection.ask(
            "GET", "query", query: ["q": query.description])
        return answer?.body?["records"]?.array.first?["Username"]?.text.map {
            String($0.prefix(80))
        }
    }
}

extension OrgUsers {
    /// The agent's consent, unless the org takes it no longer.
    private func working(_ agent: String) async throws(OrgFault) -> Own? {
        guard app != nil, let own = try await kept(agent) else { return nil }
        return await own.connection.isOver == nil ? own : nil
    }

    private func kept(_ agent: String) async throws(OrgFault) -> Own? {
        if let known = own[agent] { return known }
        let data: Data?
        do {
            data = try await vault.secret(of: agent, crm: settings.name)
        } catch {
            throw .unanswered("the agent's consent cannot be read here (\(error))")
        }
        // Two who ask at once have one connection: a token that changes with each use must not be used by two.
        if let known = own[agent] { return known }
        let found: Own? =
            if let app, let consent = data.flatMap(KeptConsent.init) {
                made(consent, app, of: agent, token: nil)
            } else {
                nil
            }
        own[agent] = .some(found)
        return found
    }

    private func made(
        _ consent: KeptConsent, _ app: OrgApp, of agent: String, token: OrgToken?
    ) -> Own {
        last += 1
        let number = last
        let connection = OrgConnection(
            .consent(OrgRefresh(app: app, token: consent.token)), token: token,
            version: connection.version, reach: settings.reach, meter: connection.meter, now: now,
            keep: { [weak self] token in try await self?.keep(token, number, of: agent) })
        return Own(consent: consent, connection: connection, number: number)
    }

    /// The org gave a new refresh token: the last one is good no longer.
    private func keep(_ token: Secret, _ number: Int, of agent: String) async throws {
        guard var held = own[agent] ?? nil, held.number == number else { return }
        held.consent.token = token
        own[agent] = .some(held)
        try await vault.keep(held.consent.data, of: agent, crm: settings.name)
    }

    /// The users of the settings, by user name in lower case, as the org does not tell cases apart.
    private func namedUsers() async throws(OrgFault) -> [String: OrgID] {
        if let named, now() < named.until { return named.users }
        let names = Set(settings.usernames.values.map { $0.lowercased() }).sorted()
        var users: [String: OrgID] = [:]
        for start in stride(from: 0, to: names.count, by: Self.mostNames) {
            let some = Array(names[start..<min(start + Self.mostNames, names.count)])
            let query: SOQL = """
                SELECT Id, Username, Name, IsActive FROM User WHERE Username IN \(list: some)
                """
            let (_, body) = try await connection.ask(
                "GET", "query", query: ["q": query.description])
            guard let rows = body?["records"]?.array else {
                throw .garbled("a look for users gave no records")
            }
            for row in rows where row["IsActive"]?.flag == true {
                guard let name = row["Username"]?.text, let id = row["Id"]?.text.flatMap(OrgID.init)
                else { continue }
                users[name.lowercased()] = id
            }
        }
        named = (users, now().addingTimeInterval(Self.namedSeconds))
        return users
    }
}

/// What is kept of a consent, in the vault. No access token: one is asked for when it is needed.
struct KeptConsent: Sendable {
    var token: Secret
    let instance: URL
    let user: OrgID
    let org: OrgID
    var username: String?

    init(_ identity: OrgIdentity, token: Secret, instance: URL) {
        self.token = token
        self.instance = instance
        user = identity.user
        org = identity.org
    }

    /// `nil` for what `data` would not have written.
    init?(_ data: Data) {
        let value = JSONValue(data)
        guard let token = value?["refresh_token"]?.text, !token.isEmpty,
            let instance = value?["instance"]?.text.flatMap(URL.init(string:)),
            let user = value?["user"]?.text.flatMap(OrgID.init),
            let org = value?["org"]?.text.flatMap(OrgID.init)
        else { return nil }
        self.token = Secret(token)
        self.instance = instance
        self.user = user
        self.org = org
        username = value?["username"]?.text
    }

    var data: Data {
        var fields: [String: JSONValue] = [
            "refresh_token": .text(token.revealed()), "instance": .text(instance.absoluteString),
            "user": .text(user.description), "org": .text(org.description),
        ]
        if let username { fields["username"] = .text(username) }
        return JSONValue.object(fields).bytes
    }
}
