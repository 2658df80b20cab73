import CallerLookup
import Foundation

/// Text as it is compared, sorted and searched: lower-case words of plain letters and digits.
///
/// "Łukasz O’Neill-Grüße" becomes "lukasz o neill grusse". The letters are the directory's (`Folding`), so
/// a name that the panel's search finds is found by these lists too.
package struct FoldedText: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Words with one space between them; empty when the text holds neither letter nor digit.
    package let description: String

    package init(_ text: String) {
        description = FoldedText.words(in: text).joined(separator: " ")
    }

    package var isEmpty: Bool { description.isEmpty }

    package var words: [Substring] { description.split(separator: " ") }

    package static func < (one: FoldedText, other: FoldedText) -> Bool {
        one.description < other.description
    }

    /// What a search index keeps of a text: its words, and the other ways in which people type them:
    /// "mueller" for Müller, "oneill" for O’Neill.
    package static func indexed(_ text: String) -> String {
        var all = words(in: text)
        var known = Set(all)
        for variant in [spelledOut(text), joined(text)] {
            for word in words(in: variant) where known.insert(word).inserted { all.append(word) }
        }
        return all.joined(separator: " ")
    }

    private static func words(in text: String) -> [Substring] {
        guard text.utf8.allSatisfy({ $0 < 0x80 }) else {
            return Folding.fold(text).split { !$0.isLetter && !$0.isNumber }
        }
        // Most names need no folding: a byte is a letter.
        return text.lowercased().utf8.split { byte in
            !(0x61...0x7A).contains(byte) && !(0x30...0x39).contains(byte)
        }.map { Substring($0) }
    }

    /// Umlauts as they are written where a keyboard has none; empty when there are none.
    private static func spelledOut(_ text: String) -> String {
        guard !text.utf8.allSatisfy({ $0 < 0x80 }) else { return "" }
        let lower = text.lowercased()
        guard lower.contains(where: { spellings[$0] != nil }) else { return "" }
        return lower.reduce(into: "") { spelled, letter in
            spelled += spellings[letter] ?? String(letter)
        }
    }

    private static func joined(_ text: String) -> String {
        text.contains(where: apostrophes.contains) ? text.filter { !apostrophes.contains($0) } : ""
    }

    private static let spellings: [Character: String] = [
        "ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa",
    ]

    private static let apostrophes: Set<Character> = [
        "'", "\u{2019}", "\u{2018}", "`", "\u{B4}",
    ]
}
