import CallerLookup
import Foundation
import PhoneNumbers
import Records
import SeededChance
import Storage

/// Who is calling, and searching as one types, in 100,000 contacts. The comparison is what a system does
/// that stores numbers as they were typed: it looks at all of them.
struct Lookups {
    private static let contacts = 100_000
    private static let lookups = 5_000
    private static let scans = 100
    private static let seed: UInt64 = 1

    private let directory = Directory(plan: NumberingPlan(country: "DE"))

    func run() async throws {
        try await withFolder { folder in
            let database = try await Database.open(
                .folder(folder), migrations: Directory.migrations)
            var chance = SplitMix64(seed: Self.seed)
            let numbers = try await fill(database, &chance)
            try await lookUp(numbers, in: database, &chance)
            try await search(in: database, &chance)
            await database.close()
        }
    }

    // MARK: - The contacts

    /// - Returns: the last nine digits of every contact's number.
    private func fill(_ database: Database, _ chance: inout SplitMix64) async throws -> [Int] {
        let began = ContinuousClock().now
        let numbers = (0..<Self.contacts).map { place in 150_000_000 + place * 3 }
        for start in stride(from: 0, to: Self.contacts, by: 1000) {
            let people = numbers[start..<min(start + 1000, Self.contacts)].enumerated().map {
                person(start + $0.offset, number: $0.element, &chance)
            }
            let directory = directory
            try await database.write { store in try directory.put(people, in: store) }
        }
        let seconds = (ContinuousClock().now - began).milliseconds / 1000
        Progress.say("\(Self.contacts) contacts in \(Int(seconds)) s")
        return numbers.shuffled(using: &chance)
    }

    private func person(_ place: Int, number: Int, _ chance: inout SplitMix64) -> Person {
        let name = "\(Self.word(1...2, &chance)) \(Self.word(2...3, &chance))"
        return Person(
            id: RecordID(crm: "bench", kind: .contact, value: "\(place)"), name: name,
            company: "\(Self.word(2...3, &chance)) GmbH",
            numbers: [StoredNumber(field: "Mobile", text: Self.written(number, &chance))],
            changedAt: Date(timeIntervalSince1970: 1_790_000_000))
    }

    private static let syllables = [
        "an", "ber", "da", "el", "fe", "go", "ha", "in", "jo", "ka", "lu", "ma", "no", "ol", "pe",
        "ri",
        "sa", "te", "ul", "vi", "wa", "zo", "mül", "jör", "stei", "schmi",
    ]

    private static func word(_ length: ClosedRange<Int>, _ chance: inout SplitMix64) -> String {
        (0..<Int.random(in: length, using: &chance)).map { _ in
            syllables[Int.random(in: 0..<syllables.count, using: &chance)]
        }.joined().capitalized
    }

    /// As people write it: a German mobile number in one of five ways.
    private static func written(_ number: Int, _ chance: inout SplitMix64) -> String {
        let digits = "\(number)"
        let (head, tail) = (digits.prefix(2), digits.dropFirst(2))
        switch Int.random(in: 0..<5, using: &chance) {
        case 0: return "+491\(digits)"
        case 1: return "01\(head) \(tail)"
        case 2: return "0049 1\(head)/\(tail)"
        case 3: return "+49 (0)1\(head) \(tail.prefix(3)) \(tail.dropFirst(3))"
        default: return "01\(head)-\(tail.prefix(4))-\(tail.dropFirst(4))"
        }
    }

    // MARK: - Who is calling

    private func lookUp(
        _ numbers: [Int], in database: Database, _ chance: inout SplitMix64
    ) async throws {
        let known = numbers.prefix(Self.lookups).map { "+491\($0)" }
        let unknown = numbers.prefix(Self.lookups).map { "+491\($0 + 1)" }
        let ours = try await times(known) { try await match($0, in: database, expects: .single) }
        let none = try await times(unknown) { try await match($0, in: database, expects: .none) }
        let scanned = try await times(known.prefix(Self.scans)) {
            try await scan(digits: String($0.suffix(7)), in: database)
        }
        for (what, own) in [("known", ours), ("unknown", none)] {
            for part in [0.5, 0.99] {
                try Figure(
                    "look-up of \(what) number, p\(Int(part * 100))", unit: "ms",
                    ours: own.percentile(part), other: scanned.percentile(part), n: own.count,
                    notes: """
                        \(Self.contacts) contacts, read as presented to match with evidence; other: scan \
                        for the last seven digits (n = \(Self.scans)); goal: p99 1 ms
                        """
                ).show()
            }
        }
    }

    private func match(
        _ presented: String, in database: Database, expects outcome: Match.Outcome
    ) async throws {
        let directory = directory
        let match = try await database.read { store in
            try directory.match(PhoneNumber(presented, plan: directory.plan), in: store)
        }
        guard match.outcome == outcome else { throw WrongAnswer(asked: presented) }
    }

    private func scan(digits: String, in database: Database) async throws {
        _ = try await database.read { store in
            try store.rows(
                """
                select ref from person_number where replace(replace(replace(replace(replace(
                    stored, ' ', ''), '-', ''), '/', ''), '(', ''), ')', '') like \("%" + digits)
                """)
        }
    }

    // MARK: - Search

    private func search(in database: Database, _ chance: inout SplitMix64) async throws {
        var typed: [String] = []
        while typed.count < 2000 {
            let word = Self.word(2...3, &chance)
            typed += (2...word.count).map { String(word.prefix($0)) }
        }
        let directory = directory
        let ours = try await times(typed) { text in
            _ = try await database.read { try directory.search(text, in: $0) }
        }
        let scanned = try await times(typed.prefix(Self.scans)) { text in
            _ = try await database.read { store in
                try store.rows(
                    "select ref from person where json like \("%" + text + "%") limit 21")
            }
        }
        for part in [0.5, 0.99] {
            try Figure(
                "search as one types, p\(Int(part * 100))", unit: "ms", ours: ours.percentile(part),
                other: scanned.percentile(part), n: ours.count,
                notes: """
                    every beginning of random words from 2 letters on, 20 results; other: scan for the text \
                    (n = \(Self.scans)), which ends at the 21st; goal: p99 20 ms
                    """
            ).show()
        }
    }

    /// Milliseconds of each, one after the other, after a few that do not count.
    private func times(
        _ asked: some Collection<String>, _ body: (String) async throws -> Void
    ) async throws -> [Double] {
        for text in asked.prefix(20) { try await body(text) }
        let clock = ContinuousClock()
        var found: [Double] = []
        for text in asked {
            let began = clock.now
            try await body(text)
            found.append((clock.now - began).milliseconds)
        }
        return found
    }

    /// A fast wrong answer is no figure.
    struct WrongAnswer: Error {
        let asked: String
    }
}
