/// Why a whole file cannot be imported, in words for the person who chose it.
package enum ImportFailure: Error, Hashable, Sendable, CustomStringConvertible {
    case tooLarge(bytes: Int)
    case empty
    /// Not text: a spreadsheet, a picture, or an encoding that nobody can guess.
    case notText(String)
    /// `row` as a spreadsheet numbers it.
    case notATable(row: Int, String)
    case noKnownColumn([String])
    /// `card` counts from 1.
    case notACard(card: Int, String)
    /// The import is running, or was already run to its end.
    case notNow(String)

    package var description: String {
        switch self {
        case .tooLarge(let bytes):
            "The file has \(bytes / (1 << 20)) MiB; at most \(ImportText.longest / (1 << 20)) MiB "
                + "can be imported at once. Cut it into parts."
        case .empty: "The file holds no rows."
        case .notText(let why): "This is not a text file: \(why). Save it as CSV in UTF-8."
        case .notATable(let row, let why): "Row \(row): \(why)."
        case .noKnownColumn(let names):
            "No column is known. The first row must name the columns, such as First Name, Last Name, "
                + "Account Name, Phone. It has: \(names.prefix(10).joined(separator: ", "))."
        case .notACard(let card, let why): "Card \(card): \(why)."
        case .notNow(let why): why
        }
    }
}
