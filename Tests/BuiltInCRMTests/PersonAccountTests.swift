import BuiltInCRM
import CallerLookup
import Foundation
import Records
import Storage
import Testing

@Suite struct PersonAccountTests {
    @Test func onePersonIsOneCandidate() async throws {
        let test = try await TestCRM()
        let account = try await test.create(
            .account, ["name": "Maria Huber", "phone": "089 99998123", "isPersonAccount": "Yes"])
        let match = try await test.match("08999998123")
        #expect(match.outcome == .single)
        let contact = try #require(match.candidates.first?.id)
        #expect(contact.kind == .contact)
        #expect(try await test.names(match) == ["Maria Huber"])
        #expect(try await test.record(account)?.successor == contact)
        #expect(try await test.record(account)?.values[.isPersonAccount] == "Yes")
        #expect(try await test.record(contact)?.account == account)
    }

    @Test func theTwoHaveOneName() async throws {
        let test = try await TestCRM()
        let account = try await test.create(.account, ["name": "Maria Huber"])
        try await test.edit(account, version: 1, ["isPersonAccount": "Yes"])
        let contact = try #require(try await test.record(account)?.successor)
        try await test.edit(account, version: 2, ["name": "Maria Gruber"])
        #expect(try await test.record(contact)?.name == "Maria Gruber")
        let version = try #require(try await test.record(contact)?.version)
        try await test.edit(contact, version: version, ["lastName": "Huber-Gruber"])
        #expect(try await test.record(account)?.name == "Maria Huber-Gruber")
        let person = try await test.read { try $0.directory.person(contact, in: $1) }
        #expect(person?.company == "Maria Huber-Gruber")
    }

    @Test func theTwoStayTogether() async throws {
        let test = try await TestCRM()
        let other = try await test.create(.account, ["name": "Kontor Nord"])
        let account = try await test.create(
            .account, ["name": "Maria Huber", "isPersonAccount": "Yes"])
        let contact = try #require(try await test.record(account)?.successor)
        let back = await #expect(throws: RecordRefusal.self) {
            try await test.edit(account, version: 1, ["isPersonAccount": "No"])
        }
        #expect(back?.field == "isPersonAccount")
        let away = await #expect(throws: RecordRefusal.self) {
            try await test.edit(contact, version: 1, ["accountId": other.value])
        }
        #expect(away?.field == "accountId")
    }
}

@Suite struct LeadConversionTests {
    private let fields = [
        "firstName": "Elif", "lastName": "Yıldız", "company": "Domblick Hotels",
        "phone": "0221 4710555", "city": "Köln", "title": "Buyer",
    ]

    @Test func aLeadBecomesAContactOfItsCompany() async throws {
        let test = try await TestCRM()
        let lead = try await test.create(.lead, fields)
        let now = test.now
        let done = try await test.write {
            try $0.convert(lead, opportunity: "Water Bar", now: now, in: $1)
        }
        let contact = try #require(try await test.record(done.contact))
        #expect(contact.name == "Elif Yıldız")
        #expect(contact.accountName == "Domblick Hotels")
        #expect(contact.values[.mailingCity] == "Köln")
        #expect(contact.values[.phone] == "0221 4710555")
        let old = try #require(try await test.record(lead))
        #expect(old.successor == done.contact)
        #expect(old.values[.status] == "Converted")
        let sale = try #require(done.opportunity)
        #expect(try await test.record(sale)?.contact == done.contact)
        // One candidate, the living record, though both have the number.
        let match = try await test.match("02214710555")
        #expect(match.outcome == .single)
        #expect(match.candidates.first?.id == done.contact)
    }

    @Test func anAccountOfTheSameNameIsTaken() async throws {
        let test = try await TestCRM()
        let account = try await test.create(.account, ["name": "DOMBLICK-Hotels"])
        let lead = try await test.create(.lead, fields)
        let now = test.now
        let done = try await test.write { try $0.convert(lead, now: now, in: $1) }
        #expect(done.account == account)
        try await test.create(.account, ["name": "Domblick Hotels"])
        let second = try await test.create(.lead, fields)
        let refusal = await #expect(throws: RecordRefusal.self) {
            try await test.write { try $0.convert(second, now: now, in: $1) }
        }
        #expect(refusal?.field == "accountId")
    }

    @Test func anExistingContactIsFilled() async throws {
        let test = try await TestCRM()
        let contact = try await test.create(
            .contact, ["lastName": "Yıldız", "title": "Head of Purchasing"])
        let lead = try await test.create(.lead, fields)
        let now = test.now
        let done = try await test.write { try $0.convert(lead, to: contact, now: now, in: $1) }
        #expect(done.contact == contact)
        let values = try #require(try await test.record(contact)?.values)
        #expect(values[.title] == "Head of Purchasing")
        #expect(values[.phone] == "0221 4710555")
    }

    @Test func aConvertedLeadIsHistory() async throws {
        let test = try await TestCRM()
        let lead = try await test.create(.lead, fields)
        let now = test.now
        try await test.write { _ = try $0.convert(lead, now: now, in: $1) }
        await #expect(throws: RecordRefusal.self) {
            try await test.write { try $0.convert(lead, now: now, in: $1) }
        }
        await #expect(throws: RecordRefusal.self) {
            try await test.edit(lead, version: 2, ["title": "x"])
        }
    }
}
