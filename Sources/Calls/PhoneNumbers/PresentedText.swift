/// What is kept of a text from outside, and what is read of it.
enum PresentedText {
    /// Longest text that is kept, in Unicode scalars: a SIP address of usual length fits.
    static let longestKept = 128

    /// Longest text that is read after runs of spaces are collapsed, in scalars. A field with many
    /// numbers and their words fits, and a SIP address with its parameters; what is longer is no
    /// number.
    static let longestRead = 512

    /// A text is not looked at beyond this many scalars, whatever they are.
    static let longestScanned = 16_384

    /// The beginning of the text; nothing else changes. Scalars and not characters, as one
    /// character can have any number of them.
    static func kept(_ text: String) -> String {
        let scalars = text.unicodeScalars
        let end = scalars.index(
            scalars.startIndex, offsetBy: longestKept, limitedBy: scalars.endIndex)
        return end.map { String(scalars[..<$0]) } ?? text
    }

    /// The text with ASCII digits and punctuation, single spaces, no bidirectional controls and no
    /// other invisible or combining characters, trimmed. Line feeds stay: they divide a field.
    ///
    /// Nil for a text that is too long, or has control characters or undecodable bytes in it.
    static func readable(_ text: String) -> String? {
        var result = String.UnicodeScalarView()
        var scanned = 0
        var count = 0
        var pendingSpace: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            scanned += 1
            if scanned > longestScanned { return nil }
            switch replacement(for: scalar) {
            case .forbidden: return nil
            case .nothing: continue
            case .space:
                if pendingSpace != "\n" { pendingSpace = " " }
            case .lineFeed:
                pendingSpace = "\n"
            case .scalar(let readable):
                if let space = pendingSpace, count > 0 { result.append(space) }
                count += pendingSpace == nil ? 1 : 2
                if count > longestRead { return nil }
                pendingSpace = nil
                result.append(readable)
            }
        }
        return String(result)
    }

    /// For people: without control, bidirectional and other invisible characters.
    static func displayable(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let isHidden =
                scalar.properties.isDefaultIgnorableCodePoint
                || scalar.properties.generalCategory == .control
            if !isHidden { result.append(scalar) }
        }
        return String(result)
    }

    private enum Replacement {
        case scalar(Unicode.Scalar), space, lineFeed, nothing, forbidden
    }

    private static func replacement(for scalar: Unicode.Scalar) -> Replacement {
        switch scalar {
        case " "..."~": return scalar == " " ? .space : .scalar(scalar)
        case "\n", "\r", "\u{2028}", "\u{2029}", "\u{85}": return .lineFeed
        case "\t", "\u{0B}", "\u{0C}": return .space
        case "\u{FFFD}": return .forbidden
        case "\u{FF01}"..."\u{FF5E}":  // full-width forms of ASCII
            return Unicode.Scalar(scalar.value - 0xFEE0).map { .scalar($0) } ?? .forbidden
        case "\u{2212}", "\u{30FC}", "\u{FF70}": return .scalar("-")
        case "\u{2044}", "\u{2215}": return .scalar("/")
        case "\u{2053}", "\u{223C}", "\u{301C}": return .scalar("~")
        case "\u{FE62}", "\u{207A}": return .scalar("+")
        default: return otherReplacement(for: scalar)
        }
    }

    private static func otherReplacement(for scalar: Unicode.Scalar) -> Replacement {
        let properties = scalar.properties
        // U+00AD, U+200B–200F, U+202A–202E, U+2060–2069, U+FEFF and their like.
        if properties.isDefaultIgnorableCodePoint { return .nothing }
        if properties.isWhitespace { return .space }
        if properties.numericType == .decimal, let value = properties.numericValue {
            return Unicode.Scalar(UInt32(value) + 0x30).map { .scalar($0) } ?? .forbidden
        }
        switch properties.generalCategory {
        case .control, .surrogate, .unassigned, .privateUse: return .forbidden
        case .dashPunctuation: return .scalar("-")
        case .nonspacingMark, .enclosingMark, .format: return .nothing
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .spacingMark, .decimalNumber, .letterNumber, .otherNumber, .connectorPunctuation,
            .openPunctuation, .closePunctuation, .initialPunctuation, .finalPunctuation,
            .otherPunctuation, .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol,
            .spaceSeparator, .lineSeparator, .paragraphSeparator:
            return .scalar(scalar)
        @unknown default: return .scalar(scalar)
        }
    }
}
