import CallerLookup
import Foundation
import Records

/// What belongs to a person, as queries of one composite request: pure. At most five, which is what one may have.
///
/// Only fields that the describe lists are asked for. What has no object, or not the field that ties it to the person,
/// is not asked for, and is empty.
struct RelatedQueries {
    /// Whose records are asked for.
    enum Subject: Hashable, Sendable {
        /// Everything of an account: its id, or a reference to an earlier part of the request. `person` is who else
        /// an activity may name.
        case account(String, person: OrgID?)
        case contact(OrgID)
        case lead(OrgID)
    }

    enum Part: String, CaseIterable {
        case openOpportunities, closedOpportunities, openCases, closedCases, activity
    }

    static let objects: [OrgName] = [.opportunity, .case, .task, .role]
    /// The account of the part `who`.
    static let accountOfWho = "@{who.AccountId}"

    private let described: [OrgName: OrgDescribe]
    private let subject: Subject
    /// Closed ones are listed from then on.
    private let since: Date

    init(_ described: [OrgName: OrgDescribe], of subject: Subject, now: Date) {
        self.described = described
        self.subject = subject
        since = Calendar.utc.date(byAdding: .month, value: -12, to: now) ?? now
    }

    var composite: OrgComposite {
        let queries: [(Part, SOQL?)] = [
            (.openOpportunities, opportunities(isOpen: true)),
            (.closedOpportunities, opportunities(isOpen: false)),
            (.openCases, cases(isOpen: true)), (.closedCases, cases(isOpen: false)),
            (.activity, activity),
        ]
        return queries.reduce(into: OrgComposite()) { composite, part in
            guard let query = part.1 else { return }
            composite.add(part.0.rawValue, query: query, reference: Self.accountOfWho)
        }
    }

    private func opportunities(isOpen: Bool) -> SOQL? {
        guard let describe = described[.opportunity], describe.has("IsClosed"),
            let owned = ownOpportunities(describe)
        else { return nil }
        let columns = describe.having(
            "Name", "AccountId", "Account.Name", "StageName", "Amount", "CurrencyIsoCode",
            "CloseDate", "ContactId")
        let hasDay = describe.has("CloseDate")
        let nearest: SOQL = hasDay ? "CloseDate NULLS LAST, Id" : "Id"
        let state: SOQL =
            if isOpen {
                "IsClosed = false ORDER BY \(nearest)"
            } else if hasDay {
                """
                IsClosed = true AND CloseDate >= \(day: CalendarDay(of: since)) \
                ORDER BY CloseDate DESC, Id
                """
            } else {
                """
                IsClosed = true AND LastModifiedDate >= \(OrgTime(since)) \
                ORDER BY LastModifiedDate DESC, Id
                """
            }
        return """
            SELECT \(names: columns) FROM Opportunity WHERE \(owned) AND \(state) \
            LIMIT \(RelatedRecords.most)
            """
    }

    /// Of a contact those in which it has a role; where nobody may read roles, those that name it.
    private func ownOpportunities(_ describe: OrgDescribe) -> SOQL? {
        switch subject {
        case .account(let id, _): return describe.has("AccountId") ? "AccountId = \(id)" : nil
        case .contact(let id):
            let role = described[.role]
            if role?.has("OpportunityId") == true, role?.has("ContactId") == true {
                return """
                    Id IN (SELECT OpportunityId FROM OpportunityContactRole \
                    WHERE ContactId = \(id.description))
                    """
            }
            return describe.has("ContactId") ? "ContactId = \(id.description)" : nil
        case .lead: return nil
        }
    }

    private func cases(isOpen: Bool) -> SOQL? {
        guard let describe = described[.case], describe.has("IsClosed") else { return nil }
        let owned: SOQL
        switch subject {
        case .account(let id, _):
            guard describe.has("AccountId") else { return nil }
            owned = "AccountId = \(id)"
        case .contact(let id):
            guard describe.has("ContactId") else { return nil }
            owned = "ContactId = \(id.description)"
        case .lead: return nil
        }
        let columns = describe.having(
            "CaseNumber", "Subject", "Status", "Priority", "AccountId", "ContactId")
        let closed: OrgName = describe.has("ClosedDate") ? .closedDate : .lastModified
        let state: SOQL =
            isOpen
            ? "IsClosed = false"
            : "IsClosed = true AND \(name: closed) >= \(OrgTime(since))"
        return """
            SELECT \(names: columns) FROM Case WHERE \(owned) AND \(state) \
            ORDER BY LastModifiedDate DESC, Id LIMIT \(RelatedRecords.most)
            """
    }

    /// What was done, the latest first. What is still to do is no activity.
    private var activity: SOQL? {
        guard let describe = described[.task], describe.has("IsClosed") else { return nil }
        let ties: [(OrgName, String)] =
            switch subject {
            case .account(let id, let person):
                [(.accountID, id), (.whatID, id)]
                    + (person.map { [(.whoID, $0.description)] } ?? [])
            case .contact(let id), .lead(let id): [(.whoID, id.description)]
            }
        let known = ties.filter { describe.has($0.0) }
        guard !known.isEmpty else { return nil }
        let owned = SOQL.any(known.map { "\(name: $0.0) = \($0.1)" })
        let columns = describe.having(
            "Subject", "Description", "TaskSubtype", "CallType", "CallDurationInSeconds",
            "CallDisposition", "CompletedDateTime", "OwnerId", "Owner.Name", "WhoId", "WhatId",
            "CreatedDate")
        let order: SOQL =
            describe.has("CompletedDateTime")
            ? "CompletedDateTime DESC NULLS LAST, Id" : "LastModifiedDate DESC, Id"
        return """
            SELECT \(names: columns) FROM Task WHERE \(owned) AND IsClosed = true \
            ORDER BY \(order) LIMIT \(RelatedRecords.most)
            """
    }
}

extension OrgDescribe {
    func has(_ name: StaticString) -> Bool { has(OrgName(known: name)) }

    /// Those of these names that this user has, and the ones that every record has. A parent's name is there where the
    /// field that names the parent is.
    fileprivate func having(_ names: StaticString...) -> [OrgName] {
        [.id, .lastModified]
            + names.map(OrgName.init(known:)).filter { name in
                let parts = name.description.split(separator: ".")
                guard parts.count == 2 else { return has(name) }
                return OrgName("\(parts[0])Id").map(has) ?? false
            }
    }
}

extension SOQL {
    /// At least one of them holds.
    static func any(_ conditions: [SOQL]) -> SOQL {
        guard let first = conditions.first else { return "Id = null" }
        let all = conditions.dropFirst().reduce(first) { "\($0) OR \($1)" }
        return "(\(all))"
    }
}

extension SOQL.Interpolation {
    /// A day, without quotes.
    mutating func appendInterpolation(day: CalendarDay) { appendLiteral(day.description) }
}

extension OrgTime {
    init(_ date: Date) {
        self.init(milliseconds: Int((date.timeIntervalSince1970 * 1000).rounded()))
    }
}

extension OrgName {
    static let opportunity = OrgName(known: "Opportunity")
    static let `case` = OrgName(known: "Case")
    static let role = OrgName(known: "OpportunityContactRole")
    static let lastModified = OrgName(known: "LastModifiedDate")
    static let closedDate = OrgName(known: "ClosedDate")
    static let accountID = OrgName(known: "AccountId")
    static let whatID = OrgName(known: "WhatId")
    static let whoID = OrgName(known: "WhoId")
}
