package import CallLogging
import CallerLookup
import Calls
import Foundation
import PhoneNumbers
import Records
import Storage

extension CallFlow {
    /// Opens the log of an agent who speaks.
    @discardableResult
    func openLog(
        of stored: StoredCall, agent: Agent, person: RecordID?, related: RelatedRecord?,
        now: Date, in store: WriteTransaction
    ) throws -> CallLog? {
        guard let own = stored.call.part(of: Set(agent.extensions)) else { return nil }
        let call = stored.call
        var log = CallLog(
            id: newID(), call: call, agent: (agent.id, agent.displayName), stage: .draft,
            subject: try subject(of: call, person: person, in: store), person: person,
            outcome: "answered", startedAt: own.answeredAt ?? call.startedAt,
            seconds: Int(own.talkSeconds(until: now).rounded()))
        log.related = person == nil ? nil : related
        try logs.insert(log, callID: stored.id, in: store)
        try remember(log, of: call, in: store)
        return log
    }

    /// The one missed call of a conversation: complete from the start, so it is filed at once.
    func openMissedLog(of stored: StoredCall, person: RecordID?, in store: WriteTransaction) throws
    {
        let call = stored.call
        let log = CallLog(
            id: newID(), call: call, agent: nil, stage: .ready,
            subject: try subject(of: call, person: person, in: store), person: person,
            outcome: call.cause?.kind == .voicemail ? "voicemail" : "missed",
            startedAt: call.startedAt, seconds: 0)
        try logs.insert(log, callID: stored.id, in: store)
    }

    /// A conversation that passed for missed was answered, and we are told of it late: its log becomes the agent's, with what
    /// is written in it and with its key, so that the CRM has one record and not two.
    ///
    /// - Returns: false when there is no such log.
    func adoptMissedLog(
        of stored: StoredCall, by agent: Agent, now: Date, in store: WriteTransaction
    ) throws -> Bool {
        guard var log = try logs.log(callID: stored.id, agent: nil, in: store),
            let own = stored.call.part(of: Set(agent.extensions))
        else { return false }
        log.subject = try proposedSubject(for: log, of: stored.call, person: log.person, in: store)
        log.outcome = "answered"
        log.startedAt = own.answeredAt ?? stored.call.startedAt
        log.seconds = Int(own.talkSeconds(until: now).rounded())
        log.version += 1
        log.stage = .draft
        try logs.assign(log, to: (agent.id, agent.displayName), in: store)
        if let own = try logs.log(log.id, in: store) {
            try remember(own, of: stored.call, in: store)
            try refresh(own, from: stored, agent: agent, now: now, in: store)
        }
        return true
    }

    /// Another phone turned out to have answered first: a log in which nobody wrote is withdrawn, and one that the CRM may have
    /// is left for the agent who spoke. Or the call is one that is not logged: only a draft is withdrawn.
    func giveUp(
        _ log: CallLog, of stored: StoredCall, part: CallPart, in store: WriteTransaction
    ) throws {
        guard part.chosen == nil, try isBlank(log, in: store) else { return }
        if part.spoke { return try logs.deleteDraft(log.id, in: store) }
        if try logs.withdraw(log.id, in: store) { return }
        try logs.assign(log, to: nil, in: store)
    }

    /// What is left of a missed call that was answered by nobody whom we know: nothing, or what the CRM may have already.
    func withdrawMissedLog(of stored: StoredCall, in store: WriteTransaction) throws {
        guard var log = try logs.log(callID: stored.id, agent: nil, in: store) else { return }
        if try logs.withdraw(log.id, in: store) { return }
        log.subject = try proposedSubject(for: log, of: stored.call, person: log.person, in: store)
        log.outcome = "answered"
        log.direction = stored.call.direction
        log.number = stored.call.customer?.number.formatted ?? log.number
        log.version += 1
        log.stage = .ready
        try logs.update(log, dueAt: stored.receivedAt, in: store)
    }

