package import CallLogging
import Foundation
import Records

/// Call logs become Tasks: one for each, whatever is lost on the way.
///
/// With a key field, by upsert: the org itself keeps a key from being there twice. Without one, a look for the key in
/// `CallObject` comes first, which leaves a small race with other programs. The delivery has one lane for each log
/// (lease and fence). What was filed from here is remembered, so an older version is not written over a newer one; a
/// version field in the org (`SalesforceSettings.versionField`) keeps that true after a restart and between processes.
///
/// What the org does not take is corrected where that is honest, and each correction shows: a merged contact and a
/// converted lead are followed; a record that is gone is named in the text; an agent who cannot own it is named in the
/// text; a field that the org does not have is in `droppedFields`. Everything else is parked in the org's own words.
package actor SalesforceSink: ActivitySink {
    package nonisolated let crm: String
    private let users: OrgUsers
    private let settings: SalesforceSettings
    private let references: OrgReferences
    private let tasks: OrgTasks
    /// The version of each key that was filed last, and where; the oldest are forgotten.
    private var filed: [String: (version: Int, record: FiledRecord)] = [:]
    private var order: [String] = []
    private var dropped: Set<String> = []

    private static let mostRemembered = 10_000
    /// Seconds to wait when the day's requests are used up.
    private static let dailyPause = 900
    /// How often one log is put otherwise before it is parked.
    private static let mostCorrections = 8

    package init(_ connection: OrgConnection, users: OrgUsers, settings: SalesforceSettings) {
        self.users = users
        self.settings = settings
        references = OrgReferences(connection)
        tasks = OrgTasks(connection, settings: settings)
        crm = settings.name
    }

    package func file(_ log: FiledLog) async throws(FilingFailure) -> FiledRecord {
        if let known = filed[log.key], known.version >= log.version { return known.record }
        do {
            let id = try await write(log)
            return remember(log, id)
        } catch let failure as FilingFailure {
            throw failure
        } catch let fault as OrgFault {
            throw Self.failure(fault)
        } catch {
            throw .retry(reason: "\(error)", after: nil)
        }
    }

    /// Fields of call logs that this org does not have, or does not let us write: by name, in order. For checks.
    package func droppedFields() -> [String] { dropped.sorted() }

    /// Which of these keys are not those of the Task that is named with them.
    ///
    /// - Throws: `OrgFault`.
    package func missing(_ filed: [String: String]) async throws -> Set<String> {
        try await tasks.missing(filed)
    }

    private func write(_ log: FiledLog) async throws -> OrgID {
        var draft = try await draft(log)
        for _ in 0..<Self.mostCorrections {
            let describe = try await tasks.description()
            let task = TaskFields(draft, settings: settings, describe: describe)
            dropped = dropped.subtracting(task.fields.keys).union(task.dropped)
            do {
                let known = filed[log.key].flatMap { OrgID($0.record.id.value) }
                return try await tasks.put(
                    log, task, known: known, looksFirst: draft.looksFirst)
            } catch OrgFault.refused(let refusal) {
                guard try await correct(&draft, task, after: refusal) else {
                    throw OrgFault.refused(refusal)
                }
            }
        }
        throw FilingFailure.park(
            reason: "Salesforce refused this activity in several ways, one after the other.")
    }

    private func draft(_ log: FiledLog) async throws -> TaskDraft {
        let owner: OrgID? =
            if let agent = log.agent { try await users.owner(for: agent) } else { nil }
        var draft = TaskDraft(log, owner: owner)
        // The org may take a converted lead without a word, and then nobody finds the activity again.
        let isPerson =
            if draft.person?.prefix == "001" {
                try await references.hasPersonAccounts()
            } else { draft.person?.prefix == "00Q" }
        if isPerson { try await follow(.person, of: &draft, isRefused: false) }
        return draft
    }

    /// Puts it otherwise where the org says what is wrong.
    ///
    /// - Returns: `false` where nothing is left to be put otherwise.
    private func correct(
        _ draft: inout TaskDraft, _ task: TaskFields, after refusal: OrgRefusal
    ) async throws -> Bool {
        switch Remedy(refusal) {
        case .unknownField:
            return await correctFields(&draft, task, after: refusal)
        case .retry, .refresh, .isThere: return false
        case .park: break
        }
        if refusal.status == 404, refusal.has("NOT_FOUND"), !draft.looksFirst {
            // The key field went away since it was described.
            draft.looksFirst = true
            await tasks.forgetDescription()
            return true
        }
        if let owner = draft.owner, refusal.isAbout(owner: owner) {
            draft.owner = nil
            return true
        }
        guard refusal.isAboutReferences else { return false }
        let before = (draft.person, draft.related)
        try await follow(.person, of: &draft, isRefused: true)
        try await follow(.related, of: &draft, isRefused: true)
        if refusal.has("CANNOT_UPDATE_CONVERTED_LEAD"), draft.person == before.0,
            draft.who?.prefix == "00Q"
        {
            // Its contact is not to be seen.
            draft.lose(.person)
        }
        if before != (draft.person, draft.related) { return true }
        // Nothing else is named in it but the owner.
        guard draft.owner != nil else { return false }
        draft.owner = nil
        return true
    }

    private func correctFields(
        _ draft: inout TaskDraft, _ task: TaskFields, after refusal: OrgRefusal
    ) async -> Bool {
        let named = refusal.fieldNames
        await tasks.forgetDescription()
        if !named.isEmpty, named.isSubset(of: task.setOnce), !draft.looksFirst {
            // It is there already: what is set once is refused for a record that is there.
            draft.looksFirst = true
            return true
        }
        let before = draft.without
        draft.without.formUnion(named)
        if before != draft.without { return true }
        // The org does not say which field it is: what it has is described anew, once.
        guard named.isEmpty, !draft.looksFirst else { return false }
        draft.looksFirst = true
        return true
    }

    /// - Parameter isRefused: that the org does not know it. Before that, the org is believed to know best.
    private func follow(
        _ part: TaskDraft.Part, of draft: inout TaskDraft, isRefused: Bool
    ) async throws {
        guard let id = draft[part] else { return }
        switch try await references.follow(id) {
        case .stands(let new): draft.change(part, to: new)
        case .gone: draft.lose(part)
        case .missing: if isRefused { draft.lose(part) }
        }
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

    private static func failure(_ fault: OrgFault) -> FilingFailure {
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

extension OrgRefusal {
    /// That this user cannot own it: not active, not to be seen, or not allowed.
    fileprivate func isAbout(owner: OrgID) -> Bool {
        has("INACTIVE_OWNER_OR_USER")
            || reasons.contains { reason in
                reason.fields.contains("OwnerId")
                    || reason.code.contains("CROSS_REFERENCE")
                        && reason.message.contains(owner.description.prefix(15))
            }
    }

    /// That a record which it names is not one that can be named.
    fileprivate var isAboutReferences: Bool {
        status != 404
            && ["ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY", "CANNOT_UPDATE_CONVERTED_LEAD"]
                .contains(where: has)
    }
}
