/// The `Content-Type` of a request: `multipart/form-data; boundary="…"`.
struct ContentType: Hashable {
    /// In lower case, such as `application/json`.
    let kind: String
    /// Names in lower case, values as they stand, without quotes.
    let parameters: [String: String]

    /// In bytes. With a boundary at its longest the header has about 130.
    static let longest = 1024

    /// Never fails: what cannot be read of it is left out, and one that is too long says nothing.
    init(_ text: String) {
        let text = text.utf8.count <= Self.longest ? text : ""
        let parts = Self.parts(of: text)
        kind = (parts.first?.trimmedOrNil ?? "").lowercased()
        var parameters: [String: String] = [:]
        for part in parts.dropFirst() {
            guard let mark = part.firstIndex(of: "="),
                let name = String(part[..<mark]).trimmedOrNil
            else { continue }
            let value = String(part[part.index(after: mark)...]).trimmedOrNil ?? ""
            // The first of two: a second one cannot move a boundary that was already announced.
            parameters[name.lowercased()] = parameters[name.lowercased()] ?? Self.unquoted(value)
        }
        self.parameters = parameters
    }

    /// Cut at each `;` that does not stand in quotes.
    private static func parts(of text: String) -> [String] {
        var parts = [""]
        var isQuoted = false
        var isEscaped = false
        for character in text {
            if character == ";" && !isQuoted {
                parts.append("")
                continue
            }
            if character == "\"" && !isEscaped { isQuoted.toggle() }
            isEscaped = isQuoted && character == "\\" && !isEscaped
            parts[parts.count - 1].append(character)
        }
        return parts
    }

    private static func unquoted(_ value: String) -> String {
        guard value.count >= 2, value.hasPrefix("\""), value.hasSuffix("\"") else { return value }
        var result = ""
        var isEscaped = false
        for character in value.dropFirst().dropLast() {
            if character == "\\" && !isEscaped {
                isEscaped = true
            } else {
                result.append(character)
                isEscaped = false
            }
        }
        return result
    }
}
