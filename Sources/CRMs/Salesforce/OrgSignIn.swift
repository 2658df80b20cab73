package import Credentials
package import Foundation

/// A token, and where it is good.
package struct OrgToken: Sendable {
    package let secret: Secret
    /// The host that takes it; it can change with each token.
    package let instance: URL

    package init(secret: Secret, instance: URL) {
        self.secret = secret
        self.instance = instance
    }
}

/// How the integration user signs in: a signed claim, without a password and without a browser.
///
/// Source: RFC 7523; Salesforce, "OAuth 2.0 JWT Bearer Flow for Server-to-Server Integration".
package struct OrgSignIn: Sendable {
    /// `https://acme.my.salesforce.com`: where tokens are asked for.
    package let login: URL
    /// Who the claim is made for: `https://login.salesforce.com`, or `test` for a sandbox.
    package let audience: String
    package let clientID: String
    package let user: String
    private let key: SigningKey

    /// Within so many seconds the claim must arrive.
    private static let claimSeconds = 180

    package init(
        login: URL, audience: String, clientID: String, user: String, key: SigningKey
    ) {
        self.login = login
        self.audience = audience
        self.clientID = clientID
        self.user = user
        self.key = key
    }

    /// The claim, signed: `header.claims.signature`, each in base64url.
    package func assertion(at time: Date) -> String {
        let claims: JSONValue = .object([
            "iss": .text(clientID), "sub": .text(user), "aud": .text(audience),
            "exp": .number(time.timeIntervalSince1970.rounded(.down) + Double(Self.claimSeconds)),
        ])
        let head = Base64.addressText(Array(#"{"alg":"RS256"}"#.utf8))
        let signed = "\(head).\(Base64.addressText(Array(claims.bytes)))"
        return "\(signed).\(Base64.addressText(key.signature(of: Array(signed.utf8))))"
    }

    package func request(at time: Date) -> OrgRequest {
        var request = OrgRequest(login.appending(path: "services/oauth2/token"))
        request.method = "POST"
        request.headers = ["Content-Type": "application/x-www-form-urlencoded"]
        request.body = Data(
            """
            grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer\
            &assertion=\(assertion(at: time))
            """.utf8)
        return request
    }

    /// - Throws: `OrgFault.needsConsent` where the org does not let this user in.
    package func token(from reply: OrgReply) throws(OrgFault) -> OrgToken {
        let body = JSONValue(reply.body)
        guard reply.status == 200 else {
            let refusal = OrgRefusal(status: reply.status, body: body)
            guard (400...403).contains(reply.status), !refusal.reasons.isEmpty else {
                throw .refused(refusal)
            }
            throw .needsConsent(refusal.description)
        }
        guard let token = body?["access_token"]?.text, !token.isEmpty,
            let text = body?["instance_url"]?.text, let instance = URL(string: text)
        else { throw .garbled("there is no token in it") }
        guard instance.scheme == login.scheme, Self.isOne(of: login, instance) else {
            throw .garbled("it names another host, \(instance.host() ?? "?")")
        }
        return OrgToken(secret: Secret(token), instance: instance)
    }

    /// A token is sent to the host that was set, or to one of Salesforce's own.
    private static func isOne(of login: URL, _ instance: URL) -> Bool {
        guard let host = instance.host()?.lowercased() else { return false }
        if host == login.host()?.lowercased() && instance.port == login.port { return true }
        return host.hasSuffix(".salesforce.com") && instance.port == nil
    }
}
