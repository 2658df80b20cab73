/// One number as somebody wrote it: the digits, the extension beside them, and the words cut off.
///
/// Letters are never left to the library, which takes every letter for a key of a keypad and so
/// makes a valid number of `030 123456 (privat)`.
struct WrittenNumber: Hashable {
    struct Group: Hashable {
        let digits: String
        /// What stands before it: the last mark, else a space, else nothing.
        let separator: Character?
        let isInParentheses: Bool
    }

    /// Groups of digits, without the extension's.
    private(set) var groups: [Group] = []
    private(set) var hasPlus = false
    private(set) var `extension`: String?
    /// The extension's marker says direct dialling-in (DW, Durchwahl): in Germany and Austria the
    /// digits are dialled behind the number.
    private(set) var isDirectDial = false
    /// `ext. 12`: an extension and no number.
    private(set) var isExtensionAlone = false
    /// A `#` stands at the end, as a person writes `1234-910#` for the extension 910.
    private(set) var endsInHash = false
    /// Words stood behind the digits and were cut off.
    private(set) var isFollowedByWords = false
    /// The number with its letters as keys of a keypad, where it has the shape of 1-800-FLOWERS.
    private(set) var vanityDigits: String?
    /// Letters and digits and nothing between them, as in `INFO24`: a sender may look like this.
    private(set) var isOneWordWithDigits = false

    private static let longestExtension = 20
    /// `App. 1234567` may as well be a number.
    private static let longestExtensionAlone = 6
    /// More digits than any number with any prefix has.
    private static let longestNumber = 24

    /// Nil when there are no digits. `text` comes from ``PresentedText/readable(_:)``.
    init?(_ text: String) {
        let tokens = NumberToken.tokens(of: Array(text.unicodeScalars))
        guard let start = readPrefix(tokens) else { return nil }
        isOneWordWithDigits =
            tokens.allSatisfy { $0.digits != nil || $0.word != nil }
            && tokens.contains { $0.word != nil }
        if isExtensionAlone { return }
        readBody(tokens, from: start)
        guard !groups.isEmpty, digits.utf8.count <= Self.longestNumber else { return nil }
    }

    var digits: String { groups.map(\.digits).joined() }

    /// Digits and nothing else, in one group.
    var isPlainDigits: Bool {
        groups.count == 1 && !hasPlus && `extension` == nil && !isFollowedByWords && !endsInHash
            && !isOneWordWithDigits
    }

    /// `…-0`: in Germany and Austria the head of a block of direct-dial numbers.
    var endsInDashZero: Bool {
        guard groups.count > 1, let last = groups.last else { return false }
        return last.digits == "0" && last.separator == "-" && `extension` == nil
    }
}

extension WrittenNumber {
    /// Skips the words before the number. Returns where the number begins.
    private mutating func readPrefix(_ tokens: [NumberToken]) -> Int? {
        var lastWord: String?
        var index = 0
        while index < tokens.count {
            let token = tokens[index]
            if let digits = token.digits {
                if isLabelIndex(tokens, at: index) {
                    lastWord = nil
                    index += 2
                    continue
                }
                let marksExtension = lastWord.map(ExtensionMarker.isLong) ?? false
                if marksExtension, digits.utf8.count <= Self.longestExtensionAlone,
                    !tokens[(index + 1)...].contains(where: \.isNumberStart)
                {
                    isExtensionAlone = true
                    `extension` = digits
                }
                return index
            }
            if token.piece == .plus { return index }
            lastWord = token.word ?? lastWord
            index += 1
        }
        return nil
    }

    /// `Phone 2: 415…`: the 2 is no part of the number.
    private func isLabelIndex(_ tokens: [NumberToken], at index: Int) -> Bool {
        guard let digits = tokens[index].digits, digits.utf8.count <= 2, index > 0,
            index + 1 < tokens.count
        else { return false }
        return tokens[index + 1].piece == .mark(":")
            && tokens[(index + 2)...].contains(where: \.isNumberStart)
    }

    private mutating func readBody(_ tokens: [NumberToken], from start: Int) {
        var index = start
        var separator: Character?
        while index < tokens.count {
            switch tokens[index].piece {
            case .plus:
                if !groups.isEmpty { return }
                hasPlus = true
            case .digits(let digits):
                groups.append(
                    Group(
                        digits: digits, separator: separator,
                        isInParentheses: Self.isInParentheses(tokens, at: index)))
                separator = nil
            case .space:
                separator = separator ?? " "
            case .mark(let mark) where "-./()[]*".contains(mark):
                separator = mark
            case .mark, .word:
                if readExtension(tokens, from: index) { return }
                guard isSkipped(tokens, at: index) else {
                    readEnd(tokens, from: index, start: start)
                    return
                }
            }
            index += 1
        }
    }

    /// Letters that stand for a digit to come, as in `(0xx) 11…`; one stray letter at a digit, as in
    /// `600a5`; and `~`, which some write in an international prefix (`8~10`).
    private func isSkipped(_ tokens: [NumberToken], at index: Int) -> Bool {
        if tokens[index].piece == .mark("~") { return true }
        guard let word = tokens[index].word else { return false }
        if word.allSatisfy({ $0 == "x" }) { return true }
        let touchesDigits =
            (index > 0 && tokens[index - 1].digits != nil)
            || (index + 1 < tokens.count && tokens[index + 1].digits != nil)
        return word.count == 1 && touchesDigits
    }

