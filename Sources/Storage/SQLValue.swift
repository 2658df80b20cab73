package import Foundation

/// A value as the store keeps it.
package enum SQLValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
}

/// What can be bound into an `SQL`.
///
/// A type with a raw value needs no conformance: it is bound as its raw value.
package protocol SQLBindable {
    var sqlValue: SQLValue { get }
}

extension SQLValue: SQLBindable {
    package var sqlValue: SQLValue { self }

    /// A value as JSON text with sorted keys, so that equal values are equal texts. Dates in it are
    /// integers, milliseconds since 1970, as in columns: what is finer than that is cut off.
    ///
    /// - Throws: `EncodingError`, for a number that is not finite.
    package static func json(_ value: some Encodable) throws -> SQLValue {
        .text(String(decoding: try StoredJSON.encoder.encode(value), as: UTF8.self))
    }
}

extension String: SQLBindable {
    /// `U+0000` becomes `U+FFFD`: PostgreSQL refuses it, and SQLite's text ends there.
    package var sqlValue: SQLValue {
        let holdsNul = utf8.withContiguousStorageIfAvailable { bytes in
            bytes.baseAddress.map { memchr($0, 0, bytes.count) != nil } ?? false
        }
        guard holdsNul ?? utf8.contains(0) else { return .text(self) }
        return .text(
            String(String.UnicodeScalarView(unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 })))
    }
}

extension Substring: SQLBindable {
    package var sqlValue: SQLValue { String(self).sqlValue }
}

extension Int: SQLBindable {
    package var sqlValue: SQLValue { .integer(Int64(self)) }
}

extension Int64: SQLBindable {
    package var sqlValue: SQLValue { .integer(self) }
}

extension UInt64: SQLBindable {
    /// The bit pattern: large values are negative in the store, so they cannot be compared by size.
    package var sqlValue: SQLValue { .integer(Int64(bitPattern: self)) }
}

extension Double: SQLBindable {
    package var sqlValue: SQLValue { .real(self) }
}

extension Bool: SQLBindable {
    package var sqlValue: SQLValue { .integer(self ? 1 : 0) }
}

extension Date: SQLBindable {
    package var sqlValue: SQLValue { .integer(millisecondsSince1970) }
}

extension Data: SQLBindable {
    package var sqlValue: SQLValue { .blob([UInt8](self)) }
}

extension [UInt8]: SQLBindable {
    package var sqlValue: SQLValue { .blob(self) }
}

extension Optional: SQLBindable where Wrapped: SQLBindable {
    package var sqlValue: SQLValue { self?.sqlValue ?? .null }
}

extension RawRepresentable where Self: SQLBindable, RawValue: SQLBindable {
    package var sqlValue: SQLValue { rawValue.sqlValue }
}

extension Date {
    /// Rounded to the nearest; a date out of range is the first or last that fits.
    var millisecondsSince1970: Int64 {
        let milliseconds = (timeIntervalSince1970 * 1000).rounded()
        return Int64(exactly: milliseconds) ?? (milliseconds < 0 ? .min : .max)
    }

    init(millisecondsSince1970 milliseconds: Int64) {
        self.init(timeIntervalSince1970: Double(milliseconds) / 1000)
    }
}

/// The one form of JSON in the store.
enum StoredJSON {
    static let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(date.millisecondsSince1970)
        }
        return encoder
    }()

    static let decoder: JSONDecoder = {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            Date(millisecondsSince1970: try decoder.singleValueContainer().decode(Int64.self))
        }
        return decoder
    }()
}
