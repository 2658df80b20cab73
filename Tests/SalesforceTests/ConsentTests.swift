import CRM
import Credentials
import Foundation
import FoundationNetworking
import Testing

@testable import Salesforce

/// An agent lets us act for the agent, and takes it back.
struct ConsentTests {
    static let callback =
        URL(string: "https://callmatch.example/salesforce/callback") ?? URL(filePath: "/")

    /// An org, an integration user, and agents who may consent.
    struct Bench {
        let org: Org
        let vault = Vault()
        let clock = TestClock(Date())
        let connection: OrgConnection
        let users: OrgUsers

        init(rotates: Bool = false, change: (inout SalesforceSettings) -> Void = { _ in })
            async throws
        {
            org = try Org()
            connection = try await org.connection()
            var app: [String: JSONValue] = [
                "client_id": .text("callmatch"), "secret": .text("callmatch-secret"),
                "redirects": .array([.text(ConsentTests.callback.absoluteString)]),
            ]
            app["rotates_refresh"] = .flag(rotates)
            try await org.command("add_app", app)
            users = try Self.users(org, vault, connection, clock, change)
        }

        /// As after a restart.
        func again() throws -> OrgUsers { try Self.users(org, vault, connection, clock) { _ in } }

        private static func users(
            _ org: Org, _ vault: Vault, _ connection: OrgConnection, _ clock: TestClock,
            _ change: (inout SalesforceSettings) -> Void
        ) throws -> OrgUsers {
            var settings = try Org.settings()
            settings.agentTokens = true
            change(&settings)
            return vault.users(
                connection, settings,
                app: OrgApp(
                    login: org.url, clientID: "callmatch", secret: Secret("callmatch-secret")),
                now: { clock.now })
        }

        /// What the browser comes back with, when this user allows it.
        func answer(_ agent: String, as user: String) async throws -> [String: String] {
            try await org.command("consent", ["user": .text("\(user)@callmatch.example")])
            let page = try await users.consentPage(
                for: agent, redirect: ConsentTests.callback, now: clock.now)
            return try await ConsentTests.visit(page)
        }

        func connect(_ agent: String, as user: String) async throws {
            try await users.takeConsent(
                try await answer(agent, as: user), of: agent, now: clock.now)
        }

        func fault(_ query: [String: String], of agent: String) async -> OrgConsentFault? {
            do throws(OrgConsentFault) {
                try await users.takeConsent(query, of: agent, now: clock.now)
                return nil
            } catch {
                return error
            }
        }

        func id(of user: String) async throws -> OrgID? {
            try await org.records("User").first { $0["Alias"]?.text == user }?["Id"]?.text
                .flatMap(OrgID.init)
        }

        /// How often the token endpoint was asked.
        func tokensAsked() async throws -> Int {
            try await org.command("requests").array.count {
                $0["target"]?.text?.contains("oauth2/token") == true
            }
        }
    }

    /// As a browser, which does not follow the way back.
    static func visit(_ page: URL) async throws -> [String: String] {
        var request = OrgRequest(page)
        request.headers = ["Accept": "text/html"]
        let reply = try await OrgTransport(seconds: 10).send(request)
        let back = URLComponents(string: reply.headers["location"] ?? "")
        return (back?.queryItems ?? []).reduce(into: [:]) { $0[$1.name] = $1.value ?? "" }
    }

    /// RFC 7636, appendix B.
    @Test func theChallengeIsThatOfTheStandard() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        #expect(
            OrgConsent.challenge(of: verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
    }

    @Test func thePageAsksForWhatIsNeeded() async throws {
        let bench = try await Bench()
        let pages = [
            try await bench.users.consentPage(for: "ada", redirect: Self.callback, now: Date()),
            try await bench.users.consentPage(for: "ada", redirect: Self.callback, now: Date()),
        ].map { URLComponents(url: $0, resolvingAgainstBaseURL: false) }
        let asked = (pages[0]?.queryItems ?? []).reduce(into: [:]) { $0[$1.name] = $1.value }
        #expect(pages[0]?.path == "/services/oauth2/authorize")
        #expect(asked["response_type"] == "code" && asked["client_id"] == "callmatch")
        #expect(asked["redirect_uri"] == Self.callback.absoluteString)
        #expect(asked["scope"] == "api refresh_token id")
        #expect(asked["code_challenge_method"] == "S256" && asked["code_challenge"]?.count == 43)
        #expect((asked["state"] ?? "").count >= 22)
        #expect(pages[0]?.percentEncodedQuery?.contains("scope=api%20refresh_token%20id") == true)
        let other = (pages[1]?.queryItems ?? []).reduce(into: [:]) { $0[$1.name] = $1.value }
        #expect(asked["state"] != other["state"])
        #expect(asked["code_challenge"] != other["code_challenge"])
    }

