import PhoneNumbers
import Records

/// What two records are compared by, when an import asks whether a row is somebody who is there already.
struct RecordFace {
    /// The account of a record: its id, or the name of one that is not there yet.
    enum Account: Hashable {
        case unsaid
        case known(String)
        case new(FoldedText)
    }

    let kind: RecordID.Kind
    let sortKey: String
    let values: [FieldName: String]
    let account: Account
    let externalID: String?
    private let keys: Set<NumberKey>

    init(
        kind: RecordID.Kind, values: [FieldName: String], account: Account, externalID: String?,
        keys: Set<NumberKey>
    ) {
        self.kind = kind
        self.values = values
        self.account = account
        self.externalID = externalID
        self.keys = keys
        sortKey = BuiltInCRM.sortKey(of: kind, values)
    }

    init(_ record: StoredRecord, plan: NumberingPlan) {
        let account = record.values[.accountId].map(Account.known) ?? .unsaid
        let phones = FieldDefinition.all(of: record.id.kind).filter { $0.type == .phone }
        self.init(
            kind: record.id.kind, values: record.values, account: account,
            externalID: record.externalID,
            keys: Set(
                phones.compactMap { record.values[$0.name] }
                    .flatMap { PhoneField($0, plan: plan).keys }))
    }

    /// True when a row with this face means the record with the other: the same id in the other system, or
    /// the same name, nothing that says otherwise, and one number or address in common.
    func isSame(as other: RecordFace) -> Bool {
        if let externalID, let theirs = other.externalID { return externalID == theirs }
        guard isSameName(as: other), isSameAccount(as: other) else { return false }
        switch kind {
        case .contact, .lead:
            return hasCommon(with: other) || addsNothing(to: other)
        case .account:
            let disagrees =
                !keys.isEmpty && !other.keys.isEmpty && keys.isDisjoint(with: other.keys)
            return !disagrees && agrees(with: other, on: .city)
        case .opportunity: return agrees(with: other, on: .closeDate)
        case .case: return values[.number] != nil || addsNothing(to: other)
        case .activity: return false
        }
    }

    /// What the row would change in the record: only what it fills, for an empty cell erases nothing.
    func changes(to other: RecordFace) -> [FieldName: String] {
        values.filter { name, value in other.values[name] != value }
    }

    /// A case is named by its number; one without a number by its subject.
    private func isSameName(as other: RecordFace) -> Bool {
        if kind == .case, values[.number] == nil {
            return values[.subject] == other.values[.subject]
        }
        return !sortKey.isEmpty && sortKey == other.sortKey
    }

    private func addsNothing(to other: RecordFace) -> Bool { changes(to: other).isEmpty }

    private func hasCommon(with other: RecordFace) -> Bool {
        if !keys.isDisjoint(with: other.keys) { return true }
        guard let email = values[.email], let theirs = other.values[.email] else { return false }
        return email.lowercased() == theirs.lowercased()
    }

    /// A lead's account is the company that it names.
    private func isSameAccount(as other: RecordFace) -> Bool {
        if kind == .lead { return agrees(with: other, on: .company) }
        return account == .unsaid || other.account == .unsaid || account == other.account
    }

    private func agrees(with other: RecordFace, on field: FieldName) -> Bool {
        guard let own = values[field], let theirs = other.values[field] else { return true }
        return FoldedText(own) == FoldedText(theirs)
    }
}
