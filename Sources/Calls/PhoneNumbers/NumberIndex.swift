/// One row of a number index: what a stored number contributes.
///
/// A table `number(key, equality, extension, record)` holds these rows. A caller is looked up with
/// one query for all keys of ``PhoneNumber/probes(plan:)`` (`WHERE key IN (…)`), and
/// ``NumberProbe/bestTier(of:probes:)`` decides which of the rows count.
public struct NumberIndexEntry: Hashable, Codable, Sendable {
    public let key: NumberKey
    /// How a caller with exactly this key equals the stored number, before extensions are
    /// compared: exact, alias, reading, switchboard or assumed area.
    public let equality: NumberEquality
    /// The stored number's extension.
    public let `extension`: String?

    public init(key: NumberKey, equality: NumberEquality, extension: String?) {
        self.key = key
        self.equality = equality
        self.extension = `extension`
    }
}

/// One key under which a caller is looked for.
public struct NumberProbe: Hashable, Codable, Sendable {
    public let key: NumberKey
    /// How the caller's number came to this key: exact (its own), alias, reading, switchboard
    /// (digits were cut) or assumed area.
    public let equality: NumberEquality
    /// The caller's extension.
    public let `extension`: String?

    /// What a row with the same key is worth to this probe; nil when the row does not count.
    ///
    /// The weaker of the two sides decides. A switchboard row counts for a German or Austrian
    /// caller's number with or without digits cut, and a probe with digits cut counts for such
    /// rows only: this is what keeps a neighbour's plain number out.
    public func equality(to entry: NumberIndexEntry) -> NumberEquality? {
        guard entry.key == key else { return nil }
        switch (equality, entry.equality) {
        case (.switchboard, .switchboard), (.exact, .switchboard): return .switchboard
        case (.switchboard, _), (_, .switchboard): return nil
        case (.exact, .exact): return `extension` == entry.extension ? .exact : .extension
        case (let probe, let row): return max(probe, row)
        }
    }

    /// The rows of the best tier that has any, each with its record, in the order given; empty
    /// when none counts. `hits` may hold rows of any key.
    public static func bestTier<Record>(
        of hits: some Sequence<(entry: NumberIndexEntry, record: Record)>, probes: [NumberProbe]
    ) -> [NumberMatch<Record>] {
        var best: NumberEquality?
        var matches: [NumberMatch<Record>] = []
        for hit in hits {
            let equality = probes.compactMap { $0.equality(to: hit.entry) }.min()
            guard let equality, best.map({ equality <= $0 }) ?? true else { continue }
            if equality != best {
                best = equality
                matches.removeAll()
            }
            matches.append(
                NumberMatch(record: hit.record, equality: equality, entry: hit.entry))
        }
        return matches
    }
}

/// A stored number that is the caller's, and how.
public struct NumberMatch<Record> {
    public let record: Record
    public let equality: NumberEquality
    public let entry: NumberIndexEntry
}

extension NumberMatch: Sendable where Record: Sendable {}
extension NumberMatch: Equatable where Record: Equatable {}

extension PhoneNumber {
    /// What this stored number contributes to an index: its own key first, then its other keys.
    /// Empty for a number that is never looked up.
    public func indexEntries(plan: NumberingPlan) -> [NumberIndexEntry] {
        guard isLookedUp, let key else { return [] }
        let own = NumberIndexEntry(key: key, equality: .exact, extension: `extension`)
        return [own] + otherKeys + assumedArea(plan)
    }

    /// Where to look for this caller, in the order of the tiers; at most nine probes, each key
    /// once. Empty for a number that is never looked up.
    public func probes(plan: NumberingPlan) -> [NumberProbe] {
        guard isLookedUp, let key else { return [] }
        var probes = [NumberProbe(key: key, equality: .exact, extension: `extension`)]
        let others = otherKeys.filter { $0.equality != .switchboard }
        let candidates =
            others.map { NumberProbe(key: $0.key, equality: $0.equality, extension: $0.extension) }
            + switchboardProbes()
            + assumedArea(plan).map {
                NumberProbe(key: $0.key, equality: $0.equality, extension: $0.extension)
            }
        for probe in candidates where !probes.contains(where: { $0.key == probe.key }) {
            probes.append(probe)
        }
        return probes.sorted { $0.equality < $1.equality }
    }

    /// How two numbers are one, or nil. The same entries and probes as a lookup, in both
    /// directions, as either may be the caller. Extensions, short numbers and service codes, which
    /// are never looked up, equal their like.
    public static func compare(
        _ a: PhoneNumber, _ b: PhoneNumber, plan: NumberingPlan
    ) -> NumberEquality? {
        compare(a, plan: plan, b, plan: plan)
    }

    /// The same for two numbers that were read in different plans.
    public static func compare(
        _ a: PhoneNumber, plan planA: NumberingPlan, _ b: PhoneNumber, plan planB: NumberingPlan
    ) -> NumberEquality? {
        guard a.isLookedUp, b.isLookedUp else {
            guard a.key != nil, a.key == b.key else { return nil }
            return a.extension == b.extension ? .exact : .extension
        }
        let aCalls = NumberProbe.bestTier(
            of: b.indexEntries(plan: planB).map { (entry: $0, record: ()) },
            probes: a.probes(plan: planA))
        let bCalls = NumberProbe.bestTier(
            of: a.indexEntries(plan: planA).map { (entry: $0, record: ()) },
            probes: b.probes(plan: planB))
        return (aCalls + bCalls).map(\.equality).min()
    }

    /// The heads of the blocks that this number may belong to.
    private func switchboardProbes() -> [NumberProbe] {
        guard kind == .subscriber, let digits = subscriberDigits,
            let code = [49, 43].first(where: { digits.hasPrefix(String($0)) }),
            CountryRules.hasOpenNumbers(callingCode: code)
        else { return [] }
        return (1...CountryRules.mostDirectDialDigits).compactMap { cut in
            let head = digits.dropLast(cut)
            // An area code and a digit remain at least.
            guard head.count >= 6, let key = NumberKey(subscriber: String(head)) else { return nil }
            return NumberProbe(key: key, equality: .switchboard, extension: nil)
        }
    }

    /// This local number as one of the plan's own area.
    private func assumedArea(_ plan: NumberingPlan) -> [NumberIndexEntry] {
        guard let localDigits, let area = plan.areaCode, region == plan.country,
            let parsed = NumberLibrary.parse(
                area.filter(\.isNumber) + localDigits, region: plan.country),
            parsed.isValid, let key = NumberKey(subscriber: parsed.digits)
        else { return [] }
        return [NumberIndexEntry(key: key, equality: .assumedArea, extension: `extension`)]
    }
}