    @Test func anAgentConnectsAndIsThatUser() async throws {
        let bench = try await Bench()
        #expect(await bench.users.user(of: "ada") == nil)
        guard case .missing = await bench.users.consent(of: "ada") else {
            Issue.record("nothing was given yet")
            return
        }
        try await bench.connect("ada", as: "ada")
        let ada = try await bench.id(of: "ada")
        #expect(await bench.users.user(of: "ada") == ada)
        #expect(await bench.users.consent(of: "ada") == .given(user: "ada@callmatch.example"))
        let own = try #require(await bench.users.connection(of: "ada"))
        _ = try await own.ask("GET", "limits")
        let last = try await bench.org.command("requests").array.last
        #expect(last?["user"]?.text == ada?.description, "it is asked as the agent")
        // After a restart too, and once for all who wait.
        let users = try bench.again()
        try await bench.org.command("requests", ["clear": .flag(true)])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<6 {
                group.addTask { _ = try await users.connection(of: "ada")?.ask("GET", "limits") }
            }
            try await group.waitForAll()
        }
        #expect(try await bench.tokensAsked() == 1)
        #expect(await users.user(of: "ada") == ada)
        #expect(try await bench.org.mistakes().isEmpty)
    }

    @Test func whatComesBackMustBeOurs() async throws {
        let bench = try await Bench()
        let answer = try await bench.answer("ada", as: "ada")
        #expect(await bench.fault([:], of: "ada") == .unknown)
        #expect(await bench.fault(["code": "x", "state": "guess"], of: "ada") == .unknown)
        let forged = answer.merging(["state": Token.random().revealed()]) { $1 }
        #expect(await bench.fault(forged, of: "ada") == .unknown)
        #expect(await bench.fault(answer, of: "ben") == .ofAnotherAgent)
        #expect(await bench.fault(answer, of: "ada") == nil, "the agent's own is still good")
        #expect(await bench.fault(answer, of: "ada") == .unknown, "once")
    }

    @Test func aPageIsGoodForTenMinutes() async throws {
        let bench = try await Bench()
        let late = try await bench.answer("ben", as: "ben")
        bench.clock.advance(by: 600)
        #expect(await bench.fault(late, of: "ben") == .unknown)
        #expect(await bench.users.user(of: "ben") == nil)
        let inTime = try await bench.answer("ben", as: "ben")
        bench.clock.advance(by: 599)
        #expect(await bench.fault(inTime, of: "ben") == nil)
    }

    @Test(arguments: ["access_denied", "access-denied"])
    func aRefusalIsSaidInWords(error: String) async throws {
        let bench = try await Bench()
        let answer = try await bench.answer("ada", as: "ada")
        let refused = ["state": answer["state"] ?? "", "error": error]
        #expect(await bench.fault(refused, of: "ada") == .declined)
        #expect(bench.vault.contents.isEmpty)
        #expect(await bench.fault(answer, of: "ada") == .unknown, "it is used up")
    }

    @Test func anotherErrorIsSaidInItsWords() async throws {
        let bench = try await Bench()
        let answer = try await bench.answer("ada", as: "ada")
        let broken = answer.merging(["code": "aPrxWrong"]) { $1 }
        let fault = await bench.fault(broken, of: "ada")
        #expect(fault?.description.contains("invalid authorization code") == true)
    }

    @Test func oneUserIsOneAgent() async throws {
        let bench = try await Bench { $0.usernames = ["cleo": "cleo@callmatch.example"] }
        try await bench.connect("ada", as: "ada")
        let asAda = try await bench.answer("ben", as: "ada")
        #expect(await bench.fault(asAda, of: "ben") == .userOfAnotherAgent("ada"))
        let asCleo = try await bench.answer("ben", as: "cleo")
        #expect(await bench.fault(asCleo, of: "ben") == .userOfAnotherAgent("cleo"))
        #expect(await bench.users.user(of: "ben") == nil)
        #expect(bench.vault.token(of: "ben") == nil)
        // The same agent again, as another user, is a change of mind.
        try await bench.connect("ada", as: "ben")
        let ben = try await bench.id(of: "ben")
        #expect(await bench.users.user(of: "ada") == ben)
    }

    @Test func aUserOfAnotherOrgIsRefused() async throws {
        let bench = try await Bench()
        let answer = try await bench.answer("ada", as: "ada")
        let id = "\(bench.org.url)/id/00D000000000001AAA/005000000000001AAA"
        let body = JSONValue.object([
            "access_token": .text("a"), "refresh_token": .text("r"), "id": .text(id),
            "instance_url": .text(bench.org.url.absoluteString),
        ])
        _ = try await bench.connection.ask("GET", "limits")
        try await bench.org.command(
            "fault",
            [
                "kind": .text("reply"), "path": .text("oauth2/token"),
                "body": .text(String(decoding: body.bytes, as: UTF8.self)),
            ])
        #expect(await bench.fault(answer, of: "ada") == .otherOrg)
        #expect(bench.vault.contents.isEmpty)
    }

    @Test func aTokenGoesToNoOtherHost() async throws {
        let bench = try await Bench()
        try await bench.org.command(
            "configure", ["instance_url": .text("https://evil.example")])
        let answer = try await bench.answer("ada", as: "ada")
        guard case .org(let why) = await bench.fault(answer, of: "ada") else {
            Issue.record("it was taken")
            return
        }
        #expect(why.contains("evil.example"))
    }

    @Test func aRefreshTokenThatChangesIsKeptBeforeItIsUsed() async throws {
        let bench = try await Bench(rotates: true)
        try await bench.connect("ada", as: "ada")
        let first = try #require(bench.vault.token(of: "ada"))
        let own = try #require(await bench.users.connection(of: "ada"))
        try await bench.org.command("expire_tokens")
        _ = try await own.ask("GET", "limits")
        let second = try #require(bench.vault.token(of: "ada"))
        #expect(first != second)
        // After a restart the newer one is the good one.
        let users = try bench.again()
        _ = try await users.connection(of: "ada")?.ask("GET", "limits")
        #expect(bench.vault.token(of: "ada") != second)
        #expect(await users.consent(of: "ada") == .given(user: "ada@callmatch.example"))
    }

    /// The vault cannot write: nothing is done with a token that a restart would lose, and it goes on afterwards.
    @Test func aTokenThatCannotBeKeptIsNotUsed() async throws {
        let bench = try await Bench(rotates: true)
        try await bench.connect("ada", as: "ada")
        let own = try #require(await bench.users.connection(of: "ada"))
        try await bench.org.command("expire_tokens")
        bench.vault.breaks(true)
        await #expect(throws: OrgFault.self) { _ = try await own.ask("GET", "limits") }
        bench.vault.breaks(false)
        _ = try await own.ask("GET", "limits")
        _ = try await bench.again().connection(of: "ada")?.ask("GET", "limits")
    }

    @Test func aConsentThatIsOverIsNotAskedForAgain() async throws {
        let bench = try await Bench()
        try await bench.connect("ada", as: "ada")
        let own = try #require(await bench.users.connection(of: "ada"))
        try await bench.org.command("expire_tokens", ["refresh": .flag(true)])
        try await bench.org.command("requests", ["clear": .flag(true)])
        for _ in 0..<5 {
            guard case .needsConsent = await ConnectionTests.fault(of: own) else {
                Issue.record("it must be said")
                return
            }
            bench.clock.advance(by: 3600)
        }
        #expect(try await bench.tokensAsked() == 1)
        #expect(await bench.users.connection(of: "ada") == nil)
        #expect(await bench.users.user(of: "ada") == nil, "who it is must be shown again")
        guard case .expired(let why) = await bench.users.consent(of: "ada") else {
            Issue.record("it must be said")
            return
        }
        #expect(why.contains("expired access/refresh token"))
        try await bench.connect("ada", as: "ada")
        #expect(await bench.users.consent(of: "ada") == .given(user: "ada@callmatch.example"))
    }

    @Test func whatIsTakenBackIsOverHereAndThere() async throws {
        let bench = try await Bench()
        try await bench.connect("ada", as: "ada")
        let own = try #require(await bench.users.connection(of: "ada"))
        let token = try #require(bench.vault.token(of: "ada"))
        try await bench.users.withdrawConsent(of: "ada")
        #expect(await bench.users.connection(of: "ada") == nil)
        #expect(bench.vault.contents.isEmpty)
        let seen = try await bench.org.command("requests").array.last {
            $0["target"]?.text?.contains("oauth2/revoke") == true
        }
        #expect(seen?["body"]?.text == "token=\(OrgConnection.encoded(token))")
        #expect(seen?["status"]?.number == 200)
        try await bench.org.command("requests", ["clear": .flag(true)])
        guard case .needsConsent = await ConnectionTests.fault(of: own) else {
            Issue.record("who still has the connection can still ask")
            return
        }
        #expect(try await bench.org.command("requests").array.isEmpty, "it is not even asked")
        try await bench.users.withdrawConsent(of: "ada")
    }

    @Test func itIsForgottenHereAlsoWhereTheOrgDoesNotAnswer() async throws {
        let bench = try await Bench()
        try await bench.connect("ada", as: "ada")
        try await bench.org.command("outage", ["how": .text("html")])
        let fault = await #expect(throws: OrgConsentFault.self) {
            try await bench.users.withdrawConsent(of: "ada")
        }
        guard case .notRevoked = fault else {
            Issue.record("\(String(describing: fault))")
            return
        }
        #expect(bench.vault.contents.isEmpty)
        #expect(await bench.users.connection(of: "ada") == nil)
        let users = try bench.again()
        #expect(await users.connection(of: "ada") == nil)
    }
}
