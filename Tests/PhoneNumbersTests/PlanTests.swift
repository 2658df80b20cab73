import Foundation
import PhoneNumbers
import Testing

@Suite struct PlanTests {
    @Test func countries() {
        #expect(NumberingPlan.isKnown(country: "DE") && NumberingPlan.isKnown(country: "US"))
        for country in ["", "de", "UK", "XX", "ZZ", "001", "DEU", "D\0"] {
            #expect(!NumberingPlan.isKnown(country: country), "\(country)")
        }
        #expect(NumberingPlan(country: "de").country == "DE")
        var plan = NumberingPlan(country: "US")
        plan.country = "gb"
        #expect(plan.country == "GB")
    }

    @Test func withoutACountryOnlyInternationalNumbersCanBeRead() {
        for country in ["", "XX"] {
            let plan = NumberingPlan(country: country)
            #expect(PhoneNumber("+49 30 123456", plan: plan).e164 == "+4930123456")
            #expect(PhoneNumber("030 123456", plan: plan).kind == .unusable)
        }
        #expect(PhoneNumber("030 123456", plan: NumberingPlan(country: "")).region == nil)
    }

    @Test func missingSettingsHaveTheirDefaults() throws {
        let plan = try JSONDecoder().decode(
            NumberingPlan.self, from: Data(#"{"country":"de"}"#.utf8))
        #expect(plan == NumberingPlan(country: "DE"))
        let none = try JSONDecoder().decode(
            NumberingPlan.self, from: Data(#"{"country":"DE","extensionLengths":null}"#.utf8))
        #expect(none.extensionLengths == nil)
    }

    @Test func settingsSurviveCoding() throws {
        let plan = NumberingPlan(
            country: "AT", areaCode: "01", outsideLinePrefixes: ["0"],
            trunkPrefixes: [TrunkRewrite(prefix: "0011", replacement: "+")], extensionLengths: nil,
            ownExtensions: ["100"], internationalWithoutPlus: true, pseudoNumbers: ["1"])
        let copy = try JSONDecoder().decode(
            NumberingPlan.self, from: try JSONEncoder().encode(plan))
        #expect(copy == plan)
    }

    @Test func theStampIsStableAndNamesTheRules() {
        #expect(NumberMetadata.stamp == NumberMetadata.stamp)
        #expect(NumberMetadata.stamp.wholeMatch(of: /1-[0-9a-f]{16}/) != nil)
    }

    @Test func warmingUpTwiceIsHarmless() async {
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    NumberMetadata.warmUp()
                    _ = PhoneNumber("030 123456", plan: NumberingPlan(country: "DE"))
                }
            }
        }
        #expect(PhoneNumber("112", plan: NumberingPlan(country: "DE")).kind == .emergency)
    }
}

@Suite struct FormattingTests {
    @Test(arguments: [
        ("030 123456", "DE", "DE", "030 123456", "+49…56"),
        ("+49 30 123456", "US", "US", "+49 30 123456", "+49…56"),
        ("+49 30 123456", "US", "DE", "030 123456", "+49…56"),
        ("415-555-2671 x12", "US", "US", "(415) 555-2671 ext. 12", "+1…71"),
        ("+1 416 555 2671", "US", "US", "(416) 555-2671", "+1…71"),
        ("+800 1234 5678", "DE", "DE", "+800 1234 5678", "+800…78"),
        ("555-0100", "US", "US", "555-0100", "…00"),
        ("1001", "DE", "DE", "1001", "…01"),
        ("23", "DE", "DE", "23", "…"),
        ("112", "DE", "DE", "112", "emergency"),
        ("*43", "DE", "DE", "*43", "service"),
        ("MyBank", "DE", "DE", "MyBank", "textSender"),
        ("Anonymous", "DE", "DE", "Anonymous", "withheld"),
        ("???", "DE", "DE", "???", "unusable"),
        ("\u{202E}030 1\u{7}", "DE", "DE", "030 1", "unusable"),
    ]) func forPeopleAndForLogs(
        _ text: String, _ country: String, _ shownIn: String, _ formatted: String, _ masked: String
    ) {
        let number = PhoneNumber(text, plan: NumberingPlan(country: country))
        #expect(number.formatted(country: shownIn) == formatted)
        #expect(number.masked == masked)
        if country == shownIn { #expect(number.formatted == formatted) }
    }
}

@Suite struct ComparisonTests {
    @Test func aTableGetsOneMoreColumn() {
        let table = """
            \u{FEFF}# a comment
            number_a\tcountry_a\tnumber_b\tcountry_b\tnote

            030 123456\tDE\t+49 30 123456\t\tkept
            030 123456\tDE\t0049 30 123457\tGB\r
            (415) 555-2671 x3\tUS\t+14155552671\t
            +54 9 11 1234 5678\t\t+54 11 1234 5678\t
            442079460018\tUS\t+442079460018\t
            +49 30 12345678\t\t+49 30 123456-0\t
            030 123456\t\t+49 30 123456\t
            030 123456\tDE
            abcd\t\tbcde\t
            Dog\t\t+49 30 123456\t
            Anonymous\tDE\tAnonymous\tDE
            *123\tUS\t123\tUS
            """
        let lines = NumberComparison.table(table).split(
            separator: "\n", omittingEmptySubsequences: false
        ).map(String.init)
        let answers = lines.map { $0.split(separator: "\t").last.map(String.init) ?? "" }
        #expect(
            answers == [
                "# a comment", "equality", "", "exact", "none", "extension", "alias", "reading",
                "switchboard", "not-a-number", "not-a-number", "none", "not-a-number",
                "not-a-number", "none", "",
            ])
        #expect(lines[3] == "030 123456\tDE\t+49 30 123456\t\tkept\texact")
        #expect(lines[4] == "030 123456\tDE\t0049 30 123457\tGB\tnone")
    }

    @Test func aTableMayBeEmptyOrEndWithoutANewline() {
        #expect(NumberComparison.table("") == "")
        #expect(NumberComparison.table("#\n") == "#\n")
        #expect(NumberComparison.table("1\t\t1\t") == "1\t\t1\t\tnot-a-number\n")
    }

    /// Every line of a table that is no comment and no header has an answer.
    @Test(arguments: ["isnumbermatch", "parse", "examples", "short_examples"])
    func realTables(_ name: String) {
        let text = Table.text("libphonenumber_\(name)")
        let compared = NumberComparison.table(text)
        let before = text.unicodeScalars.split(separator: "\n")
        let after = compared.unicodeScalars.split(separator: "\n")
        #expect(before.count == after.count)
        #expect(after.filter { $0.first == "#" }.count == 3)
        #expect(zip(before, after).allSatisfy { $1.starts(with: $0) })
    }
}
