import Foundation
import Records
import SeededChance

/// Makes up the sample organisation, one kind of record after the other.
struct SampleBuilder {
    private(set) var accounts: [NewRecord] = []
    private(set) var contacts: [NewRecord] = []
    private(set) var leads: [NewRecord] = []
    var opportunities: [NewRecord] = []
    var cases: [NewRecord] = []
    var activities: [SampleActivity] = []

    var random = SplitMix64(seed: 1815)
    let now: Date
    private var taken = SampleCast.reserved
    /// The company of each contact.
    private var companies: [SampleCompany?] = []
    /// The switchboard of each account.
    private var switchboards: [String: SampleNumber] = [:]

    init(now: Date) {
        // To the second, so that the organisation does not depend on how the clock counts.
        self.now = Date(timeIntervalSince1970: now.timeIntervalSince1970.rounded(.down))
    }

    mutating func addAccounts() {
        for company in SampleCompany.all {
            let number = landline(in: company.country)
            switchboards[company.name] = number
            let known = SampleCast.accountNumbers[company.name]
            var values: [FieldName: String] = [
                .name: company.name, .industry: company.industry, .type: company.type,
                .city: company.city, .country: company.country.rawValue, .owner: owner(),
                .phone: known ?? number.written(pick(12)),
            ]
            if company.name != SampleCast.personAccount { values[.website] = company.website }
            accounts.append(record(.account, values, sinceDays: 200...900))
        }
    }

    mutating func addContacts(count: Int) {
        for member in SampleCast.contacts { add(member) }
        addPersonOfAccount()
        while contacts.count < count {
            // Most belong to a company; large ones come first in the list.
            let index = min(pick(40), pick(40))
            let company = chance(92) ? SampleCompany.all[index] : nil
            guard company?.name != SampleCast.personAccount else { continue }
            if chance(1.5), let twin = duplicate() {
                contacts.append(twin.record)
                companies.append(twin.company)
            } else {
                addContact(of: company)
            }
        }
    }

    mutating func addLeads(count: Int) {
        for member in SampleCast.leads {
            var values = values(of: member)
            values[.company] = member.company
            values[.status] = "Working"
            var lead = record(.lead, values, sinceDays: 5...200)
            let isConverted = values[.phone] == SampleCast.converted.numbers[.phone]
            if isConverted {
                lead.values[.status] = Stages.converted
                lead.convertedContact =
                    contacts.first { $0.values[.lastName] == member.last }?.id.value
            }
            leads.append(lead)
        }
        while leads.count < count {
            let country = someCountry()
            let name = name(in: country)
            var values: [FieldName: String] = [
                .firstName: name.first, .lastName: name.last, .owner: owner(),
                .country: country.rawValue, .status: Stages.lead[pick(Stages.lead.count)],
                .title: SampleCompany.titles[pick(SampleCompany.titles.count)],
                .company: "\(name.last) \(["Studio", "& Partner", "Consulting", "Shop"][pick(4)])",
            ]
            if chance(60) { values[.email] = email(name, at: "mail.example") }
            values[.phone] = chance(70) ? landline(in: country).written(pick(12)) : nil
            if values[.phone] == nil || chance(30) {
                values[.mobilePhone] = mobile(in: country).written(pick(12))
            }
            // Some are customers already, and nobody noticed.
            if chance(4), let known = contacts[pick(contacts.count)].values[.mobilePhone] {
                values[.mobilePhone] = known
            }
            if chance(2) { values[.phone] = SamplePhrases.unreadable[pick(6)] }
            leads.append(record(.lead, values, sinceDays: 1...360))
        }
    }

    // MARK: People

    private mutating func add(_ member: SampleCast.Member) {
        let company = SampleCompany.all.first { $0.name == member.company }
        var values = values(of: member)
        values[.accountId] = accounts.first { $0.values[.name] == member.company }?.id.value
        values[.mailingCity] = company?.city
        values[.mailingCountry] = company?.country.rawValue
        contacts.append(record(.contact, values, sinceDays: 2...400))
        companies.append(company)
    }

    private mutating func values(of member: SampleCast.Member) -> [FieldName: String] {
        var values: [FieldName: String] = [
            .firstName: member.first, .lastName: member.last, .owner: owner(),
        ]
        values[.title] = member.title
        values[.email] = email((member.first, member.last), at: "mail.example")
        return values.merging(member.numbers) { $1 }
    }

    private mutating func addPersonOfAccount() {
        guard
            let account = accounts.first(where: {
                $0.values[.name] == SampleCast.personAccount
            })
        else { return }
        let name = PersonName(SampleCast.personAccount)
        var values: [FieldName: String] = [
            .lastName: name.last, .accountId: account.id.value, .salutation: "Ms.",
            .mobilePhone: mobile(in: .germany).written(3),
        ]
        values[.firstName] = name.first
        values[.owner] = account.values[.owner]
        var person = record(.contact, values, sinceDays: 20...200)
        person.personAccount = account.id.value
        contacts.append(person)
        companies.append(nil)
    }

