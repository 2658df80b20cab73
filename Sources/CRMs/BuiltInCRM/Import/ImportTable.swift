import Foundation

/// The rows of an import, wherever they came from: vCards are laid out as columns that a spreadsheet
/// could have, so that everything after them is the same for both.
enum ImportTable: Sendable {
    case text(CSVTable)
    case cards(header: [String], rows: [[String]], unknown: [String])

    static func isCard(name: String, file: [UInt8]) -> Bool {
        let name = name.lowercased()
        if name.hasSuffix(".vcf") || name.hasSuffix(".vcard") { return true }
        let start = String(decoding: file.prefix(64), as: UTF8.self).uppercased()
        return start.trimmingCharacters(in: .whitespacesAndNewlines.union(["\u{FEFF}"]))
            .hasPrefix("BEGIN:VCARD")
    }

    init(cards text: ImportText) throws(ImportFailure) {
        let cards = try VCard.all(in: text)
        let rows = cards.map { card in ImportTable.columns.map { $0.value(card) } }
        // Columns that no card fills would only be in the way of the preview.
        let used = ImportTable.columns.indices.filter { index in
            rows.contains { !$0[index].isEmpty }
        }
        self = .cards(
            header: used.map { ImportTable.columns[$0].name },
            rows: rows.map { row in used.map { row[$0] } },
            unknown: Set(cards.flatMap(\.unknown)).sorted())
    }

    var header: [String] {
        switch self {
        case .text(let table): table.header
        case .cards(let header, _, _): header
        }
    }

    var count: Int {
        switch self {
        case .text(let table): table.count
        case .cards(_, let rows, _): rows.count
        }
    }

    /// Properties of cards that are left alone. Columns that are not known say so themselves.
    var unknown: [String] {
        switch self {
        case .text: []
        case .cards(_, _, let unknown): unknown
        }
    }

    subscript(position: Int) -> CSVTable.Row {
        switch self {
        case .text(let table): table[position]
        case .cards(_, let rows, _):
            CSVTable.Row(number: position + 1, cells: rows[position])
        }
    }

    private static let columns: [(name: String, value: @Sendable (VCard) -> String)] = [
        ("Salutation", { $0.prefix }),
        ("First Name", { $0.firstName }),
        ("Middle Name", { $0.middleName }),
        // Only where the parts of the name are not given; a company's name has no parts.
        (
            "Full Name",
            { $0.lastName.isEmpty && $0.firstName.isEmpty && !$0.isOrganisation ? $0.fullName : "" }
        ),
        ("Last Name", { $0.isOrganisation ? $0.company : $0.lastName }),
        ("Company", { $0.company }),
        ("Title", { $0.title }),
        ("Department", { $0.department }),
        ("Email", { $0.emails.first ?? "" }),
        ("Business Phone", { numbers(of: $0, .phone) }),
        ("Mobile", { numbers(of: $0, .mobilePhone) }),
        ("Home Phone", { numbers(of: $0, .homePhone) }),
        ("City", { $0.city }),
        ("Country", { $0.country }),
        ("UID", { $0.id }),
    ]

    private static func numbers(of card: VCard, _ field: FieldName) -> String {
        card.numbers.filter { $0.field == field }.map(\.text).joined(separator: "; ")
    }
}
