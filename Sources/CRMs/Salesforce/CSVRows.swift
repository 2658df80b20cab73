import Foundation

/// A page of comma-separated values as rows of JSON, each field by the name of its column. Strict: what is no such page
/// is none, so that half a page is not taken for a whole one.
///
/// An empty field is null, and everything else a text, which is what our people are read from; in a column whose name
/// begins with `Is`, `true` and `false` are truth values. NUL bytes, which occur, are left out.
///
/// Source: RFC 4180; Salesforce, Bulk API 2.0, "Get Results for a Query Job".
struct CSVRows: Sequence {
    let columns: [String]
    private let records: [[String]]

    private static let mostColumns = 1000

    /// - Throws: `OrgFault.garbled` for what is no UTF-8, has an open quote, text behind a quote, a quote in the middle
    ///   of a field, a row of another length than the first one, no columns, or one column twice.
    init(_ bytes: Data) throws(OrgFault) {
        var reader = CSVReader(bytes)
        var all: [[String]] = []
        while let record = try reader.next() {
            if let first = all.first, record.count != first.count {
                throw .garbled(
                    "row \(all.count) of a page has \(record.count) fields, not \(first.count)")
            }
            all.append(record)
        }
        guard let head = all.first, head.count <= Self.mostColumns,
            head.allSatisfy({ OrgName($0) != nil }), Set(head).count == head.count
        else { throw .garbled("a page has no columns") }
        columns = head
        records = Array(all.dropFirst())
    }

    var count: Int { records.count }

    func makeIterator() -> some IteratorProtocol<JSONValue> {
        records.lazy.map(row).makeIterator()
    }

    /// `Account.Name` stands in a parent, as it does in an answer of JSON.
    private func row(_ fields: [String]) -> JSONValue {
        var row: [String: JSONValue] = [:]
        for (column, text) in zip(columns, fields) where !text.isEmpty {
            let path = column.split(separator: ".").map(String.init)
            let isFlag = column.hasPrefix("Is") && (text == "true" || text == "false")
            let value: JSONValue = isFlag ? .flag(text == "true") : .text(text)
            if path.count == 2, case .object(var parent) = row[path[0]] ?? .object([:]) {
                parent[path[1]] = value
                row[path[0]] = .object(parent)
            } else {
                row[column] = value
            }
        }
        return .object(row)
    }
}

/// Reads one record after the other.
private struct CSVReader {
    private let bytes: [UInt8]
    private var at = 0

    private static let (quote, comma, newline, carriage) =
        (UInt8(ascii: "\""), UInt8(ascii: ","), UInt8(ascii: "\n"), UInt8(ascii: "\r"))

    init(_ data: Data) {
        bytes = data.filter { $0 != 0 }
    }

    /// `nil` at the end.
    mutating func next() throws(OrgFault) -> [String]? {
        guard at < bytes.count else { return nil }
        var fields: [String] = []
        while true {
            fields.append(try field())
            guard at < bytes.count else { return fields }
            let end = bytes[at]
            at += 1
            if end == Self.comma { continue }
            if end == Self.carriage {
                guard at < bytes.count, bytes[at] == Self.newline else {
                    throw .garbled("a row of a page does not end as a row does")
                }
                at += 1
            } else if end != Self.newline {
                throw .garbled("a field of a page goes on behind its quote")
            }
            return fields
        }
    }

    private mutating func field() throws(OrgFault) -> String {
        var text: [UInt8] = []
        if at < bytes.count, bytes[at] == Self.quote {
            at += 1
            while true {
                guard at < bytes.count else { throw .garbled("a page ends within a field") }
                if bytes[at] == Self.quote {
                    guard at + 1 < bytes.count, bytes[at + 1] == Self.quote else { break }
                    at += 1
                }
                text.append(bytes[at])
                at += 1
            }
            at += 1
        } else {
            while at < bytes.count, ![Self.comma, Self.newline, Self.carriage].contains(bytes[at]) {
                guard bytes[at] != Self.quote else {
                    throw .garbled("a quote stands in the middle of a field of a page")
                }
                text.append(bytes[at])
                at += 1
            }
        }
        guard let read = String(validating: text, as: UTF8.self) else {
            throw .garbled("a page is no UTF-8")
        }
        return read
    }
}
