import Foundation

/// One content line of a vCard: `item1.TEL;TYPE=CELL:+49 30 123456`.
struct VCardLine: Hashable {
    /// In capitals, without its group.
    let name: String
    /// Values of TYPE, and the bare words that stand for them in 2.1; in capitals.
    let types: Set<String>
    /// The value as it stands, decoded but with its escapes.
    private let value: String

    /// The whole value as one text.
    var text: String {
        VCardLine.unescaped(value[...]).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The value cut at each `;` that is not escaped.
    var parts: [String] {
        var parts: [String] = []
        var begin = value.startIndex
        var isEscaped = false
        for index in value.indices {
            if isEscaped {
                isEscaped = false
            } else if value[index] == "\\" {
                isEscaped = true
            } else if value[index] == ";" {
                parts.append(VCardLine.unescaped(value[begin..<index]))
                begin = value.index(after: index)
            }
        }
        parts.append(VCardLine.unescaped(value[begin...]))
        return parts
    }

    /// All lines of unfolded text; quoted-printable lines are joined over their soft breaks.
    static func all(in bytes: [UInt8]) -> [VCardLine] {
        var lines: [VCardLine] = []
        var pending: [UInt8] = []
        var isSoft = false
        for physical in bytes.split(whereSeparator: { $0 == 10 || $0 == 13 }) {
            if isSoft { pending += physical } else { pending = Array(physical) }
            isSoft = pending.last == UInt8(ascii: "=") && isQuotedPrintable(pending)
            if isSoft {
                pending.removeLast()
            } else if let line = VCardLine(pending) {
                lines.append(line)
            }
        }
        return lines
    }

    private init?(_ line: [UInt8]) {
        guard let colon = VCardLine.endOfParameters(line) else { return nil }
        let head = String(decoding: line[..<colon], as: UTF8.self)
        let pieces = VCardLine.split(head)
        guard let first = pieces.first, !first.isEmpty else { return nil }
        name = String(first.split(separator: ".").last ?? "").uppercased()
        var types: Set<String> = []
        var charset = "UTF-8"
        var isQuotedPrintable = false
        for piece in pieces.dropFirst() {
            let pair = piece.split(separator: "=", maxSplits: 1)
            let key = pair.first.map { $0.uppercased() } ?? ""
            let value = pair.count == 2 ? pair[1].filter { $0 != "\"" } : ""
            switch (key, pair.count) {
            case ("TYPE", 2):
                types.formUnion(value.uppercased().split(separator: ",").map(String.init))
            case ("CHARSET", 2): charset = value.uppercased()
            case ("ENCODING", 2): isQuotedPrintable = value.uppercased() == "QUOTED-PRINTABLE"
            case ("QUOTED-PRINTABLE", 1): isQuotedPrintable = true
            case (_, 1): types.insert(key)
            default: break
            }
        }
        self.types = types
        let raw = Array(line[(colon + 1)...])
        value = VCardLine.decoded(isQuotedPrintable ? VCardLine.unquoted(raw) : raw, charset)
    }

    private static func isQuotedPrintable(_ line: [UInt8]) -> Bool {
        guard let colon = endOfParameters(line) else { return false }
        return String(decoding: line[..<colon], as: UTF8.self).uppercased()
            .contains("QUOTED-PRINTABLE")
    }

    /// The first colon outside quotation marks.
    private static func endOfParameters(_ line: [UInt8]) -> Int? {
        var isQuoted = false
        for (index, byte) in line.enumerated() {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if byte == UInt8(ascii: ":"), !isQuoted { return index }
        }
        return nil
    }

    private static func split(_ head: String) -> [Substring] {
        var isQuoted = false
        return head.split(omittingEmptySubsequences: true) { letter in
            if letter == "\"" { isQuoted.toggle() }
            return letter == ";" && !isQuoted
        }
    }

    private static func unquoted(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "="), index + 2 < bytes.count,
                let byte = UInt8(
                    String(decoding: bytes[index + 1...index + 2], as: UTF8.self), radix: 16)
            {
                text.append(byte)
                index += 3
            } else {
                text.append(bytes[index])
                index += 1
            }
        }
        return text
    }

    private static func decoded(_ bytes: [UInt8], _ charset: String) -> String {
        let isWestern = ["ISO-8859-1", "ISO-8859-15", "WINDOWS-1252", "LATIN1"].contains(charset)
        if !isWestern || bytes.allSatisfy({ $0 < 0x80 }),
            let text = String(validating: bytes, as: UTF8.self)
        {
            return text.filter { $0 != "\0" }
        }
        // A line that says Latin-1 and holds UTF-8 was decoded with the whole file before.
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        let western = try? ImportText.fromWindows1252(bytes)
        return String(decoding: western ?? bytes, as: UTF8.self).filter { $0 != "\0" }
    }

    private static func unescaped(_ text: Substring) -> String {
        guard text.contains("\\") else { return String(text) }
        var plain = ""
        var isEscaped = false
        for letter in text {
            if isEscaped {
                plain.append(letter == "n" || letter == "N" ? "\n" : letter)
                isEscaped = false
            } else if letter == "\\" {
                isEscaped = true
            } else {
                plain.append(letter)
            }
        }
        return plain
    }
}
