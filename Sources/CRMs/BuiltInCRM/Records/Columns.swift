package import Records
import Storage

extension RecordID.Kind {
    var table: SQL {
        switch self {
        case .contact: "crm_contact"
        case .lead: "crm_lead"
        case .account: "crm_account"
        case .opportunity: "crm_opportunity"
        case .case: "crm_case"
        case .activity: "crm_activity"
        }
    }

    /// The first letter of every id of the kind.
    var letter: Character {
        switch self {
        case .contact: "c"
        case .lead: "l"
        case .account: "a"
        case .opportunity: "o"
        case .case: "s"
        case .activity: "t"
        }
    }

    /// In a sentence: "an account".
    var withArticle: String {
        switch self {
        case .contact, .lead, .case: "a \(rawValue)"
        case .account, .opportunity, .activity: "an \(rawValue)"
        }
    }

    /// As addresses name it: `/crm/contacts`.
    package var plural: String {
        switch self {
        case .contact: "contacts"
        case .lead: "leads"
        case .account: "accounts"
        case .opportunity: "opportunities"
        case .case: "cases"
        case .activity: "activities"
        }
    }

    /// Reads what `plural` gives.
    package init?(plural: String) {
        guard let kind = RecordID.Kind.allCases.first(where: { $0.plural == plural }) else {
            return nil
        }
        self = kind
    }
}

extension FieldName {
    /// The column that keeps it; `nil` for what is told by another table.
    var column: StaticString? {
        switch self {
        case .salutation: "salutation"
        case .firstName: "first_name"
        case .lastName: "last_name"
        case .title: "title"
        case .department: "department"
        case .email: "email"
        case .phone: "phone"
        case .mobilePhone: "mobile_phone"
        case .homePhone: "home_phone"
        case .otherPhone: "other_phone"
        case .mailingCity: "mailing_city"
        case .mailingCountry: "mailing_country"
        case .accountId: "account_id"
        case .contactId: "contact_id"
        case .owner: "owner"
        case .description: "description"
        case .company: "company"
        case .status: "status"
        case .city: "city"
        case .country: "country"
        case .name: "name"
        case .website: "website"
        case .industry: "industry"
        case .type: "type"
        // A contact says whose person account it is.
        case .isPersonAccount: nil
        case .stage: "stage"
        case .amount: "amount"
        case .currency: "currency"
        case .closeDate: "close_date"
        case .number: "number"
        case .subject: "subject"
        case .priority: "priority"
        }
    }
}
