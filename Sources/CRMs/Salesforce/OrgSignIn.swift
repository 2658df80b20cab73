package import Credentials
package import Foundation

/// By which way tokens are come by.
package enum OrgGrant: Sendable {
    /// Of the integration user: a signed claim.
    case claim(OrgSignIn)
    /// Of an agent, who let us act for the agent.
    case consent(OrgRefresh)

    var login: URL {
        switch self {
        case .claim(let signIn): signIn.login
        case .consent(let refresh): refresh.app.login
        }
    }

    func request(at time: Date) -> OrgRequest {
        switch self {
        case .claim(let signIn): signIn.request(at: time)
        case .consent(let refresh): refresh.request
        }
    }
}

/// The external client app, as an administrator has set it up in the org.
package struct OrgApp: Sendable {
    /// `https://acme.my.salesforce.com`: where agents consent, and where tokens are asked for.
    package let login: URL
    /// The consumer key.
    package let clientID: String
    /// The consumer secret; `nil` for an app that needs none.
    package let secret: Secret?

    package init(login: URL, clientID: String, secret: Secret? = nil) {
        self.login = login
        self.clientID = clientID
        self.secret = secret
    }

    /// A form for one of the OAuth addresses, with our own name below it.
    func request(_ path: String, _ fields: [(String, String)]) -> OrgRequest {
        var all = fields + [("client_id", clientID)]
        if let secret { all.append(("client_secret", secret.revealed())) }
        return OrgRequest(form: all, to: login.appending(path: "services/oauth2/\(path)"))
    }
}

/// A consent that was given: the token by which others are asked for.
///
/// Source: RFC 6749, 6; Salesforce, "OAuth 2.0 Refresh Token Flow".
package struct OrgRefresh: Sendable {
    package let app: OrgApp
    package var token: Secret

    package init(app: OrgApp, token: Secret) {
        self.app = app
        self.token = token
    }

    package var request: OrgRequest {
        app.request(
            "token", [("grant_type", "refresh_token"), ("refresh_token", token.revealed())])
    }
}

extension OrgRequest {
    /// A POST that is never sent twice by itself: a code and a rotating token are good once.
    init(form fields: [(String, String)], to url: URL) {
        self.init(url)
        method = "POST"
        isRepeatable = false
        headers = [
            "Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json",
        ]
        body = Data(
            fields.map { "\($0.0)=\(OrgConnection.encoded($0.1))" }.joined(separator: "&").utf8)
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
        OrgRequest(
            form: [
                ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
                ("assertion", assertion(at: time)),
            ], to: login.appending(path: "services/oauth2/token"))
    }

    /// - Throws: `OrgFault.needsConsent` where the org does not let this user in.
    package func token(from reply: OrgReply) throws(OrgFault) -> OrgToken {
        try OrgToken(from: reply, login: login)
    }
}
