package import Records

/// A file on its way into the CRM: what it holds, and how far it has come.
///
/// It is a value: reading a file touches nothing, `BuiltInCRM.run` gives back the import as it is then. What
/// was written stays written when a run stops; the same import, or the same file again, goes on from there,
/// since rows that stand already in the CRM are unchanged.
package struct Import: Sendable, Identifiable {
    package enum State: String, Codable, Sendable, CaseIterable {
        case preview, running, finished, failed
    }

    /// Rows of the preview.
    package static let previewRows = 5
    /// Refused rows and warnings that are shown; all are counted.
    package static let mostShown = 100
    /// Refused rows that can be had back as a file.
    package static let mostRefused = 50_000

    package let id: String
    /// The file's name.
    package let name: String
    package let map: ColumnMap
    package internal(set) var state = State.preview
    /// Why it failed.
    package internal(set) var failure: String?
    /// Rows that were dealt with.
    package internal(set) var done = 0
    package internal(set) var created = 0
    package internal(set) var updated = 0
    package internal(set) var unchanged = 0
    package internal(set) var refused = 0
    /// Accounts that were made because a row named them.
    package internal(set) var accountsCreated = 0
    package internal(set) var warningCount = 0

    var refusedRows: [RefusedRow] = []
    private(set) var warnings: [ImportNote] = []
    private let table: ImportTable

    package var kind: RecordID.Kind { map.kind }
    package var count: Int { table.count }

    /// Reads a CSV or vCard file.
    ///
    /// - Parameters:
    ///   - id: opaque; kept with each record that the import creates.
    ///   - kind: what the rows are; `nil` to see it from the columns.
    package init(
        id: String, name: String, kind: RecordID.Kind? = nil, file: [UInt8]
    ) throws(ImportFailure) {
        let isCard = ImportTable.isCard(name: name, file: file)
        let text = try ImportText(file, isCard: isCard)
        table = isCard ? try ImportTable(cards: text) : .text(try CSVTable(text.bytes))
        map = try ColumnMap(header: table.header, kind: kind ?? (isCard ? .contact : nil))
        self.id = id
        self.name = name
        if let warning = text.warning { warn(row: 1, warning) }
        for name in table.unknown { warn(row: 1, "Left out: \(name)") }
    }

    func row(_ position: Int) -> CSVTable.Row { table[position] }

    mutating func warn(row: Int, _ text: String) {
        warningCount += 1
        if warnings.count < Import.mostShown { warnings.append(ImportNote(row: row, text: text)) }
    }

    mutating func refuse(_ row: CSVTable.Row, _ reason: String) {
        refused += 1
        if refusedRows.count < Import.mostRefused {
            refusedRows.append(RefusedRow(row: row, reason: reason))
        }
    }

    /// The refused rows as they were, with their number and the reason, to be mended and imported again.
    package var refusedCSV: String {
        let header = ["Row", "Reason"] + table.header
        let rows = refusedRows.map { ["\($0.row.number)", $0.reason] + $0.row.cells }
        return CSVText.text([header] + rows)
    }
}

/// A row that was left out, and why.
package struct RefusedRow: Hashable, Sendable {
    package let row: CSVTable.Row
    package let reason: String
}

package struct ImportNote: Codable, Hashable, Sendable {
    package let row: Int
    package let text: String
}

/// An import as the interface shows it.
package struct ImportReport: Codable, Hashable, Sendable {
    package struct Column: Codable, Hashable, Sendable {
        package let column: String
        package let field: String?
    }

    package struct Refusal: Codable, Hashable, Sendable {
        package let row: Int
        package let reason: String
    }

    package let id: String
    package let name: String
    package let kind: RecordID.Kind
    package let state: Import.State
    package let failure: String?
    package let columns: [Column]
    package let preview: [[String]]
    package let rows: Int
    package let done: Int
    package let created: Int
    package let updated: Int
    package let unchanged: Int
    package let refused: Int
    package let accountsCreated: Int
    package let refusals: [Refusal]
    package let warnings: [ImportNote]
    package let warningCount: Int
}

extension Import {
    package var report: ImportReport {
        ImportReport(
            id: id, name: name, kind: kind, state: state, failure: failure,
            columns: map.columns.map {
                ImportReport.Column(column: $0.name, field: $0.meaning?.fieldName)
            },
            preview: (0..<min(count, Import.previewRows)).map { row($0).cells }, rows: count,
            done: done, created: created, updated: updated, unchanged: unchanged,
            refused: refused, accountsCreated: accountsCreated,
            refusals: refusedRows.prefix(Import.mostShown).map {
                ImportReport.Refusal(row: $0.row.number, reason: $0.reason)
            }, warnings: warnings, warningCount: warningCount)
    }
}
