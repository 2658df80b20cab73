import BuiltInCRM
import CallerLookup
import Foundation
import PhoneNumbers
import Records
import Storage
import Testing

/// One after the other, for they share one organisation, which they only read.
@Suite(.serialized) struct SampleOrganisationTests {
    private actor Loaded {
        static let shared = Loaded()
        private var test: TestCRM?

        func get() async throws -> TestCRM {
            if let test { return test }
            let new = try await TestCRM()
            try await new.crm.load(SampleOrganisation(now: TestCRM.start))
            test = new
            return new
        }
    }

    private func sample() async throws -> TestCRM { try await Loaded.shared.get() }

    @Test(arguments: [
        ("crm_account", 40), ("crm_contact", 400), ("crm_lead", 150), ("crm_opportunity", 120),
        ("crm_case", 160), ("crm_activity", 1500), ("person", 590), ("crm_search_entry", 870),
    ])
    func hasExactlySoMany(_ table: String, _ count: Int) async throws {
        let tables: [String: SQL] = [
            "crm_account": "select count(*) from crm_account",
            "crm_contact": "select count(*) from crm_contact",
            "crm_lead": "select count(*) from crm_lead",
            "crm_opportunity": "select count(*) from crm_opportunity",
            "crm_case": "select count(*) from crm_case",
            "crm_activity": "select count(*) from crm_activity",
            "person": "select count(*) from person",
            "crm_search_entry": "select count(*) from crm_search_entry",
        ]
        let sql = try #require(tables[table])
        let found = try await sample().read { _, store in try store.count(sql) }
        #expect(found == count)
    }

    /// What each caller of the demo is there to show.
    private struct Expected {
        let outcome: Match.Outcome
        let names: [String]
        let kind: RecordID.Kind?
        let equality: NumberEquality

        init(
            _ outcome: Match.Outcome, _ names: [String] = [], _ kind: RecordID.Kind? = nil,
            _ equality: NumberEquality = .exact
        ) {
            self.outcome = outcome
            self.names = names
            self.kind = kind
            self.equality = equality
        }
    }

    private static let expected: [String: Expected] = [
        "03023125042": Expected(.single, ["Ada Lovelace"], .contact),
        "04066969100": Expected(
            .multiple,
            ["Heike Möller", "Lars Clausen", "Nils Jäger", "Sönke Voß", "Wiebke Petersen"], .contact
        ),
        "02214710999": Expected(.none),
        "anonymous": Expected(.withheld),
        "+447700900123": Expected(.single, ["Tariq Khan"], .lead),
        "02214710555": Expected(.single, ["Elif Yıldız"], .contact),
        "08999998123": Expected(.single, ["Maria Huber"], .contact),
        "+442079460018": Expected(.single, ["Eleanor Ashworth"], .contact, .extension),
        "0014155550132": Expected(.single, ["Hector Castillo"], .contact),
        "+33639981234": Expected(.multiple, ["Celine Dubois", "Céline Dubois"], .contact),
        "0031200000142": Expected(.multiple, ["Jeroen van Dijk", "Jeroen van Dijk"], nil),
        "015228817386": Expected(.single, ["Charles Babbage"], .contact),
        "06990009231": Expected(.single, ["Rhein-Main Logistik AG"], .account, .switchboard),
        "0043316000199": Expected(.single, ["Café Landhaus"], .account),
    ]

    @Test(arguments: SampleOrganisation.demoCallers)
    func demoCaller(_ caller: SampleOrganisation.DemoCaller) async throws {
        let expected = try #require(Self.expected[caller.number])
        let test = try await sample()
        let match = try await test.match(caller.number)
        #expect(match.outcome == expected.outcome)
        #expect(try await test.names(match).sorted() == expected.names.sorted())
        if let kind = expected.kind {
            #expect(match.candidates.allSatisfy { $0.id.kind == kind })
        }
        for evidence in match.candidates.flatMap(\.evidence) {
            #expect(evidence.equality == expected.equality)
        }
    }

    @Test func everyDemoCallerIsExpected() {
        #expect(SampleOrganisation.demoCallers.count == Self.expected.count)
    }

    @Test func theMainCallerHasOpportunitiesAndCases() async throws {
        let test = try await sample()
        let match = try await test.match("03023125042")
        let ada = try #require(match.candidates.first?.id)
        let own = try await test.read {
            try $0.related(to: ada, scope: .contact, now: TestCRM.start, in: $1)
        }
        #expect(own.openOpportunities.count >= 2)
        #expect(own.closedOpportunities.count >= 1)
        #expect(own.openCases.count >= 2)
        #expect(own.closedCases.count >= 1)
        #expect(own.activity.count >= 8)
        let all = try await test.read {
            try $0.related(to: ada, scope: .account, now: TestCRM.start, in: $1)
        }
        #expect(all.activity.count > own.activity.count)
        #expect(all.openOpportunities.count >= own.openOpportunities.count)
    }

    @Test func theSameDayGivesTheSameOrganisation() async throws {
        let (one, two) = (try await TestCRM(), try await TestCRM())
        try await one.crm.load(SampleOrganisation(now: TestCRM.start))
        try await two.crm.load(SampleOrganisation(now: TestCRM.start))
        let pictures = try await [one, two].asyncMap { test in
            try await test.read { _, store in
                try store.rows("select json from person order by ref").map { try $0.text("json") }
            }
        }
        #expect(pictures[0] == pictures[1])
        #expect(pictures[0].count == 590)
    }

    @Test func numbersAreAsUntidyAsRealOnes() async throws {
        let test = try await sample()
        let people = try await test.read { crm, store in
            try store.rows("select json from person").map { try $0.json("json", as: Person.self) }
        }
        let texts = people.flatMap(\.numbers).map(\.text)
        let shapes = Set(
            texts.map { text in
                String(text.map { $0.isNumber ? "9" : ($0.isLetter ? "a" : $0) })
            })
        #expect(texts.count > 700)
        #expect(shapes.count > 60)
        #expect(texts.contains("call me"))
        let shared = Dictionary(grouping: people) { $0.numbers.first?.text }.values.map(\.count)
        #expect((shared.max() ?? 0) > 2)
    }

    @Test func isRefusedWhereThereAreRecords() async throws {
        let test = try await TestCRM()
        try await test.create(.lead, ["lastName": "Khan"])
        await #expect(throws: RecordRefusal.self) {
            try await test.crm.load(SampleOrganisation(now: TestCRM.start))
        }
    }
}
