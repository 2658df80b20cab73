import Foundation
import PhoneNumbers
package import Records

/// One row of a file in the words of our fields; nothing in it has been compared with the store yet.
package struct ImportRow: Hashable, Sendable {
    /// As a spreadsheet numbers it.
    package let number: Int
    package let kind: RecordID.Kind
    package var values: [FieldName: String] = [:]
    package var accountName: String?
    package var accountExternalID: String?
    package var contactName: String?
    package var externalID: String?
    /// Those of its numbers, once they are read.
    var keys: Set<NumberKey> = []
    /// What was kept although it is odd.
    package var warnings: [String] = []

    /// - Throws: why the row cannot be a record.
    package init(_ row: CSVTable.Row, map: ColumnMap) throws(RowRefusal) {
        number = row.number
        kind = map.kind
        guard row.cells.dropFirst(map.columns.count).allSatisfy(\.isEmpty) else {
            throw RowRefusal(
                "It has \(row.cells.count) values for \(map.columns.count) columns. Put values "
                    + "with a comma in quotation marks.")
        }
        var reader = RowReader(kind: map.kind)
        for (column, cell) in zip(map.columns, row.cells) {
            guard let meaning = column.meaning else { continue }
            reader.take(cell, as: meaning)
        }
        reader.settleNumbers()
        reader.settleName()
        accountName = reader.accountName
        accountExternalID = reader.accountExternalID
        contactName = reader.contactName
        externalID = reader.externalID
        values = try check(reader.values)
        try requireName()
    }

    private mutating func check(
        _ written: [FieldName: String]
    ) throws(RowRefusal) -> [FieldName: String] {
        var checked: [FieldName: String] = [:]
        for definition in FieldDefinition.all(of: kind) {
            guard let text = written[definition.name] else { continue }
            do {
                checked[definition.name] = try definition.imported(text)
            } catch {
                guard definition.type == .email else { throw RowRefusal("\(error)") }
                warnings.append("Email left out: \(error)")
            }
        }
        return checked
    }

    private func requireName() throws(RowRefusal) {
        let (field, reason): (FieldName, String) =
            switch kind {
            case .contact, .lead: (.lastName, "No name. Fill Last Name or Name.")
            case .account: (.name, "No name. Fill Account Name.")
            case .opportunity: (.name, "No name. Fill Opportunity Name.")
            case .case: (.subject, "No subject. Fill Subject.")
            case .activity: (.subject, "Activities cannot be imported.")
            }
        guard values[field] != nil else { throw RowRefusal(reason) }
    }
}

/// Why one row was left out, in a sentence for the person who has the file.
package struct RowRefusal: Error, Hashable, Sendable {
    package let reason: String

    init(_ reason: String) { self.reason = reason }
}

/// Gathers a row's cells before it is clear what belongs together.
private struct RowReader {
    let kind: RecordID.Kind
    var values: [FieldName: String] = [:]
    var accountName: String?
    var accountExternalID: String?
    var contactName: String?
    var externalID: String?
    private var wholeName = ""
    private var middleName = ""
    private var phoneLabels: [Int: String] = [:]
    private var phoneValues: [(number: Int, text: String)] = []
    /// Numbers whose field was taken already.
    private var further: [String] = []

    init(kind: RecordID.Kind) { self.kind = kind }

    mutating func take(_ cell: String, as meaning: ColumnMap.Meaning) {
        let text = cell.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !text.isEmpty else { return }
        switch meaning {
        case .field(let name) where FieldDefinition.named(name, of: kind)?.type == .phone:
            takeNumber(text, in: name)
        case .field(.email):
            // Google puts several addresses into one cell.
            let first = text.components(separatedBy: ":::").first ?? text
            values[.email] = values[.email] ?? first
        case .field(.isPersonAccount): values[.isPersonAccount] = RowReader.yesOrNo(text)
        case .field(let name): values[name] = values[name] ?? text
        case .wholeName: wholeName = text
        case .middleName: middleName = text
        case .accountName: accountName = text
        case .accountExternalID: accountExternalID = text
        case .contactName: contactName = text
        case .externalID: externalID = text
        case .phoneLabel(let number): phoneLabels[number] = text
        case .phoneValue(let number): phoneValues.append((number, text))
        }
    }

    /// Numbers of Google's pairs go where their labels say; what is left over goes to Other Phone.
    mutating func settleNumbers() {
        for (number, text) in phoneValues {
            let label = FoldedText(phoneLabels[number] ?? "").description
            guard !label.contains("fax"), !label.contains("pager") else { continue }
            let field: FieldName =
                if ["mobile", "cell", "mobil", "handy"].contains(where: label.contains) {
                    .mobilePhone
                } else if ["home", "privat"].contains(where: label.contains) {
                    .homePhone
                } else if label.contains("other") { .otherPhone } else { .phone }
            for part in text.components(separatedBy: ":::") {
                takeNumber(part.trimmingCharacters(in: .whitespaces), in: field)
            }
        }
        guard !further.isEmpty else { return }
        let last: FieldName = kind == .account ? .phone : .otherPhone
        values[last] = ([values[last]].compactMap { $0 } + further).joined(separator: "; ")
    }

    mutating func settleName() {
        guard kind == .contact || kind == .lead else { return }
        if values[.lastName] == nil, !wholeName.isEmpty {
            let name = PersonName(wholeName)
            values[.lastName] = name.last
            values[.firstName] = values[.firstName] ?? name.first
            values[.salutation] = values[.salutation] ?? name.salutation
        }
        if !middleName.isEmpty, let first = values[.firstName] {
            values[.firstName] = "\(first) \(middleName)"
        }
        // Address books of telephones hold many who have one name only.
        if values[.lastName] == nil { values[.lastName] = values.removeValue(forKey: .firstName) }
    }

    private mutating func takeNumber(_ text: String, in field: FieldName) {
        guard !text.isEmpty else { return }
        if values[field] == nil {
            values[field] = text
        } else if values[field] != text, !further.contains(text) {
            further.append(text)
        }
    }

    private static func yesOrNo(_ text: String) -> String {
        ["1", "true", "yes", "y", "ja", "x", "oui"].contains(text.lowercased()) ? "Yes" : "No"
    }
}
