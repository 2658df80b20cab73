/// The number in an address: `sip:`, `sips:` and `tel:` URIs and their parameters are cut away.
///
/// Sources: RFC 3261 and 3966 (addresses and parameters), RFC 3323 (anonymous.invalid), RFC 8224
/// (verstat), RFC 4694 (npdi, rn, cic).
struct CallerIdentity {
    /// What remains to be read as a number.
    private(set) var text: String
    /// The caller asked for privacy, or the network has no number.
    private(set) var isWithheld = false

    /// `readable` comes from ``PresentedText/readable(_:)``.
    init(_ readable: String) {
        var rest = Substring(Self.insideAngleBrackets(readable))
        let scheme = Self.takeScheme(from: &rest)
        switch scheme {
        case .sip:
            // Without an "@" there is a host and no user: no number.
            let (user, host) = Self.userAndHost(rest) ?? ("", "")
            text = Self.percentDecoded(Self.withoutPassword(user))
            isWithheld = host.hasSuffix(".invalid")
        case .tel, nil:
            text = String(rest)
            // Without a scheme an address is one only if there is a number before the "@".
            if !rest.contains(" "), let (user, host) = Self.userAndHost(rest) {
                isWithheld = host.hasSuffix(".invalid")
                if !user.contains(where: \.isLetter) { text = String(user) }
            }
        }
        text = Self.withoutParameters(text)
        isWithheld = isWithheld || Self.saysWithheld(text)
    }

    private enum Scheme { case sip, tel }

    /// `"Ada" <sip:…>` is `sip:…`; a text without an address in brackets stays as it is.
    private static func insideAngleBrackets(_ text: String) -> String {
        guard let open = text.lastIndex(of: "<"),
            let close = text[open...].firstIndex(of: ">")
        else { return text }
        return String(text[text.index(after: open)..<close])
    }

    private static func takeScheme(from text: inout Substring) -> Scheme? {
        for (prefix, scheme) in [
            ("sips:", Scheme.sip), ("sip:", .sip), ("tel:", .tel), ("callto:", .tel),
        ] where text.prefix(prefix.count).lowercased() == prefix {
            text = text.dropFirst(prefix.count)
            return scheme
        }
        return nil
    }

    /// Nil when there is no "@"; the host is in lower case, without port and parameters.
    private static func userAndHost(_ text: Substring) -> (user: Substring, host: String)? {
        guard let at = text.lastIndex(of: "@") else { return nil }
        let host = text[text.index(after: at)...].prefix { $0 != ":" && $0 != ";" && $0 != "?" }
        return (text[..<at], host.lowercased())
    }

    private static func withoutPassword(_ user: Substring) -> Substring {
        user.prefix { $0 != ":" }
    }

    /// `%2B49…` is `+49…`. Only printable ASCII is decoded; anything else stays escaped.
    private static func percentDecoded(_ text: Substring) -> String {
        var result = ""
        var rest = text
        while let first = rest.first {
            let code = rest.dropFirst().prefix(2)
            if first == "%", code.count == 2, let value = UInt8(code, radix: 16),
                (0x21...0x7E).contains(value)
            {
                result.unicodeScalars.append(Unicode.Scalar(value))
                rest = rest.dropFirst(3)
            } else {
                result.append(first)
                rest = rest.dropFirst()
            }
        }
        return result
    }

    /// Cuts `;verstat=…`, `;npdi`, `;rn=…`, `;cic=…`, `;isub=…` and every other parameter. Keeps
    /// `;ext=`, puts a global `;phone-context=+49` in front, and keeps what is no parameter: people
    /// write `;` between numbers and before extensions.
    private static func withoutParameters(_ text: String) -> String {
        let pieces = text.split(separator: ";", omittingEmptySubsequences: false)
        guard pieces.count > 1, var number = pieces.first.map(String.init) else { return text }
        var context: Substring?
        for piece in pieces.dropFirst() {
            let parameter = piece.lowercased()
            if parameter.hasPrefix("phone-context=") {
                let value = piece.dropFirst("phone-context=".count)
                context = value.hasPrefix("+") ? value : nil
            } else if parameter.hasPrefix("ext=") || isNoParameter(piece) {
                number += ";" + piece
            }
        }
        guard let context, !number.hasPrefix("+") else { return number }
        return context + "-" + number
    }

    private static func isNoParameter(_ piece: Substring) -> Bool {
        !piece.contains("=") && piece.contains { $0.isNumber }
    }
}

extension CallerIdentity {
    /// Whether the words mean "no number": what networks and phone systems put in its place.
    private static func saysWithheld(_ text: String) -> Bool {
        if text.isEmpty { return true }
        guard !text.contains(where: \.isNumber) else { return false }
        let words = text.lowercased().split { !$0.isLetter }.joined(separator: " ")
        return withheldWords.contains(words)
    }

    private static let withheldWords: Set<String> = [
        "anonymous", "anonymous caller", "anonym", "unavailable", "not available", "restricted",
        "private", "private caller", "private number", "unknown", "unknown caller",
        "unknown number", "withheld", "number withheld", "caller id withheld", "blocked",
        "blocked caller", "hidden", "hidden number", "no number", "no caller id", "out of area",
        "asterisk", "unbekannt", "unterdrückt", "anonyme", "inconnu", "anonimo", "anónimo",
        "desconocido", "sconosciuto", "privato", "privado",
    ]
}
