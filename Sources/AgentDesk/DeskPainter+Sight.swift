package import CRM
import CallHandling
import CallLogging
import CallerLookup
import Calls
import Foundation
package import Records
import Storage

/// People of a picture, as one agent may see them.
package struct SeenPeople: Sendable {
    package fileprivate(set) var people: [RecordID: Person] = [:]
    /// Known to us and not to be shown.
    package fileprivate(set) var hidden: [RecordID: Person] = [:]
    /// Nobody has said yet whether they may be shown.
    package fileprivate(set) var unknown: Set<RecordID> = []
    /// The CRM did not answer when it was asked last.
    fileprivate var isAway = false
    /// Whose numbers and their fields may not be shown.
    package fileprivate(set) var withoutNumbers: Set<RecordID> = []

    /// Whose account's name may not be shown.
    private var withoutCompanies: Set<RecordID> = []

    package var isWhole: Bool { hidden.isEmpty && unknown.isEmpty }
    var isEachNameShown: Bool { isWhole && withoutCompanies.isEmpty }

    /// Everybody, for who may see everybody.
    package init(all people: [RecordID: Person] = [:]) { self.people = people }

    /// Those whom a CRM let the agent see, by an answer that was waited for.
    package init(_ people: [RecordID: Person], visible: [RecordID: HiddenFields]) {
        for (id, person) in people {
            if let hidden = visible[id] {
                show(person, without: hidden)
            } else {
                self.hidden[id] = person
            }
        }
    }

    fileprivate mutating func show(_ person: Person, without hidden: HiddenFields) {
        people[person.id] = person.without(hidden)
        if hidden.contains(.numbers) { withoutNumbers.insert(person.id) }
        if hidden.contains(.company) { withoutCompanies.insert(person.id) }
    }
}

extension DeskPainter {
    /// People as an agent may see them, without waiting for the CRM.
    ///
    /// - Parameter since: an answer that came later is good whatever its age.
    func seen(_ people: [RecordID: Person], by agent: String, since: Date) -> SeenPeople {
        guard let sights else { return SeenPeople(all: people) }
        var seen = SeenPeople()
        seen.isAway = sights.fault(of: agent) != nil
        for (id, person) in people {
            switch sights.glance(person, by: agent, since: since) {
            case .visible(let hidden): seen.show(person, without: hidden)
            case .hidden: seen.hidden[id] = person
            case .unknown:
                seen.unknown.insert(id)
                seen.hidden[id] = person
            }
        }
        return seen
    }

    /// A subject without the name of a person whom the agent may not see.
    func subject(of log: CallLog, seen: SeenPeople, number: String?) -> String {
        guard let person = log.person.flatMap({ seen.hidden[$0] }) else { return log.subject }
        return log.subject.replacing(person.name, with: number ?? "an unknown number")
    }
}

extension SeenPeople {
    /// What is left of a match on the desk, where an answer may still come.
    func outcome(of match: Match) -> MatchView.Outcome {
        if match.candidates.contains(where: { unknown.contains($0.id) }) {
            return isAway ? .unchecked : .checking
        }
        return MatchView.Outcome(left(of: match))
    }

    /// What is left of a match for this agent. Who is hidden does not count: that there is somebody is not told either.
    func left(of match: Match) -> Match.Outcome {
        guard match.candidates.contains(where: { hidden[$0.id] != nil }) else {
            return match.outcome
        }
        switch match.candidates.count(where: { people[$0.id] != nil }) {
        case 0: return .none
        case 1: return .single
        default: return .multiple
        }
    }

    /// A candidate with the evidence that the agent may see.
    func visible(_ candidate: Candidate) -> Candidate {
        guard withoutNumbers.contains(candidate.id) else { return candidate }
        return Candidate(id: candidate.id, evidence: [])
    }
}
