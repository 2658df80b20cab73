/// `multipart/form-data` (RFC 7578), as `curl --form` and phone systems send it.
///
/// Strict in its frame: every part begins and ends with the announced boundary on a line of its own, and the
/// last one is closed. Parts with a file name are skipped: nothing of ours is a file.
struct MultipartForm {
    static let mostParts = FormFields.most
    /// In bytes, of one part's headers.
    static let longestHeaders = 2048

    private(set) var fields = FormFields()

    private let body: [UInt8]
    private let delimiter: [UInt8]
    private var at = 0

    /// `nil` when the boundary is missing or has no allowed length, or when the frame is broken.
    init?(_ body: [UInt8], boundary: String?) {
        guard let boundary, (1...70).contains(boundary.utf8.count) else { return nil }
        self.body = body
        delimiter = Array("--\(boundary)".utf8)
        guard takes(delimiter) else { return nil }
        for _ in 0..<Self.mostParts {
            if takes([0x2D, 0x2D]) {
                guard at == body.count || takes([0x0D, 0x0A]) else { return nil }
                return
            }
            guard takes([0x0D, 0x0A]), takesPart() else { return nil }
        }
        return nil
    }

    private mutating func takesPart() -> Bool {
        let headersEnd: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A]
        guard let blank = find(headersEnd, within: Self.longestHeaders),
            let end = find([0x0D, 0x0A] + delimiter, from: blank + headersEnd.count)
        else { return false }
        let headers = Self.headers(body[at..<blank])
        let value = Array(body[(blank + headersEnd.count)..<end])
        at = end + 2 + delimiter.count
        let disposition = ContentType(headers["content-disposition"] ?? "")
        guard disposition.kind == "form-data", let name = disposition.parameters["name"],
            disposition.parameters["filename"] == nil
        else { return true }
        let charset = ContentType(headers["content-type"] ?? "").parameters["charset"]
        fields.append(name, Charset.text(value, charset))
        return true
    }

    private static func headers(_ bytes: ArraySlice<UInt8>) -> [String: String] {
        var headers: [String: String] = [:]
        for line in bytes.split(separator: 0x0A) {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
            let value = String(decoding: line[(colon + 1)...].filter { $0 != 0x0D }, as: UTF8.self)
            headers[name] = headers[name] ?? value
        }
        return headers
    }

    private mutating func takes(_ wanted: [UInt8]) -> Bool {
        guard body[at...].starts(with: wanted) else { return false }
        at += wanted.count
        return true
    }

    /// The first place from here on; one look at each byte, as a rule.
    private func find(_ wanted: [UInt8], from start: Int? = nil, within limit: Int? = nil) -> Int? {
        let start = start ?? at
        let last = min(body.count - wanted.count, limit.map { start + $0 } ?? body.count)
        guard start <= last, let first = wanted.first else { return nil }
        return (start...last).first { place in
            body[place] == first && body[place...].starts(with: wanted)
        }
    }
}
