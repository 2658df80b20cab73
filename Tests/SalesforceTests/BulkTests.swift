import CallerLookup
import Foundation
import Records
import Testing

@testable import Salesforce

/// What is large comes in by a job of the org, and nothing is missing when it is in.
struct BulkTests {
    private func source(_ org: Org, page: Int = 10_000) async throws -> SalesforceSource {
        var settings = try Org.settings()
        settings.bulkFrom = 1000
        settings.bulkPage = page
        return SalesforceSource(try await org.connection(), settings: settings)
    }

    /// What came, each time that it came.
    private struct Loaded {
        var people: [RecordID: Int] = [:]
        var cursor: String?
        var cursors: [String?] = []
        var waited = 0.0
        var expected: Int?

        mutating func step(_ source: SalesforceSource) async throws -> Bool {
            cursors.append(cursor)
            let page = try await source.changes(since: cursor)
            for person in page.changed { people[person.id, default: 0] += 1 }
            waited += page.wait
            expected = page.expected ?? expected
            cursor = page.cursor
            return page.isComplete
        }

        mutating func round(_ source: SalesforceSource) async throws {
            for _ in 0..<500 where try await step(source) { return }
            Issue.record("it does not end")
        }

        var contacts: Int { people.keys.count { $0.kind == .contact } }
        var hasDoubles: Bool { people.values.contains { $0 > 1 } }
    }

    @Test func manyPeopleComeInOnceEach() async throws {
        let org = try Org("--contacts", "25000")
        let source = try await source(org)
        try await org.command(
            "configure", ["bulk_states": .array([.text("InProgress"), .text("InProgress")])])
        var loaded = Loaded()
        try await loaded.round(source)
        let contacts = try await org.count("Contact")
        #expect(loaded.contacts == contacts && contacts > 25_000 && !loaded.hasDoubles)
        #expect(loaded.waited > 0, "it waits for the job, and does not sleep")
        #expect(loaded.people.keys.contains { $0.kind == .lead })
        #expect(loaded.people.keys.contains { $0.kind == .account })
        let expected = try #require(loaded.expected)
        #expect(expected >= loaded.people.count)
        let seen = try await org.command("requests").array.compactMap { $0["target"]?.text }
        #expect(seen.count { $0.contains("/results") } == 3)
        #expect(seen.count { $0.hasSuffix("/jobs/query") } == 1, "leads are few")
        let next = try await source.changes(since: loaded.cursor)
        #expect(next.expected == nil)
        #expect(try await org.mistakes().isEmpty)
    }

