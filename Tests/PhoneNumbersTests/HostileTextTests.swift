import Foundation
import PhoneNumbers
import SeededChance
import Testing

/// Texts from callers and records that want to stop or mislead us.
@Suite struct HostileTextTests {
    private let plan = NumberingPlan(country: "DE", areaCode: "30", outsideLinePrefixes: ["0"])

    /// Quadratic in the library: 10,000 spaces took 46 s there.
    @Test(arguments: [
        "+49 30" + String(repeating: " ", count: 10_000) + "123456",
        String(repeating: "-", count: 1_000_000),
        String(repeating: "1", count: 1_000_000),
        String(repeating: "1 ", count: 500_000),
        String(repeating: "+", count: 100_000),
        String(repeating: "x", count: 100_000),
        String(repeating: "(0)", count: 100_000),
        String(repeating: "1/", count: 50_000),
        String(repeating: "123456/", count: 36),
        String(repeating: "a1,", count: 85),
        String(repeating: ";ext=1", count: 40),
        String(repeating: "%2B", count: 80) + "@",
        "1" + String(repeating: "\u{301}", count: 100_000),
        String(repeating: "\u{200D}", count: 100_000) + "+4930123456",
        "1-800-" + String(repeating: "FLOWERS", count: 30),
    ]) func longTextsTakeNoTime(_ text: String) {
        let clock = ContinuousClock()
        let duration = clock.measure {
            let number = PhoneNumber(text, plan: plan)
            #expect(number.presented.unicodeScalars.count <= PhoneNumber.longestPresented)
            for part in PhoneNumber.split(text, plan: plan) {
                #expect(part.presented.unicodeScalars.count <= PhoneNumber.longestPresented)
            }
        }
        // Milliseconds as a rule; the bound leaves room for a busy machine.
        #expect(duration < .seconds(5))
    }

    @Test func spacesAreCollapsedBeforeTheLibrarySeesThem() {
        let text = "+49 30" + String(repeating: " ", count: 10_000) + "123456"
        #expect(PhoneNumber(text, plan: plan).e164 == "+4930123456")
    }

    @Test func aTextLongerThanAFieldIsNoNumber() {
        let letter = "+49 30 123456 " + String(repeating: "please call back. ", count: 40)
        #expect(PhoneNumber(letter, plan: plan).kind == .unusable)
        #expect(PhoneNumber(String(letter.prefix(400)), plan: plan).e164 == "+4930123456")
    }

    @Test func undecodableBytesAndControlsAreNoNumber() {
        let bytes: [UInt8] = Array("+49".utf8) + [0xFF, 0xC0] + Array("30123456".utf8)
        #expect(PhoneNumber(String(decoding: bytes, as: UTF8.self), plan: plan).kind == .unusable)
        #expect(PhoneNumber("+4930\0123456", plan: plan).kind == .unusable)
        #expect(PhoneNumber("\u{1B}[31m+4930123456", plan: plan).kind == .unusable)
    }

    @Test func nothingShownCarriesControls() {
        for text in ["\u{202E}+49 30 123456", "\u{1B}[31mx", "a\u{2066}b\u{0}", "\u{202A}hello"] {
            let shown = PhoneNumber(text, plan: plan).formatted
            #expect(shown.unicodeScalars.allSatisfy { !Self.isHidden($0) })
        }
    }