    /// Brings what the phone system says into a log: times, direction, number, and who it is where that was told late and nobody
    /// has chosen. Nothing that a person typed is touched. A log that was filed otherwise is filed again.
    ///
    /// - Parameter agent: who spoke; `nil` for a missed call.
    func refresh(
        _ log: CallLog, from stored: StoredCall, agent: Agent?, now: Date,
        in store: WriteTransaction
    ) throws {
        let call = stored.call
        let own = agent.flatMap { call.part(of: Set($0.extensions)) }
        var fresh = log
        if let own, !own.isLive { fresh.seconds = Int(own.talkSeconds(until: now).rounded()) }
        fresh.startedAt = own?.answeredAt ?? call.startedAt
        fresh.direction = call.direction
        fresh.number = call.customer?.number.formatted ?? log.number
        var isDone = false
        if log.person == nil, let certain = stored.match?.certain?.id {
            let parts = try book.parts(callID: stored.id, in: store)
                .filter { agent == nil || $0.agent == agent?.id }
            let isChosen = parts.contains { $0.chosen != nil || $0.isCleared }
            if !isChosen { fresh.person = certain }
            isDone = parts.contains(where: \.isDone)
        }
        guard fresh != log else { return }
        fresh.subject = try proposedSubject(for: log, of: call, person: fresh.person, in: store)
        if log.stage == .delivered || log.stage == .ready {
            fresh.version += 1
            fresh.stage = .ready
        }
        try logs.update(fresh, dueAt: now, in: store)
        guard fresh.person != log.person else { return }
        try remember(fresh, of: call, in: store)
        // Who calls was told after the agent was done.
        if isDone { try complete(fresh, now: now, in: store) }
    }

    /// Makes a log ready for the CRM when the policy allows it.
    ///
    /// - Returns: false when something is still missing.
    @discardableResult
    func complete(_ log: CallLog, now: Date, in store: WriteTransaction) throws -> Bool {
        guard organisation.settings.policy.allowsFiling(log) else { return false }
        guard log.stage == .draft else { return true }
        var ready = log
        ready.stage = .ready
        try logs.update(ready, dueAt: now, in: store)
        return true
    }

    /// What recent calls are searched by: the names and the digits of the other side.
    func searchText(of stored: StoredCall, in store: ReadTransaction) throws -> String {
        guard let customer = stored.call.customer else { return "" }
        let people = try organisation.directory.people(
            stored.match?.candidates.map(\.id) ?? [], in: store)
        let names = people.values.flatMap { [$0.name, $0.company ?? ""] }.sorted()
        let digits = [customer.number.presented, customer.number.e164 ?? ""]
            .map { $0.filter(\.isNumber) }
        return Folding.fold(([customer.name ?? ""] + names + digits).joined(separator: " "))
    }

    /// Who spoke with whom on this number: the order of later matches.
    func remember(_ log: CallLog, of call: Call, in store: WriteTransaction) throws {
        guard let person = log.person, let agent = log.agent, let number = call.customer?.number
        else { return }
        try organisation.directory.note(
            LastSpoken(person: person, agent: agent, at: log.startedAt), on: number, in: store)
    }

    /// Where a call stands, told from its logs and parts.
    func stage(of stored: StoredCall, in store: ReadTransaction) throws -> CallStage {
        // Asked with each event of a live call, which says it alone.
        guard stored.call.endedAt != nil else { return .live }
        return stage(
            of: stored, parts: try book.parts(callID: stored.id, in: store),
            logs: try logs.logs(callIDs: [stored.id], in: store)[stored.id, default: []])
    }

    func stage(of stored: StoredCall, parts: [CallPart], logs: [CallLog]) -> CallStage {
        guard stored.call.endedAt != nil else { return .live }
        // One that was filed and has lost its person waits for another one.
        let isReopened = logs.contains { $0.stage == .draft && $0.deliveredVersion != nil }
        let isBeingWritten =
            parts.contains { $0.spoke && $0.isOnDesk }
            && organisation.settings.policy.logs(stored.call)
        return CallStage(
            isBeingWritten: isBeingWritten || isReopened, logs: logs.map(\.stage))
    }
}

extension CallStage {
    /// The stage of an ended call: what is least finished decides.
    package init(isBeingWritten: Bool, logs: [CallLog.Stage]) {
        if isBeingWritten && (logs.isEmpty || logs.contains(.draft)) {
            self = .open
        } else if logs.contains(.parked) {
            self = .parked
        } else if logs.contains(.ready) {
            self = .ready
        } else if logs.contains(.delivered) {
            self = .delivered
        } else {
            self = .unlogged
        }
    }
}