    /// The process can end between any two steps.
    @Test func itGoesOnFromEachCursor() async throws {
        let org = try Org("--contacts", "3000")
        var loaded = Loaded()
        try await loaded.round(try await source(org, page: 700))
        #expect(loaded.cursors.count > 6)
        for (place, cursor) in loaded.cursors.enumerated() {
            var again = Loaded()
            // What was taken in before that moment.
            var before = Loaded()
            let first = try await source(org, page: 700)
            before.cursor = cursor
            again.cursor = cursor
            try await again.round(first)
            #expect(!again.hasDoubles, "\(place)")
            let all = Set(loaded.people.keys)
            #expect(again.people.keys.allSatisfy(all.contains))
            if place <= 2 { #expect(Set(again.people.keys) == all, "\(place)") }
        }
        // A new process for each step.
        var steps = Loaded()
        for _ in 0..<500 {
            if try await steps.step(try await source(org, page: 700)) { break }
        }
        #expect(steps.people == loaded.people && !steps.hasDoubles)
    }

    @Test func whatChangesDuringTheLoadIsNotMissed() async throws {
        let org = try Org("--contacts", "2000")
        let source = try await source(org, page: 500)
        var loaded = Loaded()
        let ada = try await org.ref(.contact, "Ada Lovelace")
        let charles = try await org.ref(.contact, "Charles Babbage")
        var isOver = false
        for step in 0..<50 where !isOver {
            isOver = try await loaded.step(source)
            if step == 3 {
                // The job has its rows by now.
                try await org.command("set_clock", ["advance": .number(4000)])
                try await org.command(
                    "change", ["record": .text(ada.value), "Phone": .text("030 1234567")])
                try await org.command("delete", ["record": .text(charles.value)])
                try await org.command(
                    "add", ["kind": .text("Contact"), "LastName": .text("New")])
            }
        }
        #expect(isOver)
        var changed: [RecordID: Person] = [:]
        var removed: [RecordID] = []
        for _ in 0..<50 {
            let page = try await source.changes(since: loaded.cursor)
            for person in page.changed { changed[person.id] = person }
            removed += page.removed
            loaded.cursor = page.cursor
            if page.isComplete { break }
        }
        #expect(changed[ada]?.numbers.contains { $0.text == "030 1234567" } == true)
        #expect(removed.contains(charles))
        #expect(changed.values.contains { $0.name == "New" })
    }

    @Test(arguments: ["Failed", "Aborted"])
    func aJobThatComesToNothingIsMadeAgain(_ end: String) async throws {
        let org = try Org("--contacts", "1500")
        let source = try await source(org)
        try await org.command("end_bulk", ["state": .text(end)])
        var loaded = Loaded()
        for _ in 0..<4 { _ = try await loaded.step(source) }
        try await org.command("end_bulk")
        try await loaded.round(source)
        #expect(loaded.contacts == (try await org.count("Contact")) && !loaded.hasDoubles)

        // For good: plain queries do it.
        try await org.command("end_bulk", ["state": .text(end)])
        var plain = Loaded()
        try await plain.round(source)
        #expect(plain.contacts == loaded.contacts && !plain.hasDoubles)
        let seen = try await org.command("requests").array.compactMap { $0["target"]?.text }
        #expect(seen.count { $0.hasSuffix("/jobs/query") } < 10)
    }

    @Test(arguments: ["INVALID_LOCATOR", "NOT_FOUND", "API_VERSION_MISMATCH"])
    func aLocatorThatIsOverBeginsAgain(_ code: String) async throws {
        let org = try Org("--contacts", "1500")
        let source = try await source(org, page: 600)
        var loaded = Loaded()
        try await org.command(
            "fault",
            [
                "kind": .text("error"), "code": .text(code), "path": .text("/results"),
                "skip": .number(1), "status": .number(code == "NOT_FOUND" ? 404 : 400),
            ])
        try await loaded.round(source)
        let contacts = try await org.count("Contact")
        #expect(loaded.contacts == contacts, "some came twice, nobody is missing")
        let seen = try await org.command("requests").array.compactMap { $0["target"]?.text }
        #expect(seen.count { $0.hasSuffix("/jobs/query") } == 2)
    }

    /// Half a page, HTML, or another table: tried again, and in the end not at all.
    @Test(arguments: [
        "<html>We are down</html>", "Id,Name\n003000000000001AAA", "\"Id\n", "", "\u{0}\u{0}",
    ])
    func aHostilePageIsNoPage(_ body: String) async throws {
        let org = try Org("--contacts", "1500")
        let source = try await source(org)
        try await org.command(
            "fault",
            [
                "kind": .text("reply"), "body": .text(body), "path": .text("/results"),
                "times": .null,
            ])
        var loaded = Loaded()
        try await loaded.round(source)
        #expect(loaded.contacts == (try await org.count("Contact")) && !loaded.hasDoubles)
    }

    @Test func anOrgThatIsAwayLosesNothing() async throws {
        let org = try Org("--contacts", "1500")
        let source = try await source(org, page: 500)
        var loaded = Loaded()
        while loaded.contacts == 0 { _ = try await loaded.step(source) }
        let before = loaded.cursor
        try await org.command("outage", ["how": .text("html")])
        await #expect(throws: OrgFault.self) { try await source.changes(since: before) }
        try await org.command("outage", ["how": .null])
        try await loaded.round(source)
        #expect(loaded.contacts == (try await org.count("Contact")) && !loaded.hasDoubles)
    }
}

/// A page of values is whole, or it is none.
struct CSVTests {
    private func rows(_ text: String) throws(OrgFault) -> [JSONValue] {
        Array(try CSVRows(Data(text.utf8)))
    }

    @Test func aPageIsRead() throws {
        let text = """
            "Id","Name","IsDeleted","Account.Name"\n"1","O ""Q"" Neil, Jr\nof X","false","A"\r
            2,true,true,\n
            """
        let rows = try rows(text)
        #expect(rows.count == 2)
        #expect(rows[0]["Name"]?.text == "O \"Q\" Neil, Jr\nof X")
        #expect(rows[0]["IsDeleted"]?.flag == false && rows[1]["IsDeleted"]?.flag == true)
        #expect(rows[0][path: "Account.Name"]?.text == "A" && rows[1]["Account"] == nil)
        #expect(rows[1]["Name"]?.text == "true", "a name is a name")
        #expect(try self.rows("Id\n\u{0}1\u{0}\n")[0]["Id"]?.text == "1")
        #expect(try self.rows("Id").isEmpty)
    }

    @Test(arguments: [
        "", "\n", "Id,Id\n1,2", "Id,Name\n1", "Id,Name\n1,2,3", "Id\n\"1", "Id\n\"1\"x",
        "Id\n1\"2\"", "Id\r1", "<html>", "1,2\n3,4", "Id,\n1,2", "Id;Name\n1;2",
    ])
    func whatIsNoPageIsRefused(_ text: String) {
        #expect(throws: OrgFault.self) { try rows(text) }
        #expect(throws: OrgFault.self) { try CSVRows(Data([0x49, 0x64, 0x0A, 0xFF])) }
    }
}
