import Foundation
import Records

extension FieldDefinition {
    /// In characters. The longest text that other CRMs take in a field of this type.
    package var longest: Int {
        switch type {
        case .text, .phone, .choice, .reference, .date, .money: 255
        case .email: 254
        case .multiline: 32_000
        }
    }

    /// What was typed, in the form in which it is kept; `nil` when nothing was.
    ///
    /// Phone numbers are kept as typed: reading them is the directory's work, and a number that nobody
    /// can read may still be understood by a person.
    ///
    /// - Parameter stored: a choice that the record has already may stay, even if it is no choice now.
    package func checked(_ typed: String, stored: String? = nil) throws(RecordRefusal) -> String? {
        let text = cleaned(typed)
        guard !text.isEmpty else {
            if isRequired { throw refusal("fill in \(label)") }
            return nil
        }
        guard text.count <= longest else {
            throw refusal("\(label) is longer than \(longest) characters")
        }
        switch type {
        case .text, .phone, .multiline, .reference: return text
        case .email:
            guard FieldDefinition.isEmail(text) else {
                throw refusal("“\(text)” is not an email address")
            }
            return text
        case .choice:
            guard choices.contains(text) || text == stored else {
                throw refusal("\(label) is one of: \(choices.joined(separator: ", "))")
            }
            return text
        case .date:
            guard let day = CalendarDay(iso: text) else {
                throw refusal("write \(label) as year-month-day, such as 2026-12-31")
            }
            return day.description
        case .money:
            guard let amount = Money.amount(text) else {
                throw refusal("“\(text)” is not an amount")
            }
            return amount
        }
    }

    /// The same for a value from another system's export, whose choices, days and amounts are written
    /// otherwise. A choice of the other system is kept as it is there.
    func imported(_ written: String) throws(RecordRefusal) -> String? {
        var text = cleaned(written)
        // What a guard against formulas put in front, here or in a spreadsheet.
        if text.hasPrefix("'"), let next = text.dropFirst().first, "=+-@".contains(next) {
            text.removeFirst()
        }
        guard !text.isEmpty else { return nil }
        switch type {
        case .choice:
            let folded = FoldedText(text)
            return choices.first { FoldedText($0) == folded } ?? String(text.prefix(longest))
        case .date:
            guard let day = CalendarDay(written: text) else {
                throw refusal("\(label) “\(text)” is not one certain day. Write it as 2026-12-31")
            }
            return day.description
        case .text, .phone, .email, .money, .reference, .multiline:
            return try checked(text)
        }
    }

    /// Without control characters and outer spaces; only long texts have lines.
    private func cleaned(_ typed: String) -> String {
        let isLong = type == .multiline
        let scalars = typed.unicodeScalars.map { scalar -> Unicode.Scalar in
            let isControl = scalar.properties.generalCategory == .control
            return isControl && !(isLong && (scalar == "\n" || scalar == "\t")) ? " " : scalar
        }
        return String(String.UnicodeScalarView(scalars))
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func refusal(_ reason: String) -> RecordRefusal {
        .invalid(name, reason: reason.prefix(1).uppercased() + reason.dropFirst() + ".")
    }

    /// One `@` with text before it and a dot after it, and no space: more is for a mail server to say.
    static func isEmail(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && !parts[0].isEmpty && !text.contains(where: \.isWhitespace)
            && parts[1].contains(".") && !parts[1].hasPrefix(".") && !parts[1].hasSuffix(".")
    }
}

/// Amounts in a currency's main unit, as text with a point: "1234.5".
enum Money {
    /// Reads "1,234.50", "1.234,50", "EUR 1 234" and "-12". A single mark with three digits behind it is a
    /// thousands mark: prices have two decimals.
    static func amount(_ written: String) -> String? {
        let isMark: (Character) -> Bool = { $0 == "," || $0 == "." }
        let isNumeral: (Character) -> Bool = {
            $0.isASCII && $0.isNumber || isMark($0) || $0 == "-"
        }
        let numerals = written.filter(isNumeral)
        // A currency in front or behind is passed over; other words make it no amount.
        let words = written.filter { !isNumeral($0) && !$0.isWhitespace && $0 != "'" }
        guard words.count <= 3, numerals.count <= 20, !numerals.dropFirst().contains("-") else {
            return nil
        }
        let digits = numerals.filter { $0 != "-" }
        var whole = digits
        var decimals = ""
        if let last = digits.lastIndex(where: isMark) {
            let behind = digits[digits.index(after: last)...]
            let isAlone = digits.count { $0 == digits[last] } == 1
            let hasOther = digits.contains { isMark($0) && $0 != digits[last] }
            if isAlone, hasOther || behind.count != 3 {
                decimals = String(behind)
                whole = String(digits[..<last])
            }
        }
        whole.removeAll(where: isMark)
        guard !(whole + decimals).isEmpty, let number = Double("0\(whole).\(decimals)0") else {
            return nil
        }
        return text(numerals.hasPrefix("-") ? -number : number)
    }

    /// Without decimals where there are none.
    static func text(_ amount: Double) -> String {
        amount == amount.rounded() && abs(amount) < 1e15 ? String(Int(amount)) : String(amount)
    }
}
