/// Rows of a CSV file (RFC 4180), cut out of its bytes one at a time.
///
/// Reads what spreadsheets write: comma, semicolon or tab between the values (found in the first row, or
/// said by Excel's `sep=` line), CR, LF or both at the end, line ends inside quotes, quotes doubled inside
/// quotes. Only where each row begins is kept, so a file of 32 MiB needs 32 MiB and 8 bytes a row.
package struct CSVTable: Sendable {
    /// One row, and its number as a spreadsheet shows it: the first row of the file is 1.
    package struct Row: Hashable, Sendable {
        package let number: Int
        package let cells: [String]
    }

    /// More columns than any export has; more is a file that is not CSV.
    package static let mostColumns = 500
    /// In bytes. A longer value is a quotation mark that was never closed.
    package static let longestValue = 256 * 1024

    package let header: [String]
    /// Rows under the header; empty ones do not count.
    package var count: Int { starts.count }
    package let delimiter: UInt8

    private let bytes: [UInt8]
    /// Where each row begins, and its number.
    private let starts: [Start]

    private struct Start {
        let offset: Int
        let number: Int32
    }

    /// - Parameter bytes: text in UTF-8 without a byte order mark.
    package init(_ bytes: [UInt8]) throws(ImportFailure) {
        var scan = CSVScan(bytes: bytes, delimiter: CSVTable.comma)
        let declared = scan.skipDelimiterLine()
        scan.delimiter = declared ?? CSVTable.likelyDelimiter(of: bytes, from: scan.offset)
        var header: [String]?
        var starts: [Start] = []
        while scan.offset < bytes.count {
            let begin = scan.offset
            let number = scan.rowNumber + 1
            if header == nil {
                let cells = try scan.readRow()
                if cells.contains(where: { $0.utf8.contains { $0 > 32 } }) { header = cells }
            } else if try scan.skipRow() {
                starts.append(Start(offset: begin, number: Int32(clamping: number)))
            }
        }
        guard let header else { throw .empty }
        self.header = header
        self.bytes = bytes
        self.starts = starts
        delimiter = scan.delimiter
    }

    /// The row at a position below `count`.
    package subscript(position: Int) -> Row {
        let start = starts[position]
        var scan = CSVScan(bytes: bytes, delimiter: delimiter, offset: start.offset)
        // Every row was read once in `init`, so reading it again cannot fail.
        let cells = (try? scan.readRow()) ?? []
        return Row(number: Int(start.number), cells: cells)
    }

    static let comma = UInt8(ascii: ",")
    private static let delimiters = [comma, UInt8(ascii: ";"), UInt8(ascii: "\t")]

    /// The one that stands most often outside quotes in the first row that is not empty.
    private static func likelyDelimiter(of bytes: [UInt8], from offset: Int) -> UInt8 {
        var counts = [0, 0, 0]
        var isQuoted = false
        var hasText = false
        for byte in bytes[offset...] {
            if byte == UInt8(ascii: "\"") {
                isQuoted.toggle()
            } else if !isQuoted, byte == 10 || byte == 13 {
                if hasText { break }
            } else if !isQuoted, let index = delimiters.firstIndex(of: byte) {
                counts[index] += 1
            }
            hasText = hasText || byte > 32
        }
        let best = counts.indices.max { counts[$0] < counts[$1] } ?? 0
        return counts[best] == 0 ? comma : delimiters[best]
    }
}

/// Steps through CSV bytes. Text before or after the quotes of a value is taken as it stands.
private struct CSVScan {
    let bytes: [UInt8]
    var delimiter: UInt8
    var offset = 0
    /// Rows that were passed, empty ones too.
    var rowNumber = 0

    private static let quote = UInt8(ascii: "\"")

    init(bytes: [UInt8], delimiter: UInt8, offset: Int = 0) {
        self.bytes = bytes
        self.delimiter = delimiter
        self.offset = offset
    }

    /// Excel's first line `sep=;` names the delimiter and is not a row.
    mutating func skipDelimiterLine() -> UInt8? {
        guard bytes.starts(with: "sep=".utf8), bytes.count > 5, bytes[4] > 31 || bytes[4] == 9,
            bytes[5] == 10 || bytes[5] == 13
        else { return nil }
        offset = 5
        skipLineEnd()
        rowNumber = 1
        return bytes[4]
    }

    mutating func readRow() throws(ImportFailure) -> [String] {
        var cells: [String] = []
        repeat {
            cells.append(String(decoding: try readValue(), as: UTF8.self))
            guard cells.count <= CSVTable.mostColumns else {
                throw .notATable(row: rowNumber + 1, "more than \(CSVTable.mostColumns) columns")
            }
        } while skipDelimiter()
        skipLineEnd()
        rowNumber += 1
        return cells
    }

    /// - Returns: false for a row without any text.
    mutating func skipRow() throws(ImportFailure) -> Bool {
        var hasText = false
        var columns = 0
        repeat {
            let value = try readValue()
            hasText = hasText || value.contains { $0 > 32 }
            columns += 1
            guard columns <= CSVTable.mostColumns else {
                throw .notATable(row: rowNumber + 1, "more than \(CSVTable.mostColumns) columns")
            }
        } while skipDelimiter()
        skipLineEnd()
        rowNumber += 1
        return hasText
    }

    /// One value, up to its delimiter, line end or the end of the file.
    private mutating func readValue() throws(ImportFailure) -> ArraySlice<UInt8> {
        let begin = offset
        if offset < bytes.count, bytes[offset] == CSVScan.quote { return try readQuoted() }
        while offset < bytes.count, !endsValue(bytes[offset]) { offset += 1 }
        guard offset - begin <= CSVTable.longestValue else { throw tooLong }
        return bytes[begin..<offset]
    }

    private mutating func readQuoted() throws(ImportFailure) -> ArraySlice<UInt8> {
        offset += 1
        var begin = offset
        var value: ArraySlice<UInt8> = []
        while offset < bytes.count {
            guard bytes[offset] == CSVScan.quote else {
                offset += 1
                guard offset - begin <= CSVTable.longestValue else { throw tooLong }
                continue
            }
            value += bytes[begin..<offset]
            offset += 1
            guard offset < bytes.count, bytes[offset] == CSVScan.quote else {
                begin = offset
                while offset < bytes.count, !endsValue(bytes[offset]) { offset += 1 }
                value += bytes[begin..<offset]
                guard value.count <= CSVTable.longestValue else { throw tooLong }
                return value
            }
            begin = offset
            offset += 1
        }
        throw .notATable(row: rowNumber + 1, "a quotation mark is opened and never closed")
    }

    private var tooLong: ImportFailure {
        .notATable(
            row: rowNumber + 1,
            "a value of more than \(CSVTable.longestValue / 1024) KiB. Is a quotation mark not closed?"
        )
    }

    private func endsValue(_ byte: UInt8) -> Bool { byte == delimiter || byte == 10 || byte == 13 }

    private mutating func skipDelimiter() -> Bool {
        guard offset < bytes.count, bytes[offset] == delimiter else { return false }
        offset += 1
        return true
    }

    private mutating func skipLineEnd() {
        guard offset < bytes.count else { return }
        if bytes[offset] == 13 { offset += 1 }
        if offset < bytes.count, bytes[offset] == 10 { offset += 1 }
    }
}
