package import Foundation

/// A moment as Salesforce writes it: whole milliseconds, always UTC.
package struct OrgTime: Hashable, Sendable, Comparable, Codable {
    /// Milliseconds since 1970.
    package let milliseconds: Int

    package init(milliseconds: Int) { self.milliseconds = milliseconds }

    /// Reads `2026-01-01T00:00:00.000+0000`; also with `Z`, with an offset, and without milliseconds.
    package init?(_ text: String) {
        guard text.utf8.count <= 40 else { return nil }
        var iso = text
        if let sign = iso.dropFirst(19).lastIndex(where: { $0 == "+" || $0 == "-" }) {
            let offset = iso[iso.index(after: sign)...]
            if offset.utf8.count == 4 {
                iso = String(iso[...sign]) + offset.prefix(2) + ":" + offset.suffix(2)
            }
        }
        let format = Date.ISO8601FormatStyle(includingFractionalSeconds: iso.contains("."))
        guard let date = try? format.parse(iso) else { return nil }
        milliseconds = Int((date.timeIntervalSince1970 * 1000).rounded())
    }

    package var date: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1000) }

    /// As it stands in a query, without quotes: `2026-01-01T00:00:00.000Z`.
    package var literal: String {
        date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    package func advanced(bySeconds seconds: Int) -> OrgTime {
        OrgTime(milliseconds: milliseconds + seconds * 1000)
    }

    package static func < (one: OrgTime, other: OrgTime) -> Bool {
        one.milliseconds < other.milliseconds
    }
}
