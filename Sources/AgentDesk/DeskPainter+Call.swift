import CallHandling
import CallLogging
package import CallerLookup
import Calls
import Foundation
import PhoneNumbers
import Records
import Storage

extension DeskPainter {
    /// A call as one agent sees it.
    func view(
        of stored: StoredCall, part: CallPart, agent: Agent, now: Date, in store: ReadTransaction
    ) throws -> CallView {
        let call = stored.call
        let own = call.part(of: Set(agent.extensions))
        let log =
            try logs.log(callID: stored.id, agent: agent.id, in: store)
            ?? (call.wasAnswered ? nil : logs.log(callID: stored.id, agent: nil, in: store))
        let match = stored.match ?? .none
        let personID =
            log.map(\.person) ?? (part.isCleared ? nil : part.chosen ?? match.certain?.id)
        let ids = Set(match.candidates.map(\.id) + [personID].compactMap { $0 })
        let seen = seen(
            try organisation.directory.people(Array(ids), in: store), by: agent.id,
            since: part.offeredAt ?? call.startedAt)
        let person = personID.flatMap { seen.people[$0] }
        // What was said in this very call is no earlier conversation.
        let began = part.offeredAt ?? call.startedAt
        let spoken = try call.customer.map {
            try organisation.directory.spoken(on: $0.number, in: store).filter { $0.at < began }
        }
        let presented = call.direction == .outbound ? nil : call.customer?.name
        // By today's clock, so that all who count from these moments count right.
        let shift = part.isLive ? clockJumps?.since(call: stored.id) ?? 0 : 0
        return CallView(
            id: stored.id, system: call.id.system, direction: call.direction,
            state: Self.state(of: part), outcome: part.outcome?.rawValue,
            number: call.customer.map { NumberView($0.number) }, presentedName: presented,
            attestation: call.customer?.attestation,
            title: person?.name ?? title(of: call), company: person?.company, queue: call.queue,
            dialled: call.direction == .outbound ? nil : call.to.map(NumberView.init),
            startedAt: began + shift, answeredAt: part.answeredAt.map { $0 + shift },
            endedAt: part.endedAt,
            heldSince: own?.legs.first { $0.state == .held }?.holds.last.map { $0.start + shift },
            talkSeconds: own?.talkSeconds(until: now - shift) ?? 0,
            reconstructed: call.isReconstructed,
            joinedInProgress: false, answeredBy: answeredBy(call, but: agent), can: [],
            wrapUpEndsAt: part.isLive ? nil : part.wrapUpUntil,
            match: matchView(
                match, seen: seen, order: CandidateOrder(agent: agent.id, spoken: spoken ?? [])),
            person: person.map(PersonView.init),
            needsPerson: needsPerson(call, log, person),
            log: log.map { view(of: $0, seen: seen, number: call.customer?.number.formatted) },
            receivedAt: stored.receivedAt, call: call)
    }

    /// Whether a log waits for a person; a call that gets none (a colleague's, say) does not.
    private func needsPerson(_ call: Call, _ log: CallLog?, _ person: Person?) -> Bool {
        let policy = organisation.settings.policy
        guard policy.requiresMatch else { return false }
        return log.map { $0.person == nil } ?? (person == nil && policy.logs(call))
    }

    func view(of log: CallLog, seen: SeenPeople, number: String?) -> LogView {
        let isHidden = log.person.map { seen.hidden[$0] != nil } ?? false
        return LogView(
            id: log.id, version: log.version, state: LogState(log),
            subject: subject(of: log, seen: seen, number: number),
            person: log.person.flatMap { seen.people[$0] }.map(PersonView.init),
            related: isHidden
                ? nil : log.related.map { RelatedView(ref: $0.id, name: $0.name, url: $0.url) },
            notes: log.notes, disposition: log.disposition, followUp: log.followUp,
            crmUrl: isHidden ? nil : log.record?.url,
            attention: log.stage == .parked ? log.reason : nil,
            outcome: log.outcome, seconds: log.seconds)
    }

    /// What a call is called while nobody is chosen: the presented name, else the number.
    func title(of call: Call) -> String {
        guard let party = call.customer else { return "Unknown number" }
        switch party.number.kind {
        case .withheld: return "Withheld number"
        case .internal:
            let colleague = party.number.extension.flatMap { organisation.agent(extension: $0) }
            return colleague?.displayName ?? party.name ?? party.number.formatted
        case .subscriber, .short, .emergency, .service, .textSender, .unusable: break
        }
        if let name = party.name, !name.isEmpty, call.direction != .outbound { return name }
        return party.number.formatted.isEmpty ? "Unknown number" : party.number.formatted
    }

    private static func state(of part: CallPart) -> CallView.State {
        switch part.state {
        case .ringing: .ringing
        case .dialling: .dialling
        case .talking: .talking
        case .held: .held
        case .ended: part.isOnDesk ? .wrapUp : .ended
        }
    }

    /// Who else has the call.
    private func answeredBy(_ call: Call, but agent: Agent) -> String? {
        let others = call.legs.filter {
            $0.wasAnswered && !agent.extensions.contains($0.extension ?? "")
        }
        guard
            let other = others.max(by: {
                ($0.answeredAt ?? .distantPast) < ($1.answeredAt ?? .distantPast)
            })
        else { return nil }
        return other.extension.flatMap { organisation.agent(extension: $0)?.displayName ?? $0 }
    }

    package func matchView(_ match: Match, seen: SeenPeople, order: CandidateOrder) -> MatchView {
        let outcome = seen.outcome(of: match)
        let known =
            [.checking, .unchecked].contains(outcome)
            ? [] : match.candidates.compactMap { seen.people[$0.id] }
        let candidates = order.sorted(known).compactMap { person -> CandidateView? in
            guard let candidate = match.candidates.first(where: { $0.id == person.id }) else {
                return nil
            }
            return view(of: seen.visible(candidate), person: person, order: order)
        }
        return MatchView(
            outcome: outcome, count: seen.isWhole ? match.count : candidates.count,
            truncated: seen.isWhole && match.count > match.candidates.count,
            candidates: candidates)
    }

    private func view(of candidate: Candidate, person: Person, order: CandidateOrder)
        -> CandidateView
    {
        let last = order.lastSpoken(with: person.id).map {
            CandidateView.Spoken(
                at: $0.at, agent: organisation.agent($0.agent)?.displayName ?? $0.agent,
                byYou: $0.agent == order.agent)
        }
        return CandidateView(
            person: PersonView(person), evidence: candidate.evidence, lastSpoken: last,
            reason: Self.reason(of: candidate, last: last))
    }

    /// Why this person, in one sentence.
    private static func reason(of candidate: Candidate, last: CandidateView.Spoken?) -> String {
        if let last {
            return last.byYou
                ? "You last spoke to this person on this number."
                : "\(last.agent) last spoke to this person on this number."
        }
        guard let evidence = candidate.evidence.first else { return "" }
        switch evidence.equality {
        case .exact: return "\(evidence.field) is this number."
        case .extension: return "\(evidence.field) is this line, with another extension or none."
        case .alias: return "\(evidence.field) is an older or newer form of this number."
        case .reading: return "\(evidence.field) is this number, read as international."
        case .switchboard: return "\(evidence.field) is the switchboard of this number."
        case .assumedArea: return "\(evidence.field) is this number, if it is a local one."
        }
    }
}
