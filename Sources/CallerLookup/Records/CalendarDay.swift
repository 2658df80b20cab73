package import Foundation

/// A day of the calendar, without a time or a zone.
package struct CalendarDay: Hashable, Sendable, CustomStringConvertible {
    package let year: Int
    package let month: Int
    package let day: Int

    /// `nil` for days that do not exist.
    package init?(year: Int, month: Int, day: Int) {
        guard (1900...2999).contains(year), (1...12).contains(month), day >= 1 else { return nil }
        let isLeap = year.isMultiple(of: 4) && !year.isMultiple(of: 100) || year.isMultiple(of: 400)
        let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard day <= days[month - 1] else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// "2026-12-31" and nothing else.
    package init?(exactly text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2],
            parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// "2026-12-31", or the day of "2026-12-31T10:00:00Z".
    package init?(iso text: String) {
        let rest = text.dropFirst(10).first
        guard rest == nil || rest == "T" || rest == " " else { return nil }
        self.init(exactly: String(text.prefix(10)))
    }

    /// Also "31.12.2026" and, where only one reading exists, "12/31/2026" and "31/12/2026".
    package init?(written text: String) {
        if let day = CalendarDay(iso: text) {
            self = day
            return
        }
        let marks: Set<Character> = [".", "/", "-"]
        let parts = text.split(whereSeparator: marks.contains)
            .map { Int($0.trimmingCharacters(in: .whitespaces)) }
        guard parts.count == 3, let one = parts[0], let two = parts[1], let year = parts[2] else {
            return nil
        }
        let dayFirst = CalendarDay(year: year, month: two, day: one)
        let monthFirst = text.contains("/") ? CalendarDay(year: year, month: one, day: two) : nil
        if let dayFirst, let monthFirst, dayFirst != monthFirst { return nil }
        guard let known = dayFirst ?? monthFirst else { return nil }
        self = known
    }

    package init(of date: Date) {
        let parts = Calendar.utc.dateComponents([.year, .month, .day], from: date)
        year = parts.year ?? 1970
        month = parts.month ?? 1
        day = parts.day ?? 1
    }

    package var description: String {
        let two = { (number: Int) in number < 10 ? "0\(number)" : "\(number)" }
        return "\(year)-\(two(month))-\(two(day))"
    }
}

extension Calendar {
    package static let utc: Calendar = {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar
    }()
}
