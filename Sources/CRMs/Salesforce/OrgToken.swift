package import Credentials
package import Foundation

/// A token, and where it is good.
package struct OrgToken: Sendable {
    package let secret: Secret
    /// The host that takes it; it can change with each token.
    package let instance: URL
    /// By which the next token is asked for; only where the way has one, and where it is new.
    package let refresh: Secret?
    /// Whose it is; `nil` where the answer did not say.
    package let identity: OrgIdentity?

    package init(
        secret: Secret, instance: URL, refresh: Secret? = nil, identity: OrgIdentity? = nil
    ) {
        self.secret = secret
        self.instance = instance
        self.refresh = refresh
        self.identity = identity
    }

    /// Reads the answer of the token endpoint.
    ///
    /// - Parameter login: where it was asked for: the token is sent there, or to one of Salesforce's own hosts.
    /// - Throws: `OrgFault.needsConsent` where the org does not let this user or this app in.
    package init(from reply: OrgReply, login: URL) throws(OrgFault) {
        let body = JSONValue(reply.body)
        guard reply.status == 200 else { throw Self.fault(reply.status, body) }
        guard let token = body?["access_token"]?.text, !token.isEmpty,
            let text = body?["instance_url"]?.text, let instance = URL(string: text)
        else { throw .garbled("there is no token in it") }
        guard instance.scheme == login.scheme, Self.isOne(of: login, instance) else {
            throw .garbled("it names another host, \(instance.host() ?? "?")")
        }
        self.init(
            secret: Secret(token), instance: instance,
            refresh: body?["refresh_token"]?.text.flatMap { $0.isEmpty ? nil : Secret($0) },
            identity: body?["id"]?.text.flatMap(OrgIdentity.init))
    }

    private static func fault(_ status: Int, _ body: JSONValue?) -> OrgFault {
        let refusal = OrgRefusal(status: status, body: body)
        // Too many sign-ins within a time: that is no word about the user.
        if refusal.has("rate_limit_exceeded") {
            return .refused(OrgRefusal(status: 429, reasons: refusal.reasons))
        }
        guard (400...403).contains(status), !refusal.reasons.isEmpty else {
            return .refused(refusal)
        }
        return .needsConsent(refusal.description)
    }

    /// Whether the answer says that a consent is over for good, and not only that something is set up wrongly.
    package static func isOver(_ reply: OrgReply) -> Bool {
        let refusal = OrgRefusal(status: reply.status, body: JSONValue(reply.body))
        return refusal.has("invalid_grant") || refusal.has("inactive_user")
    }

    private static func isOne(of login: URL, _ instance: URL) -> Bool {
        guard let host = instance.host()?.lowercased() else { return false }
        if host == login.host()?.lowercased() && instance.port == login.port { return true }
        return host.hasSuffix(".salesforce.com") && instance.port == nil
    }
}

/// Whose a token is: which user of which org.
package struct OrgIdentity: Hashable, Sendable {
    package let org: OrgID
    package let user: OrgID

    /// Reads `https://login.salesforce.com/id/<org>/<user>`. The address is read and never followed.
    package init?(_ text: String) {
        guard text.utf8.count <= 500, let parts = URL(string: text)?.pathComponents.suffix(3),
            parts.first == "id", parts.count == 3,
            let org = OrgID(parts[parts.startIndex + 1]), org.prefix == "00D",
            let user = OrgID(parts[parts.startIndex + 2]), user.prefix == "005"
        else { return nil }
        self.org = org
        self.user = user
    }
}
