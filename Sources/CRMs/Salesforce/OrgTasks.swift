import CallLogging

/// The Tasks of the org that are logs of ours: found by key, made, changed, and never made twice.
actor OrgTasks {
    private let connection: OrgConnection
    private let settings: SalesforceSettings
    private var describe: OrgDescribe?

    /// Keys in one query: its address has a limit of 16 KiB.
    private static let mostKeys = 100
    /// Pages of an answer that are followed.
    private static let mostPages = 20
    private static let callObject = OrgName(known: "CallObject")

    init(_ connection: OrgConnection, settings: SalesforceSettings) {
        self.connection = connection
        self.settings = settings
    }

    /// What a Task has in this org, asked once and after it was forgotten.
    func description() async throws(OrgFault) -> OrgDescribe {
        if let describe { return describe }
        let new = try await connection.describe(.task)
        describe = new
        return new
    }

    func forgetDescription() { describe = nil }

    /// Writes the log.
    ///
    /// - Parameters:
    ///   - known: its Task, where it was filed from here before.
    ///   - looksFirst: whether it is looked for though the org could do that itself.
    /// - Throws: `OrgFault`, and `FilingFailure` where it is clear what is to be done.
    func put(
        _ log: FiledLog, _ task: TaskFields, known: OrgID?, looksFirst: Bool
    ) async throws -> OrgID {
        let about = try await description()
        let field = try keyField(about)
        var looksFirst = looksFirst
        if let known, about.isUpdateable {
            do throws(OrgFault) {
                return try await update(known, task)
            } catch {
                guard case .refused(let refusal) = error,
                    refusal.status == 404 || refusal.forbidsChange
                else { throw error }
                // Somebody deleted it there, and the log was edited since: so it is wanted. Or it may not be changed.
                looksFirst = true
            }
        }
        do {
            let hasVersion = settings.versionField.map(about.has) ?? false
            if looksFirst || hasVersion || !about.isUpdateable || field == Self.callObject {
                if let row = try await find(log.key) { return try await settle(row, log, task) }
            }
            if field == Self.callObject || !about.isUpdateable {
                return try await create(log, task)
            }
            return try await upsert(field, log, task)
        } catch OrgFault.unanswered(let why) {
            // It may have been done: who does not look makes a second one.
            guard let row = try await find(log.key) else { throw OrgFault.unanswered(why) }
            return try await settle(row, log, task)
        }
    }

    /// The field in which the key is looked for.
    private func keyField(_ about: OrgDescribe) throws -> OrgName {
        if let key = settings.keyField, about.fields[key]?.isExternalID == true { return key }
        guard let field = about.fields[Self.callObject], field.isFilterable, field.isCreateable
        else {
            throw FilingFailure.park(
                reason: """
                    Salesforce has no field in which this call is found again: neither the key field of the settings \
                    nor CallObject. Without one it would be filed twice.
                    """)
        }
        return Self.callObject
    }

    private func upsert(
        _ key: OrgName, _ log: FiledLog, _ task: TaskFields
    ) async throws -> OrgID {
        let path = "sobjects/Task/\(key)/\(OrgConnection.encoded(log.key))"
        do {
            let (_, body) = try await connection.ask("PATCH", path, body: task.forUpsert)
            if let id = body?["id"]?.text.flatMap(OrgID.init) { return id }
            // Older versions of the API answer nothing to a change.
            guard let row = try await find(log.key), let id = Self.id(row) else {
                throw OrgFault.garbled("a Task that was changed is not there")
            }
            return id
        } catch OrgFault.refused(let refusal) where Remedy(refusal) == .isThere {
            return try await changeDuplicate(log, task, key, refusal)
        } catch OrgFault.refused(let refusal) where refusal.forbidsChange {
            if let row = try await find(log.key) { return try await settle(row, log, task) }
            return try await create(log, task)
        }
    }

    /// Somebody else, or we before a lost answer, was quicker by a moment.
    private func changeDuplicate(
        _ log: FiledLog, _ task: TaskFields, _ key: OrgName, _ refusal: OrgRefusal
    ) async throws -> OrgID {
        // Another field of the org must be unique, too: that is for a person.
        guard refusal.isDuplicate(of: key) else { throw OrgFault.refused(refusal) }
        guard let row = try await find(log.key) else {
            // What the other one writes is not to be seen yet.
            throw FilingFailure.retry(reason: "\(refusal)", after: nil)
        }
        return try await settle(row, log, task)
    }

    private func create(_ log: FiledLog, _ task: TaskFields) async throws -> OrgID {
        guard case .object(var fields) = task.forCreation else { return try noID() }
        let about = try await description()
        let field = try keyField(about)
        fields[field.description] = .text(log.key)
        do {
            let (_, body) = try await connection.ask("POST", "sobjects/Task", body: .object(fields))
            return try body?["id"]?.text.flatMap(OrgID.init) ?? noID()
        } catch OrgFault.refused(let refusal) where Remedy(refusal) == .isThere {
            return try await changeDuplicate(log, task, field, refusal)
        }
    }

    private func noID() throws -> OrgID { throw OrgFault.garbled("a new Task has no id") }

    private func update(_ id: OrgID, _ task: TaskFields) async throws(OrgFault) -> OrgID {
        _ = try await connection.ask("PATCH", "sobjects/Task/\(id)", body: task.forUpdate)
        return id
    }

    /// Changes a Task that is there, unless it is as new as this, or may not be changed.
    private func settle(_ row: JSONValue, _ log: FiledLog, _ task: TaskFields) async throws -> OrgID
    {
        guard let id = Self.id(row) else { throw OrgFault.garbled("a Task has no id") }
        let version = settings.versionField.flatMap { row[$0.description]?.number }
        if let version, version >= Double(log.version) { return id }
        let about = try await description()
        do throws(OrgFault) {
            guard about.isUpdateable else { throw .refused(.mayNotChange) }
            return try await update(id, task)
        } catch {
            guard case .refused(let refusal) = error, refusal.forbidsChange else { throw error }
            // It was made by us, and the answer was lost: then it says the same.
            if version == nil, task.isSaid(by: row) { return id }
            throw FilingFailure.park(
                reason: """
                    The user by whom CallMatch is connected to Salesforce may create but not change activities, so \
                    this edit is not there. Give it the right to edit activities, then try again. \(refusal)
                    """)
        }
    }

    /// The Task of a key; `nil` when there is none.
    ///
    /// - Throws: a refusal where there are several.
    private func find(_ key: String) async throws -> JSONValue? {
        let about = try await description()
        let field = try keyField(about)
        let columns =
            [.id] + (settings.versionField.map { [$0] } ?? []).filter(about.has)
            + TaskFields.written.compactMap(OrgName.init(_:)).filter(about.has)
        let query: SOQL = """
            SELECT \(names: columns) FROM Task WHERE \(name: field) = \(key) LIMIT 2
            """
        let (_, body) = try await connection.ask("GET", "query", query: ["q": query.description])
        guard let rows = body?["records"]?.array else {
            throw OrgFault.garbled("a look for a Task gave no records")
        }
        if rows.count > 1 {
            throw OrgFault.refused(OrgRefusal(severalRecords: rows.compactMap(Self.id)))
        }
        return rows.first
    }

    private static func id(_ row: JSONValue) -> OrgID? { row["Id"]?.text.flatMap(OrgID.init) }

    /// Which of these keys are not those of the Task that is named with them. Old ones are in the org's archive, and are looked for there, too.
    func missing(_ filed: [String: String]) async throws -> Set<String> {
        let field = try keyField(try await description())
        let keys = filed.keys.sorted()
        var missing = Set(keys)
        for start in stride(from: 0, to: keys.count, by: Self.mostKeys) {
            let some = Array(keys[start..<min(start + Self.mostKeys, keys.count)])
            let query: SOQL = """
                SELECT \(names: [.id, field]) FROM Task WHERE IsDeleted = false AND \(name: field) IN \(list: some)
                """
            var (_, body) = try await connection.ask(
                "GET", "queryAll", query: ["q": query.description])
            for _ in 0..<Self.mostPages {
                guard let rows = body?["records"]?.array else {
                    throw OrgFault.garbled("a look for Tasks gave no records")
                }
                for row in rows {
                    let key = row[field.description]?.text?.lowercased() ?? ""
                    if let id = Self.id(row), OrgID(filed[key] ?? "") == id { missing.remove(key) }
                }
                guard body?["done"]?.flag == false, let next = body?["nextRecordsUrl"]?.text,
                    next.hasPrefix("/services/data/")
                else { break }
                (_, body) = try await connection.ask("GET", next)
            }
        }
        return missing
    }
}

extension OrgRefusal {
    /// That the connection's user may not change this, though it may make one.
    fileprivate var forbidsChange: Bool {
        has("INSUFFICIENT_ACCESS_OR_READONLY") || has("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY")
    }

    /// The same in our own words, where the org said it in its description.
    fileprivate static var mayNotChange: OrgRefusal {
        OrgRefusal(
            status: 403,
            reasons: [
                Reason(
                    code: "INSUFFICIENT_ACCESS_OR_READONLY",
                    message: "Salesforce describes activities as not to be changed by it.")
            ])
    }
}
