import Credentials
import Foundation
import Testing

@testable import Salesforce

struct SignInTests {
    static func signIn(login: String) async throws -> OrgSignIn {
        OrgSignIn(
            login: try #require(URL(string: login)), audience: "https://login.salesforce.com",
            clientID: "sync", user: "robot@callmatch.example", key: try Org.signingKey())
    }

    /// The claim is what RFC 7523 wants: whole seconds, and nothing that is not in the alphabet of addresses.
    @Test func aClaimHasThreeParts() async throws {
        let signIn = try await Self.signIn(login: "https://acme.my.salesforce.com")
        let claim = signIn.assertion(at: Date(timeIntervalSince1970: 1_795_400_000.7))
        let parts = claim.split(separator: ".")
        #expect(parts.count == 3 && !claim.contains("=") && !claim.contains("+"))
        var text = String(parts[1]).replacing("-", with: "+").replacing("_", with: "/")
        text += String(repeating: "=", count: (4 - text.count % 4) % 4)
        let claims = JSONValue(try #require(Data(base64Encoded: text)))
        #expect(claims?["exp"] == .number(1_795_400_180))
        #expect(claims?["iss"]?.text == "sync" && claims?["sub"]?.text == "robot@callmatch.example")
        #expect(claims?["aud"]?.text == "https://login.salesforce.com")
    }

    @Test(arguments: ["", "no key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"])
    func whatIsNoKeyIsRefused(text: String) {
        let fault = #expect(throws: SigningKeyFault.self) { try SigningKey(pem: Secret(text)) }
        #expect(fault == .unreadable)
    }

    @Test func aShortKeyAndAnotherKindAreRefused() throws {
        let short = try Org.openssl("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024")
        #expect(throws: SigningKeyFault.tooShort) { try SigningKey(pem: Secret(short)) }
        let other = try Org.openssl("genpkey -algorithm ed25519")
        #expect(throws: SigningKeyFault.notRSA) { try SigningKey(pem: Secret(other)) }
    }
}
