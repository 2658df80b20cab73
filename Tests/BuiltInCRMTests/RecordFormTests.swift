import BuiltInCRM
import CallerLookup
import Foundation
import Records
import Storage
import Testing

@Suite struct RecordFormTests {
    @Test func aNewFormIsFilledWithTheCall() async throws {
        let test = try await TestCRM()
        let form = test.crm.newForm(
            .contact, phone: "030 123456", presentedName: "Ada Lovelace", owner: "Ben Lindqvist")
        let values = Dictionary(uniqueKeysWithValues: form.map { ($0.name, $0.value) })
        #expect(values["phone"] == "030 123456")
        #expect(values["lastName"] == "Lovelace")
        #expect(values["firstName"] == "Ada")
        #expect(values["owner"] == "Ben Lindqvist")
        #expect(values["mobilePhone"] == "")
        #expect(form.first { $0.name == "lastName" }?.required == true)
        #expect(form.first { $0.name == "accountId" }?.references == "account")
        let lead = test.crm.newForm(.lead, phone: "1")
        #expect(lead.first { $0.name == "status" }?.value == "New")
        #expect(lead.first { $0.name == "status" }?.choices.contains("Converted") == false)
    }

    @Test func aNewContactIsMatchedByTheCommitThatMakesIt() async throws {
        let test = try await TestCRM()
        let now = test.now
        let found = try await test.write { crm, store in
            let id = try crm.create(
                .contact,
                fields: ["firstName": "Ada", "lastName": "Lovelace", "phone": "030/23125042"],
                now: now, in: store)
            let person = try crm.directory.person(id, in: store)
            #expect(person?.name == "Ada Lovelace")
            return id
        }
        let match = try await test.match("+493023125042")
        #expect(match.outcome == .single)
        #expect(match.candidates.first?.id == found)
        let record = try #require(try await test.record(found))
        #expect(record.version == 1)
        #expect(record.name == "Ada Lovelace")
    }

