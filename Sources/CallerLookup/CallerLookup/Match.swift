package import Foundation
package import PhoneNumbers
package import Records

/// Who a caller can be. Never the first of several: two that fit equally well are a choice for a person.
package struct Match: Hashable, Codable, Sendable {
    package enum Outcome: String, Codable, Sendable, CaseIterable {
        case single, multiple, none
        /// These are never looked up, and are no "unknown caller" either.
        case withheld, `internal`, unusable
    }

    /// Most candidates that are kept and shown; `count` says how many there are.
    package static let most = 20

    package let outcome: Outcome
    package let candidates: [Candidate]
    /// How many people have the number, also where the list is cut.
    package let count: Int

    package init(outcome: Outcome, candidates: [Candidate] = [], count: Int? = nil) {
        self.outcome = outcome
        self.candidates = candidates
        self.count = count ?? candidates.count
    }

    package static let none = Match(outcome: .none)

    /// The one candidate that a log may open under without asking: the number is that person's own, by
    /// equality and not by a reading of ours, and the person is a contact or a lead.
    package var certain: Candidate? {
        guard outcome == .single, let only = candidates.first, only.id.kind != .account else {
            return nil
        }
        return only.evidence.contains { $0.equality.isCertain } ? only : nil
    }
}

/// One person who has the caller's number, and why we say so.
package struct Candidate: Hashable, Codable, Sendable, Identifiable {
    package let id: RecordID
    package let evidence: [Evidence]

    package init(id: RecordID, evidence: [Evidence]) {
        self.id = id
        self.evidence = evidence
    }
}

/// A stored number and how the caller's equals it.
package struct Evidence: Hashable, Codable, Sendable {
    /// The record's field: "Mobile".
    package let field: String
    /// The text as it stands in the record.
    package let stored: String
    package let equality: NumberEquality

    package init(field: String, stored: String, equality: NumberEquality) {
        self.field = field
        self.stored = stored
        self.equality = equality
    }
}

extension NumberEquality {
    /// The same line beyond doubt; the other tiers assume something that a person should confirm.
    package var isCertain: Bool {
        switch self {
        case .exact, .extension, .alias: true
        case .reading, .switchboard, .assumedArea: false
        }
    }
}

/// When somebody of the team last spoke with a person on a number.
package struct LastSpoken: Hashable, Codable, Sendable {
    package let person: RecordID
    package let agent: String
    package let at: Date

    package init(person: RecordID, agent: String, at: Date) {
        self.person = person
        self.agent = agent
        self.at = at
    }
}

/// Puts candidates in the order in which an agent will want them.
package struct CandidateOrder: Sendable {
    package let agent: String
    package let spoken: [LastSpoken]

    package init(agent: String, spoken: [LastSpoken]) {
        self.agent = agent
        self.spoken = spoken
    }

    /// The latest conversation with a person on this number: this agent's own if there is one.
    package func lastSpoken(with person: RecordID) -> LastSpoken? {
        let all = spoken.filter { $0.person == person }
        let own = all.filter { $0.agent == agent }
        return (own.isEmpty ? all : own).max { $0.at < $1.at }
    }

    /// Who this agent last spoke to on this number, then who the team last spoke to, then contact before
    /// lead before account, then the most recently changed; the id breaks ties, so that the list never jumps.
    package func sorted(_ people: [Person]) -> [Person] {
        people.map { person in (person, place(of: person)) }
            .sorted { $0.1 < $1.1 }
            .map(\.0)
    }

    private func place(of person: Person) -> Place {
        let last = lastSpoken(with: person.id)
        let own = last?.agent == agent
        return Place(
            group: last == nil ? 2 : (own ? 0 : 1),
            spokenAt: -(last?.at.timeIntervalSince1970 ?? 0),
            kind: RecordID.Kind.people.firstIndex(of: person.id.kind) ?? RecordID.Kind.people.count,
            changedAt: -person.changedAt.timeIntervalSince1970, id: person.id.description)
    }

    private struct Place: Comparable {
        let group: Int
        let spokenAt: Double
        let kind: Int
        let changedAt: Double
        let id: String

        static func < (one: Place, other: Place) -> Bool {
            (one.group, one.spokenAt, one.kind, one.changedAt, one.id)
                < (other.group, other.spokenAt, other.kind, other.changedAt, other.id)
        }
    }
}
