package import CallLogging
package import CallerLookup
package import Foundation
package import Records

extension OrgRecords {
    /// What belongs to a person, as this agent may see it.
    ///
    /// A part that the agent may not read is empty. Where the org is away, or slower than
    /// `SalesforceSettings.patience`, the last answer to the same question, with the time of it in `asOf`.
    ///
    /// - Throws: where the org did not answer, and has not within the last 15 minutes.
    package func related(
        to person: Person, scope: RelatedScope, agent: String, now: Date
    ) async throws(OrgFault) -> RelatedRecords {
        guard settings.id(of: person.id) != nil else { return RelatedRecords() }
        let way = await way(of: agent)
        let user: OrgID?
        switch way {
        case .none: return RelatedRecords()
        case .own: user = nil
        case .through(let known): user = known
        }
        let question = Question(agent: agent, user: user, person: person.id, scope: scope)
        let ahead = answers.value(question, now: now, within: Self.aheadSeconds)
        if let ahead, ahead.isAhead { return ahead.related }
        do throws(OrgFault) {
            let related = try await patiently { records throws(OrgFault) in
                try await records.ask(question, about: person, way, now: now)
            }
            answers.keep(Answer(related: related, isAhead: false), for: question, now: now)
            return related
        } catch {
            guard error.isAway, let last = answers.entry(question, now: now) else { throw error }
            var related = last.value.related
            related.asOf = last.at
            return related
        }
    }

    private func ask(
        _ question: Question, about person: Person, _ way: Way, now: Date
    ) async throws(OrgFault) -> RelatedRecords {
        switch way {
        case .none: return RelatedRecords()
        case .own(let connection):
            return try await records(
                of: person, question.scope, connection, .agent(question.agent), now: now)
        case .through(let user):
            let all = try await records(of: person, question.scope, robot, .robot, now: now)
            return try await shown(all, of: person, to: user, now: now)
        }
    }

    private func records(
        of person: Person, _ scope: RelatedScope, _ connection: OrgConnection, _ eyes: Eyes,
        now: Date
    ) async throws(OrgFault) -> RelatedRecords {
        guard let id = settings.id(of: person.id) else { return RelatedRecords() }
        let object = RecordKinds.object(of: person.id.kind)
        let (parts, seen) = try await ask(
            connection, eyes, [object] + RelatedQueries.objects, now: now
        ) { seen in
            let subject = self.subject(person, id, scope, seen)
            var composite = OrgComposite()
            if case .contact = subject, seen[.contact]?.has(.isPersonAccount) == true {
                composite.add("who", get: "sobjects/Contact/\(id)")
            }
            composite.add(RelatedQueries(seen, of: subject, now: now).composite)
            // A request needs a part.
            if composite.parts.isEmpty { composite.add(describe: object) }
            return composite
        }
        if scope == .contact, case .answered(let who) = parts["who"],
            who["IsPersonAccount"]?.flag == true, person.account != nil
        {
            // The account is the person.
            return try await records(of: person, .account, connection, eyes, now: now)
        }
        let isContact: Bool =
            if case .contact = subject(person, id, scope, seen) { true } else { false }
        return RelatedRows(settings: settings, contact: isContact ? id : nil).records(parts)
    }

    /// A contact without an account, and one whose account this user may not know, has what names it.
    private func subject(
        _ person: Person, _ id: OrgID, _ scope: RelatedScope, _ seen: [OrgName: OrgDescribe]
    ) -> RelatedQueries.Subject {
        switch person.id.kind {
        case .account: return .account(id.description, person: nil)
        case .lead: return .lead(id)
        case .contact, .opportunity, .case, .activity:
            guard scope == .account, seen[.contact]?.has(.accountID) == true,
                let account = person.account.flatMap(settings.id(of:))
            else { return .contact(id) }
            return .account(account.description, person: id)
        }
    }

