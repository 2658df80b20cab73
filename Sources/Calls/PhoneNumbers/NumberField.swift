/// A field in which people wrote several numbers: `030 123456 / 0171 1234567`, `Tel. … Fax …`,
/// `030/123456-78/79`.
///
/// A separator divides only where each side can stand as a number by itself, because the same
/// characters stand inside numbers (`030/123456`) and before extensions (`, 7246433`).
struct NumberField {
    let plan: NumberingPlan

    /// A field is divided into this many numbers at most; the rest is not read.
    static let mostNumbers = 16

    /// Places looked at, at most: each may cost two readings.
    static let mostCuts = 48

    /// The texts of the single numbers, in order; the whole text when it does not divide. `text`
    /// comes from ``PresentedText/readable(_:)``.
    func parts(of text: String) -> [String] {
        let scalars = Array(text.unicodeScalars)
        let tokens = NumberToken.tokens(of: scalars)
        let cuts = Self.possibleCuts(in: tokens)
        if cuts.isEmpty { return [text] }
        var parts: [String] = []
        var start = 0
        for (index, cut) in cuts.enumerated() where parts.count + 1 < Self.mostNumbers {
            let end = index + 1 < cuts.count ? cuts[index + 1].left : scalars.count
            guard cut.left >= start, cut.right <= end else { continue }
            let left = NumberToken.text(of: scalars[start..<cut.left])
            let right = NumberToken.text(of: scalars[cut.right..<end])
            if let ending = Self.ending(right, cut.kind), let base = base(left, parts),
                let number = Self.replacingLastDigits(of: base, with: ending)
            {
                parts.append(start == cut.left ? number : left)
                if start != cut.left { parts.append(number) }
                start = end
            } else if canStand(left, cut.kind), canStand(right, cut.kind) {
                parts.append(left)
                start = cut.right
            }
        }
        if start < scalars.count { parts.append(NumberToken.text(of: scalars[start...])) }
        return parts.map(Self.trimmed).filter { !$0.isEmpty }
    }

    /// A place where the text may divide: the left side ends, the right side begins.
    private struct Cut {
        enum Kind { case slash, comma, other }

        let left: Int
        let right: Int
        let kind: Kind
    }

    private static func possibleCuts(in tokens: [NumberToken]) -> [Cut] {
        var cuts: [Cut] = []
        var hasDigits = false
        for (index, token) in tokens.enumerated() where cuts.count < mostCuts {
            if token.digits != nil { hasDigits = true }
            guard hasDigits, tokens[(index + 1)...].contains(where: { $0.digits != nil }) else {
                continue
            }
            switch token.piece {
            case .mark("/"): cuts.append(Cut(left: token.start, right: token.end, kind: .slash))
            case .mark(","), .mark(";"):
                cuts.append(Cut(left: token.start, right: token.end, kind: .comma))
            case .mark("|"), .mark("&"), .mark("\n"), .mark("\\"):
                cuts.append(Cut(left: token.start, right: token.end, kind: .other))
            case .word(let word) where joiners.contains(word):
                cuts.append(Cut(left: token.start, right: token.end, kind: .other))
            case .word(let word) where ExtensionMarker.isLong(word): continue
            case .word, .plus:  // a label or a plus sign begins the next number
                cuts.append(Cut(left: token.start, right: token.start, kind: .other))
            case .digits, .space, .mark: continue
            }
        }
        return cuts
    }

    private static let joiners: Set<String> = ["or", "oder", "and", "und", "ou", "et"]
}

extension NumberField {
    /// Fewest digits of a number that stands by itself; a German area code has up to six.
    private static let fewestDigits = 5

    /// After a comma or semicolon only a valid number counts, as an extension is the other reading.
    /// Elsewhere a local number counts too, unless its zero makes it look like an area code.
    private func canStand(_ text: String, _ kind: Cut.Kind) -> Bool {
        guard let written = WrittenNumber(Self.trimmed(text)), !written.isExtensionAlone,
            written.digits.utf8.count >= Self.fewestDigits,
            let parsed = NumberLibrary.parse(
                (written.hasPlus ? "+" : "") + written.digits, region: plan.country)
        else { return false }
        if parsed.isValid { return true }
        let digits = written.digits
        let mayBeLocal = digits.utf8.count > Self.fewestDigits && !digits.hasPrefix("0")
        return kind != .comma && parsed.reach != .impossible && mayBeLocal
    }

    /// One to four digits and nothing else: another ending for the number before. After a slash, or
    /// with a hyphen in front.
    private static func ending(_ text: String, _ kind: Cut.Kind) -> Ending? {
        let written = trimmed(text)
        let digits = written.drop { $0 == "-" }
        guard kind == .slash || written.hasPrefix("-"), (1...4).contains(digits.utf8.count),
            digits.utf8.allSatisfy({ (48...57).contains($0) })
        else { return nil }
        return Ending(digits: String(digits), hasHyphen: written.hasPrefix("-"))
    }

    private struct Ending {
        let digits: String
        let hasHyphen: Bool
    }

    /// The number that an ending belongs to: what stands left of it, else the part before.
    private func base(_ left: String, _ parts: [String]) -> String? {
        if Self.trimmed(left).isEmpty { return parts.last }
        return canStand(left, .slash) ? left : nil
    }

    /// `123456-78/79` is 123456-79, `123456-0/12` and `123456-78, -9` replace all behind the hyphen,
    /// `123456/57` is 123457.
    private static func replacingLastDigits(of number: String, with ending: Ending) -> String? {
        let base = trimmed(number)
        let tail = base.reversed().prefix { ("0"..."9").contains($0) }.count
        let followsHyphen = base.dropLast(tail).last == "-"
        let replaced: Int
        if followsHyphen, ending.hasHyphen || ending.digits.count >= tail {
            replaced = tail
        } else {
            guard !ending.hasHyphen, tail > ending.digits.count else { return nil }
            replaced = ending.digits.count
        }
        return base.dropLast(replaced) + ending.digits
    }

    private static func trimmed(_ text: String) -> String {
        let ends: Set<Character> = [" ", "\n", ",", ";", "/", "|", "&"]
        var rest = text[...]
        while let first = rest.first, ends.contains(first) { rest.removeFirst() }
        while let last = rest.last, ends.contains(last) { rest.removeLast() }
        return String(rest)
    }
}