    @Test(
        arguments: [
            (RecordID.Kind.contact, ["firstName": "Ada"], "lastName"),
            (.contact, ["lastName": "Ada", "email": "x"], "email"),
            (.contact, ["lastName": "Ada", "colour": "blue"], "colour"),
            (.contact, ["lastName": "Ada", "accountId": "a-none"], "accountId"),
            (.lead, ["lastName": "Ada", "status": "Converted"], "status"),
            (.account, ["phone": "1"], "name"),
            (.opportunity, ["name": "x", "stage": "y"], "stage"),
            (.opportunity, ["name": "x", "closeDate": "soon"], "closeDate"),
            (.case, ["subject": " "], "subject"),
        ] as [(RecordID.Kind, [String: String], String)])
    func whatIsWrongNamesItsField(
        _ kind: RecordID.Kind, _ fields: [String: String], _ field: String
    ) async throws {
        let test = try await TestCRM()
        let refusal = await #expect(throws: RecordRefusal.self) {
            try await test.create(kind, fields)
        }
        #expect(refusal?.field == field)
        #expect(try await test.read { try $0.isEmpty(in: $1) })
    }

    @Test func anEditChangesWhatItNames() async throws {
        let test = try await TestCRM()
        let id = try await test.create(
            .contact, ["lastName": "Lovelace", "phone": "030/23125042", "title": "Countess"])
        #expect(
            try await test.edit(id, version: 1, ["phone": "", "mobilePhone": "0171 3920042"]) == 2)
        let record = try #require(try await test.record(id))
        #expect(record.values[.phone] == nil)
        #expect(record.values[.title] == "Countess")
        #expect(try await test.match("03023125042").outcome == .none)
        #expect(try await test.match("01713920042").outcome == .single)
        // Nothing new is no new version.
        #expect(try await test.edit(id, version: 2, ["title": "Countess"]) == 2)
    }

    @Test func twoEditsOfOneVersionConflict() async throws {
        let test = try await TestCRM()
        let id = try await test.create(.lead, ["lastName": "Khan"])
        try await test.edit(id, version: 1, ["title": "Buyer"])
        await #expect(throws: RecordRefusal.changed(version: 2)) {
            try await test.edit(id, version: 1, ["title": "Seller"])
        }
        #expect(try await test.record(id)?.values[.title] == "Buyer")
        let gone = RecordID(crm: "callmatch", kind: .lead, value: "l-none")
        await #expect(throws: RecordRefusal.notThere(gone)) {
            try await test.edit(gone, version: 1, [:])
        }
    }

    @Test func aRenamedAccountIsRenamedForItsPeople() async throws {
        let test = try await TestCRM()
        let account = try await test.create(.account, ["name": "Kontor Nord"])
        let contact = try await test.create(
            .contact, ["lastName": "Voß", "accountId": account.value])
        try await test.edit(account, version: 1, ["name": "Kontor Süd"])
        let person = try await test.read { try $0.directory.person(contact, in: $1) }
        #expect(person?.company == "Kontor Süd")
        #expect(try await test.record(contact)?.version == 1)
        let found = try await test.read { try $0.list(.contact, search: "sued", in: $1) }
        #expect(found.records.map(\.name) == ["Voß"])
    }

    @Test func aCaseGetsTheNextNumberAndItsContactsAccount() async throws {
        let test = try await TestCRM()
        let account = try await test.create(.account, ["name": "Kontor Nord"])
        let contact = try await test.create(
            .contact, ["lastName": "Voß", "accountId": account.value])
        let one = try await test.create(.case, ["subject": "Leaks", "contactId": contact.value])
        let two = try await test.create(.case, ["subject": "Loud", "number": "A-1"])
        let three = try await test.create(.case, ["subject": "Dark"])
        let records = try await [one, two, three].map { $0 }.asyncMap { try await test.record($0) }
        #expect(records.map { $0?.values[.number] } == ["00001001", "A-1", "00001002"])
        #expect(records[0]?.account == account)
        #expect(records[0]?.values[.status] == "New")
        #expect(records[0]?.values[.priority] == nil)
        let refusal = await #expect(throws: RecordRefusal.self) {
            try await test.create(.case, ["subject": "Again", "number": "A-1"])
        }
        #expect(refusal?.field == "number")
    }

    @Test func closingAndReopeningIsRemembered() async throws {
        let test = try await TestCRM()
        let id = try await test.create(.opportunity, ["name": "Barista One", "amount": "1.250,50"])
        #expect(try await test.record(id)?.closedAt == nil)
        try await test.edit(id, version: 1, ["stage": "Closed Won"])
        let closed = try #require(try await test.record(id)?.closedAt)
        #expect(abs(closed.timeIntervalSince(test.now)) < 1)
        #expect(try await test.record(id)?.values[.amount] == "1250.5")
        try await test.edit(id, version: 2, ["stage": "Negotiation"])
        #expect(try await test.record(id)?.closedAt == nil)
    }

    @Test func aNumberIsAddedWhereThereIsRoom() async throws {
        let test = try await TestCRM()
        let id = try await test.create(.contact, ["lastName": "Khan", "phone": "030 23125001"])
        let now = test.now
        for number in [
            "030 23125001", "0171 3920001", "030 23125002", "030 23125003", "030 23125004",
        ] {
            try await test.write { try $0.addNumber(number, to: id, now: now, in: $1) }
        }
        let values = try #require(try await test.record(id)?.values)
        #expect(values[.phone] == "030 23125001")
        #expect(values[.mobilePhone] == "0171 3920001")
        #expect(values[.homePhone] == "030 23125002")
        #expect(values[.otherPhone] == "030 23125003; 030 23125004")
        #expect(try await test.match("03023125004").outcome == .single)
    }

    @Test func thePageShowsWhatBelongsToARecord() async throws {
        let test = try await TestCRM()
        let account = try await test.create(
            .account, ["name": "Kontor Nord", "phone": "040 66969100"])
        let contact = try await test.create(
            .contact, ["firstName": "Sönke", "lastName": "Voß", "accountId": account.value])
        let sale = try await test.create(
            .opportunity, ["name": "Water Bar", "contactId": contact.value])
        let page = try #require(try await test.read { try $0.page(of: account, in: $1) })
        #expect(page.contacts.map(\.name) == ["Sönke Voß"])
        #expect(page.opportunities.map(\.ref) == [sale])
        #expect(page.url == "/crm/accounts/\(account.value)")
        let own = try #require(try await test.read { try $0.page(of: contact, in: $1) })
        #expect(own.fields.first { $0.name == "accountId" }?.shows == "Kontor Nord")
        #expect(own.opportunities.map(\.subtitle) == ["Kontor Nord · Prospecting"])
        let other = try #require(try await test.read { try $0.page(of: sale, in: $1) })
        #expect(other.contacts.map(\.ref) == [contact])
        let foreign = RecordID(crm: "salesforce", kind: .contact, value: contact.value)
        #expect(try await test.read { try $0.page(of: foreign, in: $1) } == nil)
    }
}

extension Array {
    func asyncMap<T>(_ transform: (Element) async throws -> T) async rethrows -> [T] {
        var results: [T] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
