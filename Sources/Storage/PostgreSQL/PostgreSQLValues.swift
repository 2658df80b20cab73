import CPostgreSQL

/// The values of one statement as libpq takes them: text, and bytes as they are.
struct PostgreSQLValues {
    private var bytes: [UInt8] = []
    private var places: [Int?] = []
    private(set) var lengths: [Int32] = []
    private(set) var formats: [Int32] = []

    init(_ values: [SQLValue]) {
        for value in values {
            switch value {
            case .null: appendNull()
            case .integer(let number): append("\(number)".utf8, format: 0)
            case .real(let number): append("\(number)".utf8, format: 0)
            case .text(let text): append(text.utf8, format: 0)
            case .blob(let blob): append(blob, format: 1)
            }
        }
    }

    var count: Int32 { Int32(places.count) }

    func withPointers<T>(_ work: ([UnsafePointer<CChar>?]) -> T) -> T {
        bytes.withUnsafeBytes { buffer in
            let start = buffer.bindMemory(to: CChar.self).baseAddress
            return work(places.map { place in place.flatMap { start?.advanced(by: $0) } })
        }
    }

    private mutating func append(_ value: some Sequence<UInt8>, format: Int32) {
        let start = bytes.count
        places.append(start)
        bytes.append(contentsOf: value)
        lengths.append(Int32(bytes.count - start))
        bytes.append(0)
        formats.append(format)
    }

    private mutating func appendNull() {
        places.append(nil)
        lengths.append(0)
        formats.append(0)
    }

    /// The type by which PostgreSQL is told what a value is; 0 leaves it to the statement.
    static func type(of value: SQLValue) -> Oid {
        switch value {
        case .null: 0
        case .integer: PostgreSQLType.bigint
        case .real: PostgreSQLType.double
        case .text: PostgreSQLType.text
        case .blob: PostgreSQLType.bytes
        }
    }
}

/// The numbers of PostgreSQL's own types (`pg_type.dat`), which never change.
enum PostgreSQLType {
    static let bool: Oid = 16
    static let bytes: Oid = 17
    static let bigint: Oid = 20
    static let smallint: Oid = 21
    static let integer: Oid = 23
    static let text: Oid = 25
    static let float: Oid = 700
    static let double: Oid = 701
    static let numeric: Oid = 1700
}

/// What came back of one statement.
struct PostgreSQLAnswer {
    var rows: [Row] = []
    var changes = 0
    /// PostgreSQL's own word for what it did, such as `COMMIT`.
    var did = ""

    init() {}

    /// - Parameter result: without an error; it stays the caller's.
    init(_ result: OpaquePointer) {
        did = String(cString: PQcmdStatus(result))
        if !did.hasPrefix("SELECT") { changes = Int(String(cString: PQcmdTuples(result))) ?? 0 }
        let columns = PQnfields(result)
        guard columns > 0 else { return }
        let names = (0..<columns).map { String(cString: PQfname(result, $0)) }
        let types = (0..<columns).map { PQftype(result, $0) }
        let places = Row.places(of: names)
        rows = (0..<PQntuples(result)).map { row in
            Row(
                places: places,
                values: (0..<columns).map { column in
                    Self.value(result, row, column, types[Int(column)])
                })
        }
    }

    private static func value(
        _ result: OpaquePointer, _ row: Int32, _ column: Int32, _ type: Oid
    ) -> SQLValue {
        guard PQgetisnull(result, row, column) == 0, let start = PQgetvalue(result, row, column)
        else { return .null }
        let bytes = UnsafeRawBufferPointer(
            start: start, count: Int(PQgetlength(result, row, column)))
        let text = String(decoding: bytes, as: UTF8.self)
        switch type {
        case PostgreSQLType.bigint, PostgreSQLType.integer, PostgreSQLType.smallint:
            return Int64(text).map { .integer($0) } ?? .text(text)
        case PostgreSQLType.numeric:
            // The sum of whole numbers, which PostgreSQL gives without an end.
            return Int64(text).map { .integer($0) } ?? Double(text).map { .real($0) } ?? .text(text)
        case PostgreSQLType.bool: return .integer(text == "t" ? 1 : 0)
        case PostgreSQLType.double, PostgreSQLType.float:
            return Double(text).map { .real($0) } ?? .text(text)
        case PostgreSQLType.bytes: return .blob(unescaped(start))
        default: return .text(text)
        }
    }

    private static func unescaped(_ text: UnsafeMutablePointer<CChar>) -> [UInt8] {
        var count = 0
        return text.withMemoryRebound(to: UInt8.self, capacity: 1) { characters in
            guard let bytes = PQunescapeBytea(characters, &count) else { return [] }
            defer { PQfreemem(bytes) }
            return [UInt8](UnsafeBufferPointer(start: bytes, count: count))
        }
    }
}
