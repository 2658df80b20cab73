package import PhoneNumbers
import Records
package import Storage

extension Directory {
    /// Rows read for one number at most. A number with more is counted, and its first are shown.
    private static let mostHits = 500

    /// Who has this number: contacts and leads, and accounts where no person has it.
    ///
    /// Converted leads and person accounts stand for the record that lives on, so one human being is one
    /// candidate. The order in which candidates are kept is not the agent's; see `CandidateOrder`.
    package func match(_ number: PhoneNumber, in store: ReadTransaction) throws -> Match {
        switch number.kind {
        case .withheld: return Match(outcome: .withheld)
        case .internal, .short, .emergency, .service: return Match(outcome: .internal)
        case .unusable: return Match(outcome: .unusable)
        case .subscriber, .textSender: break
        }
        let (hits, all) = try hits(of: number, in: store)
        var living: [RecordID: [Evidence]] = [:]
        var people: [RecordID: Person] = [:]
        for (ref, evidence) in hits {
            guard let person = try survivor(of: ref, in: store), kinds.contains(person.id.kind)
            else { continue }
            people[person.id] = person
            let known = living[person.id] ?? []
            living[person.id] = known + evidence.filter { !known.contains($0) }
        }
        return Self.outcome(of: living, people: people, all: all)
    }

    /// - Parameter all: how many records have the number, where more have it than were read.
    private static func outcome(
        of living: [RecordID: [Evidence]], people: [RecordID: Person], all: Int?
    ) -> Match {
        let persons = people.values.filter { $0.id.kind != .account }
        let chosen = persons.isEmpty ? Array(people.values) : persons
        let ordered = CandidateOrder(agent: "", spoken: []).sorted(chosen)
        let candidates = ordered.prefix(Match.most).map {
            Candidate(id: $0.id, evidence: living[$0.id] ?? [])
        }
        let count = max(ordered.count, all ?? 0)
        switch count {
        case 0: return .none
        case 1: return Match(outcome: .single, candidates: candidates)
        default: return Match(outcome: .multiple, candidates: candidates, count: count)
        }
    }

    /// The evidence for each record that has the number, of the first tier that has any; and how many records have it in
    /// any tier, where more have it than are read.
    private func hits(of number: PhoneNumber, in store: ReadTransaction) throws
        -> (read: [(RecordID, [Evidence])], all: Int?)
    {
        let probes = number.probes(plan: plan)
        let keys = probes.map(\.key)
        guard !keys.isEmpty else { return ([], nil) }
        let rows = try store.rows(
            """
            select number_key, equality, extension, ref, field, stored from person_number
            where number_key in \(list: keys) limit \(Self.mostHits)
            """)
        let entries = try rows.compactMap { row -> (entry: NumberIndexEntry, record: Row)? in
            guard let key = NumberKey(rawValue: try row.uint64("number_key")) else { return nil }
            let entry = NumberIndexEntry(
                key: key, equality: try row.raw("equality", as: NumberEquality.self),
                extension: try row.optionalText("extension"))
            return (entry, row)
        }
        var found: [(RecordID, [Evidence])] = []
        for hit in NumberProbe.bestTier(of: entries, probes: probes) {
            let row = hit.record
            guard let ref = RecordID(try row.text("ref")) else { continue }
            let evidence = Evidence(
                field: try row.text("field"), stored: try row.text("stored"), equality: hit.equality
            )
            if let known = found.firstIndex(where: { $0.0 == ref }) {
                if !found[known].1.contains(evidence) { found[known].1.append(evidence) }
            } else {
                found.append((ref, [evidence]))
            }
        }
        guard rows.count == Self.mostHits else { return (found, nil) }
        let all = try store.row(
            """
            select count(distinct ref) as records from person_number
            where number_key in \(list: keys)
            """)
        return (found, try all?.int("records"))
    }

    /// The living record that stands for this one; `nil` when it is gone or must not be matched.
    private func survivor(of id: RecordID, in store: ReadTransaction) throws -> Person? {
        var seen: Set<RecordID> = []
        var next: RecordID? = id
        while let id = next, seen.insert(id).inserted {
            guard let person = try person(id, in: store) else { return nil }
            guard let successor = person.successor else { return person.isLive ? person : nil }
            next = successor
        }
        return nil
    }
}
