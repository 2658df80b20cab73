package import Records

/// A field of a record as forms, imports and pages name it.
package enum FieldName: String, Codable, Sendable, CaseIterable {
    case salutation, firstName, lastName, title, department, email
    case phone, mobilePhone, homePhone, otherPhone
    case mailingCity, mailingCountry
    case accountId, contactId, owner, description
    case company, status, city, country
    case name, website, industry, type, isPersonAccount
    case stage, amount, currency, closeDate
    case number, subject, priority
}

/// What a field holds, and so how it is shown, typed and checked.
package enum FieldType: String, Codable, Sendable, CaseIterable {
    case text, phone, email, date, money, choice, reference, multiline
}

/// A field of one kind of record.
package struct FieldDefinition: Hashable, Sendable {
    package let name: FieldName
    /// As people read it above the field.
    package let label: String
    package let type: FieldType
    package let isRequired: Bool
    package let choices: [String]
    /// The kind of record that a reference names.
    package let references: RecordID.Kind?

    init(
        _ name: FieldName, _ label: String, _ type: FieldType = .text, isRequired: Bool = false,
        choices: [String] = [], references: RecordID.Kind? = nil
    ) {
        self.name = name
        self.label = label
        self.type = type
        self.isRequired = isRequired
        self.choices = choices
        self.references = references
    }
}

extension FieldDefinition {
    /// The fields of a kind in the order of its form. An activity is written by calls, not by a form.
    package static func all(of kind: RecordID.Kind) -> [FieldDefinition] {
        switch kind {
        case .contact: contact
        case .lead: lead
        case .account: account
        case .opportunity: opportunity
        case .case: `case`
        case .activity: []
        }
    }

    package static func named(_ name: FieldName, of kind: RecordID.Kind) -> FieldDefinition? {
        all(of: kind).first { $0.name == name }
    }

    private static let person: [FieldDefinition] = [
        FieldDefinition(
            .salutation, "Salutation", .choice, choices: ["Mr.", "Ms.", "Mx.", "Dr.", "Prof."]),
        FieldDefinition(.firstName, "First Name"),
        FieldDefinition(.lastName, "Last Name", isRequired: true),
    ]

    private static let numbers: [FieldDefinition] = [
        FieldDefinition(.email, "Email", .email),
        FieldDefinition(.phone, "Business Phone", .phone),
        FieldDefinition(.mobilePhone, "Mobile", .phone),
        FieldDefinition(.homePhone, "Home Phone", .phone),
        FieldDefinition(.otherPhone, "Other Phone", .phone),
    ]

    private static let last: [FieldDefinition] = [
        FieldDefinition(.owner, "Owner"),
        FieldDefinition(.description, "Description", .multiline),
    ]

    private static let contact =
        person + [
            FieldDefinition(.accountId, "Account", .reference, references: .account),
            FieldDefinition(.title, "Title"),
            FieldDefinition(.department, "Department"),
        ] + numbers + [
            FieldDefinition(.mailingCity, "Mailing City"),
            FieldDefinition(.mailingCountry, "Mailing Country"),
        ] + last

    private static let lead =
        person + [
            FieldDefinition(.company, "Company"),
            FieldDefinition(.title, "Title"),
            FieldDefinition(
                .status, "Lead Status", .choice, isRequired: true, choices: Stages.lead),
        ] + numbers + [
            FieldDefinition(.city, "City"),
            FieldDefinition(.country, "Country"),
        ] + last

    private static let account =
        [
            FieldDefinition(.name, "Account Name", isRequired: true),
            FieldDefinition(.phone, "Phone", .phone),
            FieldDefinition(.website, "Website"),
            FieldDefinition(.industry, "Industry"),
            FieldDefinition(
                .type, "Type", .choice,
                choices: ["Customer", "Prospect", "Partner", "Supplier", "Other"]),
            FieldDefinition(.city, "Billing City"),
            FieldDefinition(.country, "Billing Country"),
            FieldDefinition(.isPersonAccount, "Person Account", .choice, choices: ["No", "Yes"]),
        ] + last

    private static let about = [
        FieldDefinition(.accountId, "Account", .reference, references: .account),
        FieldDefinition(.contactId, "Contact", .reference, references: .contact),
    ]

    private static let opportunity =
        [
            FieldDefinition(.name, "Opportunity Name", isRequired: true),
            FieldDefinition(
                .stage, "Stage", .choice, isRequired: true, choices: Stages.opportunity),
            FieldDefinition(.amount, "Amount", .money),
            FieldDefinition(.currency, "Currency", .choice, choices: ["EUR", "USD", "GBP", "CHF"]),
            FieldDefinition(.closeDate, "Close Date", .date),
        ] + about + last

    private static let `case` =
        [
            // Given by the store when it is left empty.
            FieldDefinition(.number, "Case Number"),
            FieldDefinition(.subject, "Subject", isRequired: true),
            FieldDefinition(.status, "Status", .choice, isRequired: true, choices: Stages.case),
            FieldDefinition(
                .priority, "Priority", .choice, choices: ["Low", "Medium", "High", "Critical"]),
        ] + about + last
}

/// The steps of a lead, a sale and a case, and which of them are the end.
package enum Stages {
    static let lead = ["New", "Working", "Nurturing", "Unqualified"]
    /// Given by a conversion only.
    static let converted = "Converted"
    static let opportunity = [
        "Prospecting", "Qualification", "Proposal", "Negotiation", "Closed Won", "Closed Lost",
    ]
    static let `case` = ["New", "In Progress", "Waiting on Customer", "Escalated", "Closed"]

    /// What a new record of the kind starts with.
    static func first(of kind: RecordID.Kind) -> String? {
        switch kind {
        case .lead: lead[0]
        case .opportunity: opportunity[0]
        case .case: `case`[0]
        case .contact, .account, .activity: nil
        }
    }

    /// True for our own last steps and for those of other systems that say so: "Closed - Resolved".
    static func isEnd(_ step: String) -> Bool {
        let words = FoldedText(step).words
        return ["closed", "solved", "resolved", "won", "lost"].contains { words.contains($0[...]) }
    }
}
