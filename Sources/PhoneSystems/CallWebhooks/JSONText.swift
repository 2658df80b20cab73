/// A JSON value as it stands in the text: numbers keep their digits, objects keep repeated names.
///
/// We read JSON ourselves for three things that Foundation's reader does not give: an id that was sent as a
/// number stays the text that it was (12345678901234567890 is not rounded), the depth is bounded where the
/// reading happens, and an event that we do not know can be kept as it came.
enum JSONValue {
    case object(JSONObject)
    case array([JSONValue])
    case text(String)
    case number(String)
    case boolean(Bool)
    case null
}

struct JSONObject {
    struct Member {
        let name: String
        let value: JSONValue
    }

    var members: [Member] = []
    /// Where it stands in the text.
    var place: Range<Int> = 0..<0

    func values(_ name: String) -> [JSONValue] {
        members.filter { $0.name == name }.map(\.value)
    }
}

/// Where and why a text is no JSON (RFC 8259), or is deeper than we follow.
struct JSONFault: Error, Hashable {
    /// The byte at which reading stopped, from 0.
    let offset: Int
    let expected: String
}

/// Reads one JSON text from its first byte to its last, in one pass.
///
/// Bytes that are no UTF-8 become U+FFFD: a caller's name in a wrong encoding must not lose the call.
struct JSONReader {
    /// Nested arrays and objects; our own events need three.
    static let mostDepth = 16

    private let bytes: [UInt8]
    private var at = 0

    static func read(_ bytes: [UInt8]) throws(JSONFault) -> JSONValue {
        var reader = JSONReader(bytes: bytes)
        reader.skipMark()
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.at == bytes.count else {
            throw reader.fault("the end, as the value is complete")
        }
        return value
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private mutating func value(depth: Int) throws(JSONFault) -> JSONValue {
        skipSpace()
        switch peek {
        case UInt8(ascii: "{"): return .object(try object(depth: depth + 1))
        case UInt8(ascii: "["): return .array(try array(depth: depth + 1))
        case UInt8(ascii: "\""): return .text(try text())
        case UInt8(ascii: "t"): return try word("true", .boolean(true))
        case UInt8(ascii: "f"): return try word("false", .boolean(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func object(depth: Int) throws(JSONFault) -> JSONObject {
        guard depth <= Self.mostDepth else { throw fault("no more than \(Self.mostDepth) levels") }
        let start = at
        at += 1
        var object = JSONObject()
        if !takes("}") {
            repeat {
                skipSpace()
                guard peek == UInt8(ascii: "\"") else { throw fault("a name in quotes") }
                let name = try text()
                guard takes(":") else { throw fault("a colon") }
                object.members.append(.init(name: name, value: try value(depth: depth)))
            } while takes(",")
            guard takes("}") else { throw fault("a comma or }") }
        }
        object.place = start..<at
        return object
    }

    private mutating func array(depth: Int) throws(JSONFault) -> [JSONValue] {
        guard depth <= Self.mostDepth else { throw fault("no more than \(Self.mostDepth) levels") }
        at += 1
        var list: [JSONValue] = []
        if !takes("]") {
            repeat { list.append(try value(depth: depth)) } while takes(",")
            guard takes("]") else { throw fault("a comma or ]") }
        }
        return list
    }

    private mutating func word(_ word: String, _ value: JSONValue) throws(JSONFault) -> JSONValue {
        guard bytes[at...].starts(with: word.utf8) else { throw fault("a value") }
        at += word.utf8.count
        return value
    }

    private mutating func number() throws(JSONFault) -> String {
        let start = at
        if peek == UInt8(ascii: "-") { at += 1 }
        let whole = takeDigits()
        guard whole > 0 else { throw fault("a value") }
        if whole > 1, bytes[at - whole] == UInt8(ascii: "0") { throw fault("no zero in front") }
        if peek == UInt8(ascii: ".") {
            at += 1
            guard takeDigits() > 0 else { throw fault("a digit") }
        }
        if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
            at += 1
            if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { at += 1 }
            guard takeDigits() > 0 else { throw fault("a digit") }
        }
        return String(decoding: bytes[start..<at], as: UTF8.self)
    }

    private mutating func takeDigits() -> Int {
        let start = at
        while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { at += 1 }
        return at - start
    }
}

// MARK: - Text

extension JSONReader {
    private mutating func text() throws(JSONFault) -> String {
        at += 1
        var decoded: [UInt8] = []
        while let byte = peek {
            at += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: decoded, as: UTF8.self)
            case UInt8(ascii: "\\"): try escape(into: &decoded)
            case 0..<0x20:
                at -= 1
                throw fault("no control character in a text: write it as \\u00XX")
            default: decoded.append(byte)
            }
        }
        throw fault("a closing quote")
    }

    private mutating func escape(into decoded: inout [UInt8]) throws(JSONFault) {
        guard let byte = peek else { throw fault("a closing quote") }
        at += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): decoded.append(byte)
        case UInt8(ascii: "b"): decoded.append(0x08)
        case UInt8(ascii: "f"): decoded.append(0x0C)
        case UInt8(ascii: "n"): decoded.append(0x0A)
        case UInt8(ascii: "r"): decoded.append(0x0D)
        case UInt8(ascii: "t"): decoded.append(0x09)
        case UInt8(ascii: "u"): decoded.append(contentsOf: String(try scalar()).utf8)
        default:
            at -= 1
            throw fault("an escape that JSON knows")
        }
    }

    /// The character of `\uXXXX`, or of two of them. Half a pair, as a name cut in the middle of an emoji
    /// leaves it, becomes U+FFFD.
    private mutating func scalar() throws(JSONFault) -> Character {
        let unit = try fourHexDigits()
        guard UTF16.isLeadSurrogate(unit), bytes[at...].starts(with: [0x5C, 0x75]) else {
            return Character(Unicode.Scalar(unit) ?? "\u{FFFD}")
        }
        let before = at
        at += 2
        let second = try fourHexDigits()
        guard UTF16.isTrailSurrogate(second) else {
            at = before
            return "\u{FFFD}"
        }
        return Character(
            UTF16.decode(UTF16.EncodedScalar([unit, second])))
    }

    private mutating func fourHexDigits() throws(JSONFault) -> UInt16 {
        let digits = bytes[at...].prefix(4)
        guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw fault("four hexadecimal digits") }
        at += 4
        return unit
    }
}

// MARK: - Bytes

extension JSONReader {
    private var peek: UInt8? { at < bytes.count ? bytes[at] : nil }

    /// Skips space and takes the character if it stands there.
    private mutating func takes(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard peek == UInt8(ascii: character) else { return false }
        at += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            at += 1
        }
    }

    /// The byte order mark that some Windows programs put before UTF-8.
    private mutating func skipMark() {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
    }

    private func fault(_ expected: String) -> JSONFault {
        JSONFault(offset: at, expected: expected)
    }
}
