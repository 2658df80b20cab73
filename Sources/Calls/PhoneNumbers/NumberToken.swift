/// A written number in pieces: what the rules for words, extensions and lists look at.
struct NumberToken: Hashable {
    enum Piece: Hashable {
        case digits(String)
        case plus
        /// Letters, in lower case.
        case word(String)
        case space
        case mark(Character)
    }

    let piece: Piece
    /// Where it stands, in scalars from the beginning of the text.
    let start: Int
    let end: Int

    /// `scalars` come from ``PresentedText/readable(_:)``: digits are ASCII.
    static func tokens(of scalars: [Unicode.Scalar]) -> [NumberToken] {
        var tokens: [NumberToken] = []
        var index = 0
        while index < scalars.count {
            let start = index
            let scalar = scalars[index]
            index += 1
            let piece: Piece
            switch scalar {
            case "0"..."9":
                while index < scalars.count, isDigit(scalars[index]) { index += 1 }
                piece = .digits(text(of: scalars[start..<index]))
            case "+": piece = .plus
            case " ": piece = .space
            case _ where scalar.properties.isAlphabetic:
                while index < scalars.count, scalars[index].properties.isAlphabetic { index += 1 }
                piece = .word(text(of: scalars[start..<index]).lowercased())
            default: piece = .mark(Character(scalar))
            }
            tokens.append(NumberToken(piece: piece, start: start, end: index))
        }
        return tokens
    }

    static func text(of scalars: some Sequence<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
        ("0"..."9").contains(scalar)
    }

    var digits: String? {
        if case .digits(let digits) = piece { digits } else { nil }
    }

    var word: String? {
        if case .word(let word) = piece { word } else { nil }
    }

    var isNumberStart: Bool { digits != nil || piece == .plus }
}