    /// Everything from the first word or foreign mark on.
    private mutating func readEnd(_ tokens: [NumberToken], from index: Int, start: Int) {
        if tokens[index].piece == .mark("#") {
            endsInHash = true
            return
        }
        isFollowedByWords = tokens[index...].contains { $0.word != nil }
        if tokens[index].word != nil, !Self.followsParenthesis(tokens, at: index) {
            vanityDigits = Vanity.digits(of: tokens[start...], digitsBefore: digits.utf8.count)
                .map { (hasPlus ? "+" : "") + $0 }
        }
    }

    /// True when an extension begins here; it is stored.
    private mutating func readExtension(_ tokens: [NumberToken], from index: Int) -> Bool {
        guard !groups.isEmpty, let marker = ExtensionMarker(tokens, at: index) else { return false }
        var next = index + 1
        while next < tokens.count, tokens[next].digits == nil {
            let belongsToMarker =
                switch tokens[next].piece {
                case .space: true
                case .mark(let mark): ".:=-,;#".contains(mark)
                case .word(let word): ExtensionMarker.isLong(word)
                case .plus, .digits: false
                }
            guard belongsToMarker else { return false }
            next += 1
        }
        guard next < tokens.count, let digits = tokens[next].digits,
            digits.utf8.count <= Self.longestExtension
        else { return false }
        // After a comma, a hash or a single letter more digits would mean a second number.
        let isLast = !tokens[(next + 1)...].contains { $0.isNumberStart }
        guard isLast || marker.isCertain else { return false }
        `extension` = digits
        isDirectDial = marker.isDirectDial
        return true
    }

    private static func isInParentheses(_ tokens: [NumberToken], at index: Int) -> Bool {
        let before = tokens[..<index].last { $0.piece != .space }?.piece
        let after = tokens[(index + 1)...].first { $0.piece != .space }?.piece
        return before == .mark("(") && after == .mark(")")
    }

    private static func followsParenthesis(_ tokens: [NumberToken], at index: Int) -> Bool {
        tokens[..<index].last { $0.piece != .space }?.piece == .mark("(")
    }
}

/// What people put before an extension.
struct ExtensionMarker {
    /// Holds even when more digits follow.
    let isCertain: Bool
    let isDirectDial: Bool

    init?(_ tokens: [NumberToken], at index: Int) {
        switch tokens[index].piece {
        case .word(let word) where Self.directDial.contains(word):
            self.init(isCertain: true, isDirectDial: true)
        case .word(let word) where Self.words.contains(word) || word == "x":
            self.init(isCertain: true, isDirectDial: false)
        case .word("w"), .word("p"), .mark(","), .mark(";"), .mark("#"):
            self.init(isCertain: false, isDirectDial: false)
        case .mark("~") where index > 0 && tokens[index - 1].piece == .space:
            self.init(isCertain: false, isDirectDial: false)
        case .word, .mark, .digits, .plus, .space: return nil
        }
    }

    private init(isCertain: Bool, isDirectDial: Bool) {
        self.isCertain = isCertain
        self.isDirectDial = isDirectDial
    }

    static func isLong(_ word: String) -> Bool {
        words.contains(word) || directDial.contains(word) || word == "x"
    }

    private static let words: Set<String> = [
        "ext", "extn", "xtn", "xt", "extension", "extensión", "extensão", "int", "interno", "anexo",
        "ramal", "poste", "доб", "добавочный", "app", "apparat", "nst", "nebenstelle", "toestel",
    ]
    private static let directDial: Set<String> = ["dw", "durchwahl", "klappe", "kl"]
}

/// Numbers spelt in letters: 1-800-FLOWERS.
private enum Vanity {
    /// A calling code and a service code stand before the letters, hardly ever more.
    private static let digitsBefore = 3...6
    private static let letters = 3...12
    private static let mostWords = 2

    /// Nil when the text has another shape, such as a number with words behind it.
    static func digits(of tokens: ArraySlice<NumberToken>, digitsBefore: Int) -> String? {
        guard Self.digitsBefore.contains(digitsBefore) else { return nil }
        var result = ""
        var letters = 0
        var words = 0
        for token in tokens {
            switch token.piece {
            case .digits(let digits): result += digits
            case .word(let word):
                words += 1
                for letter in word.unicodeScalars {
                    guard let key = key(for: letter) else { return nil }
                    result.append(key)
                    letters += 1
                }
            case .space, .plus, .mark("-"), .mark("."), .mark("("), .mark(")"), .mark("/"): continue
            case .mark: return nil
            }
        }
        return Self.letters.contains(letters) && words <= mostWords ? result : nil
    }

    /// The keypad of ITU-T E.161: abc, def, ghi, jkl, mno, pqrs, tuv, wxyz.
    private static let keys = Array("22233344455566677778889999")

    private static func key(for letter: Unicode.Scalar) -> Character? {
        guard ("a"..."z").contains(letter) else { return nil }
        return keys[Int(letter.value - 0x61)]
    }
}
