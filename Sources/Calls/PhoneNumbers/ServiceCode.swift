/// Codes with stars and hashes that a phone system or a network obeys.
enum ServiceCode {
    /// Codes that show or hide the caller's number for one call and stand before the number called:
    /// `*67` and `*82` in North America, `*31#` and `#31#` in GSM networks and many phone systems.
    private static let callerIDCodes = ["*31#", "#31#", "**31#", "*67", "*82"]

    /// The number behind such a code; the text itself when there is none, or no number behind it.
    static func withoutCallerIDCode(_ text: String) -> String {
        for code in callerIDCodes where text.hasPrefix(code) {
            let number = text.dropFirst(code.count)
            let isNumber =
                number.contains { $0.isNumber } && !number.contains { $0 == "*" || $0 == "#" }
            if isNumber { return String(number) }
        }
        return text
    }

    /// `*43`, `**21*030123456#`: the code without spaces and punctuation, when the text begins with
    /// a star or hash and has no letters.
    static func code(in text: String) -> String? {
        guard let first = text.first, first == "*" || first == "#" else { return nil }
        var code = ""
        for character in text {
            switch character {
            case "0"..."9", "*", "#": code.append(character)
            case " ", "-", ".", "(", ")", "/": continue
            default: return nil
            }
        }
        return code.contains { $0.isNumber } ? code : nil
    }
}

extension NumberingPlan {
    /// The text after the first rewrite that fits.
    func rewritten(_ text: String) -> String {
        for rule in trunkPrefixes {
            if let rest = Self.remainder(of: text, after: rule.prefix) {
                return rule.replacement + rest
            }
        }
        return text
    }

    /// What follows the prefix in what was dialled; nil when it begins otherwise or nothing
    /// follows. Punctuation between the prefix's characters, and a pause after it, are skipped.
    static func remainder(of text: String, after prefix: String) -> String? {
        guard !prefix.isEmpty else { return nil }
        var expected = prefix[...]
        var rest = text[...]
        while let next = expected.first {
            rest = rest.drop { " -.()/".contains($0) && $0 != next }
            guard rest.first == next else { return nil }
            rest = rest.dropFirst()
            expected = expected.dropFirst()
        }
        rest = rest.drop { " -.,)/".contains($0) }
        return rest.isEmpty ? nil : String(rest)
    }

    /// Only bare digits count: a person who wrote `737-874-2833` meant that number.
    func isPseudoNumber(_ text: String) -> Bool {
        pseudoNumbers.contains(text.hasPrefix("+") ? String(text.dropFirst()) : text)
    }
}
