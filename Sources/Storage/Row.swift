package import Foundation

/// One row of a result, read by column name.
///
/// Each accessor throws `StorageFailure.column` when there is no such column, when two columns have
/// this name, when the value is null and the accessor is not an optional one, or when the value is
/// of another kind: a wrong column is our bug and must not look like an empty value.
package struct Row: Sendable {
    /// The place of each column; two columns of one name have none.
    private let places: [String: Int?]
    private let values: [SQLValue]

    init(places: [String: Int?], values: [SQLValue]) {
        self.places = places
        self.values = values
    }

    /// The places of named columns, made once for all rows of a result.
    static func places(of names: [String]) -> [String: Int?] {
        Dictionary(
            names.enumerated().map { ($0.element, Int?.some($0.offset)) },
            uniquingKeysWith: { _, _ in nil })
    }

    /// The value as the store has it.
    package func value(_ column: String) throws(StorageFailure) -> SQLValue {
        guard let place = places[column] else {
            throw .column(column, problem: "is not in the result")
        }
        guard let place else {
            throw .column(column, problem: "is in the result twice")
        }
        return values[place]
    }

    /// The value of the first column, whatever its name.
    var first: SQLValue? { values.first }

    package func text(_ column: String) throws(StorageFailure) -> String {
        try required(optionalText(column), column)
    }

    package func optionalText(_ column: String) throws(StorageFailure) -> String? {
        switch try value(column) {
        case .text(let text): text
        case .null: nil
        case .integer, .real, .blob: throw .column(column, problem: "is not text")
        }
    }

    package func int(_ column: String) throws(StorageFailure) -> Int {
        try required(optionalInt(column), column)
    }

    package func optionalInt(_ column: String) throws(StorageFailure) -> Int? {
        switch try value(column) {
        case .integer(let number): Int(number)
        case .null: nil
        case .real, .text, .blob: throw .column(column, problem: "is not an integer")
        }
    }

    /// A `UInt64` that was bound as its bit pattern.
    package func uint64(_ column: String) throws(StorageFailure) -> UInt64 {
        UInt64(bitPattern: Int64(try int(column)))
    }

    package func optionalUInt64(_ column: String) throws(StorageFailure) -> UInt64? {
        try optionalInt(column).map { UInt64(bitPattern: Int64($0)) }
    }

    package func bool(_ column: String) throws(StorageFailure) -> Bool {
        try required(optionalBool(column), column)
    }

    package func optionalBool(_ column: String) throws(StorageFailure) -> Bool? {
        switch try optionalInt(column) {
        case nil: nil
        case 0: false
        case 1: true
        case .some: throw .column(column, problem: "is neither 0 nor 1")
        }
    }

    package func date(_ column: String) throws(StorageFailure) -> Date {
        try required(optionalDate(column), column)
    }

    package func optionalDate(_ column: String) throws(StorageFailure) -> Date? {
        try optionalInt(column).map { Date(millisecondsSince1970: Int64($0)) }
    }

    package func double(_ column: String) throws(StorageFailure) -> Double {
        try required(optionalDouble(column), column)
    }

    package func optionalDouble(_ column: String) throws(StorageFailure) -> Double? {
        switch try value(column) {
        case .real(let number): number
        case .integer(let number): Double(number)
        case .null: nil
        case .text, .blob: throw .column(column, problem: "is not a number")
        }
    }

    package func blob(_ column: String) throws(StorageFailure) -> [UInt8] {
        try required(optionalBlob(column), column)
    }

    package func optionalBlob(_ column: String) throws(StorageFailure) -> [UInt8]? {
        switch try value(column) {
        case .blob(let bytes): bytes
        case .null: nil
        case .integer, .real, .text: throw .column(column, problem: "is not a blob")
        }
    }

    /// A value of a type with raw text, such as an `enum`; a raw value that the type does not know
    /// is an error.
    package func raw<T: RawRepresentable>(
        _ column: String, as type: T.Type
    ) throws(StorageFailure) -> T where T.RawValue == String {
        try required(optionalRaw(column, as: type), column)
    }

    package func optionalRaw<T: RawRepresentable>(
        _ column: String, as type: T.Type
    ) throws(StorageFailure) -> T? where T.RawValue == String {
        guard let raw = try optionalText(column) else { return nil }
        guard let value = T(rawValue: raw) else {
            throw .column(column, problem: "holds “\(raw)”, which is no \(type)")
        }
        return value
    }

    /// A value that was bound with `.json`.
    package func json<T: Decodable>(
        _ column: String, as type: T.Type
    ) throws(StorageFailure) -> T {
        try required(optionalJSON(column, as: type), column)
    }

    package func optionalJSON<T: Decodable>(
        _ column: String, as type: T.Type
    ) throws(StorageFailure) -> T? {
        guard let text = try optionalText(column) else { return nil }
        do {
            return try StoredJSON.decoder.decode(type, from: Data(text.utf8))
        } catch {
            throw .column(column, problem: "is not the JSON of a \(type): \(Self.fault(error))")
        }
    }

    private func required<T>(_ value: T?, _ column: String) throws(StorageFailure) -> T {
        guard let value else { throw .column(column, problem: "is null") }
        return value
    }

    /// Where the JSON is wrong, without what stands there: it may be about a person.
    private static func fault(_ error: any Error) -> String {
        guard let error = error as? DecodingError else { return "\(error)" }
        let (what, context): (String, DecodingError.Context) =
            switch error {
            case .keyNotFound(let key, let context): ("no \(key.stringValue)", context)
            case .typeMismatch(_, let context): ("wrong type", context)
            case .valueNotFound(_, let context): ("null", context)
            case .dataCorrupted(let context): ("unreadable", context)
            @unknown default: ("unreadable", .init(codingPath: [], debugDescription: ""))
            }
        let path = context.codingPath.map(\.stringValue).joined(separator: ".")
        return path.isEmpty ? what : "\(what) at \(path)"
    }
}
