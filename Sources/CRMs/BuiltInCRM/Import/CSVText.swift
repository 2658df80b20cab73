/// Writes CSV (RFC 4180) that a spreadsheet may open: no value in it can become a formula.
///
/// A value that begins with `=`, `+`, `-`, `@`, TAB or CR gets an apostrophe in front, as
/// spreadsheets themselves write text. Our own import takes it off again.
package enum CSVText {
    package static func text(_ rows: [[String]]) -> String {
        rows.map(row).joined()
    }

    package static func row(_ cells: [String]) -> String {
        cells.map(cell).joined(separator: ",") + "\r\n"
    }

    private static func cell(_ value: String) -> String {
        var text = value.filter { $0 != "\0" }
        if let first = text.unicodeScalars.first, "=+-@\t\r".unicodeScalars.contains(first) {
            text = "'" + text
        }
        guard text.unicodeScalars.contains(where: { ",;\"\t\r\n".unicodeScalars.contains($0) })
        else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}
