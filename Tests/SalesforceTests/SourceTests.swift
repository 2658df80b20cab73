import CallerLookup
import Foundation
import Records
import Testing

@testable import Salesforce

/// People of an org come in, once or more often, and none is left out.
struct SourceTests {
    /// The directory, as the pages of changes make it.
    private struct Followed {
        var people: [RecordID: Person] = [:]
        var cursor: String?
        var pages = 0

        mutating func round(_ source: SalesforceSource) async throws {
            while true {
                let page = try await source.changes(since: cursor)
                for person in page.changed { people[person.id] = person }
                for id in page.removed { people[id] = nil }
                cursor = page.cursor
                pages += 1
                if page.isComplete { return }
            }
        }

        func named(_ name: String, _ kind: RecordID.Kind = .contact) -> [Person] {
            people.values.filter { $0.name == name && $0.id.kind == kind }
        }
    }

    private func source(_ org: Org) async throws -> SalesforceSource {
        SalesforceSource(try await org.connection(), settings: try Org.settings())
    }

    @Test func theFirstLoadHasEverybody() async throws {
        let org = try Org()
        var followed = Followed()
        try await followed.round(try await source(org))
        let ada = try #require(followed.named("Ada Lovelace").first)
        #expect(ada.numbers.map(\.text).sorted() == ["+49 30 23125042", "0171 3920042"])
        #expect(ada.company == "Analytical Engines GmbH" && ada.title == "Head of Computation")
        #expect(ada.owner == "Ada Agent" && ada.account?.kind == .account)
        #expect(
            ada.url == "https://acme.lightning.force.com/lightning/r/Contact/\(ada.id.value)/view")
        #expect(followed.named("Tariq Khan", .lead).first?.company == "Camden Coworking")
        #expect(followed.named("Kontor Nord KG", .account).count == 1)
        let contacts = try await org.count("Contact")
        #expect(followed.people.values.count { $0.id.kind == .contact } == contacts)
        #expect(try await org.mistakes().isEmpty)
    }

    @Test func changesDeletionsMergesAndConversionsFollow() async throws {
        let org = try Org()
        let source = try await source(org)
        var followed = Followed()
        try await followed.round(source)
        let ada = try #require(followed.named("Ada Lovelace").first)
        let charles = try #require(followed.named("Charles Babbage").first)
        let tariq = try #require(followed.named("Tariq Khan", .lead).first)
        let twins = followed.people.values.filter { $0.name.hasSuffix("line Dubois") }
        try #require(twins.count == 2)

        try await org.command(
            "change", ["record": .text(ada.id.value), "Phone": .text("030 1234567")])
        try await org.command("delete", ["record": .text(charles.id.value)])
        try await org.command(
            "merge",
            ["master": .text(twins[0].id.value), "losers": .array([.text(twins[1].id.value)])])
        let into = try await org.command("convert", ["lead": .text(tariq.id.value)])
        try await followed.round(source)

        #expect(followed.people[ada.id]?.numbers.contains { $0.text == "030 1234567" } == true)
        #expect(followed.people[charles.id] == nil)
        let merged = try #require(followed.people[twins[1].id])
        #expect(merged.successor == twins[0].id && merged.numbers.isEmpty)
        #expect(followed.people[twins[0].id]?.successor == nil)
        let contact = try #require(followed.people[tariq.id]?.successor)
        #expect(contact.kind == .contact && followed.people[contact] != nil)
        #expect("\(into)".contains(contact.value))
    }

    /// A bulk write gives many rows one stamp, and a page ends in the middle of them.
    @Test func manyRowsOfOneStampAreAllSeen() async throws {
        let org = try Org("--contacts", "4500")
        var followed = Followed()
        try await followed.round(try await source(org))
        let contacts = try await org.count("Contact")
        #expect(contacts > 2 * SalesforceSource.pageSize)
        #expect(followed.people.values.count { $0.id.kind == .contact } == contacts)
    }

    /// A commit can show later than its stamp says.
    @Test func whatAppearsLateIsSeen() async throws {
        let org = try Org()
        let source = try await source(org)
        var followed = Followed()
        try await followed.round(source)
        let late = try #require(followed.people.values.map(\.changedAt).max())
            .addingTimeInterval(-60)
        try await org.command(
            "add",
            [
                "kind": .text("Contact"), "LastName": .text("Late"), "Phone": .text("030 99"),
                "SystemModstamp": .text(
                    OrgTime(milliseconds: Int(late.timeIntervalSince1970 * 1000)).literal),
            ])
        try await followed.round(source)
        #expect(followed.named("Late").count == 1)
    }

    /// Another process goes on from the cursor, without a gap.
    @Test func aLoadGoesOnWhereItStopped() async throws {
        let org = try Org("--contacts", "3000")
        var followed = Followed()
        let first = try await source(org).changes(since: nil)
        for person in first.changed { followed.people[person.id] = person }
        followed.cursor = first.cursor
        #expect(!first.isComplete && first.changed.count == SalesforceSource.pageSize)
        try await followed.round(try await source(org))
        let contacts = try await org.count("Contact")
        #expect(followed.people.values.count { $0.id.kind == .contact } == contacts)
    }

    @Test func customFieldsAreFoundAndFaxIsNot() async throws {
        let org = try Org()
        try await org.command(
            "add_field",
            [
                "kind": .text("Contact"), "name": .text("WorkPhone__c"), "type": .text("phone"),
                "label": .text("Work Phone"),
            ])
        try await org.command(
            "add",
            [
                "kind": .text("Contact"), "LastName": .text("Custom"),
                "WorkPhone__c": .text("030 4711"), "Fax": .text("030 4712"),
            ])
        var followed = Followed()
        try await followed.round(try await source(org))
        let numbers = try #require(followed.named("Custom").first).numbers
        #expect(numbers == [StoredNumber(field: "Work Phone", text: "030 4711")])
    }

    /// Fields that this user may not see are not asked for, so nothing fails.
    @Test func aHiddenFieldFailsNothing() async throws {
        let org = try Org()
        try await org.command(
            "restrict",
            [
                "user": .text(Org.user),
                "hide_fields": .array([.text("Contact.MobilePhone"), .text("Contact.Title")]),
            ])
        var followed = Followed()
        try await followed.round(try await source(org))
        let ada = try #require(followed.named("Ada Lovelace").first)
        #expect(ada.title == nil && ada.numbers.map(\.text) == ["+49 30 23125042"])
    }

    @Test func aPersonAccountIsItsContact() async throws {
        let org = try Org()
        try await org.command("enable_person_accounts")
        let account = try await org.command(
            "add",
            [
                "kind": .text("Account"), "LastName": .text("Solo"), "FirstName": .text("Han"),
                "Phone": .text("030 77"),
            ])
        var followed = Followed()
        try await followed.round(try await source(org))
        let ref = RecordID(crm: "acme", kind: .account, value: account.text ?? "")
        let contact = try #require(followed.people[ref]?.successor)
        #expect(contact.kind == .contact && followed.people[contact]?.name == "Han Solo")
    }
}
