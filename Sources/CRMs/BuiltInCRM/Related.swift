package import CallerLookup
package import Foundation
package import Records
package import Storage

extension BuiltInCRM {
    /// What belongs to a person, in the caller's own picture of the store, so that a whole desk is one read.
    ///
    /// - Parameter scope: `account` is everything of the person's account; a lead, or a contact without an
    ///   account, has none, and what names the person is given.
    package func related(
        to person: RecordID, scope: RelatedScope, now: Date, in store: ReadTransaction
    ) throws -> RelatedRecords {
        guard let subject = try subject(person, scope: scope, in: store) else {
            return RelatedRecords()
        }
        let since = Calendar.utc.date(byAdding: .month, value: -12, to: now) ?? now
        return RelatedRecords(
            activity: try activities(of: subject, in: store),
            openOpportunities: try opportunities(
                of: subject, where: "r.closed_at is null",
                order: """
                    order by case when r.close_date is null then 1 else 0 end, r.close_date, r.id
                    """, in: store),
            closedOpportunities: try opportunities(
                of: subject, where: "r.closed_at >= \(since)",
                order: "order by r.closed_at desc, r.id", in: store),
            openCases: try cases(of: subject, where: "r.closed_at is null", in: store),
            closedCases: try cases(of: subject, where: "r.closed_at >= \(since)", in: store))
    }

    /// The filters that make a difference for a person: `account` only where there is one.
    package func scopes(of person: RecordID, in store: ReadTransaction) throws -> [RelatedScope] {
        switch try subject(person, scope: .account, in: store) {
        case .account: [.account, .contact]
        case .contact, .lead, nil: [.contact]
        }
    }

    /// Whose records are asked for.
    private enum Subject {
        case account(String)
        case contact(String, personAccount: String?)
        case lead(String)
    }

    private func subject(
        _ person: RecordID, scope: RelatedScope, in store: ReadTransaction
    ) throws -> Subject? {
        guard person.crm == Self.name else { return nil }
        switch person.kind {
        case .contact:
            let row = try store.row(
                "select account_id, person_account_id from crm_contact where id = \(person.value)")
            guard let row else { return nil }
            if scope == .account, let account = try row.optionalText("account_id") {
                return .account(account)
            }
            return .contact(
                person.value, personAccount: try row.optionalText("person_account_id"))
        case .lead:
            let row = try store.row(
                "select converted_contact_id from crm_lead where id = \(person.value)")
            guard let row else { return nil }
            guard let contact = try row.optionalText("converted_contact_id") else {
                return .lead(person.value)
            }
            return try subject(Self.id(.contact, contact), scope: scope, in: store)
        case .account:
            return .account(person.value)
        case .opportunity, .case, .activity:
            return nil
        }
    }

    private func opportunities(
        of subject: Subject, where state: SQL, order: SQL, in store: ReadTransaction
    ) throws -> [Opportunity] {
        guard let owned = Self.owned(by: subject) else { return [] }
        return try records(
            .opportunity, where: "\(owned) and \(state)",
            rest: "\(order) limit \(RelatedRecords.most)", in: store
        ).map(Opportunity.init)
    }

    private func cases(
        of subject: Subject, where state: SQL, in store: ReadTransaction
    ) throws -> [Case] {
        guard let owned = Self.owned(by: subject) else { return [] }
        return try records(
            .case, where: "\(owned) and \(state)",
            rest: "order by r.changed_at desc, r.id limit \(RelatedRecords.most)", in: store
        ).map(Case.init)
    }

    /// An opportunity or case that names a contact names the contact's account too: see `RecordForm`.
    private static func owned(by subject: Subject) -> SQL? {
        switch subject {
        case .account(let id): "r.account_id = \(id)"
        case .contact(let id, _): "r.contact_id = \(id)"
        case .lead: nil
        }
    }

    private func activities(of subject: Subject, in store: ReadTransaction) throws -> [Activity] {
        let sources: [SQL] =
            switch subject {
            case .account(let id):
                [
                    "account_id = \(id)", "about_account_id = \(id)",
                    "contact_id in (select id from crm_contact where account_id = \(id))",
                    "about_case_id in (select id from crm_case where account_id = \(id))",
                    """
                    about_opportunity_id in (
                        select id from crm_opportunity where account_id = \(id))
                    """,
                    """
                    lead_id in (
                        select l.id from crm_lead l join crm_contact c
                            on c.id = l.converted_contact_id where c.account_id = \(id))
                    """,
                ]
            case .contact(let id, let account):
                [
                    "contact_id = \(id)",
                    "lead_id in (select id from crm_lead where converted_contact_id = \(id))",
                ] + (account.map { ["account_id = \($0)"] } ?? [])
            case .lead(let id):
                ["lead_id = \(id)"]
            }
        return try activities(inAny: sources, limit: RelatedRecords.most, in: store)
    }

    /// Activities that fit at least one condition, the newest first. Each condition has an index of its own.
    func activities(
        inAny conditions: [SQL], limit: Int, in store: ReadTransaction
    ) throws -> [Activity] {
        let sources: [SQL] = conditions.map { "select id from crm_activity where \($0)" }
        return try store.rows(
            """
            select * from crm_activity where id in (\(SQL.joined(sources, by: " union ")))
            order by at desc, id limit \(limit)
            """
        ).map { try Activity($0) }
    }
}

extension Opportunity {
    init(_ record: StoredRecord) {
        self.init(
            id: record.id, name: record.name, account: record.account,
            accountName: record.accountName, contact: record.contact,
            stage: record.values[.stage] ?? "", isOpen: record.closedAt == nil,
            amount: record.values[.amount].flatMap(Double.init),
            currency: record.values[.currency], closesOn: record.values[.closeDate],
            changedAt: record.changedAt, url: BuiltInCRM.url(of: record.id))
    }
}

extension Case {
    init(_ record: StoredRecord) {
        self.init(
            id: record.id, number: record.values[.number] ?? "",
            subject: record.values[.subject] ?? "", account: record.account,
            contact: record.contact, status: record.values[.status] ?? "",
            priority: record.values[.priority], isOpen: record.closedAt == nil,
            changedAt: record.changedAt, url: BuiltInCRM.url(of: record.id))
    }
}

extension Activity {
    init(_ row: Row) throws {
        func id(_ kind: RecordID.Kind, _ column: String) throws -> RecordID? {
            try row.optionalText(column).map { BuiltInCRM.id(kind, $0) }
        }
        let own = BuiltInCRM.id(.activity, try row.text("id"))
        self.init(
            id: own, kind: try row.raw("kind", as: Activity.Kind.self),
            subject: try row.text("subject"), notes: try row.optionalText("notes"),
            at: try row.date("at"),
            agent: try row.optionalText("agent_name") ?? row.optionalText("agent"),
            person: try id(.contact, "contact_id") ?? id(.lead, "lead_id")
                ?? id(.account, "account_id"),
            related: try id(.opportunity, "about_opportunity_id") ?? id(.case, "about_case_id")
                ?? id(.account, "about_account_id"),
            disposition: try row.optionalText("disposition"),
            seconds: try row.optionalInt("seconds"), url: BuiltInCRM.url(of: own))
    }
}
