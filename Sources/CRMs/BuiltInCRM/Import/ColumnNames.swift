import Records

/// The names themselves: one table for what every kind has, one for each kind.
struct ColumnNames {
    let kind: RecordID.Kind
    /// All columns of the file: some names mean another thing beside others.
    let all: Set<String>

    /// - Parameter taken: a second column with the same meaning is kept only where values may add up.
    func meaning(of key: String, after taken: inout Set<ColumnMap.Meaning>) -> ColumnMap.Meaning? {
        guard let meaning = pair(key) ?? special(key) ?? own[key] ?? ColumnNames.shared[key],
            isFitting(meaning), taken.insert(meaning).inserted || isRepeatable(meaning)
        else { return nil }
        return meaning
    }

    /// A kind has only the fields that its form has.
    private func isFitting(_ meaning: ColumnMap.Meaning) -> Bool {
        let isPerson = kind == .contact || kind == .lead
        switch meaning {
        case .field(let name): return FieldDefinition.named(name, of: kind) != nil
        case .wholeName, .middleName, .phoneLabel, .phoneValue: return isPerson
        case .accountName, .accountExternalID: return kind != .lead && kind != .account
        case .contactName: return kind == .opportunity || kind == .case
        case .externalID: return true
        }
    }

    /// Outlook has two business numbers; the first that is filled counts, the others go to Other Phone.
    private func isRepeatable(_ meaning: ColumnMap.Meaning) -> Bool {
        switch meaning {
        case .field(let name):
            FieldDefinition.named(name, of: kind)?.type == .phone || name == .email
        case .wholeName, .middleName, .accountName, .accountExternalID, .contactName, .externalID,
            .phoneLabel, .phoneValue:
            false
        }
    }

    /// Google: "Phone 2 - Label" (or "Type") and "Phone 2 - Value".
    private func pair(_ key: String) -> ColumnMap.Meaning? {
        guard key.hasPrefix("phone") else { return nil }
        let rest = key.dropFirst(5)
        guard let number = Int(rest.prefix(while: \.isNumber)) else { return nil }
        switch rest.drop(while: \.isNumber) {
        case "type", "label": return .phoneLabel(number)
        case "value": return .phoneValue(number)
        default: return nil
        }
    }

    /// Names whose meaning depends on the other columns.
    private func special(_ key: String) -> ColumnMap.Meaning? {
        switch key {
        // Outlook writes the salutation under Title, and the title under Job Title.
        case "title" where all.contains("jobtitle"): .field(.salutation)
        case "name" where kind == .contact || kind == .lead:
            all.contains("lastname") || all.contains("familyname") ? nil : .wholeName
        default: nil
        }
    }

    private var own: [String: ColumnMap.Meaning] {
        switch kind {
        case .contact: ColumnNames.contact
        case .lead: ColumnNames.lead
        case .account: ColumnNames.account
        case .opportunity: ColumnNames.opportunity
        case .case: ColumnNames.case
        case .activity: [:]
        }
    }

    private static let shared: [String: ColumnMap.Meaning] = names([
        .field(.salutation): "salutation prefix nameprefix anrede honorificprefix",
        .field(.firstName): "firstname givenname vorname forename prenom",
        .field(.lastName): "lastname familyname surname nachname nom",
        .wholeName: "fullname displayname fn",
        .middleName: "middlename additionalname",
        .field(.title):
            "title jobtitle position role organizationtitle organization1title",
        .field(.department): "department abteilung organizationdepartment organization1department",
        .field(.email):
            "email emailaddress mail email1value email2value email3value email2address "
            + "email3address emailadresse primaryemail personemail workemail homeemail "
            + "secondaryemail",
        .field(.phone):
            "phone businessphone businessphone2 workphone telephone tel phonenumber "
            + "companymainphone primaryphone directphone telefon telefongeschaftlich "
            + "telefongeschaftlich2 officephone companyphone phonework",
        .field(.mobilePhone):
            "mobile mobilephone cellphone cell mobiltelefon handy mobilenumber cellular "
            + "carphone personmobilephone phonemobile mobil",
        .field(.homePhone):
            "homephone homephone2 telefonprivat telefonprivat2 personhomephone phonehome",
        .field(.otherPhone):
            "otherphone phone2 phone3 assistantphone assistantsphone weiterestelefon "
            + "callback personotherphone alternatephone asstphone",
        .accountName:
            "accountname account company companyname organization organizationname "
            + "organization1name organisation firma accountnamename employer",
        .accountExternalID: "accountid accountid18",
        .contactName: "contactname contact",
        .field(.mailingCity):
            "mailingcity city businesscity ort ortgeschaftlich address1city locality "
            + "homecity workcity stadt",
        .field(.mailingCountry):
            "mailingcountry country businesscountry businesscountryregion land landregion "
            + "landregiongeschaftlich address1country homecountry homecountryregion",
        .field(.owner):
            "owner ownername contactowner leadowner accountowner opportunityowner caseowner "
            + "contactownername recordowner owneralias",
        .field(.description): "description notes note notizen comments",
        .externalID: "id externalid uid recordid importid 18digitid",
    ])

    private static let contact: [String: ColumnMap.Meaning] = names([
        .wholeName: "contactname contactfullname",
        .externalID: "contactid contactid18",
    ])

    private static let lead: [String: ColumnMap.Meaning] = names([
        .field(.company): "company companyname companyaccount accountname account organization "
            + "organizationname organization1name organisation firma employer",
        .field(.status): "leadstatus status",
        .field(.city): "city mailingcity businesscity ort address1city locality ortgeschaftlich",
        .field(.country):
            "country mailingcountry businesscountry businesscountryregion land address1country",
        .externalID: "leadid leadid18",
    ])

    private static let account: [String: ColumnMap.Meaning] = names([
        .field(.name):
            "accountname name account company companyname organization organizationname firma "
            + "organization1name organisation",
        .field(.phone): "accountphone mainphone",
        .field(.website): "website webpage url homepage website1value webseite",
        .field(.industry): "industry branche",
        .field(.type): "type accounttype",
        .field(.city): "billingcity city shippingcity businesscity ort mailingcity address1city",
        .field(.country): "billingcountry country shippingcountry businesscountryregion land "
            + "mailingcountry businesscountry address1country",
        .field(.isPersonAccount): "ispersonaccount personaccount",
        .externalID: "accountid accountid18",
    ])

    private static let opportunity: [String: ColumnMap.Meaning] = names([
        .field(.name): "opportunityname name opportunity dealname deal",
        .field(.stage): "stage stagename dealstage",
        .field(.amount): "amount value dealamount",
        .field(.currency): "currency amountcurrency opportunitycurrency currencyisocode",
        .field(.closeDate): "closedate expectedclosedate",
        .externalID: "opportunityid opportunityid18",
    ])

    private static let `case`: [String: ColumnMap.Meaning] = names([
        .field(.number): "casenumber number ticketnumber ticket",
        .field(.subject): "subject casesubject",
        .field(.status): "status casestatus",
        .field(.priority): "priority",
        .externalID: "caseid caseid18",
    ])

    private static func names(
        _ table: KeyValuePairs<ColumnMap.Meaning, String>
    ) -> [String: ColumnMap.Meaning] {
        table.reduce(into: [:]) { names, entry in
            for key in entry.value.split(whereSeparator: \.isWhitespace) {
                assert(names[String(key)] == nil, "\(key) stands twice in one table")
                names[String(key)] = entry.key
            }
        }
    }
}
