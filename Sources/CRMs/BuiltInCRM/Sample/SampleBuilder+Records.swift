import Foundation
import Records

extension SampleBuilder {
    mutating func addOpportunities(count: Int) {
        let main = contact(called: SampleCast.main)
        for (index, stage) in ["Proposal", "Negotiation", "Closed Won"].enumerated() {
            opportunities.append(opportunity(of: main, stage: stage, product: index * 3))
        }
        while opportunities.count < count {
            let contact = chance(80) ? contacts[pick(contacts.count)] : nil
            // Two thirds are open.
            let stage = Stages.opportunity[chance(66) ? pick(4) : 4 + pick(2)]
            opportunities.append(
                opportunity(of: contact, stage: stage, product: pick(SamplePhrases.products.count)))
        }
    }

    private mutating func opportunity(
        of contact: NewRecord?, stage: String, product: Int
    ) -> NewRecord {
        let account = account(of: contact) ?? accounts[pick(accounts.count)]
        let country = SampleCompany.all.first { $0.name == account.values[.name] }?.country
        let occasion = SamplePhrases.occasions[pick(SamplePhrases.occasions.count)]
        var values: [FieldName: String] = [
            .name: "\(SamplePhrases.products[product]), \(occasion)", .stage: stage,
            .amount: String((1 + pick(60)) * 250), .currency: (country ?? .germany).currency,
            .accountId: account.id.value, .owner: owner(),
        ]
        if contact?.values[.accountId] == account.id.value {
            values[.contactId] = contact?.id.value
        }
        var sale = record(.opportunity, values, sinceDays: 20...500)
        if Stages.isEnd(stage) {
            // The main caller's is always within the year that is shown.
            let days =
                values[.contactId] == self.contact(called: SampleCast.main)?.id.value
                ? 30...300 : 1...550
            let closed = moment(daysAgo: days)
            sale.closedAt = closed
            sale.createdAt = min(sale.createdAt, closed.addingTimeInterval(-20 * 86_400))
            sale.changedAt = closed
            sale.values[.closeDate] = CalendarDay(of: closed).description
        } else if chance(92) {
            let due = now.addingTimeInterval(Double(pick(190) - 10) * 86_400)
            sale.values[.closeDate] = CalendarDay(of: due).description
        }
        return sale
    }

    mutating func addCases(count: Int) {
        let main = contact(called: SampleCast.main)
        for (index, status) in ["In Progress", "New", "Closed"].enumerated() {
            cases.append(aCase(of: main, status: status, subject: index))
        }
        while cases.count < count {
            let contact = contacts[pick(contacts.count)]
            let status = chance(45) ? Stages.case[pick(4)] : "Closed"
            cases.append(
                aCase(
                    of: contact, status: status, subject: pick(SamplePhrases.caseSubjects.count)))
        }
        // Numbers count up with time, as if each had been given when the case came in.
        cases.sort { $0.createdAt < $1.createdAt }
        for index in cases.indices {
            cases[index].values[.number] = "0000\(1001 + index)"
        }
    }

    private mutating func aCase(
        of contact: NewRecord?, status: String, subject: Int
    ) -> NewRecord {
        var values: [FieldName: String] = [
            .subject: SamplePhrases.caseSubjects[subject], .status: status,
            .priority: ["Low", "Medium", "Medium", "High", "Critical"][pick(5)], .owner: owner(),
        ]
        values[.contactId] = contact?.id.value
        values[.accountId] = contact?.values[.accountId]
        let isMain = contact?.id == self.contact(called: SampleCast.main)?.id
        var record = record(.case, values, sinceDays: isMain ? 40...120 : 1...600)
        if status == "Closed" {
            record.changedAt = min(
                record.createdAt.addingTimeInterval(Double(1 + pick(20)) * 80_000), now)
            record.closedAt = record.changedAt
        }
        return record
    }

    mutating func addActivities(count: Int) {
        let main = contact(called: SampleCast.main)
        for _ in 0..<8 {
            if let main { activities.append(activity(of: main)) }
        }
        while activities.count < count {
            let isLead = chance(15)
            activities.append(
                activity(of: isLead ? leads[pick(leads.count)] : contacts[pick(contacts.count)]))
        }
    }

    private mutating func activity(of person: NewRecord) -> SampleActivity {
        let kinds: [Activity.Kind] = [.call, .call, .call, .email, .task]
        let kind = kinds[pick(kinds.count)]
        let subjects =
            switch kind {
            case .call: SamplePhrases.callSubjects
            case .email: SamplePhrases.mailSubjects
            case .task: SamplePhrases.taskSubjects
            }
        let isCall = kind == .call
        let disposition = SamplePhrases.dispositions[pick(SamplePhrases.dispositions.count)]
        let phones: [FieldName] = [.phone, .mobilePhone]
        return SampleActivity(
            id: id(.activity).value, kind: kind, subject: subjects[pick(subjects.count)],
            notes: chance(60) ? SamplePhrases.notes[pick(SamplePhrases.notes.count)] : nil,
            at: moment(daysAgo: 0...540), agent: SampleOrganisation.agents[pick(3)],
            person: person.id, related: chance(30) ? about(person) : nil,
            disposition: isCall ? disposition : nil, seconds: isCall ? 20 + pick(900) : nil,
            number: isCall ? phones.lazy.compactMap { person.values[$0] }.first : nil,
            isInbound: isCall ? chance(60) : nil)
    }

    /// A sale or case of the person, or of the person's account.
    private mutating func about(_ person: NewRecord) -> RecordID? {
        guard let account = person.values[.accountId] else { return nil }
        let records = chance(50) ? opportunities : cases
        let own = records.filter { $0.values[.accountId] == account }
        return own.isEmpty ? nil : own[pick(own.count)].id
    }

    private func contact(called name: String) -> NewRecord? {
        contacts.first { BuiltInCRM.wholeName($0.values) == name }
    }

    private func account(of contact: NewRecord?) -> NewRecord? {
        guard let id = contact?.values[.accountId] else { return nil }
        return accounts.first { $0.id.value == id }
    }
}
