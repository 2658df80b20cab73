import CRM
import Foundation
import Testing

@testable import Salesforce

/// Which user of the org an agent is, where nobody consents.
struct UsersTests {
    private func bench(
        _ org: Org, _ usernames: [String: String], _ clock: TestClock = TestClock(Date())
    ) async throws -> OrgUsers {
        var settings = try Org.settings()
        settings.usernames = usernames
        return Vault().users(try await org.connection(), settings, now: { clock.now })
    }

    private func id(_ alias: String, in org: Org) async throws -> OrgID? {
        try await org.records("User").first { $0["Alias"]?.text == alias }?["Id"]?.text
            .flatMap(OrgID.init)
    }

    @Test func aNameOfTheSettingsIsAUser() async throws {
        let org = try Org()
        let users = try await bench(
            org,
            [
                "ada": "ADA@callmatch.example", "ben": "nobody@callmatch.example",
                "dot": "o'hara@callmatch.example",
            ])
        try await org.command("requests", ["clear": .flag(true)])
        let ada = try await id("ada", in: org)
        #expect(await users.user(of: "ada") == ada && ada != nil)
        #expect(await users.user(of: "ben") == nil)
        #expect(await users.user(of: "cleo") == nil)
        #expect(
            await users.withoutUser(among: ["dot", "cleo", "ben", "ada"]) == ["ben", "cleo", "dot"])
        #expect(await users.connection(of: "ada") == nil)
        #expect(await users.consent(of: "ada") == .notNeeded)
        let seen = try await org.command("requests").array.compactMap { $0["target"]?.text }
        #expect(seen.count { $0.contains("/query") } == 1, "one look for all of them")
        await #expect(throws: OrgConsentFault.notSetUp) {
            _ = try await users.consentPage(
                for: "ada", redirect: ConsentTests.callback, now: Date())
        }
    }

    @Test func whoIsNotActiveIsNoUser() async throws {
        let org = try Org()
        let clock = TestClock(Date())
        let users = try await bench(org, ["ada": "ada@callmatch.example"], clock)
        let ada = try #require(await users.user(of: "ada"))
        try await org.command(
            "change", ["record": .text(ada.description), "IsActive": .flag(false)])
        #expect(await users.user(of: "ada") == ada, "within ten minutes")
        clock.advance(by: OrgUsers.namedSeconds)
        #expect(await users.user(of: "ada") == nil)
    }

    /// Where it could not be found out, nobody is anybody, and the log waits.
    @Test func anOrgThatDoesNotAnswerMakesNoUser() async throws {
        let org = try Org()
        let users = try await bench(org, ["ada": "ada@callmatch.example"])
        try await org.command("outage", ["how": .text("html")])
        #expect(await users.user(of: "ada") == nil)
        await #expect(throws: OrgFault.self) { _ = try await users.owner(for: "ada") }
        #expect(await users.withoutUser(among: ["ada", "ben"]) == ["ben"])
        try await org.command("outage", ["how": .null])
        #expect(await users.user(of: "ada") != nil)
    }

    @Test(arguments: [
        ("https://login.salesforce.com/id/00D5f000000FAKEEAA/0055f00000000AbAAI", true),
        ("https://login.salesforce.com/id/00D5f000000FAKE/0055f00000000Ab", true),
        ("https://login.salesforce.com/id/0055f00000000AbAAI/00D5f000000FAKEEAA", false),
        ("https://login.salesforce.com/id/00D5f000000FAKEEAA", false), ("", false),
        ("https://login.salesforce.com/id/../00D5f000000FAKEEAA", false),
    ])
    func anIdentityHasAnOrgAndAUser(text: String, isGood: Bool) {
        #expect((OrgIdentity(text) != nil) == isGood)
    }
}
