package import Foundation

/// Seconds since 1970 with microseconds, as whole microseconds: `1795357563.450830`.
package enum AMITime {
    /// Later than any real call (the year 2100): what is beyond is no time.
    static let latest = 4_102_444_800

    /// `nil` when it is no such text. Digits beyond the sixth are dropped.
    package static func microseconds(_ text: String) -> Int? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, isDigits(first), let seconds = Int(first),
            seconds <= latest
        else { return nil }
        guard parts.count == 2 else { return seconds * 1_000_000 }
        guard isDigits(parts[1]) else { return nil }
        let digits = parts[1].prefix(6)
        let padded = digits + String(repeating: "0", count: 6 - digits.count)
        return Int(padded).map { seconds * 1_000_000 + $0 }
    }

    /// - Parameter microseconds: since 1970.
    package static func date(_ microseconds: Int) -> Date {
        Date(timeIntervalSince1970: Double(microseconds) / 1_000_000)
    }

    package static func microseconds(of date: Date) -> Int {
        Int((date.timeIntervalSince1970 * 1_000_000).rounded())
    }

    private static func isDigits(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.count <= 20 && text.utf8.allSatisfy { (48...57).contains($0) }
    }
}
