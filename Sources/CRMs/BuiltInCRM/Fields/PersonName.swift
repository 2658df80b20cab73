import Foundation

/// A person's name in parts, read from one text.
package struct PersonName: Hashable, Sendable {
    package var salutation: String?
    package var first: String?
    package var last: String

    package init(salutation: String? = nil, first: String?, last: String) {
        self.salutation = salutation
        self.first = first
        self.last = last
    }

    /// Reads "Dr. Ada Lovelace", "Lovelace, Ada", "Ludwig van Beethoven" and "Madonna".
    package init(_ text: String) {
        var words = text.split(whereSeparator: \.isWhitespace).map(String.init)
        if let word = words.first, words.count > 1,
            let known = PersonName.salutations[word.lowercased().filter(\.isLetter)]
        {
            salutation = known
            words.removeFirst()
        }
        if let comma = words.firstIndex(where: { $0.hasSuffix(",") }), comma < words.count - 1 {
            last = words[...comma].joined(separator: " ").trimmingSuffix(",")
            first = words[(comma + 1)...].joined(separator: " ")
            return
        }
        var begin = max(0, words.count - 1)
        while begin > 1, PersonName.particles.contains(words[begin - 1].lowercased()) { begin -= 1 }
        last = words[begin...].joined(separator: " ")
        first = begin == 0 ? nil : words[..<begin].joined(separator: " ")
    }

    /// The name that came with a call, as far as it says who calls: `nil` for what networks put where they
    /// know no name. Capitals, as carriers send them, become a name's: "M HUBER" is "M Huber".
    package init?(presented: String) {
        let folded = FoldedText(presented).description
        guard !folded.isEmpty, !PersonName.namesOfNobody.contains(folded),
            !folded.contains(where: \.isNumber)
        else { return nil }
        let isShouted = presented == presented.uppercased()
        self.init(isShouted ? presented.capitalized : presented)
    }

    package var whole: String { [first, last].compactMap { $0 }.joined(separator: " ") }

    private static let salutations = [
        "mr": "Mr.", "mrs": "Ms.", "ms": "Ms.", "miss": "Ms.", "mx": "Mx.", "dr": "Dr.",
        "prof": "Prof.", "herr": "Mr.", "frau": "Ms.", "mme": "Ms.",
    ]

    private static let namesOfNobody: Set<String> = [
        "wireless caller", "cell phone", "mobile caller", "unknown", "unknown name",
        "unknown caller",
        "anonymous", "private", "private caller", "unavailable", "name unavailable", "restricted",
        "out of area", "toll free call", "caller", "no name",
    ]

    private static let particles: Set<String> = [
        "van", "von", "de", "da", "di", "du", "der", "den", "del", "della", "des", "la", "le", "zu",
        "zur", "zum", "ten", "ter", "bin", "ibn", "al", "el", "st.",
    ]
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}
