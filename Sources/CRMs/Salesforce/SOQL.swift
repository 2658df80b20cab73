/// A query, of which every value is a literal that cannot be more than a value.
///
/// Source: Salesforce, SOQL and SOSL Reference, "Quoted String Escape Sequences". Names of objects and fields come
/// from a describe, never from outside; a name that is none is refused.
package struct SOQL: Hashable, Sendable, CustomStringConvertible, ExpressibleByStringInterpolation {
    package let description: String

    package init(stringLiteral value: String) { description = value }

    package init(stringInterpolation: Interpolation) { description = stringInterpolation.text }

    package struct Interpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        package init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity)
        }

        package mutating func appendLiteral(_ literal: String) { text += literal }

        package mutating func appendInterpolation(_ value: String) { text += SOQL.quoted(value) }

        package mutating func appendInterpolation(_ number: Int) { text += "\(number)" }

        package mutating func appendInterpolation(_ time: OrgTime) { text += time.literal }

        package mutating func appendInterpolation(list values: [String]) {
            text += "(" + values.map(SOQL.quoted).joined(separator: ",") + ")"
        }

        package mutating func appendInterpolation(names: [OrgName]) {
            text += names.map(\.description).joined(separator: ",")
        }

        package mutating func appendInterpolation(_ part: SOQL) { text += part.description }

        package mutating func appendInterpolation(name: OrgName) { text += name.description }
    }

    /// A string literal: `'O\'Neil'`.
    package static func quoted(_ value: String) -> String {
        var text = "'"
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "'": text += "\\'"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{08}": text += "\\b"
            case "\u{0C}": text += "\\f"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F: continue
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "'"
    }
}

/// The API name of an object or field, or of a parent's field: `Contact`, `Home_Phone__c`, `Account.Name`.
package struct OrgName: Hashable, Sendable, CustomStringConvertible, Comparable {
    package let description: String

    /// `nil` for what is no name: letters, digits and `_`, at most 80 in each part, beginning with a letter.
    package init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...3).contains(parts.count), parts.allSatisfy(Self.isName) else { return nil }
        description = text
    }

    /// A name of our own, which is one.
    init(known text: StaticString) { description = "\(text)" }

    package static func < (one: OrgName, other: OrgName) -> Bool {
        one.description < other.description
    }

    private static func isName(_ part: Substring) -> Bool {
        guard (1...80).contains(part.utf8.count), let first = part.utf8.first,
            (0x41...0x5A).contains(first) || (0x61...0x7A).contains(first)
        else { return false }
        return part.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                || $0 == 0x5F
        }
    }
}
