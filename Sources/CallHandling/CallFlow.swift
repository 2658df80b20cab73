import CallLogging
import CallerLookup
package import Calls
package import Foundation
import Records
package import Storage

/// The story of CallMatch: what happens on each event of a phone system and on each command of an agent.
///
/// Read it from top to bottom. Each step takes part in one transaction, and nobody is told of anything
/// before that is committed: agents through a change notice that makes their desk draw itself again, the
/// CRM through a log that the delivery finds.
package struct CallFlow: Sendable {
    package let database: Database
    package let organisation: Organisation
    /// Time and chance are given, so that the whole story can be replayed.
    package let now: @Sendable () -> Date
    package let newID: @Sendable () -> String
    /// Tells whether the clock was set meanwhile; `nil` where time is set by hand.
    package let clockJumps: ClockJumps?

    /// The topic of notices that name a call with which nothing more is to be done. Calls among ourselves are not told of.
    package static let doneCall = "done-call"

    let book = CallBook()
    let logs = LogBook()

    package init(
        database: Database, organisation: Organisation, now: @escaping @Sendable () -> Date,
        newID: @escaping @Sendable () -> String, clockJumps: ClockJumps? = nil
    ) {
        self.database = database
        self.organisation = organisation
        self.now = now
        self.newID = newID
        self.clockJumps = clockJumps
    }

    // MARK: - What a phone system says

    /// Stores what a phone system said and does what follows. Returns after the commit: then, and only
    /// then, the phone system may be answered.
    ///
    /// - Parameter message: the sender's own id of the message, where it has one: a message that was
    ///   taken before changes nothing.
    /// - Parameter unknown: what of it we do not understand: kept for the administrator.
    /// - Parameter fence: the term in which it was heard; `LeaseLost` when it is over.
    @discardableResult
    package func receive(
        _ events: [CallEvent], unknown: [UnknownMessage] = [], message: MessageID? = nil,
        under fence: Fence? = nil
    ) async throws -> Receipt {
        let now = now()
        let kept = try events.map(KeptEvent.init)
        return try await database.write { store in
            try fence?.check(in: store)
            if let message, try !takeOnce(message, now: now, in: store) { return .known }
            for part in unknown { try keep(part, now: now, in: store) }
            for event in kept {
                try handle(event, now: now, in: store)
            }
            return .taken
        }
    }

    /// One event, from the ring to the filed log.
    func handle(_ told: KeptEvent, now: Date, in store: WriteTransaction) throws {
        let (event, known) = try place(told, in: store)
        let id = event.callID
        if let known {
            // The very same event: a repeat.
            if known.call.facts.contains(event.event) { return }
        } else if try isErased(id, in: store) {
            return
        }
        clockJumps?.hear(of: id, at: event.event.at)
        try book.keep(event, receivedAt: now, in: store)
        // Whether it changes an answer or not, it is among the facts.
        DecodedTexts.calls.remember(event.event, as: event.json)
        guard var stored = try fold(event.event, into: known, id: id, now: now, in: store)
        else { return }

        try lookUp(&stored, before: known?.call.customer, in: store)
        try book.save(stored, in: store)
        if stored.match?.outcome == Match.Outcome.none, known?.match?.outcome != Match.Outcome.none
        {
            store.notify(ChangeNotice(topic: Self.unknownCaller, subject: stored.id))
        }
        let agents = try updateParts(of: stored, isNew: known == nil, now: now, in: store)
        try updateLogs(of: stored, agents: agents, now: now, in: store)
        if let over = EndedCall(stored.call), over.isMissed {
            try logMissedCall(over, stored, now: now, in: store)
        } else if stored.call.wasAnswered, known?.call.wasAnswered == false {
            try withdrawMissedLog(of: stored, in: store)
        }
        try settle(stored, agents: agents, in: store)
    }

    /// The call as it was, and this event folded in; `nil` when it changes nothing.
    private func fold(
        _ event: CallEvent, into known: StoredCall?, id: String, now: Date,
        in store: WriteTransaction
    ) throws -> StoredCall? {
        guard var stored = known else {
            return StoredCall(id: id, call: Call(event), receivedAt: now)
        }
        let changed = stored.call.apply(event) != nil
        stored.hears(at: now)
        if !changed { try book.save(stored, in: store) }
        return changed ? stored : nil
    }

    /// Who is calling: asked once, as soon as the number is known, and kept with the call.
    ///
    /// - Parameter before: the other side as it was known before this event.
    private func lookUp(
        _ stored: inout StoredCall, before: Party?, in store: ReadTransaction
    ) throws {
        guard let customer = stored.call.customer else { return }
        let match = stored.match
        if stored.call.direction == .internal {
            stored.match = Match(outcome: .internal)
        } else if match == nil || match?.outcome == .unusable {
            stored.match = try organisation.directory.match(customer.number, in: store)
        }
        if customer != before || stored.match != match {
            stored.searchText = try searchText(of: stored, in: store)
        }
    }

    /// What each agent's phones did.
    private func updateParts(
        of stored: StoredCall, isNew: Bool, now: Date, in store: WriteTransaction
    ) throws -> [Agent] {
        let agents = agents(of: stored.call)
        for agent in agents {
            guard let own = stored.call.part(of: Set(agent.extensions)) else { continue }
            let known =
                isNew ? nil : try book.part(callID: stored.id, agent: agent.id, in: store)
            var part = known ?? CallPart(callID: stored.id, agent: agent.id)
            part.state = own.state
            part.outcome = own.outcome
            part.offeredAt = own.offeredAt
            part.answeredAt = own.answeredAt
            part.endedAt = own.endedAt
            if own.isLive {
                part.wrapUpUntil = nil
                part.isDone = false
            } else if own.spoke, part.wrapUpUntil == nil {
                let seconds = Double(organisation.settings.policy.wrapUpSeconds)
                // By our clock: that of the phone system may be ahead of it, or behind.
                let ended = min(max(own.endedAt ?? now, now.addingTimeInterval(-1)), now)
                part.wrapUpUntil = ended.addingTimeInterval(seconds)
            }
            try book.save(part, sortAt: own.offeredAt ?? stored.call.startedAt, in: store)
        }
        return agents
    }

    /// An agent who spoke gets a log: it opens by itself under the one match (S13), under whom the agent
    /// chose while it rang, or under nobody where the policy allows that (S21). One that is open learns what is told late.
    func updateLogs(
        of stored: StoredCall, agents: [Agent], now: Date, in store: WriteTransaction
    ) throws {
        let parts = try book.parts(callID: stored.id, in: store)
        var spoke: [(Agent, CallPart)] = []
        // First what is not theirs any more: it may be another's.
        for agent in agents {
            guard let part = parts.first(where: { $0.agent == agent.id }) else { continue }
            if part.spoke, organisation.settings.policy.logs(stored.call) {
                spoke.append((agent, part))
            } else if let log = try logs.log(callID: stored.id, agent: agent.id, in: store) {
                try giveUp(log, of: stored, part: part, in: store)
            }
        }
        for (agent, part) in spoke {
            if let log = try logs.log(callID: stored.id, agent: agent.id, in: store) {
                try refresh(log, from: stored, agent: agent, now: now, in: store)
            } else {
                try openLog(of: stored, agent: agent, part: part, now: now, in: store)
            }
        }
    }

    private func openLog(
        of stored: StoredCall, agent: Agent, part: CallPart, now: Date, in store: WriteTransaction
    ) throws {
        if try adoptMissedLog(of: stored, by: agent, now: now, in: store) { return }
        let person = part.isCleared ? nil : part.chosen ?? stored.match?.certain?.id
        guard person != nil || !organisation.settings.policy.requiresMatch else { return }
        let log = try openLog(
            of: stored, agent: agent, person: person, related: part.wished, now: now, in: store)
        // Who calls was told after the agent was done.
        if part.isDone, let log { try complete(log, now: now, in: store) }
    }

    /// A conversation that nobody answered is one missed call, however many phones rang.
    func logMissedCall(
        _ over: EndedCall, _ stored: StoredCall, now: Date, in store: WriteTransaction
    ) throws {
        let policy = organisation.settings.policy
        guard policy.logs(over.call), stored.match?.outcome != .internal else { return }
        if let log = try logs.log(callID: stored.id, agent: nil, in: store) {
            return try refresh(log, from: stored, agent: nil, now: now, in: store)
        }
        let person = stored.match?.certain?.id
        guard person != nil || !policy.requiresMatch else { return }
        try openMissedLog(of: stored, person: person, in: store)
    }

    /// Says where the call stands now, and tells the agents it concerns.
    func settle(_ stored: StoredCall, agents: [Agent], in store: WriteTransaction) throws {
        let stage = try stage(of: stored, in: store)
        if stage != stored.stage {
            try book.setStage(stage, of: stored.id, in: store)
            if stage.isDone, stored.call.direction != .internal {
                store.notify(ChangeNotice(topic: Self.doneCall, subject: stored.id))
            }
        }
        for agent in agents {
            store.notify(ChangeNotice(topic: "agent", subject: agent.id))
        }
        if try logs.isWaiting(callID: stored.id, in: store) {
            store.notify(ChangeNotice(topic: "delivery", subject: "ready"))
        }
    }

    /// The agents whose phones take part.
    func agents(of call: Call) -> [Agent] {
        var seen: Set<String> = []
        return call.extensions.compactMap { organisation.agent(extension: $0) }
            .filter { seen.insert($0.id).inserted }
    }
}

/// A message as its sender names it, for telling repeats.
package struct MessageID: Hashable, Sendable {
    package let source: String
    package let value: String

    package init(source: String, value: String) {
        self.source = source
        self.value = value
    }
}

/// What a phone system said and we do not understand, as it stood there.
package struct UnknownMessage: Hashable, Sendable {
    package let source: String
    package let reason: String
    package let body: String

    package init(source: String, reason: String, body: String) {
        self.source = source
        self.reason = reason
        self.body = body
    }
}

package enum Receipt: Hashable, Sendable {
    case taken
    /// The same message was taken before: nothing was done, and the sender is to be told "fine".
    case known
}
