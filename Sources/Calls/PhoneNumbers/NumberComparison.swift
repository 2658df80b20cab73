/// The command `callmatch numbers compare`: a table of pairs, each with how its numbers are one.
///
/// Columns are number A, country A, number B, country B, separated by tabs; further columns are
/// kept. One column is added: `exact`, `extension`, `alias`, `reading`, `switchboard`,
/// `assumed-area`, `none`, or `not-a-number` where either side cannot be read. These are the words
/// of the command's contract. libphonenumber's own levels (NSN_MATCH, SHORT_NSN_MATCH), which some
/// tables carry as `national` and `short`, are not used: they do not say who a caller is.
///
/// Numbers are read as fields of a CRM are. Nothing is trimmed before reading. A number without a
/// plus and without a country cannot be read.
public enum NumberComparison {
    /// The whole table, line by line. Lines end in LF; CR before LF and a byte order mark are
    /// dropped.
    public static func table(_ text: String) -> String {
        var lines = text.unicodeScalars.drop { $0 == "\u{FEFF}" }
            .split(separator: "\n", omittingEmptySubsequences: false)
            .map { String($0.last == "\r" ? $0.dropLast() : $0) }
        if lines.last == "" { lines.removeLast() }
        let header = lines.firstIndex { !isComment($0) }
        return lines.enumerated().map { index, line in
            compared(line, mayBeHeader: index == header) + "\n"
        }.joined()
    }

    /// One line with its result. Comments (`#`) and blank lines stay as they are; where
    /// `mayBeHeader`, a line whose first cell begins with "number" gets the column's name.
    public static func compared(_ line: String, mayBeHeader: Bool) -> String {
        if isComment(line) { return line }
        let cells = line.split(separator: "\t", omittingEmptySubsequences: false)
        if mayBeHeader, cells[0].lowercased().hasPrefix("number") { return line + "\tequality" }
        guard cells.count > 2 else { return line + "\t" + notANumber }
        let result = compare(
            cells[0], country: cells[1], cells[2], country: cells.count > 3 ? cells[3] : "")
        return line + "\t" + result
    }

    private static let notANumber = "not-a-number"

    private static func isComment(_ line: String) -> Bool {
        line.hasPrefix("#") || line.allSatisfy(\.isWhitespace)
    }

    private static func compare(
        _ a: Substring, country countryA: Substring, _ b: Substring, country countryB: Substring
    ) -> String {
        let planA = NumberingPlan(country: String(countryA))
        let planB = NumberingPlan(country: String(countryB))
        let numberA = PhoneNumber(stored: String(a), plan: planA)
        let numberB = PhoneNumber(stored: String(b), plan: planB)
        // A text is a sender beside another text, and no number beside a number.
        let areAlike = (numberA.kind == .textSender) == (numberB.kind == .textSender)
        guard numberA.key != nil, numberB.key != nil, areAlike else { return notANumber }
        let equality = PhoneNumber.compare(numberA, plan: planA, numberB, plan: planB)
        return equality?.rawValue ?? "none"
    }
}
