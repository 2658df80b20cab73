import Foundation
import Testing

@testable import Salesforce

/// Every answer of the org is hostile until it is read.
struct ConnectionTests {
    static func fault(
        of connection: OrgConnection, _ path: String = "limits"
    ) async -> OrgFault? {
        do throws(OrgFault) {
            _ = try await connection.ask("GET", path)
            return nil
        } catch {
            return error
        }
    }

    @Test func oneTokenServesEverybody() async throws {
        let org = try Org()
        let connection = try await org.connection()
        try await org.command("requests", ["clear": .flag(true)])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { _ = try await connection.ask("GET", "limits") } }
            try await group.waitForAll()
        }
        let seen = try await org.command("requests").array.compactMap { $0["target"]?.text }
        #expect(seen.count { $0.contains("oauth2/token") } == 1)
        #expect(seen.count { $0.contains("limits") } == 8)
        #expect(await connection.usage != nil)
    }

    @Test func aTokenThatIsOverIsRenewedOnce() async throws {
        let org = try Org()
        let connection = try await org.connection()
        _ = try await connection.ask("GET", "limits")
        try await org.command("expire_tokens")
        #expect(await Self.fault(of: connection) == nil)
        try await org.command(
            "fault",
            [
                "kind": .text("error"), "code": .text("INVALID_SESSION_ID"), "status": .number(401),
                "times": .null,
            ])
        try await org.command("requests", ["clear": .flag(true)])
        guard case .needsConsent = await Self.fault(of: connection) else {
            Issue.record("a token that is never taken must be said")
            return
        }
        let seen = try await org.command("requests").array.compactMap { $0["target"]?.text }
        #expect(seen.count { $0.contains("limits") } <= 2, "it must not loop")
    }

    @Test func aUserWhoIsNotLetInIsSaid() async throws {
        let org = try Org()
        let connection = try await org.connection(approved: [])
        let found = await Self.fault(of: connection)
        guard case .needsConsent(let why) = found else {
            Issue.record("\(String(describing: found))")
            return
        }
        #expect(why.contains("approved"))
    }

    /// What the fake org is told to do, as JSON, and what comes of it.
    private static let faults: [(String, String)] = [
        (#"{"kind":"html"}"#, "retry"), (#"{"kind":"cut_json"}"#, "garbled"),
        (#"{"kind":"truncate"}"#, "unanswered"), (#"{"kind":"redirect"}"#, "garbled"),
        (#"{"kind":"lost_reply","times":null}"#, "unanswered"),
        (#"{"kind":"lost_request","times":null}"#, "unanswered"),
        (#"{"kind":"pad","bytes":20971520}"#, "garbled"),
        (#"{"kind":"error","code":"REQUEST_LIMIT_EXCEEDED","status":403}"#, "retry"),
        (#"{"kind":"error","code":"UNABLE_TO_LOCK_ROW","status":400}"#, "retry"),
        (#"{"kind":"error","code":"MALFORMED_QUERY","status":400}"#, "park"),
    ]

    @Test(arguments: faults)
    func whatIsNoAnswerIsAFault(about: String, kind: String) async throws {
        let org = try Org()
        let connection = try await org.connection()
        _ = try await connection.ask("GET", "limits")
        try await org.command("fault", try Org.arguments(about))
        let found = try #require(await Self.fault(of: connection), "\(about)")
        let name =
            switch found {
            case .unanswered: "unanswered"
            case .garbled: "garbled"
            case .needsConsent: "consent"
            case .refused(let refusal):
                switch Remedy(refusal) {
                case .retry: "retry"
                case .park: "park"
                case .refresh, .isThere, .unknownField: "other"
                }
            }
        #expect(name == kind, "\(about): \(found)")
        // The next one is as if nothing had been.
        try await org.command("mend")
        #expect(await Self.fault(of: connection) == nil)
    }

    @Test(arguments: [
        (
            401,
            #"[{"message":"This session is not valid for use with the REST API","errorCode":"INVALID_SESSION_ID"}]"#,
            Remedy.park
        ),
        (
            401, #"[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]"#,
            .refresh
        ),
        (
            403,
            #"[{"message":"TotalRequests Limit exceeded.","errorCode":"REQUEST_LIMIT_EXCEEDED"}]"#,
            .retry(isDaily: true)
        ),
        (
            403,
            #"[{"message":"ConcurrentRequests (Concurrent API Requests) Limit exceeded.","errorCode":"REQUEST_LIMIT_EXCEEDED"}]"#,
            .retry(isDaily: false)
        ),
        (503, "<html>maintenance</html>", .retry(isDaily: false)),
        (420, "", .retry(isDaily: false)),
        (
            400,
            #"[{"message":"duplicate value found: CallKey__c","errorCode":"DUPLICATE_VALUE","fields":[]}]"#,
            .isThere
        ),
        (400, #"[{"message":"No such column 'X'","errorCode":"INVALID_FIELD"}]"#, .unknownField),
        (
            400,
            #"[{"message":"Say how it ended.","errorCode":"FIELD_CUSTOM_VALIDATION_EXCEPTION","fields":["CallDisposition"]}]"#,
            .park
        ),
        (400, #"{"message":7,"errorCode":[]}"#, .park), (404, "[]", .park),
        (300, "[\"/a\",\"/b\"]", .park),
    ])
    func eachClassOfErrorHasItsRemedy(status: Int, body: String, remedy: Remedy) {
        let refusal = OrgRefusal(status: status, body: JSONValue(Data(body.utf8)))
        #expect(Remedy(refusal) == remedy)
        #expect(!refusal.description.isEmpty && refusal.description.count < 2000)
    }

    /// Only the host that was set, or Salesforce's own, is given a token.
    @Test(arguments: [
        ("https://acme.my.salesforce.com", true), ("https://acme.my.salesforce.com:8443", false),
        ("https://evil.example", false), ("http://acme.my.salesforce.com", false),
        ("https://salesforce.com.evil.example", false), ("https://other.my.salesforce.com", true),
        ("https://evil-salesforce.com", false), ("", false),
    ])
    func anInstanceIsOneOfTheirs(instance: String, isGood: Bool) async throws {
        let signIn = try await SignInTests.signIn(login: "https://acme.my.salesforce.com")
        let body = JSONValue.object(["access_token": .text("t"), "instance_url": .text(instance)])
        let token = try? signIn.token(from: OrgReply(status: 200, headers: [:], body: body.bytes))
        #expect((token != nil) == isGood)
    }
}
