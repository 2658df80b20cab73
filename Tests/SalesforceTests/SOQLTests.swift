import Testing

@testable import Salesforce

/// Queries, ids and times: what comes from outside is never more than a value.
struct SOQLTests {
    @Test(arguments: [
        ("O'Neil", #"'O\'Neil'"#), (#"a\b"#, #"'a\\b'"#), ("a\"b", #"'a\"b'"#),
        ("a\nb\r\t", #"'a\nb\r\t'"#),
        ("x' OR Name != '", #"'x\' OR Name != \''"#), ("nul\u{0}l", "'null'"),
        ("Łukasz 東京", "'Łukasz 東京'"),
        (#"\'"#, #"'\\\''"#),
    ])
    func aValueIsOneLiteral(value: String, literal: String) {
        let query: SOQL = "SELECT Id FROM Contact WHERE Name = \(value)"
        #expect(query.description == "SELECT Id FROM Contact WHERE Name = \(literal)")
    }

    @Test func listsAndNames() throws {
        let names = try ["Id", "Account.Name", "Home_Phone__c"].map { try #require(OrgName($0)) }
        let query: SOQL =
            "SELECT \(names: names) FROM \(name: .contact) WHERE Id IN \(list: ["1", "2'"])"
        #expect(
            query.description
                == #"SELECT Id,Account.Name,Home_Phone__c FROM Contact WHERE Id IN ('1','2\'')"#)
    }

    @Test(arguments: [
        "", "1a", "a b", "a'", "a,b", "Id FROM User--", "a..b", "a.b.c.d", "Name)", "ä",
        String(repeating: "a", count: 81),
    ])
    func whatIsNoNameIsNone(text: String) {
        #expect(OrgName(text) == nil)
    }

    /// The suffixes are those of real orgs.
    @Test(arguments: [
        ("0035500001H9cas", "AAB"), ("0015500001QdQWa", "AAN"), ("01254000001upcK", "AAQ"),
        ("0125j000000RqVk", "AAK"),
    ])
    func anIDHasEighteenCharacters(short: String, suffix: String) {
        #expect(OrgID(short)?.description == short + suffix)
        #expect(OrgID(short + suffix) == OrgID(short))
        #expect(OrgID(short)?.prefix == String(short.prefix(3)))
    }

    @Test(arguments: [
        "", "003", "0035500001H9ca", "0035500001H9cas'", "../35500001H9ca", "0035500001H9casAABx",
    ])
    func whatIsNoIDIsNone(text: String) {
        #expect(OrgID(text) == nil)
    }

    @Test(arguments: [
        ("2026-01-01T00:00:00.000+0000", 1_767_225_600_000),
        ("2026-01-01T00:00:00Z", 1_767_225_600_000),
        ("2026-01-01T01:00:00.250+0100", 1_767_225_600_250),
        ("2026-01-01T00:00:00.999-0000", 1_767_225_600_999),
    ])
    func aTimeIsReadToTheMillisecond(text: String, milliseconds: Int) throws {
        let time = try #require(OrgTime(text))
        #expect(time.milliseconds == milliseconds)
        #expect(OrgTime(time.literal) == time)
        #expect(time.literal.hasSuffix("Z"))
    }

    @Test(arguments: [
        "", "yesterday", "2026-13-01T00:00:00Z", "2026-01-01", String(repeating: "2", count: 100),
    ])
    func whatIsNoTimeIsNone(text: String) {
        #expect(OrgTime(text) == nil)
    }

    @Test(arguments: [
        ("api-usage=18/5000", 18, 5000),
        ("api-usage=25/5000; per-app-api-usage=17/250(appName=sample-app)", 25, 5000),
    ])
    func usageIsRead(text: String, used: Int, most: Int) throws {
        let usage = try #require(OrgUsage(text))
        #expect((usage.used, usage.most) == (used, most))
        #expect(OrgUsage("per-\(text.split(separator: ";")[0])") == nil)
    }
}