    /// 30,000 texts: pieces of numbers, words and hostile characters in any order. The seed is
    /// printed; `FUZZ_SEED` repeats a run.
    @Test func fuzz() throws {
        let given = ProcessInfo.processInfo.environment["FUZZ_SEED"].flatMap(UInt64.init)
        let seed = given ?? UInt64.random(in: 1...UInt64.max)
        print("HostileTextTests.fuzz: FUZZ_SEED=\(seed)")
        var chance = SplitMix64(seed: seed)
        var previous = PhoneNumber("+4930123456", plan: plan)
        for _ in 0..<30_000 {
            let text = Self.text(&chance)
            let plan = Self.plan(&chance)
            let number = PhoneNumber(text, plan: plan)
            try check(number, plan, text)
            try check(PhoneNumber(stored: text, plan: plan), plan, text)
            #expect(
                PhoneNumber.compare(number, previous, plan: plan)
                    == PhoneNumber.compare(previous, number, plan: plan))
            previous = number
        }
    }

    private func check(_ number: PhoneNumber, _ plan: NumberingPlan, _ text: String) throws {
        let isKeyless = number.kind == .withheld || number.kind == .unusable
        try #require((number.key == nil) == isKeyless, "\(text.debugDescription)")
        try #require(number.presented.unicodeScalars.count <= PhoneNumber.longestPresented)
        try #require(number.masked.unicodeScalars.count <= 16)
        try #require(number.formatted.unicodeScalars.count <= 160)
        try #require(number.formatted.unicodeScalars.allSatisfy { !Self.isHidden($0) })
        if let e164 = number.e164 {
            try #require(number.kind == .subscriber)
            try #require(PhoneNumber(e164: e164) == number, "\(text.debugDescription)")
            try #require(
                e164.wholeMatch(of: /\+[1-9][0-9]{1,14}/) != nil, "\(text.debugDescription)")
        }
        try #require(number.extension?.allSatisfy { ("0"..."9").contains($0) } ?? true)
        let probes = number.probes(plan: plan)
        try #require(probes.isEmpty != number.isLookedUp && probes.count <= 9)
        if number.key != nil {
            try #require(PhoneNumber.compare(number, number, plan: plan) == .exact)
        }
    }

    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isDefaultIgnorableCodePoint
            || scalar.properties.generalCategory == .control
    }

    /// What ordinary numbers are made of.
    private static let numberPieces = [
        "+", "0", "00", "1", "9", "49", "+49", "30", "030", "123456", "555-0100", "415", "(0)", "(",
        ")", "-", "/", ".", ",", ";", "#", " ", "  ", "x", "ext", "DW", "112", "-0", "/78", "1234",
    ]
    private static let wildPieces =
        numberPieces + [
            "*", "~", "\n", "\t", "App.", "p", "w", "oder", "Fax", "FLOWERS", "800", "home", "tel:",
            "sip:", "@", "<", ">", ";ext=", ";phone-context=+", ";verstat=", "%2B", "=", "*31#",
            "anonymous", ".invalid", "|", "&", "999999999999", "'", "\"", "$", "{", "\\u{", "é",
            "доб", "٣", "４", "＋", "🙂", "\u{1F1E9}\u{1F1EA}", "\u{0}", "\u{202E}", "\u{200D}",
            "\u{301}", "\u{FFFD}", "\u{FEFF}", "\r\n", "\u{E0041}",
        ]

    /// Half of the texts are made of what numbers are made of, half are wild.
    private static func text(_ chance: inout SplitMix64) -> String {
        var text = ""
        let isWild = Bool.random(using: &chance)
        let choice = isWild ? wildPieces : numberPieces
        for _ in 0..<Int.random(in: 0...(isWild ? 18 : 9), using: &chance) {
            if isWild, Int.random(in: 0..<4, using: &chance) == 0 {
                let value = UInt32.random(in: 0...0x2FFFF, using: &chance)
                if let scalar = Unicode.Scalar(value) { text.unicodeScalars.append(scalar) }
            } else {
                text += choice.randomElement(using: &chance) ?? ""
            }
        }
        return text
    }

    private static func plan(_ chance: inout SplitMix64) -> NumberingPlan {
        let countries = [
            "DE", "AT", "US", "GB", "FR", "IT", "AR", "BR", "MX", "CI", "BJ", "", "xx", "NO",
        ]
        return NumberingPlan(
            country: countries.randomElement(using: &chance) ?? "DE",
            areaCode: Bool.random(using: &chance) ? "30" : nil,
            outsideLinePrefixes: Bool.random(using: &chance) ? ["0", "9"] : [],
            trunkPrefixes: Bool.random(using: &chance)
                ? [TrunkRewrite(prefix: "00", replacement: "+")] : [],
            internationalWithoutPlus: Bool.random(using: &chance))
    }
}
