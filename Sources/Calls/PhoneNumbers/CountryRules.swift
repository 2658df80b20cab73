/// What we know of single countries and the library does not, or not in every version. They stand
/// around the library, so that an upgrade does not turn them round.
enum CountryRules {
    /// Mexico dropped the mobile 1 and the prefixes 01, 044 and 045 in 2019. Metadata of 2022
    /// strips them, newer metadata keeps them and calls the number invalid; we strip them always.
    ///
    /// `digits` have the calling code in front; nil when nothing changes.
    static func canonical(_ digits: String) -> String? {
        guard digits.hasPrefix("52") else { return nil }
        let national = digits.dropFirst(2)
        for prefix in ["1", "01", "044", "045"]
        where national.hasPrefix(prefix) && national.count == prefix.count + 10 {
            return "52" + national.dropFirst(prefix.count)
        }
        return nil
    }

    /// The other number of the same line, if the country has two for it; one step, always towards
    /// the same of the two, so that both forms meet there.
    ///
    /// Both numbers are digits with the calling code. `isValid` asks the library.
    static func alias(
        of digits: String, isValid: Bool, validates: (String) -> Bool
    ) -> String? {
        for rule in rules where digits.hasPrefix(rule.callingCode) {
            let national = String(digits.dropFirst(rule.callingCode.count))
            guard let other = rule.rewrite(national, isValid) else { continue }
            let alias = rule.callingCode + other
            if rule.isAheadOfMetadata || validates(alias) { return alias }
        }
        return nil
    }

    /// Numbers that newer plans made valid and the library of 2022 does not know: Benin's ten
    /// digits, `01` and the eight of before.
    static func isValid(_ digits: String, validates: (String) -> Bool) -> Bool {
        digits.hasPrefix("22901") && digits.count == 13 && validates("229" + digits.dropFirst(5))
    }

    private struct Rule: Sendable {
        let callingCode: String
        /// The library may not know the new form yet; the rule is narrow enough without it.
        var isAheadOfMetadata = false
        /// National number, and whether the library calls it valid.
        let rewrite: @Sendable (String, Bool) -> String?
    }

    private static let rules = [
        // Argentina: the mobile 9 is only dialled from abroad; a line has either form.
        Rule(callingCode: "54") { national, _ in
            national.count == 10 ? "9" + national : nil
        },
        // Brazil, 2012 to 2016: a ninth digit before mobile numbers, which began with 6 to 9.
        Rule(callingCode: "55") { national, _ in
            guard national.count == 10, let third = national.dropFirst(2).first,
                ("6"..."9").contains(third)
            else { return nil }
            return national.prefix(2) + "9" + national.dropFirst(2)
        },
        // Italy: the zero belongs to a landline's number, and people abroad leave it out.
        Rule(callingCode: "39") { national, isValid in
            !isValid && !national.hasPrefix("0") ? "0" + national : nil
        },
        // Benin, 30 November 2024: 01 before the eight digits.
        Rule(callingCode: "229", isAheadOfMetadata: true) { national, _ in
            national.count == 8 ? "01" + national : nil
        },
        // Côte d'Ivoire, 31 January 2021: the operator's two digits before the eight.
        Rule(callingCode: "225") { national, _ in
            national.count == 8 ? ivorianPrefix(national).map { $0 + national } : nil
        },
    ]

    /// Mobile by the second digit: 0 to 3 Moov, 4 to 6 MTN, 7 to 9 Orange. Landlines (2 or 3) by the
    /// third: 8 Moov, 0 MTN, else Orange.
    private static func ivorianPrefix(_ national: String) -> String? {
        let digits = national.compactMap(\.wholeNumberValue)
        guard digits.count == 8 else { return nil }
        if digits[0] == 2 || digits[0] == 3 {
            return digits[2] == 8 ? "21" : digits[2] == 0 ? "25" : "27"
        }
        switch digits[1] {
        case 0...3: return "01"
        case 4...6: return "05"
        default: return "07"
        }
    }

    /// Germany and Austria give a company a prefix and let it number what follows: only there does
    /// a number ending in `-0` stand for a block, and only there is a bare local number as long as
    /// a national one.
    static func hasOpenNumbers(callingCode: Int) -> Bool {
        callingCode == 49 || callingCode == 43
    }

    /// A caller from a block may have this many digits more than its head.
    static let mostDirectDialDigits = 4
}
