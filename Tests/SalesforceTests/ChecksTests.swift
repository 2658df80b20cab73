import CRM
import Foundation
import Testing

@testable import Salesforce

/// Each step of the set-up, with what would help.
struct ChecksTests {
    private func checks(
        _ org: Org, approved: [String]? = nil, audience: String = "https://login.salesforce.com",
        client: String = "sync", login: URL? = nil,
        _ change: (inout SalesforceSettings) -> Void = { _ in }
    ) async throws -> [CRMCheck] {
        var settings = try Org.settings()
        settings.usernames = ["ada": "ada@callmatch.example"]
        change(&settings)
        _ = try await org.connection(approved: approved)
        let signIn = OrgSignIn(
            login: login ?? org.url, audience: audience, clientID: client, user: Org.user,
            key: try Org.signingKey())
        let connection = OrgConnection(signIn, version: "67.0", seconds: 10)
        let users = Vault().users(connection, settings)
        let sink = SalesforceSink(connection, users: users, settings: settings)
        return await OrgChecks(
            connection, signIn: signIn, users: users, sink: sink, settings: settings,
            agents: { ["ada"] }
        ).checks()
    }

    private func bad(_ checks: [CRMCheck]) -> [String] { checks.filter { !$0.isGood }.map(\.name) }

    @Test func whatIsSetUpRightlyIsGood() async throws {
        let org = try Org()
        let found = try await checks(org)
        #expect(bad(found) == [], "\(found)")
        #expect(
            found.map(\.name) == [
                "Salesforce host", "Sign-in", "Requests of the day", "Contacts", "Leads",
                "Accounts", "Call logs", "Key field", "Status of a call", "Fields of a call",
                "What agents may see", "Agents' users", "Panel in Salesforce",
            ])
        #expect(found.first { $0.name == "Contacts" }?.text.contains("Mobile") == true)
        #expect(try await org.logs().isEmpty)
        #expect(try await org.mistakes().isEmpty)
    }

    @Test func aSignInThatFailsSaysWhatWouldHelp() async throws {
        let org = try Org()
        let notApproved = try await checks(org, approved: [])
        #expect(notApproved.count == 2 && notApproved[1].text.contains("pre-authorized"))
        let audience = try await checks(org, audience: "https://example.com")
        #expect(audience.last?.text.contains("https://test.salesforce.com") == true)
        let client = try await checks(org, client: "nobody")
        #expect(client.last?.text.contains("certificate") == true, "\(client)")
        let nowhere = try await checks(org, login: URL(string: "http://127.0.0.1:9"))
        #expect(nowhere.count == 1 && nowhere[0].text.contains("firewall"))
    }

    @Test func whatIsMissingIsNamed() async throws {
        let org = try Org()
        try await org.command(
            "restrict",
            [
                "user": .text(Org.user),
                "forbid": .array([.text("Lead.read"), .text("Task.update")]),
                "hide_fields": .array([.text("Task.CallKey__c"), .text("Task.CallDisposition")]),
            ])
        try await org.command("configure", ["api_used": .number(90_000)])
        let found = try await checks(org) {
            $0.usernames = [:]
            $0.closedStatus = "Done"
        }
        #expect(
            bad(found) == [
                "Requests of the day", "Leads", "Call logs", "Key field", "Status of a call",
                "Fields of a call", "Agents' users",
            ])
        #expect(
            found.first { $0.name == "Fields of a call" }?.text.contains("CallDisposition") == true)
        #expect(found.first { $0.name == "Agents' users" }?.text.contains("ada") == true)
    }

    @Test func aDateOfHTTPIsRead() {
        let date = OrgChecks.date("Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(date == Date(timeIntervalSince1970: 784_111_777))
        #expect(OrgChecks.date("yesterday") == nil)
    }
}
