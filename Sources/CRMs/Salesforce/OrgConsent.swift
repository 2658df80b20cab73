package import Credentials
package import Foundation

/// Agents let us act for them: the page that they are sent to, and what they come back with.
///
/// Source: RFC 6749, 4.1, and RFC 7636 (PKCE); Salesforce, "OAuth 2.0 Web Server Flow". A page is good for ten minutes
/// and once, and only for the agent it was made for. What waits for an answer is in memory: after a restart an agent
/// begins again.
package actor OrgConsent {
    private struct Pending {
        let agent: String
        let redirect: String
        let verifier: String
        let until: Date
    }

    private let app: OrgApp
    private let transport: OrgTransport
    /// By the hash of the state, so that a look-up tells nothing by its time.
    private var pending: [Digest: Pending] = [:]

    /// Seconds for which a page is good; Salesforce's own code is good for 15 minutes.
    package static let pageSeconds: Double = 600
    /// Pages of one agent that wait at once: several tabs.
    private static let mostOfAgent = 5
    private static let mostPending = 10_000
    /// What is asked for: to use the API as the agent, also when the agent is not there, and who the agent is.
    private static let scope = "api refresh_token id"
    private static let longestCode = 4096

    /// - Parameters:
    ///   - seconds: how long an answer may take.
    ///   - reach: where the org's address may lead.
    package init(_ app: OrgApp, seconds: Double = 30, reach: OrgReach = .checked) {
        self.app = app
        transport = OrgTransport(seconds: seconds, reach: reach)
    }

    /// The page of the org that asks the agent.
    ///
    /// - Parameter redirect: our own address, exactly as it is set in the app.
    package func page(
        for agent: String, redirect: URL, now: Date
    ) throws(OrgConsentFault) -> URL {
        let state = Token.random()
        let verifier = Token.random().revealed()
        makeRoom(for: agent, now: now)
        pending[state.hash] = Pending(
            agent: agent, redirect: redirect.absoluteString, verifier: verifier,
            until: now.addingTimeInterval(Self.pageSeconds))
        let fields = [
            ("response_type", "code"), ("client_id", app.clientID),
            ("redirect_uri", redirect.absoluteString), ("scope", Self.scope),
            ("state", state.revealed()), ("code_challenge", Self.challenge(of: verifier)),
            ("code_challenge_method", "S256"),
        ]
        let address = app.login.appending(path: "services/oauth2/authorize")
        guard var parts = URLComponents(url: address, resolvingAgainstBaseURL: false) else {
            throw .notSetUp
        }
        parts.percentEncodedQuery =
            fields.map { "\($0.0)=\(OrgConnection.encoded($0.1))" }.joined(separator: "&")
        guard let url = parts.url else { throw .notSetUp }
        return url
    }

    /// Trades what the browser came back with for a token.
    ///
    /// - Returns: a token that has a refresh token and says whose it is.
    package func take(
        _ query: [String: String], of agent: String, now: Date
    ) async throws(OrgConsentFault) -> OrgToken {
        guard let state = query["state"].flatMap({ Token($0) }),
            let page = pending[state.hash]
        else { throw .unknown }
        guard page.agent == agent else { throw .ofAnotherAgent }
        pending[state.hash] = nil
        guard now < page.until else { throw .unknown }
        if let error = query["error"] {
            // The documentation has both spellings.
            guard !["access_denied", "access-denied"].contains(error) else { throw .declined }
            let words = query["error_description"] ?? ""
            throw .org(String("\(words) [\(error)]".prefix(300)))
        }
        guard let code = query["code"], !code.isEmpty, code.utf8.count <= Self.longestCode else {
            throw .org("it sent no code")
        }
        let token = try await exchange(code, page)
        guard token.refresh != nil else { throw .noRefresh }
        guard token.identity != nil else { throw .org("it did not say whose token it is") }
        return token
    }

    private func exchange(
        _ code: String, _ page: Pending
    ) async throws(OrgConsentFault) -> OrgToken {
        do throws(OrgFault) {
            let reply = try await transport.send(
                app.request(
                    "token",
                    [
                        ("grant_type", "authorization_code"), ("code", code),
                        ("redirect_uri", page.redirect), ("code_verifier", page.verifier),
                    ]))
            return try OrgToken(from: reply, login: app.login)
        } catch {
            switch error {
            case .needsConsent(let why), .unanswered(let why), .garbled(let why): throw .org(why)
            case .refused(let refusal): throw .org("\(refusal)")
            }
        }
    }

    /// Tells the org that a consent is over. One that it does not know any more is over, too.
    package func revoke(_ token: Secret) async throws(OrgFault) {
        let request = OrgRequest(
            form: [("token", token.revealed())],
            to: app.login.appending(path: "services/oauth2/revoke"))
        let reply = try await transport.send(request)
        guard reply.status != 200 else { return }
        let refusal = OrgRefusal(status: reply.status, body: JSONValue(reply.body))
        guard refusal.has("unsupported_token_type") || refusal.has("invalid_token") else {
            throw .refused(refusal)
        }
    }

    private func makeRoom(for agent: String, now: Date) {
        pending = pending.filter { $0.value.until > now }
        let own = pending.filter { $0.value.agent == agent }
            .sorted { $0.value.until < $1.value.until }
        for each in own.prefix(max(0, own.count - Self.mostOfAgent + 1)) { pending[each.key] = nil }
        if pending.count >= Self.mostPending,
            let oldest = pending.min(by: { $0.value.until < $1.value.until })
        {
            pending[oldest.key] = nil
        }
    }

    /// What the org keeps of the verifier until it sees it (RFC 7636, 4.2).
    static func challenge(of verifier: String) -> String {
        Base64.addressText(Digest(of: Array(verifier.utf8)).bytes)
    }
}

/// Why a consent was not taken, in words for the agent.
package enum OrgConsentFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The connection has no consent of agents.
    case notSetUp
    case declined
    /// The page is not ours, too old, or was used before.
    case unknown
    case ofAnotherAgent
    /// Somebody else signs in to Salesforce as this user.
    case userOfAnotherAgent(String)
    case otherOrg
    case noRefresh
    /// What Salesforce said.
    case org(String)
    /// Forgotten here, and not known to be forgotten there.
    case notRevoked(String)

    package var description: String {
        switch self {
        case .notSetUp:
            "This connection to Salesforce is not set up for agents' own sign-in: it needs an app with a way back."
        case .declined:
            "You did not allow it in Salesforce, so nothing was changed. Connect again when you want to."
        case .unknown:
            "This page of Salesforce was opened more than ten minutes ago, or was used already. Connect again."
        case .ofAnotherAgent:
            "This page of Salesforce was opened by another agent. Sign in as yourself, and connect again."
        case .userOfAnotherAgent(let agent):
            "This user of Salesforce belongs to another agent (\(agent)). Sign out of Salesforce, sign in there as yourself, and connect again."
        case .otherOrg:
            "This user is in another Salesforce org than the one that CallMatch is connected to. Sign in to the right one, and connect again."
        case .noRefresh:
            "Salesforce gave no lasting consent. An administrator must allow the scope “Perform requests at any time (refresh_token, offline_access)” in the app."
        case .org(let why): "Salesforce did not take it: \(Self.open(why)). Connect again."
        case .notRevoked(let why):
            "The consent is forgotten here. Salesforce could not be told (\(Self.open(why))): take it back there, too, in your personal settings under “Connections”."
        }
    }

    /// Without the full stop, as it goes on.
    private static func open(_ why: String) -> Substring {
        why.hasSuffix(".") ? why.dropLast() : why[...]
    }
}
