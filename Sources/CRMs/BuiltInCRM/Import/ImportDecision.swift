import CallerLookup
import Records
import Storage

/// What an import does with one row.
enum ImportDecision {
    case create
    case update(StoredRecord, [FieldName: String], externalID: String?)
    case unchanged
    case refuse(String)
}

/// The records that a row names, as far as they are there.
struct ImportLinks {
    var account: RecordFace.Account = .unsaid
    var contact: String?
    var warnings: [String] = []
}

extension BuiltInCRM {
    /// Compares a row with what is there. Two records that it could mean are never a guess: it is refused.
    func decide(_ face: RecordFace, in store: ReadTransaction) throws -> ImportDecision {
        let plan = directory.plan
        let candidates = try candidates(for: face, in: store)
        let same = candidates.map { ($0, RecordFace($0, plan: plan)) }
            .filter { face.isSame(as: $0.1) }
        let byID = same.filter { face.externalID != nil && $0.1.externalID == face.externalID }
        let equal = same.filter { face.changes(to: $0.1).isEmpty }
        guard let (record, found) = byID.first ?? equal.first ?? same.first else { return .create }
        guard !byID.isEmpty || !equal.isEmpty || same.count == 1 else {
            let ids = same.map(\.0.id.value).joined(separator: ", ")
            return .refuse(
                "It could be any of \(same.count) records of this name: \(ids). Join them first.")
        }
        let changes = face.changes(to: found)
        let isNewID = face.externalID != nil && found.externalID == nil
        guard !changes.isEmpty || isNewID else { return .unchanged }
        if record.id.kind == .lead, record.successor != nil {
            return .refuse("This lead was converted. Import the row as a contact.")
        }
        return .update(record, changes, externalID: isNewID ? face.externalID : nil)
    }

    /// Records of the row's id in the other system, or of its name.
    private func candidates(
        for face: RecordFace, in store: ReadTransaction
    ) throws -> [StoredRecord] {
        let hasNoNumber = face.kind == .case && face.values[.number] == nil
        let byName: SQL =
            hasNoNumber
            ? "r.subject = \(face.values[.subject])" : "r.sort_key = \(face.sortKey)"
        let condition: SQL =
            face.externalID.map { "(\(byName) or r.external_id = \($0))" } ?? byName
        return try records(
            face.kind, where: condition,
            rest: """
                order by case when r.external_id = \(face.externalID) then 0 else 1 end, r.id
                limit 200
                """, in: store)
    }

    /// Finds the account and the contact that a row names.
    func links(of row: ImportRow, in store: ReadTransaction) throws -> ImportLinks {
        var links = ImportLinks()
        if let id = row.accountExternalID, let account = try account(external: id, in: store) {
            links.account = .known(account)
        } else if let name = row.accountName {
            switch try account(called: name, in: store) {
            case .one(let account): links.account = .known(account.value)
            case .none: links.account = .new(FoldedText(name))
            case .several(let count):
                links.warnings.append(
                    "\(count) accounts are called “\(name)”: it is linked to none of them")
            }
        } else if let id = row.accountExternalID {
            links.warnings.append("No account has the id “\(id)”: it is linked to none")
        }
        if let name = row.contactName {
            let contacts = try contacts(called: name, of: links.account, in: store)
            if contacts.count == 1 {
                links.contact = contacts[0]
            } else {
                let count = contacts.isEmpty ? "No contact is" : "\(contacts.count) contacts are"
                links.warnings.append("\(count) called “\(name)”: it is linked to none")
            }
        }
        return links
    }

    func face(of row: ImportRow, _ links: ImportLinks) -> RecordFace {
        var values = row.values
        if case .known(let account) = links.account { values[.accountId] = account }
        values[.contactId] = links.contact
        return RecordFace(
            kind: row.kind, values: values, account: links.account, externalID: row.externalID,
            keys: row.keys)
    }

    private func account(external id: String, in store: ReadTransaction) throws -> String? {
        try store.row("select id from crm_account where external_id = \(id) or id = \(id)")?
            .text("id")
    }

    private func contacts(
        called name: String, of account: RecordFace.Account, in store: ReadTransaction
    ) throws -> [String] {
        let parts = PersonName(name)
        var values: [FieldName: String] = [.lastName: parts.last]
        values[.firstName] = parts.first
        let key = Self.sortKey(of: .contact, values)
        let within: SQL =
            if case .known(let id) = account { "account_id = \(id)" } else { "1 = 1" }
        return try store.rows(
            "select id from crm_contact where sort_key = \(key) and \(within) order by id limit 10"
        ).map { try $0.text("id") }
    }
}

/// A dry run: the decisions of an import without its writes. What the earlier rows would have written is
/// remembered, so that a row that comes twice counts as it would.
struct ImportRehearsal: Sendable {
    private var outcomes: [RowOutcome] = []
    private var planned: [String: [ImportRow]] = [:]
    private var accounts: Set<FoldedText> = []

    mutating func takeOutcomes() -> [RowOutcome] {
        defer { outcomes = [] }
        return outcomes
    }

    mutating func add(_ outcome: RowOutcome) { outcomes.append(outcome) }

    /// - Returns: true for the first row that names it.
    mutating func makeAccount(_ name: FoldedText) -> Bool { accounts.insert(name).inserted }

    /// Rows that would have been written under this name.
    func rows(_ sortKey: String) -> [ImportRow] { planned[sortKey, default: []] }

    mutating func plan(_ row: ImportRow, as sortKey: String) {
        planned[sortKey, default: []].append(row)
    }
}

extension BuiltInCRM {
    func rehearse(
        _ chunk: ImportChunk, _ rehearsal: inout ImportRehearsal, in store: ReadTransaction
    ) throws {
        for row in chunk.rows {
            let links = try links(of: row, in: store)
            var outcome = RowOutcome(warnings: links.warnings)
            if case .new(let name) = links.account, rehearsal.makeAccount(name) {
                outcome.accountsCreated = 1
            }
            let face = face(of: row, links)
            switch try decide(face, in: store) {
            case .create:
                let earlier = try rehearsal.rows(face.sortKey).map { row in
                    self.face(of: row, try self.links(of: row, in: store))
                }
                if let same = earlier.first(where: { face.isSame(as: $0) }) {
                    outcome.result =
                        face.changes(to: same).isEmpty ? .unchanged : .updated
                } else {
                    outcome.result = .created
                    rehearsal.plan(row, as: face.sortKey)
                }
            case .update: outcome.result = .updated
            case .unchanged: outcome.result = .unchanged
            case .refuse(let reason): outcome.result = .refused(reason)
            }
            rehearsal.add(outcome)
        }
    }
}
