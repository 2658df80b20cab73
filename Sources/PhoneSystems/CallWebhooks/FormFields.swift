import Foundation

/// The fields of a form, in the order in which they came; one that was given several times stands there
/// several times.
///
/// Phone systems spell names as their makers liked: `callId`, `call_id`, `callid`; `user`, `user[]`,
/// `user[0]`. So a name is compared without case, `_`, `-` and brackets at its end.
struct FormFields {
    /// More than any phone system sends: names and values are compared one by one.
    static let most = 256
    /// In bytes. Ours have at most 15: a longer name is not looked at.
    static let longestName = 64

    private var fields: [(name: String, value: String)] = []

    mutating func append(_ name: String, _ value: String) {
        guard fields.count < Self.most, name.utf8.count <= Self.longestName else { return }
        fields.append((Self.plain(name), value))
    }

    /// The values of the first of these names that has any that is not empty.
    func all(_ names: String...) -> [String] {
        for name in names {
            let values = fields.filter { $0.name == name }.compactMap { $0.value.trimmedOrNil }
            if !values.isEmpty { return values }
        }
        return []
    }

    /// The first value as it stands, spaces included, unless it is empty.
    func first(_ name: String) -> String? {
        fields.first { $0.name == name && !$0.value.isEmpty }?.value
    }

    private static func plain(_ name: String) -> String {
        var name = Substring(name)
        while name.hasSuffix("]"), let open = name.lastIndex(of: "[") { name = name[..<open] }
        return name.lowercased().filter { $0 != "_" && $0 != "-" }
    }
}

extension FormFields {
    /// `application/x-www-form-urlencoded`, as browsers and phone systems write it: `+` is a space, and what
    /// is no escape stands for itself.
    init(urlEncoded body: [UInt8], charset: String?) {
        for pair in body.split(separator: UInt8(ascii: "&")) {
            let mark = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            append(
                Charset.text(Self.unescaped(pair[..<mark]), charset),
                Charset.text(Self.unescaped(pair[mark...].dropFirst()), charset))
        }
    }

    /// An object's texts and numbers; an array gives a field for each of its elements. Deeper values are not
    /// ours to know.
    init(_ object: JSONObject) {
        for member in object.members {
            switch member.value {
            case .array(let list): for element in list { append(member.name, scalar: element) }
            case .object, .text, .number, .boolean, .null:
                append(member.name, scalar: member.value)
            }
        }
    }

    private mutating func append(_ name: String, scalar value: JSONValue) {
        switch value {
        case .text(let text): append(name, text)
        case .number(let digits): append(name, digits)
        case .boolean, .null, .array, .object: return
        }
    }

    private static func unescaped(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var rest = bytes
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "+") {
                result.append(0x20)
            } else if byte == UInt8(ascii: "%"), let high = hexDigit(rest.first),
                let low = hexDigit(rest.dropFirst().first)
            {
                result.append(high << 4 | low)
                rest = rest.dropFirst(2)
            } else {
                result.append(byte)
            }
        }
        return result
    }

    private static func hexDigit(_ byte: UInt8?) -> UInt8? {
        switch byte {
        case let byte? where (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte):
            byte - UInt8(ascii: "0")
        case let byte? where (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20):
            (byte | 0x20) - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}

/// The character sets that phone systems still announce.
enum Charset {
    /// Never fails: an unknown set is read as UTF-8, and what cannot be read becomes U+FFFD. A wrong letter in
    /// a name is better than a lost call.
    static func text(_ bytes: [UInt8], _ name: String?) -> String {
        switch name?.lowercased() {
        case "iso-8859-1", "latin1", "iso_8859-1", "windows-1252", "cp1252":
            // Browsers read Latin 1 as Windows 1252, and senders write it so.
            String(bytes: bytes, encoding: .windowsCP1252)
                ?? String(bytes: bytes, encoding: .isoLatin1)
                ?? String(decoding: bytes, as: UTF8.self)
        default: String(decoding: bytes, as: UTF8.self)
        }
    }
}
