import Foundation

/// A store in one sealed file: what was changed or lost on its way is noticed before anything is restored.
///
/// The seal stands in two fields of SQLite's header that are of no other use here: a mark, and a checksum of all other
/// bytes. It counts for as long as the header says that there is no write-ahead log: a server that is started on the file
/// switches one on, and goes on with it as its store.
enum BackupFile {
    /// "CMBK", in the field for the program that made the file.
    private static let mark: UInt32 = 0x434D_424B
    private static let magic = Data("SQLite format 3\0".utf8)
    private static let chunk = 1 << 20

    /// Places in the header, of numbers with the highest byte first.
    private enum Field {
        static let pageSize = 16
        static let format = 18
        static let pages = 28
        static let checksum = 60..<64
        static let mark = 68..<72
        static let end = 100
    }

    /// Seals a file that nobody has open.
    static func seal(_ path: String) throws {
        let file = try FileHandle(forUpdating: URL(filePath: path))
        defer { try? file.close() }
        try write(mark, at: Field.mark, of: file)
        try file.seek(toOffset: 0)
        try write(try checksum(of: file).sum, at: Field.checksum, of: file)
        try file.synchronize()
    }

    /// Copies a sealed file, which must be whole, to a path where there is none.
    ///
    /// - Throws: `notRestored`, and then what stands at the path is of no use.
    static func unpack(_ path: String, to copy: String) throws(StorageFailure) {
        func refusal(_ reason: String) -> StorageFailure { .notRestored(path, reason: reason) }
        do {
            let file = try FileHandle(forReadingFrom: URL(filePath: path))
            defer { try? file.close() }
            let header = try file.read(upToCount: Field.end) ?? Data()
            guard header.count == Field.end, header.starts(with: magic) else {
                throw refusal("it is no backup of CallMatch, or its beginning is damaged")
            }
            guard number(header, Field.mark) == mark, header[Field.format] == 1 else {
                throw refusal("“callmatch backup” did not write it, or its beginning is damaged")
            }
            guard FileManager.default.createFile(atPath: copy, contents: nil) else {
                throw refusal("\(copy) cannot be written: \(lastSystemError())")
            }
            let target = try FileHandle(forWritingTo: URL(filePath: copy))
            defer { try? target.close() }
            try file.seek(toOffset: 0)
            let (sum, size) = try checksum(of: file) { try target.write(contentsOf: $0) }
            let whole = wholeSize(by: header)
            guard size == whole else {
                throw refusal("it has \(size) bytes in place of \(whole)")
            }
            guard sum == number(header, Field.checksum) else {
                throw refusal("it is damaged: its checksum does not fit its bytes")
            }
            try target.synchronize()
        } catch {
            throw error as? StorageFailure ?? refusal(error.localizedDescription)
        }
    }

    private static func wholeSize(by header: Data) -> Int {
        let pageSize = Int(header[Field.pageSize]) << 8 | Int(header[Field.pageSize + 1])
        // 65,536 does not fit its two bytes.
        return (pageSize == 1 ? 65_536 : pageSize)
            * Int(number(header, Field.pages..<Field.pages + 4))
    }

    private static func number(_ bytes: Data, _ field: Range<Int>) -> UInt32 {
        bytes[field].reduce(0) { $0 << 8 | UInt32($1) }
    }

    private static func write(_ number: UInt32, at field: Range<Int>, of file: FileHandle) throws {
        try file.seek(toOffset: UInt64(field.lowerBound))
        try file.write(contentsOf: withUnsafeBytes(of: number.bigEndian) { Data($0) })
    }

    /// The checksum of a file from its beginning, in which its own place counts as zeros, and how long the file is.
    private static func checksum(
        of file: FileHandle, passing each: (Data) throws -> Void = { _ in }
    ) throws -> (sum: UInt32, size: Int) {
        var (sum, size) = (CRC32(), 0)
        while var data = try file.read(upToCount: chunk), !data.isEmpty {
            try each(data)
            if size == 0, data.count >= Field.end {
                data.replaceSubrange(Field.checksum, with: [0, 0, 0, 0])
            }
            size += data.count
            sum.add(data)
        }
        return (sum.value, size)
    }
}

/// The cyclic redundancy check of ISO 3309, as Ethernet, gzip and PNG have it.
struct CRC32 {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { rest, _ in
            rest & 1 == 0 ? rest >> 1 : rest >> 1 ^ 0xEDB8_8320
        }
    }

    private var register = UInt32.max

    var value: UInt32 { ~register }

    mutating func add(_ data: Data) {
        register = Self.table.withUnsafeBufferPointer { table in
            data.reduce(register) { $0 >> 8 ^ table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] }
        }
    }
}
