import BuiltInCRM
import CallLogging
import CallerLookup
import Foundation
import Records
import Storage
import Testing

@Suite struct RelatedTests {
    private func related(
        _ test: TestCRM, _ id: RecordID, _ scope: RelatedScope, after seconds: Double = 0
    ) async throws -> RelatedRecords {
        try await test.crm.related(
            to: id, scope: scope, agent: "ada", now: test.now.addingTimeInterval(seconds))
    }

    private func file(
        _ test: TestCRM, _ key: String, person: RecordID?, about: RecordID? = nil,
        at seconds: Double = 0
    ) async throws {
        _ = try await test.crm.file(
            FiledLog(
                key: key, version: 1, subject: key, person: person, related: about, notes: "",
                disposition: nil, followUp: nil, direction: "inbound", outcome: "answered",
                startedAt: test.now.addingTimeInterval(seconds), seconds: 1, agent: nil,
                agentName: nil, number: ""))
    }

    @Test func accountIsEverythingAndContactOnlyWhatNamesThePerson() async throws {
        let test = try await TestCRM()
        let account = try await test.create(.account, ["name": "Kontor Nord"])
        let own = try await test.create(.contact, ["lastName": "Voß", "accountId": account.value])
        let other = try await test.create(
            .contact, ["lastName": "Jäger", "accountId": account.value])
        let sale = try await test.create(.opportunity, ["name": "own", "contactId": own.value])
        try await test.create(.opportunity, ["name": "other", "contactId": other.value])
        try await test.create(.opportunity, ["name": "account", "accountId": account.value])
        try await test.create(.opportunity, ["name": "elsewhere"])
        try await test.create(.case, ["subject": "own", "contactId": own.value])
        try await test.create(.case, ["subject": "other", "contactId": other.value])
        try await file(test, "own", person: own, at: 1)
        try await file(test, "other", person: other, at: 2)
        try await file(test, "about", person: nil, about: sale, at: 3)
        try await file(test, "account", person: account, at: 4)
        try await file(test, "elsewhere", person: nil, at: 5)

        let all = try await related(test, own, .account)
        #expect(Set(all.openOpportunities.map(\.name)) == ["own", "other", "account"])
        #expect(Set(all.openCases.map(\.subject)) == ["own", "other"])
        #expect(all.activity.map(\.subject) == ["account", "about", "other", "own"])
        let mine = try await related(test, own, .contact)
        #expect(mine.openOpportunities.map(\.name) == ["own"])
        #expect(mine.openOpportunities.first?.accountName == "Kontor Nord")
        #expect(mine.openCases.map(\.subject) == ["own"])
        #expect(mine.activity.map(\.subject) == ["own"])
        #expect(try await test.read { try $0.scopes(of: own, in: $1) } == [.account, .contact])
    }

    @Test func aPersonWithoutAccountHasWhatNamesIt() async throws {
        let test = try await TestCRM()
        let alone = try await test.create(.contact, ["lastName": "Hopper"])
        let lead = try await test.create(.lead, ["lastName": "Khan"])
        try await test.create(.case, ["subject": "own", "contactId": alone.value])
        try await file(test, "contact", person: alone)
        try await file(test, "lead", person: lead)
        for scope in RelatedScope.allCases {
            let contact = try await related(test, alone, scope)
            #expect(contact.openCases.map(\.subject) == ["own"])
            #expect(contact.activity.map(\.subject) == ["contact"])
            #expect(try await related(test, lead, scope).activity.map(\.subject) == ["lead"])
        }
        #expect(try await test.read { try $0.scopes(of: alone, in: $1) } == [.contact])
        #expect(try await test.read { try $0.scopes(of: lead, in: $1) } == [.contact])
    }

