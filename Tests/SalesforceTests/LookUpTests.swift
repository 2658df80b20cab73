import Foundation
import PhoneNumbers
import Records
import Testing

@testable import Salesforce

/// A number that nobody in the directory has is asked of the org, in the ways that people write it.
struct LookUpTests {
    private static let american = [
        "(415) 555-2671", "415.555.2671", "415-555-2671", "415 555 2671", "4155552671",
        "+14155552671", "+1 415-555-2671", "+1 (415) 555-2671", "1-415-555-2671",
        "(415)555-2671", "1 (415) 555-2671", "14155552671", "415.555.2671 x12",
        "(415) 555-2671 ext. 7", "+1 415 555 2671 x12", "+1.415.555.2671",
    ]
    private static let german = [
        "+49 30 23125099", "030 23125099", "030/23125099", "03023125099", "(030) 23125099",
        "+493023125099", "+49 (0)30 23125099", "004930 23125099", "0049 30 23125099",
        "030-23125099", "+49-30-23125099", "0049 (0)30 23125099", "030 23125099 (abends)",
    ]

    private func found(
        _ number: String, _ country: String, in org: Org
    ) async throws -> [Person] {
        let records = try await org.records { $0.plan = NumberingPlan(country: country) }
        let number = PhoneNumber(number, plan: NumberingPlan(country: country))
        return try await records.people(with: number, now: try Org.now)
    }

    @Test(arguments: [("+14155552671", "US", american), ("+493023125099", "DE", german)])
    func whatPeopleWriteIsFound(
        _ number: String, _ country: String, _ spellings: [String]
    ) async throws {
        let org = try Org()
        for (place, text) in spellings.enumerated() {
            let field = ["Phone", "MobilePhone", "OtherPhone"][place % 3]
            try await org.command(
                "add",
                ["kind": .text("Contact"), "LastName": .text(text), field: .text(text)])
        }
        let found = try await found(number, country, in: org)
        let missed = Set(spellings).subtracting(found.map(\.name))
        // The one that has a space at an unusual place is known to be missed.
        #expect(missed.subtracting(["004930 23125099"]).isEmpty, "\(missed)")
        #expect(try await org.requests().count == 2, "the descriptions, and one request")
        #expect(try await org.mistakes().isEmpty)
    }

    /// The org compares texts; whether it is the number is for our own reading to say.
    @Test func whatIsAnotherNumberIsDropped() async throws {
        let org = try Org()
        for text in ["(415) 555-26712", "415.555.2671.99", "+1 415-555-2671 / 415-555-2672"] {
            try await org.command(
                "add",
                ["kind": .text("Contact"), "LastName": .text(text), "Phone": .text(text)])
        }
        try await org.command(
            "add",
            [
                "kind": .text("Lead"), "LastName": .text("Lead"), "Company": .text("X"),
                "Phone": .text("(415) 555-2671"),
            ])
        let lead = try await org.command(
            "add",
            [
                "kind": .text("Lead"), "LastName": .text("Converted"), "Company": .text("X"),
                "Phone": .text("(415) 555-2671"),
            ])
        try await org.command("convert", ["lead": lead])
        let people = try await found("+14155552671", "US", in: org)
        let leads = people.filter { $0.id.kind == .lead }.map(\.name)
        #expect(leads == ["Lead"], "a converted one is its contact now")
        let contacts = Set(people.filter { $0.id.kind == .contact }.map(\.name))
        #expect(contacts == ["+1 415-555-2671 / 415-555-2672", "Converted"])
    }

    @Test func aPersonAccountIsFoundOnce() async throws {
        let org = try Org()
        try await org.command("enable_person_accounts")
        try await org.command(
            "add",
            [
                "kind": .text("Account"), "LastName": .text("Solo"),
                "Phone": .text("(415) 555-2671"),
            ])
        let people = try await found("+14155552671", "US", in: org)
        #expect(people.map(\.id.kind) == [.contact])
    }

    @Test func whatIsNotLookedUpAsksNothing() async throws {
        let org = try Org()
        let records = try await org.records { $0.looksUpLive = false }
        let plan = NumberingPlan(country: "DE")
        let now = try Org.now
        let number = PhoneNumber("+493023125042", plan: plan)
        #expect(try await records.people(with: number, now: now).isEmpty)
        let on = try await org.records()
        for text in ["anonymous", "110", "21", "ALERTS", ""] {
            let found = try await on.people(with: PhoneNumber(text, plan: plan), now: now)
            #expect(found.isEmpty)
        }
        #expect(try await org.requests().isEmpty)
    }

    @Test func notToKnowIsNotNobody() async throws {
        let org = try Org()
        let plan = NumberingPlan(country: "DE")
        let number = PhoneNumber("+493023125042", plan: plan)
        let records = try await org.records { $0.plan = plan }
        let now = try Org.now
        #expect(try await records.people(with: number, now: now).map(\.name) == ["Ada Lovelace"])
        try await org.command(
            "fault", ["kind": .text("latency"), "seconds": .number(5), "path": .text("composite")])
        let hasty = try await org.records { $0.patience = 0.5 }
        let slow = await fault { () throws(OrgFault) in
            try await hasty.people(with: number, now: now)
        }
        #expect(slow?.isAway == true)
    }

    @Test func aForeignNumberIsNotLookedForInNationalForm() {
        let number = PhoneNumber("+493023125099", plan: NumberingPlan(country: "US"))
        let abroad = NumberSpellings(number, country: "US")
        #expect(
            abroad.exact.allSatisfy { text in
                ["+49", "0049", "49"].contains(where: text.hasPrefix)
            })
        #expect(NumberSpellings(number, country: "DE").exact.contains("030/23125099"))
        #expect(abroad.exact.count <= 60 && abroad.beginnings.count <= 10)
    }
}
