import CallLogging
import Foundation
import Records
import Testing

@testable import Salesforce

/// Whom and what a Task is about: never what the org refuses, and what a record has become since.
struct ReferenceTests {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let person: [String]?
        let related: [String]?
        let who: String?
        let what: String?

        var testDescription: String { "\(person ?? []) about \(related ?? [])" }
    }

    static let cases: [Case] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Fixtures/references.json")
        return (try? JSONDecoder().decode([Case].self, from: Data(contentsOf: file))) ?? []
    }()

    private static func record(_ parts: [String]?) -> RecordID? {
        guard let parts, let kind = RecordID.Kind(rawValue: parts[0]) else { return nil }
        return RecordID(crm: "acme", kind: kind, value: parts[1])
    }

    @Test func theTableIsThere() { #expect(Self.cases.count == 17) }

    @Test(arguments: cases)
    func whoAndWhat(each: Case) {
        let draft = TaskDraft(
            SinkTests.log(
                person: Self.record(each.person), related: Self.record(each.related)), owner: nil)
        #expect(draft.who?.description == each.who)
        #expect(draft.what?.description == each.what)
        #expect(draft.remarks.isEmpty == (each.person?[1] != "no id"))
    }

    /// The same with an org that checks.
    private struct Bench {
        let org: Org
        let sink: SalesforceSink

        init(_ change: (inout SalesforceSettings) -> Void = { _ in }) async throws {
            org = try Org()
            sink = try await SinkTests.sink(org, change)
        }

        func id(_ kind: String, _ field: String, _ value: String) async throws -> RecordID {
            let row = try #require(
                try await org.records(kind).first { $0[field]?.text == value })
            let kinds: [String: RecordID.Kind] = [
                "Contact": .contact, "Lead": .lead, "Account": .account, "Case": .case,
                "Opportunity": .opportunity,
            ]
            return RecordID(
                crm: "acme", kind: try #require(kinds[kind]), value: try #require(row["Id"]?.text))
        }

        func task(_ log: FiledLog) async throws -> JSONValue {
            let record = try await SinkTests.deliver(log, to: sink)
            return try #require(
                try await org.logs().first { $0["Id"]?.text == record.id.value })
        }
    }

    @Test(arguments: [true, false])
    func aConvertedLeadIsItsContactAndMayHaveAMatter(isRefused: Bool) async throws {
        let bench = try await Bench()
        try await bench.org.command("configure", ["refuses_converted_leads": .flag(isRefused)])
        let lead = try await bench.id("Lead", "LastName", "Yıldız")
        let contact = try await bench.id("Contact", "LastName", "Yıldız")
        let matter = try await bench.id("Opportunity", "Name", "Fleet")
        let task = try await bench.task(SinkTests.log(person: lead, related: matter))
        #expect(task["WhoId"]?.text == contact.value && task["WhatId"]?.text == matter.value)
        #expect(try await bench.org.logs().count == 1)
    }

    /// Converted between our look and our write.
    @Test func aLeadThatIsConvertedMeanwhile() async throws {
        let bench = try await Bench()
        let lead = try await bench.id("Lead", "LastName", "Khan")
        try await bench.org.command(
            "fault",
            [
                "kind": .text("error"), "method": .text("PATCH"),
                "code": .text("CANNOT_UPDATE_CONVERTED_LEAD"), "status": .number(400),
            ])
        let first = try await bench.task(SinkTests.log(person: lead))
        #expect(first["WhoId"] == nil && first["Description"]?.text?.contains("no longer") == true)
        try await bench.org.command("convert", ["lead": .text(lead.value)])
        let second = try await bench.task(SinkTests.log("k2", person: lead))
        #expect(second["WhoId"]?.text?.hasPrefix("003") == true)
    }

    @Test func aLeadIsALead() async throws {
        let bench = try await Bench()
        let lead = try await bench.id("Lead", "LastName", "Khan")
        let matter = try await bench.id("Opportunity", "Name", "Fleet")
        let task = try await bench.task(SinkTests.log(person: lead, related: matter))
        #expect(task["WhoId"]?.text == lead.value && task["WhatId"] == nil)
    }

    @Test func aMergedContactIsTheOneThatIsLeft() async throws {
        let bench = try await Bench()
        let names = ["Petersen", "Clausen", "Möller"]
        var people: [RecordID] = []
        for name in names { people.append(try await bench.id("Contact", "LastName", name)) }
        for (loser, master) in [(0, 1), (1, 2)] {
            try await bench.org.command(
                "merge",
                [
                    "master": .text(people[master].value),
                    "losers": .array([.text(people[loser].value)]),
                ])
        }
        let task = try await bench.task(SinkTests.log(person: people[0]))
        #expect(task["WhoId"]?.text == people[2].value)
        #expect(task["Description"]?.text?.contains("no longer") == false)
    }

    /// Deleted, or never there: filed without it, and the text says so. The matter stays.
    @Test(arguments: ["delete", "purge"])
    func aContactThatIsGone(how: String) async throws {
        let bench = try await Bench()
        let person = try await bench.id("Contact", "LastName", "Petersen")
        let matter = try await bench.id("Opportunity", "Name", "Fleet")
        try await bench.org.command(how, ["record": .text(person.value)])
        let task = try await bench.task(SinkTests.log(person: person, related: matter))
        #expect(task["WhoId"] == nil && task["WhatId"]?.text == matter.value)
        let text = task["Description"]?.text ?? ""
        #expect(text.contains("The contact that it was about (\(person.value)) is no longer"))
    }

    @Test func aMatterThatIsGone() async throws {
        let bench = try await Bench()
        let person = try await bench.id("Contact", "LastName", "Petersen")
        let matter = try await bench.id("Case", "Subject", "Broken gear")
        try await bench.org.command("delete", ["record": .text(matter.value)])
        let task = try await bench.task(SinkTests.log(person: person, related: matter))
        #expect(task["WhoId"]?.text == person.value && task["WhatId"] == nil)
        #expect(task["Description"]?.text?.contains("The case that it was about") == true)
    }

    @Test func aPersonAccountIsAPerson() async throws {
        let org = try Org()
        try await org.command("enable_person_accounts")
        let account = try await org.command(
            "add", ["kind": .text("Account"), "FirstName": .text("Mia"), "LastName": .text("Sol")])
        let sink = try await SinkTests.sink(org)
        let id = RecordID(crm: "acme", kind: .account, value: try #require(account.text))
        let row = try await org.records("Account").first { $0["Id"]?.text == id.value }
        let contact = try #require(row?["PersonContactId"]?.text)
        _ = try await SinkTests.deliver(SinkTests.log(person: id), to: sink)
        let task = try #require(try await org.logs().first)
        #expect(task["WhoId"]?.text == contact && task["WhatId"] == nil)
        // A company is none.
        let firm = try await org.records("Account").first { $0["Name"]?.text == "Kontor Nord KG" }
        let company = RecordID(
            crm: "acme", kind: .account, value: try #require(firm?["Id"]?.text))
        _ = try await SinkTests.deliver(SinkTests.log("k2", person: company), to: sink)
        let other = try await org.logs().first { $0["CallObject"]?.text == "k2" }
        #expect(other?["WhatId"]?.text == company.value && other?["WhoId"] == nil)
    }

    /// What this user may not see is not known to be gone: it is parked, in the org's words.
    @Test func aContactThatIsHiddenIsParked() async throws {
        let bench = try await Bench()
        let person = try await bench.id("Contact", "LastName", "Petersen")
        try await bench.org.command(
            "restrict",
            ["user": .text(Org.user), "hide": .array([.text(person.value)])])
        let reason = await SinkTests.parked(SinkTests.log(person: person), by: bench.sink)
        #expect(reason?.contains("insufficient access rights on cross-reference id") == true)
    }
}
