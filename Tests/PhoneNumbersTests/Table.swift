import Foundation

/// A fixture: tab-separated rows below comments and one header line.
enum Table {
    static func rows(_ name: String) -> [[String]] {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Fixtures/\(name).tsv")
        // Decoded without validation of line ends or trimming: both are part of the cases.
        guard let data = try? Data(contentsOf: file) else { return [] }
        let lines = String(decoding: data, as: UTF8.self).unicodeScalars
            .split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
            .filter { !$0.hasPrefix("#") }
        return lines.dropFirst().map {
            $0.unicodeScalars.split(separator: "\t", omittingEmptySubsequences: false)
                .map { String($0) }
        }
    }

    static func text(_ name: String) -> String {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Fixtures/\(name).tsv")
        return (try? Data(contentsOf: file)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// `\u{202A}` written out in a fixture is that scalar.
    static func unescaped(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let start = rest.range(of: "\\u{"),
            let end = rest[start.upperBound...].firstIndex(of: "}")
        {
            result += rest[..<start.lowerBound]
            let scalar = UInt32(rest[start.upperBound..<end], radix: 16).flatMap(
                Unicode.Scalar.init)
            if let scalar { result.unicodeScalars.append(scalar) }
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }
}
