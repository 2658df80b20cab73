/// What two numbers share when they are one number: 4 bits of name space and 60 bits of content.
///
/// Keys of different spaces are never equal, so `*123`, the extension 123 and a subscriber cannot
/// be mistaken for each other. The raw value is never 0 and always below 2^63: as an `Int64` it is
/// positive and keeps its order.
///
/// A key depends on the metadata of the linked library; see ``NumberMetadata/stamp``.
public struct NumberKey: RawRepresentable, Hashable, Codable, Sendable {
    /// The name space of a key.
    public enum Space: UInt64, Sendable, CaseIterable {
        /// Calling code and national number, at most 15 digits, as an integer.
        case subscriber = 1
        /// Digits inside a phone system.
        case `extension` = 2
        /// Calling code and digits of a short or emergency number.
        case short = 3
        /// A code with its stars and hashes.
        case service = 4
        /// A sender that is a text, in lower case.
        case text = 5
    }

    public let rawValue: UInt64

    /// Nil for a value that no number has: an unknown name space, or no content.
    public init?(rawValue: UInt64) {
        guard Space(rawValue: rawValue >> 60) != nil, rawValue & Self.contentMask != 0 else {
            return nil
        }
        self.rawValue = rawValue
    }

    /// Nil for a value that no number has.
    public init?(stored: Int64) {
        self.init(rawValue: UInt64(bitPattern: stored))
    }

    /// The key as a database keeps it: positive, in the same order.
    public var stored: Int64 { Int64(bitPattern: rawValue) }

    public var space: Space? { Space(rawValue: rawValue >> 60) }

    var content: UInt64 { rawValue & Self.contentMask }

    private static let contentMask: UInt64 = 1 << 60 - 1
    private static let hashed: UInt64 = 1 << 59
}

extension NumberKey {
    private init(_ space: Space, _ content: UInt64) {
        rawValue = space.rawValue << 60 | content
    }

    /// A subscriber's key; nil for 0 and for more than the 15 digits of E.164.
    init?(subscriber digits: UInt64) {
        guard digits > 0, digits < 1_000_000_000_000_000 else { return nil }
        self.init(.subscriber, digits)
    }

    /// A subscriber's key from calling code and national number, in ASCII digits.
    init?(subscriber digits: String) {
        guard digits.utf8.count <= 15, let value = UInt64(digits) else { return nil }
        self.init(subscriber: value)
    }

    init(extension digits: String) {
        self.init(.extension, Self.packed(digits, in: Self.digits))
    }

    /// Calling codes are prefix-free, so code and digits can stand in one text.
    init(shortNumber digits: String, callingCode: Int) {
        self.init(.short, Self.packed(String(callingCode) + digits, in: Self.digits))
    }

    init(serviceCode: String) {
        self.init(.service, Self.packed(serviceCode, in: Self.serviceCharacters))
    }

    init(textSender: String) {
        self.init(.text, Self.packed(textSender.lowercased(), in: Self.senderCharacters))
    }

    private static let digits = Array("0123456789".unicodeScalars)
    private static let serviceCharacters = Array("0123456789*#".unicodeScalars)
    /// 41 characters: 11 of them, the longest sender GSM allows, need 58.97 bits.
    private static let senderCharacters = Array(
        "abcdefghijklmnopqrstuvwxyz0123456789 .-_&".unicodeScalars)

    /// One number for one text: bijective base n, so `0123` and `123` differ. A text that needs
    /// more than 59 bits or other characters is hashed (FNV-1a) and marked in bit 59, so it never
    /// equals a packed one. Two hashed texts collide by chance once in 2^59.
    private static func packed(_ text: String, in alphabet: [Unicode.Scalar]) -> UInt64 {
        var value: UInt64 = 0
        for scalar in text.unicodeScalars {
            guard let index = alphabet.firstIndex(of: scalar) else { return hash(of: text) }
            let (product, overflows) = value.multipliedReportingOverflow(by: UInt64(alphabet.count))
            if overflows || product >= hashed { return hash(of: text) }
            value = product + UInt64(index + 1)
            if value >= hashed { return hash(of: text) }
        }
        return value == 0 ? hash(of: text) : value
    }

    private static func hash(of text: String) -> UInt64 {
        hashed | (StableHash.of(text.utf8) & (hashed - 1))
    }
}

/// FNV-1a with 64 bits: the same in every process and on every machine, unlike `Hasher`.
struct StableHash {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func add(_ bytes: some Sequence<UInt8>) {
        for byte in bytes {
            value = (value ^ UInt64(byte)) &* 0x100_0000_01b3
        }
    }

    static func of(_ bytes: some Sequence<UInt8>) -> UInt64 {
        var hash = StableHash()
        hash.add(bytes)
        return hash.value
    }
}
