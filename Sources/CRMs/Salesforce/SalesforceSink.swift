package import CallLogging
import Foundation
import Records

/// Call logs become Tasks: one for each, whatever is lost on the way.
///
/// With a key field, by upsert: the org itself keeps a key from being there twice. Without one, a look for the key in
/// `CallObject` comes first, which leaves a small race with other programs. The delivery has one lane for each log
/// (lease and fence), and what was filed from here is remembered, so an older version is not written over a newer one.
package actor SalesforceSink: ActivitySink {
    package nonisolated let crm: String
    private let connection: OrgConnection
    private let settings: SalesforceSettings
    private var describe: OrgDescribe?
    /// The version of each key that was filed last, and where; the oldest are forgotten.
    private var filed: [String: (version: Int, record: FiledRecord)] = [:]
    private var order: [String] = []

    private static let mostRemembered = 10_000
    /// Seconds to wait when the day's requests are used up.
    private static let dailyPause = 900

    package init(_ connection: OrgConnection, settings: SalesforceSettings) {
        self.connection = connection
        self.settings = settings
        crm = settings.name
    }

    package func file(_ log: FiledLog) async throws(FilingFailure) -> FiledRecord {
        if let known = filed[log.key], known.version >= log.version { return known.record }
        do {
            let id = try await write(log)
            return remember(log, id)
        } catch let fault as OrgFault {
            throw failure(fault)
        } catch {
            throw .retry(reason: "\(error)", after: nil)
        }
    }

    private func write(_ log: FiledLog) async throws -> OrgID {
        let task = TaskFields(log, settings: settings, describe: try await description())
        if let known = filed[log.key].flatMap({ OrgID($0.record.id.value) }) {
            return try await update(known, task)
        }
        do {
            return try await put(log.key, task)
        } catch let fault as OrgFault {
            switch (fault, fault.remedy) {
            case (.unanswered, _):
                // It may have been done: who does not look makes a second one.
                guard let id = try await find(log.key) else { throw fault }
                return try await update(id, task)
            case (_, .unknownField):
                // A field is gone since it was described, or cannot be changed on a record that is there.
                describe = nil
                let newer = TaskFields(log, settings: settings, describe: try await description())
                if let id = try await find(log.key) { return try await update(id, newer) }
                return try await put(log.key, newer)
            default: throw fault
            }
        }
    }

    private func put(_ value: String, _ task: TaskFields) async throws -> OrgID {
        if let key = try await usableKey() { return try await upsert(key, value, task) }
        if let id = try await find(value) { return try await update(id, task) }
        return try await create(task)
    }

    private func upsert(_ key: OrgName, _ value: String, _ task: TaskFields) async throws -> OrgID {
        let path = "sobjects/Task/\(key)/\(OrgConnection.encoded(value))"
        do throws(OrgFault) {
            let (_, body) = try await connection.ask("PATCH", path, body: task.forUpsert)
            if let id = body?["id"]?.text.flatMap(OrgID.init) { return id }
        } catch {
            // Somebody else, or we before a lost answer, was quicker by a moment.
            guard error.remedy == .isThere, let id = try await find(value) else { throw error }
            return try await update(id, task)
        }
        // Older versions of the API answer nothing to a change.
        guard let id = try await find(value) else {
            throw OrgFault.garbled("a Task that was changed is not there")
        }
        return id
    }

    private func create(_ task: TaskFields) async throws -> OrgID {
        let (_, body) = try await connection.ask("POST", "sobjects/Task", body: task.forCreation)
        guard let id = body?["id"]?.text.flatMap(OrgID.init) else {
            throw OrgFault.garbled("a new Task has no id")
        }
        return id
    }

    private func update(_ id: OrgID, _ task: TaskFields) async throws -> OrgID {
        _ = try await connection.ask("PATCH", "sobjects/Task/\(id)", body: task.forUpdate)
        return id
    }

    /// The Task of a key; `nil` when there is none.
    private func find(_ value: String) async throws -> OrgID? {
        let field = try await usableKey() ?? OrgName(known: "CallObject")
        let query: SOQL = "SELECT Id FROM Task WHERE \(name: field) = \(value) LIMIT 2"
        let (_, body) = try await connection.ask("GET", "query", query: ["q": query.description])
        guard let rows = body?["records"]?.array else {
            throw OrgFault.garbled("a look for a Task gave no records")
        }
        return rows.first?["Id"]?.text.flatMap(OrgID.init)
    }

    /// The key field, where the org has it and lets it be a key.
    private func usableKey() async throws -> OrgName? {
        guard let key = settings.keyField, let field = try await description().fields[key],
            field.isExternalID
        else { return nil }
        return key
    }

    private func description() async throws -> OrgDescribe {
        if let describe { return describe }
        let (_, body) = try await connection.ask("GET", "sobjects/Task/describe")
        let new = try OrgDescribe(body, of: .task)
        describe = new
        return new
    }

    private func remember(_ log: FiledLog, _ id: OrgID) -> FiledRecord {
        let record = FiledRecord(
            id: RecordID(crm: settings.name, kind: .activity, value: id.description),
            url: settings.url(of: .task, id))
        if filed[log.key] == nil { order.append(log.key) }
        filed[log.key] = (log.version, record)
        if order.count > Self.mostRemembered { filed[order.removeFirst()] = nil }
        return record
    }

    private func failure(_ fault: OrgFault) -> FilingFailure {
        switch fault {
        case .unanswered, .garbled, .needsConsent:
            return .retry(reason: "\(fault)", after: nil)
        case .refused(let refusal):
            switch Remedy(refusal) {
            case .retry(isDaily: true):
                return .retry(reason: "\(refusal)", after: Self.dailyPause)
            case .retry, .refresh:
                return .retry(reason: "\(refusal)", after: refusal.retryAfter)
            case .park, .isThere, .unknownField: return .park(reason: "\(refusal)")
            }
        }
    }
}
