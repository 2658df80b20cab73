import CallerLookup
import Foundation
import Records

/// Rows of the org as related records: pure. What has no id of its kind is left out, what is of another type is missing.
struct RelatedRows {
    private static let longestText = 400
    private static let longestNotes = 32_000

    let settings: SalesforceSettings
    /// Whom the opportunities of a contact's roles are about.
    let contact: OrgID?

    func records(_ parts: OrgParts) -> RelatedRecords {
        let rows = { (part: RelatedQueries.Part) in
            parts.rows(part.rawValue).prefix(RelatedRecords.most)
        }
        return RelatedRecords(
            activity: rows(.activity).compactMap(activity).sorted {
                ($1.at, $0.id) < ($0.at, $1.id)
            },
            openOpportunities: rows(.openOpportunities).compactMap {
                opportunity($0, isOpen: true)
            },
            closedOpportunities: rows(.closedOpportunities).compactMap {
                opportunity($0, isOpen: false)
            },
            openCases: rows(.openCases).compactMap { caseOf($0, isOpen: true) },
            closedCases: rows(.closedCases).compactMap { caseOf($0, isOpen: false) })
    }

    private func opportunity(_ row: JSONValue, isOpen: Bool) -> Opportunity? {
        guard let id = own(row, .opportunity), let at = time(row["LastModifiedDate"]) else {
            return nil
        }
        let named = other(row["ContactId"], [.contact: .contact])
        let role = contact.map { ref(.contact, $0) }
        return Opportunity(
            id: ref(.opportunity, id), name: text(row["Name"]) ?? "",
            account: other(row["AccountId"], [.account: .account]),
            accountName: text(row[path: "Account.Name"]), contact: named ?? role,
            stage: text(row["StageName"]) ?? "", isOpen: isOpen,
            amount: row["Amount"]?.number.flatMap { $0.isFinite ? $0 : nil },
            currency: text(row["CurrencyIsoCode"]).flatMap { $0.utf8.count == 3 ? $0 : nil }
                ?? settings.currency,
            closesOn: row["CloseDate"]?.text.flatMap(CalendarDay.init(exactly:))?.description,
            changedAt: at, url: settings.url(of: .opportunity, id))
    }

    private func caseOf(_ row: JSONValue, isOpen: Bool) -> Case? {
        guard let id = own(row, .case), let at = time(row["LastModifiedDate"]) else { return nil }
        return Case(
            id: ref(.case, id), number: text(row["CaseNumber"]) ?? "",
            subject: text(row["Subject"]) ?? "",
            account: other(row["AccountId"], [.account: .account]),
            contact: other(row["ContactId"], [.contact: .contact]),
            status: text(row["Status"]) ?? "", priority: text(row["Priority"]), isOpen: isOpen,
            changedAt: at, url: settings.url(of: .case, id))
    }

    private func activity(_ row: JSONValue) -> Activity? {
        guard let id = own(row, .task),
            let at = time(row["CompletedDateTime"]) ?? time(row["CreatedDate"])
                ?? time(row["LastModifiedDate"])
        else { return nil }
        let about = other(row["WhatId"], RecordKinds.matters)
        let who = other(row["WhoId"], [.contact: .contact, .lead: .lead])
        return Activity(
            id: ref(.activity, id), kind: kind(row), subject: text(row["Subject"]) ?? "",
            notes: text(row["Description"], Self.longestNotes), at: at,
            agent: text(row[path: "Owner.Name"]),
            person: who ?? about.flatMap { $0.kind == .account ? $0 : nil }, related: about,
            disposition: text(row["CallDisposition"]),
            seconds: row["CallDurationInSeconds"]?.number.flatMap { Int(exactly: $0) }
                .flatMap { $0 >= 0 ? $0 : nil },
            url: settings.url(of: .task, id))
    }

    private func kind(_ row: JSONValue) -> Activity.Kind {
        switch row["TaskSubtype"]?.text {
        case "Call": .call
        case "Email", "ListEmail": .email
        default: row["CallType"] == nil ? .task : .call
        }
    }

    private func own(_ row: JSONValue, _ object: OrgName) -> OrgID? {
        row["Id"]?.text.flatMap(OrgID.init).flatMap {
            $0.prefix == RecordKinds.prefixes[object] ? $0 : nil
        }
    }

    /// A record that another one names, if it is of one of these objects.
    private func other(_ value: JSONValue?, _ kinds: [OrgName: RecordID.Kind]) -> RecordID? {
        guard let id = value?.text.flatMap(OrgID.init) else { return nil }
        let object = kinds.keys.first { RecordKinds.prefixes[$0] == id.prefix }
        return object.flatMap { kinds[$0] }.map { ref($0, id) }
    }

    private func ref(_ kind: RecordID.Kind, _ id: OrgID) -> RecordID {
        RecordID(crm: settings.name, kind: kind, value: id.description)
    }

    private func time(_ value: JSONValue?) -> Date? {
        value?.text.flatMap(OrgTime.init(_:))?.date
    }

    private func text(_ value: JSONValue?, _ most: Int = longestText) -> String? {
        guard let text = value?.text?.trimmingCharacters(in: .whitespacesAndNewlines),
            !text.isEmpty
        else { return nil }
        return String(text.prefix(most))
    }
}

/// Which objects of the org are which of our kinds, and how their ids begin.
///
/// Source: Salesforce, Object Reference, standard field "ID": the first three characters name the object.
enum RecordKinds {
    static let prefixes: [OrgName: String] = [
        .contact: "003", .lead: "00Q", .account: "001", .opportunity: "006", .case: "500",
        .task: "00T",
    ]
    static let matters: [OrgName: RecordID.Kind] = [
        .account: .account, .opportunity: .opportunity, .case: .case,
    ]

    static func object(of kind: RecordID.Kind) -> OrgName {
        switch kind {
        case .contact: .contact
        case .lead: .lead
        case .account: .account
        case .opportunity: .opportunity
        case .case: .case
        case .activity: .task
        }
    }
}

extension SalesforceSettings {
    /// The org's id of a record; `nil` for another CRM's, and for an id of another kind of object.
    func id(of record: RecordID) -> OrgID? {
        guard record.crm == name, let id = OrgID(record.value) else { return nil }
        return id.prefix == RecordKinds.prefixes[RecordKinds.object(of: record.kind)] ? id : nil
    }
}
