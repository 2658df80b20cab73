import PhoneNumbers
import Testing

/// The tables of libphonenumber: where we agree with it, and each row where we do not.
@Suite struct LibraryTableTests {
    /// A row of these tables: number and region, twice, and what is expected.
    struct Row {
        let a: String
        let regionA: String
        let b: String
        let expected: String
        let origin: String
        let line: String

        init(_ cells: [String]) {
            (a, regionA, b) = (cells[0], cells[1], cells[2])
            (expected, origin) = (cells[4], cells[5])
            line = cells.joined(separator: "\t")
        }

        /// What `callmatch numbers compare` prints for it.
        var answer: String {
            let compared = NumberComparison.compared(line, mayBeHeader: false)
            return compared.split(separator: "\t", omittingEmptySubsequences: false).last
                .map(String.init) ?? ""
        }

        var number: PhoneNumber { PhoneNumber(stored: a, plan: NumberingPlan(country: regionA)) }
    }

    private func rows(_ name: String) -> [Row] {
        Table.rows("libphonenumber_\(name)").map(Row.init)
    }

    /// What we answer, counted, for each level of the library.
    private func answers(_ rows: [Row]) -> [String: [String: Int]] {
        rows.reduce(into: [:]) { $0[$1.expected, default: [:]][$1.answer, default: 0] += 1 }
    }

    /// `isNumberMatch` knows no region and joins what is several tiers here. Both numbers have a
    /// plus: we agree. One has none: nobody can say which country it is in.
    @Test func isNumberMatch() {
        let rows = rows("isnumbermatch")
        #expect(rows.count == 50)
        #expect(
            answers(rows) == [
                "EXACT_MATCH": ["exact": 15],
                "NSN_MATCH": ["not-a-number": 9],
                "SHORT_NSN_MATCH": ["not-a-number": 13, "extension": 1, "none": 1],
                "NO_MATCH": ["none": 3, "not-a-number": 3, "extension": 1],
                "NOT_A_NUMBER": ["not-a-number": 4],
            ])
        // Two different extensions of one line: the library says no match, we say tier 2.
        #expect(
            rows.filter { $0.answer == "extension" }.map(\.b) == [
                "tel:+64-3-331-6005;ext=1235", "+391234",
            ])
        // Too short to be an Italian landline with the zero left out, so no alias.
        #expect(
            rows.filter { $0.expected == "SHORT_NSN_MATCH" && $0.answer == "none" }
                .map(\.a) == ["+3901234"])
    }

    /// 162 of 166 agree with metadata 8.12.57. Three more are the same number here, as both forms
    /// of a Mexican number, with and without the mobile 1, are one.
    @Test func parse() {
        let rows = rows("parse")
        #expect(rows.count == 166)
        #expect(
            answers(rows) == [
                "SAME": ["exact": 143, "none": 1], "NOT_A_NUMBER": ["not-a-number": 22],
            ])
        // Belarus: the test metadata strips the trunk 8; for the real metadata seven digits are a
        // possible number as they stand.
        let differing = rows.filter { $0.expected == "SAME" && $0.answer != "exact" }
        #expect(differing.map(\.a) == ["8123456"])
        #expect(differing.first?.number.e164 == "+3758123456")
    }

    /// The rows where the number in E.164 form is not the table's, each with its reason.
    @Test func parsedForms() {
        let differing = rows("parse").filter { row in
            guard row.expected == "SAME" else { return row.number.e164 != nil }
            let expected = row.b.split(separator: ";").first.map(String.init)
            return row.number.e164 != expected
        }
        var reasons: [String: [String]] = [:]
        for row in differing { reasons[reason(for: row), default: []].append(row.a) }
        #expect(
            reasons["a short or emergency number, never a subscriber's"]?.sorted() == [
                "+81 *2345", "000", "0000", "001", "011", "12", "8123",
            ])
        #expect(
            reasons["no area code, so nobody can dial it: a key but no E.164"]?.sorted()
                == [
                    "81234", "tel:2530000;isub=12345;phone-context=1234.com",
                    "tel:253-0000;isub=12345;phone-context=www.google.com",
                    "tel:253-0000;phone-context=www.google.com",
                ].sorted())
        #expect(reasons["Mexico's mobile 1 is no more"]?.count == 3)
        #expect(reasons["metadata 8.12.57 keeps the trunk 8 of seven digits"] == ["8123456"])
        #expect(
            reasons["letters beyond the possible length are cut"]?.sorted() == [
                "1800 SIX FLAGS", "1800 six-flags",
            ])
        #expect(reasons["?"] == nil, "\(reasons["?"] ?? [])")
    }

    private func reason(for row: Row) -> String {
        let number = row.number
        if number.kind == .short || number.kind == .emergency {
            return "a short or emergency number, never a subscriber's"
        }
        if row.regionA == "MX" { return "Mexico's mobile 1 is no more" }
        if row.a == "8123456" { return "metadata 8.12.57 keeps the trunk 8 of seven digits" }
        if row.a.contains(where: \.isLetter), row.a.hasPrefix("1800") {
            return "letters beyond the possible length are cut"
        }
        if number.kind == .subscriber, number.e164 == nil {
            return "no area code, so nobody can dial it: a key but no E.164"
        }
        return "?"
    }

    /// All 1,432 examples are their E.164 forms. 22 are in ranges newer than metadata 8.12.57; we
    /// know the two of Benin.
    @Test func examples() {
        let rows = rows("examples")
        #expect(rows.count == 1432)
        #expect(answers(rows) == ["SAME": ["exact": 1432]])
        // Company numbers in Uruguay have five digits since then; five digits are taken for short.
        #expect(rows.filter { $0.number.e164 != $0.b }.map(\.a) == ["21123"])
        let invalid = rows.filter { !$0.number.isValid }
        #expect(invalid.count == 20, "\(invalid.map { "\($0.regionA) \($0.a)" })")
    }

    /// No short or emergency number is ever a subscriber's, on a trunk or in a field.
    @Test func shortNumbers() {
        let rows = rows("short_examples")
        #expect(rows.count == 1060)
        #expect(rows.allSatisfy { [.short, .emergency].contains($0.number.kind) })
        for row in rows {
            let plan = NumberingPlan(country: row.regionA)
            let caller = PhoneNumber(row.a, plan: plan)
            #expect([.short, .emergency, .internal].contains(caller.kind), "\(row.a)")
            #expect(!caller.isLookedUp && caller.probes(plan: plan).isEmpty)
        }
        // Benin's 112 is missing from metadata 8.12.57.
        let emergencies = rows.filter { $0.origin == "emergency" }
        #expect(emergencies.filter { $0.number.kind != .emergency }.map(\.regionA) == ["BJ"])
    }
}