    private mutating func addContact(of company: SampleCompany?) {
        let country = company?.country ?? someCountry()
        let name = name(in: country)
        var values: [FieldName: String] = [
            .firstName: name.first, .lastName: name.last, .owner: owner(),
            .mailingCountry: country.rawValue,
        ]
        if chance(25) { values[.salutation] = ["Mr.", "Ms.", "Dr.", "Mx."][pick(4)] }
        if chance(80) { values[.title] = SampleCompany.titles[pick(SampleCompany.titles.count)] }
        if chance(50) { values[.department] = SampleCompany.departments[pick(8)] }
        if chance(75) { values[.email] = email(name, at: company?.website ?? "mail.example") }
        if let company {
            values[.accountId] = accounts.first { $0.values[.name] == company.name }?.id.value
            values[.mailingCity] = company.city
            values[.phone] = businessPhone(at: company)
        }
        if chance(55) { values[.mobilePhone] = mobile(in: country).written(pick(12)) }
        if chance(8) { values[.homePhone] = landline(in: country).written(pick(12)) }
        if chance(4) { values[.otherPhone] = SamplePhrases.unreadable[pick(6)] }
        contacts.append(record(.contact, values, sinceDays: 1...700))
        companies.append(company)
    }

    /// A direct line, the switchboard that colleagues share, the switchboard with an extension, two numbers in
    /// one field, or nothing.
    private mutating func businessPhone(at company: SampleCompany) -> String? {
        let isOwn = SampleCast.accountNumbers[company.name] != nil
        let direct = landline(in: company.country)
        guard let board = switchboards[company.name], !isOwn else {
            return direct.written(pick(12))
        }
        switch pick(100) {
        case ..<40: return direct.written(pick(12))
        case ..<65: return board.written(pick(12))
        case ..<75:
            return board.written(3) + [" ext. ", " x", " App. "][pick(3)] + "\(10 + pick(80))"
        case ..<80: return "\(direct.written(0)) / \(mobile(in: company.country).written(0))"
        default: return nil
        }
    }

    /// Somebody who was typed in a second time.
    private mutating func duplicate() -> (record: NewRecord, company: SampleCompany?)? {
        let index = SampleCast.contacts.count + 1 + pick(max(1, contacts.count - 20))
        guard contacts.indices.contains(index), contacts[index].personAccount == nil else {
            return nil
        }
        var values = contacts[index].values
        values[.title] = nil
        values[.email] = nil
        values[.owner] = owner()
        return (record(.contact, values, sinceDays: 1...300), companies[index])
    }

    private mutating func name(in country: SampleCountry) -> (first: String, last: String) {
        let names = SampleNames.of(country)
        return (names.first[pick(names.first.count)], names.last[pick(names.last.count)])
    }

    private func email(_ name: (first: String, last: String), at host: String) -> String {
        let parts = [name.first, name.last].map {
            FoldedText($0).description.replacing(" ", with: "")
        }
        return parts.joined(separator: ".") + "@" + host
    }

    private mutating func someCountry() -> SampleCountry {
        chance(50) ? .germany : SampleCountry.allCases[pick(SampleCountry.allCases.count)]
    }

    // MARK: Numbers

    private mutating func landline(in country: SampleCountry) -> SampleNumber {
        number(of: country.landlines, in: country)
    }

    private mutating func mobile(in country: SampleCountry) -> SampleNumber {
        number(of: country.mobiles.isEmpty ? country.landlines : country.mobiles, in: country)
    }

    /// A number that nobody has; when a country's are used up, one that somebody has.
    private mutating func number(
        of ranges: [SampleRange], in country: SampleCountry
    ) -> SampleNumber {
        var number = SampleNumber(country: country, area: "", line: "")
        for _ in 0..<200 {
            let range = ranges[pick(ranges.count)]
            number = SampleNumber(
                country: country, area: range.area, line: range.line(pick(range.count)))
            if taken.insert(number.e164).inserted { return number }
        }
        // A used-up range must not lead to a number of the demo.
        while SampleCast.reserved.contains(number.e164) {
            let range = ranges[pick(ranges.count)]
            number = SampleNumber(
                country: country, area: range.area, line: range.line(pick(range.count)))
        }
        return number
    }

    // MARK: Chance

    mutating func pick(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }

    mutating func chance(_ percent: Double) -> Bool {
        Double.random(in: 0..<100, using: &random) < percent
    }

    mutating func owner() -> String {
        SampleOrganisation.agents[pick(SampleOrganisation.agents.count)].displayName
    }

    mutating func id(_ kind: RecordID.Kind) -> RecordID {
        let number = random.next()
        return BuiltInCRM.id(kind, RecordIdentifiers { number }.next(kind))
    }

    /// A moment in office hours.
    mutating func moment(daysAgo: ClosedRange<Int>) -> Date {
        let days = Int.random(in: daysAgo, using: &random)
        let midnight = (now.timeIntervalSince1970 / 86_400).rounded(.down) * 86_400
        let second = Double(8 * 3600 + pick(10 * 3600))
        let time = midnight - Double(days) * 86_400 + second
        return Date(timeIntervalSince1970: min(time, now.timeIntervalSince1970))
    }

    mutating func record(
        _ kind: RecordID.Kind, _ values: [FieldName: String], sinceDays: ClosedRange<Int>
    ) -> NewRecord {
        let created = moment(daysAgo: sinceDays)
        let changed = created.addingTimeInterval(
            now.timeIntervalSince(created) * Double(pick(90)) / 100)
        return NewRecord(
            id: id(kind), values: values, createdAt: created,
            changedAt: Date(timeIntervalSince1970: changed.timeIntervalSince1970.rounded()))
    }
}
