package import CallLogging
import CallerLookup
import Calls
package import Foundation
package import Records
package import Storage

// What an agent says. Each command changes the store in one transaction; the agent sees it in the next
// picture of the desk.

extension CallFlow {
    /// "It is this person": opens the log under that name, or files it anew under it.
    package func choose(_ person: RecordID, for callID: String, by agent: Agent) async throws {
        try await change(callID, by: agent) { change in
            guard try organisation.directory.person(person, in: change.store) != nil else {
                throw CommandRefusal.invalid(
                    field: "person", "This person is not in the CRM any more. Search again.")
            }
            change.part.chosen = person
            change.part.isCleared = false
            try assign(person, to: &change)
        }
    }

    /// "Back": the list again. Notes and disposition stay; the person and the related record are cleared
    /// and the log is a draft again (S15).
    package func unchoose(_ callID: String, by agent: Agent) async throws {
        try await change(callID, by: agent) { change in
            change.part.chosen = nil
            change.part.wished = nil
            change.part.isCleared = true
            guard var log = change.log else { return }
            log.subject = try proposedSubject(
                for: log, of: change.stored.call, person: nil, in: change.store)
            log.person = nil
            log.related = nil
            try save(&log, in: change)
        }
    }

    /// "It is about this": associates the log with an opportunity or case, and opens it where there is
    /// none yet (S11). `nil` removes the association.
    package func relate(_ record: RelatedRecord?, to callID: String, by agent: Agent) async throws {
        try await change(callID, by: agent) { change in
            if change.log == nil, record != nil {
                guard let person = change.part.chosen ?? change.stored.match?.certain?.id else {
                    throw CommandRefusal.conflict("Choose a person first.")
                }
                try assign(person, to: &change)
            }
            guard var log = change.log else {
                change.part.wished = record
                return
            }
            log.related = record
            try save(&log, in: change)
        }
    }

    /// What was typed. The version is the one that the agent's window shows.
    ///
    /// - Returns: the new version.
    package func edit(_ edit: LogEdit, version: Int, of callID: String, by agent: Agent)
        async throws
        -> Int
    {
        try await change(callID, by: agent) { change in
            guard var log = change.log else {
                throw CommandRefusal.conflict("Choose a person before this call can be logged.")
            }
            guard log.version == version else { throw CommandRefusal.logConflict(log) }
            if let notes = edit.notes { log.notes = notes }
            if let subject = edit.subject { log.subject = subject }
            if let disposition = edit.disposition { log.disposition = disposition }
            if let followUp = edit.followUp { log.followUp = followUp }
            try save(&log, in: change)
            return log.version
        }
    }

    /// "Done": the log is filed at once, and the call leaves the desk.
    package func done(_ callID: String, by agent: Agent) async throws {
        try await change(callID, by: agent) { change in
            guard !change.part.isLive else {
                throw CommandRefusal.conflict("The call is not over yet.")
            }
            if let log = change.log {
                try complete(log, now: change.now, in: change.store)
            }
            change.part.isDone = true
        }
    }

    /// "Retry": a log that the CRM refused goes on its way again.
    package func retry(_ callID: String, by agent: Agent) async throws {
        try await change(callID, by: agent) { change in
            guard var log = change.log, log.stage == .parked else {
                throw CommandRefusal.conflict("This call log is not waiting for a retry.")
            }
            log.stage = .ready
            log.attempts = 0
            try logs.update(log, dueAt: change.now, in: change.store)
            change.store.notify(Delivery.retry)
        }
    }

    /// A contact or lead was created or got the caller's number: the call is matched anew, and the agent's
    /// log opens under the person that was created for it.
    package func rematch(
        _ callID: String, created person: RecordID?, by agent: Agent, now: Date,
        in store: WriteTransaction
    ) throws {
        guard var stored = try book.call(callID, in: store), let customer = stored.call.customer
        else { throw CommandRefusal.notFound }
        stored.match = try organisation.directory.match(customer.number, in: store)
        stored.searchText = try searchText(of: stored, in: store)
        try book.save(stored, in: store)
        if let person {
            try change(callID, by: agent, now: now, in: store) { change in
                change.part.chosen = person
                change.part.isCleared = false
                try assign(person, to: &change)
            }
        }
        for other in agents(of: stored.call) {
            store.notify(ChangeNotice(topic: "agent", subject: other.id))
        }
    }

    /// Puts a person into the log, which is opened where it may be and there is none.
    private func assign(_ person: RecordID, to change: inout Change) throws {
        let stored = change.stored
        guard var log = change.log else {
            if change.part.spoke {
                try openLog(
                    of: stored, agent: change.agent, person: person,
                    related: change.part.wished, now: change.now, in: change.store)
            } else if let over = EndedCall(stored.call), over.isMissed {
                try openMissedLog(of: stored, person: person, in: change.store)
            }
            change.log = try log(of: change)
            if change.part.isDone, let log = change.log {
                try complete(log, now: change.now, in: change.store)
            }
            return
        }
        guard log.person != person else { return }
        log.subject = try proposedSubject(
            for: log, of: stored.call, person: person, in: change.store)
        log.person = person
        log.related = nil
        try save(&log, in: change)
        try remember(log, of: stored.call, in: change.store)
    }

    /// Writes an edited log: one that was filed is filed again, under the same key.
    private func save(_ log: inout CallLog, in change: Change) throws {
        log.version += 1
        let isComplete = change.part.isDone || log.agent == nil
        if log.stage != .draft || isComplete {
            log.stage = organisation.settings.policy.allowsFiling(log) ? .ready : .draft
            log.attempts = 0
        }
        try logs.update(log, dueAt: change.now, in: change.store)
    }
}

extension CallFlow {
    /// A command under way: the call, the agent's part in it and the log it is about.
    struct Change {
        let agent: Agent
        let stored: StoredCall
        var part: CallPart
        var log: CallLog?
        let now: Date
        let store: WriteTransaction
    }

    private func change<Value: Sendable>(
        _ callID: String, by agent: Agent,
        _ body: @escaping @Sendable (inout Change) throws -> Value
    ) async throws -> Value {
        let now = now()
        return try await database.write { store in
            try change(callID, by: agent, now: now, in: store, body)
        }
    }

    /// Lends the agent's part of a call to a command. A call in which the agent has no part is not found.
    @discardableResult
    private func change<Value>(
        _ callID: String, by agent: Agent, now: Date, in store: WriteTransaction,
        _ body: (inout Change) throws -> Value
    ) throws -> Value {
        guard let stored = try book.call(callID, in: store),
            let part = try book.part(callID: callID, agent: agent.id, in: store)
        else { throw CommandRefusal.notFound }
        var change = Change(
            agent: agent, stored: stored, part: part, log: nil, now: now, store: store)
        change.log = try log(of: change)
        let value = try body(&change)
        try book.save(
            change.part, sortAt: part.offeredAt ?? stored.call.startedAt, in: store)
        try settle(stored, agents: agents(of: stored.call), in: store)
        return value
    }

    /// The agent's own log, or the missed call of a conversation that nobody answered.
    private func log(of change: Change) throws -> CallLog? {
        if let own = try logs.log(
            callID: change.stored.id, agent: change.agent.id, in: change.store)
        {
            return own
        }
        guard !change.stored.call.wasAnswered else { return nil }
        return try logs.log(callID: change.stored.id, agent: nil, in: change.store)
    }
}
