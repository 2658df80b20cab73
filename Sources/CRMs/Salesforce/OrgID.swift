/// A record's id. Salesforce writes it with 15 characters, or with 18 that do not depend on case; here it has 18.
package struct OrgID: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    /// `nil` for what is no id.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 15 || bytes.count == 18,
            bytes.allSatisfy({
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0)
                    || (0x61...0x7A).contains($0)
            })
        else { return nil }
        description = String(decoding: bytes.prefix(15), as: UTF8.self) + Self.suffix(bytes)
    }

    /// Which kind of object it names: `003` is a contact.
    package var prefix: String { String(description.prefix(3)) }

    /// Each of the three characters says which of five are upper case.
    private static func suffix(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345".utf8)
        let letters = stride(from: 0, to: 15, by: 5).map { start in
            let bits = (0..<5).reduce(0) { bits, place in
                let isUpper = (0x41...0x5A).contains(bytes[start + place])
                return isUpper ? bits | 1 << place : bits
            }
            return alphabet[bits]
        }
        return String(decoding: letters, as: UTF8.self)
    }
}
