import Foundation

/// Times as phone systems write them (RFC 3339): `2026-11-22T15:04:05.123Z`, also with an offset.
///
/// Strict about what it needs to be certain: a time without `Z` or an offset is none, as nobody knows where
/// it was taken. The years 2000 to 2099 are taken: a clock that is further off says nothing.
enum EventTime {
    static let wanted =
        "a time such as 2026-11-22T15:04:05.123Z, with Z or an offset such as +01:00"

    /// `nil` for anything else. Digits after the third of a second are dropped; a leap second is the next one.
    static func date(_ text: String) -> Date? {
        var rest = Array(text.utf8)[...]
        guard rest.count <= 40, let year = number(&rest, 4), take(&rest, "-"),
            let month = number(&rest, 2), take(&rest, "-"), let day = number(&rest, 2),
            take(&rest, "T") || take(&rest, "t") || take(&rest, " "),
            let hour = number(&rest, 2), take(&rest, ":"), let minute = number(&rest, 2),
            take(&rest, ":"), let second = number(&rest, 2), let thousandths = fraction(&rest),
            let offset = offset(&rest), rest.isEmpty,
            (2000...2099).contains(year), (1...12).contains(month),
            (1...days(in: month, of: year)).contains(day), hour < 24, minute < 60, second <= 60
        else { return nil }
        let days = dayNumber(year, month, day)
        let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - offset
        return Date(timeIntervalSince1970: Double(seconds * 1_000 + thousandths) / 1_000)
    }

    private static func take(_ rest: inout ArraySlice<UInt8>, _ wanted: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: wanted) else { return false }
        rest.removeFirst()
        return true
    }

    private static func number(_ rest: inout ArraySlice<UInt8>, _ digits: Int) -> Int? {
        let taken = rest.prefix(digits)
        guard taken.count == digits, taken.allSatisfy(isDigit) else { return nil }
        rest.removeFirst(digits)
        return taken.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    /// Thousandths of a second; 0 without a fraction, `nil` for a point without digits.
    private static func fraction(_ rest: inout ArraySlice<UInt8>) -> Int? {
        guard take(&rest, ".") else { return 0 }
        let digits = rest.prefix(while: isDigit)
        guard !digits.isEmpty else { return nil }
        rest.removeFirst(digits.count)
        let three =
            digits.prefix(3) + Array(repeating: UInt8(ascii: "0"), count: max(0, 3 - digits.count))
        return three.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    /// Seconds east of Greenwich.
    private static func offset(_ rest: inout ArraySlice<UInt8>) -> Int? {
        if take(&rest, "Z") || take(&rest, "z") { return 0 }
        let isEast = rest.first == UInt8(ascii: "+")
        guard take(&rest, "+") || take(&rest, "-"), let hours = number(&rest, 2), take(&rest, ":"),
            let minutes = number(&rest, 2), hours < 24, minutes < 60
        else { return nil }
        return (isEast ? 1 : -1) * (hours * 3_600 + minutes * 60)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2:
            year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
                ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970-01-01 in the Gregorian calendar, with the year begun in March so that the leap day is
    /// its last.
    private static func dayNumber(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month > 2 ? year : year - 1
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return 365 * shifted + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
    }
}
