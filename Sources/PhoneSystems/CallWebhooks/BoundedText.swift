/// Limits for what comes from outside.
///
/// The caller chooses the name and the number that are shown. So these are cut and cleaned, but they never
/// make an event fail: nobody may hide a call by a strange name. What the phone system chooses (ids, kinds,
/// times) is held to its form.
enum TextLimit {
    /// In Unicode characters: what is shown of a name or a number at most.
    static let shown = 128
    /// In bytes: ids, extensions, queues.
    static let identifier = 256
}

extension String {
    /// With U+FFFD for NUL, which PostgreSQL stores in no text: it stays visible that something was there.
    var withoutNUL: String {
        utf8.contains(0) ? replacing("\0", with: "\u{FFFD}") : self
    }

    /// As much as is shown, without NUL.
    var cutForShow: String {
        guard utf8.count > TextLimit.shown else { return withoutNUL }
        var kept = UnicodeScalarView()
        kept.append(contentsOf: withoutNUL.unicodeScalars.prefix(TextLimit.shown))
        return String(kept)
    }

    /// At most as many bytes as an id may have, cut between characters, without NUL.
    var cutForName: String {
        guard utf8.count > TextLimit.identifier else { return withoutNUL }
        var kept = UnicodeScalarView()
        var bytes = 0
        for scalar in withoutNUL.unicodeScalars {
            bytes += UTF8.width(scalar)
            if bytes > TextLimit.identifier { break }
            kept.append(scalar)
        }
        return String(kept)
    }

    /// Opaque text, kept byte for byte: 1 to 256 bytes, no NUL.
    var isIdentifier: Bool {
        !isEmpty && utf8.count <= TextLimit.identifier && !utf8.contains(0)
    }

    /// Without spaces and line ends around it; `nil` when nothing is left.
    var trimmedOrNil: String? {
        let isSpace: (Unicode.Scalar) -> Bool = {
            $0 == " " || $0 == "\t" || $0 == "\r" || $0 == "\n"
        }
        let scalars = unicodeScalars
        guard let first = scalars.firstIndex(where: { !isSpace($0) }),
            let last = scalars.lastIndex(where: { !isSpace($0) })
        else { return nil }
        return String(scalars[first...last])
    }
}