    /// Without what the user may not read: the record, or what an activity is about. A parent's name goes where the
    /// parent may not be read.
    private func shown(
        _ all: RelatedRecords, of person: Person, to user: OrgID, now: Date
    ) async throws(OrgFault) -> RelatedRecords {
        let opportunities = all.openOpportunities + all.closedOpportunities
        let cases = all.openCases + all.closedCases
        let named: [RecordID?] =
            [person.id] + opportunities.flatMap { [$0.id, $0.account, $0.contact] }
            + cases.flatMap { [$0.id, $0.account, $0.contact] }
            + all.activity.flatMap { [$0.id, $0.person, $0.related] }
        let ids = named.compactMap(\.self).compactMap(settings.id(of:))
        let readable = try await readable(ids, by: user, now: now)
        let isSeen = { (record: RecordID?) in
            record.map { self.settings.id(of: $0).map(readable.contains) ?? false } ?? true
        }
        guard isSeen(person.id) else { return RelatedRecords() }
        let opportunity = { (opportunity: Opportunity) -> Opportunity? in
            guard isSeen(opportunity.id) else { return nil }
            var shown = opportunity
            if !isSeen(shown.account) { (shown.account, shown.accountName) = (nil, nil) }
            if !isSeen(shown.contact) { shown.contact = nil }
            return shown
        }
        let caseOf = { (known: Case) -> Case? in
            guard isSeen(known.id) else { return nil }
            var shown = known
            if !isSeen(shown.account) { shown.account = nil }
            if !isSeen(shown.contact) { shown.contact = nil }
            return shown
        }
        return RelatedRecords(
            activity: all.activity.filter {
                isSeen($0.id) && isSeen($0.person) && isSeen($0.related)
            },
            openOpportunities: all.openOpportunities.compactMap(opportunity),
            closedOpportunities: all.closedOpportunities.compactMap(opportunity),
            openCases: all.openCases.compactMap(caseOf),
            closedCases: all.closedCases.compactMap(caseOf))
    }
}

// MARK: - What a call is filed under

extension OrgRecords {
    /// An opportunity, case or account that an agent wants a call filed under; `nil` where the agent may not see it.
    ///
    /// One that was shown to the agent within the last minutes costs no request, any other one.
    package func matter(
        _ id: RecordID, agent: String, now: Date
    ) async throws(OrgFault) -> RelatedRecord? {
        guard let known = settings.id(of: id),
            let object = RecordKinds.matters.first(where: { $0.value == id.kind })?.key
        else { return nil }
        let way = await way(of: agent)
        if case .none = way { return nil }
        if let shown = shown(id, to: agent, way, now: now) { return shown }
        let record = try await patiently { records throws(OrgFault) in
            try await records.retrieve(object, known, way, now: now)
        }
        guard let record, record["Id"]?.text.flatMap(OrgID.init) == known else { return nil }
        let name =
            id.kind == .case
            ? record["Subject"]?.text ?? record["CaseNumber"]?.text : record["Name"]?.text
        return RelatedRecord(
            id: id, name: String((name ?? "").prefix(400)), url: settings.url(of: object, known))
    }

    private func retrieve(
        _ object: OrgName, _ id: OrgID, _ way: Way, now: Date
    ) async throws(OrgFault) -> JSONValue? {
        var composite = OrgComposite()
        let connection: OrgConnection
        switch way {
        case .none: return nil
        case .own(let own): connection = own
        case .through(let user):
            connection = robot
            composite = Self.access(to: [id], of: user)
        }
        composite.add("record", get: "sobjects/\(object)/\(id)")
        let parts = try await connection.ask(composite)
        if case .through(let user) = way {
            try take([id], from: parts, composite, user, now: now)
            guard access.value(Access(user: user, record: id), now: now) == true else {
                return nil
            }
        }
        switch parts["record"] {
        case .answered(let record): return record
        case .refused(let refusal) where refusal.isNotThere: return nil
        case .refused(let refusal): throw .refused(refusal)
        case nil: throw .garbled("the record itself is missing in it")
        }
    }

    /// From what was shown to this agent, by the same way, within the time that rights are believed.
    private func shown(
        _ id: RecordID, to agent: String, _ way: Way, now: Date
    ) -> RelatedRecord? {
        let user: OrgID? = if case .through(let user) = way { user } else { nil }
        let kept = answers.all(now: now, within: Self.rightsSeconds) {
            $0.agent == agent && $0.user == user
        }.map(\.related)
        for related in kept {
            let opportunities = related.openOpportunities + related.closedOpportunities
            if let found = opportunities.first(where: { $0.id == id }) {
                return RelatedRecord(id: id, name: found.name, url: found.url)
            }
            if let found = (related.openCases + related.closedCases).first(where: { $0.id == id }) {
                let name = found.subject.isEmpty ? found.number : found.subject
                return RelatedRecord(id: id, name: name, url: found.url)
            }
        }
        return nil
    }
}

extension OrgName {
    static let isPersonAccount = OrgName(known: "IsPersonAccount")
}