    @Test func openComeFirstAndWhatClosedLongAgoIsLeftOut() async throws {
        let test = try await TestCRM()
        let contact = try await test.create(.contact, ["lastName": "Voß"])
        func sale(_ name: String, _ stage: String, _ date: String) async throws {
            try await test.create(
                .opportunity,
                ["name": name, "stage": stage, "closeDate": date, "contactId": contact.value])
        }
        try await sale("won", "Closed Won", "2026-11-01")
        try await sale("late", "Proposal", "2027-03-01")
        try await sale("soon", "Proposal", "2026-12-01")
        try await sale("some day", "Proposal", "")
        for (subject, status) in [("old", "New"), ("done", "Closed"), ("new", "New")] {
            test.wait(seconds: 60)
            try await test.create(
                .case, ["subject": subject, "status": status, "contactId": contact.value])
        }
        let now = try await related(test, contact, .contact)
        #expect(now.openOpportunities.map(\.name) == ["soon", "late", "some day"])
        #expect(now.closedOpportunities.map(\.name) == ["won"])
        #expect(now.openCases.map(\.subject) == ["new", "old"])
        #expect(now.closedCases.map(\.subject) == ["done"])
        let later = try await related(test, contact, .contact, after: 367 * 86_400)
        #expect(later.closedOpportunities.isEmpty)
        #expect(later.closedCases.isEmpty)
        #expect(later.openCases.count == 2)
    }

    @Test func aConvertedLeadIsItsContact() async throws {
        let test = try await TestCRM()
        let lead = try await test.create(.lead, ["lastName": "Khan", "company": "Camden"])
        try await file(test, "before", person: lead)
        let now = test.now
        let done = try await test.write { try $0.convert(lead, now: now, in: $1) }
        try await file(test, "after", person: done.contact, at: 60)
        for id in [lead, done.contact] {
            for scope in RelatedScope.allCases {
                let found = try await related(test, id, scope)
                #expect(found.activity.map(\.subject) == ["after", "before"])
            }
        }
    }

    @Test func listsAreCutAndStrangersHaveNone() async throws {
        let test = try await TestCRM()
        let contact = try await test.create(.contact, ["lastName": "Voß"])
        for number in 0..<60 {
            try await file(test, "k\(number)", person: contact, at: Double(number))
        }
        let found = try await related(test, contact, .contact)
        #expect(found.activity.count == RelatedRecords.most)
        #expect(found.activity.first?.subject == "k59")
        for id in [
            RecordID(crm: "callmatch", kind: .contact, value: "c-none"),
            RecordID(crm: "salesforce", kind: .contact, value: contact.value),
        ] {
            #expect(try await related(test, id, .account) == RelatedRecords())
        }
    }
}

@Suite struct ChangesTests {
    @Test func everyChangeIsToldOnceInOrder() async throws {
        let test = try await TestCRM()
        for number in 0..<7 { try await test.create(.contact, ["lastName": "Person \(number)"]) }
        let lead = try await test.create(.lead, ["lastName": "Khan"])
        let first = try await test.crm.changes(since: nil)
        #expect(first.changed.count == 8)
        #expect(first.changed.last?.id == lead)
        #expect(first.isComplete)
        let none = try await test.crm.changes(since: first.cursor)
        #expect(none.changed.isEmpty)
        #expect(none.cursor == first.cursor)
        // The clock stands still, and even goes back: the change comes after all before it.
        test.wait(seconds: -3600)
        try await test.edit(lead, version: 1, ["title": "Buyer"])
        let second = try await test.crm.changes(since: first.cursor)
        #expect(second.changed.map(\.id) == [lead])
        #expect(second.changed.first?.title == "Buyer")
    }

    @Test func manyChangesComeInPages() async throws {
        let test = try await TestCRM()
        try await test.crm.load(SampleOrganisation(now: TestCRM.start))
        var cursor: String?
        var ids: [RecordID] = []
        var pages = 0
        while true {
            let page = try await test.crm.changes(since: cursor)
            #expect(page.changed.count <= 500)
            ids += page.changed.map(\.id)
            cursor = page.cursor
            pages += 1
            if page.isComplete { break }
        }
        #expect(pages == 2)
        #expect(ids.count == 590)
        #expect(Set(ids).count == 590)
    }

    @Test func aCursorThatIsNotOursBeginsAnew() async throws {
        let test = try await TestCRM()
        try await test.create(.lead, ["lastName": "Khan"])
        for cursor in ["", "x", "12", "drop table", "-/"] {
            #expect(try await test.crm.changes(since: cursor).changed.count == 1)
        }
    }
}
