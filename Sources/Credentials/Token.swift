/// A random text that opens a door: a session, a sign-in link, the address of an event source.
///
/// It stands in addresses and cookies, so it has only letters, digits, `-` and `_`. What is stored is its
/// `hash`: who reads the store cannot sign in with what is found there.
package struct Token: Concealed, Sendable {
    /// 22 characters of 6 bits are the first length with 128 bits or more; nothing of ours is longer than 43.
    package static let length = 22...128
    private static let randomLength = 32

    private let text: String

    /// `nil` for a text that no `Token` of ours can have: it is not worth a look into the store.
    package init?(_ text: some StringProtocol) {
        guard Token.length.contains(text.utf8.count), text.utf8.allSatisfy(Token.isAllowed) else {
            return nil
        }
        self.text = String(text)
    }

    private init(bytes: [UInt8]) {
        text = Base64.addressText(bytes)
    }

    /// A new one with 256 bits of chance.
    package static func random() -> Token { Token(bytes: randomBytes(randomLength)) }

    /// SHA-256 of the text. No salt and no slow hash: there is nothing to guess in 128 random bits.
    package var hash: Digest { Digest(of: Array(text.utf8)) }

    /// The text itself, for the one moment in which it is handed out.
    package func revealed() -> String { text }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

extension Token: Equatable {
    package static func == (one: Token, other: Token) -> Bool {
        constantTimeEqual(Array(one.text.utf8), Array(other.text.utf8))
    }
}
