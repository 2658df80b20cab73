/// What has become of a record that somebody names: a merged one is another one now, a converted lead is a contact.
actor OrgReferences {
    enum Found: Hashable {
        /// It is this one, which can be another than the one asked for.
        case stands(OrgID)
        /// Deleted, and nothing took its place.
        case gone
        /// Not there for this user: never, no longer, or not to be seen.
        case missing
    }

    private let connection: OrgConnection
    private var columns: [OrgName: [OrgName]] = [:]

    /// How often a successor is followed: a contact that was merged into one that was merged.
    static let mostSteps = 5

    private static let objects: [String: OrgName] = [
        "003": .contact, "00Q": .lead, "001": .account, "500": OrgName(known: "Case"),
        "006": OrgName(known: "Opportunity"),
    ]
    private static let asked = [
        OrgName.id, .isDeleted, OrgName(known: "MasterRecordId"), OrgName(known: "IsConverted"),
        OrgName(known: "ConvertedContactId"), OrgName(known: "IsPersonAccount"),
        OrgName(known: "PersonContactId"),
    ]

    init(_ connection: OrgConnection) {
        self.connection = connection
    }

    /// - Throws: `OrgFault`, where the org cannot be asked.
    func follow(_ start: OrgID) async throws(OrgFault) -> Found {
        var id = start
        for _ in 0...Self.mostSteps {
            guard let object = Self.objects[id.prefix] else { return .stands(id) }
            guard let row = try await row(of: object, id) else {
                return id == start ? .missing : .gone
            }
            guard let next = Self.successor(row) else {
                return row["IsDeleted"]?.flag == true ? .gone : .stands(id)
            }
            id = next
        }
        return .gone
    }

    /// Whether accounts can be people in this org.
    func hasPersonAccounts() async throws(OrgFault) -> Bool {
        try await columns(of: .account).contains(OrgName(known: "IsPersonAccount"))
    }

    private static func successor(_ row: JSONValue) -> OrgID? {
        let name: String? =
            if row["IsDeleted"]?.flag == true {
                "MasterRecordId"
            } else if row["IsConverted"]?.flag == true {
                "ConvertedContactId"
            } else if row["IsPersonAccount"]?.flag == true {
                "PersonContactId"
            } else {
                nil
            }
        return name.flatMap { row[$0]?.text }.flatMap(OrgID.init)
    }

    private func row(of object: OrgName, _ id: OrgID) async throws(OrgFault) -> JSONValue? {
        let columns = try await columns(of: object)
        guard !columns.isEmpty else { return nil }
        let query: SOQL = """
            SELECT \(names: columns) FROM \(name: object) WHERE Id = \(id.description)
            """
        do throws(OrgFault) {
            let (_, body) = try await connection.ask(
                "GET", "queryAll", query: ["q": query.description])
            guard let rows = body?["records"]?.array else {
                throw .garbled("a look for \(object) gave no records")
            }
            return rows.first
        } catch {
            guard error.remedy == .unknownField else { throw error }
            // A field went away since it was described: it is described anew by the next try.
            self.columns[object] = nil
            throw .garbled("\(error)")
        }
    }

    /// Empty for an object that this user may not read.
    private func columns(of object: OrgName) async throws(OrgFault) -> [OrgName] {
        if let known = columns[object] { return known }
        do throws(OrgFault) {
            let describe = try await connection.describe(object)
            columns[object] = Self.asked.filter(describe.has)
        } catch {
            guard case .refused(let refusal) = error, refusal.status == 404 else { throw error }
            columns[object] = []
        }
        return columns[object] ?? []
    }
}
