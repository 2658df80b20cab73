import CCrypto
import Foundation

/// A password as a person chose it: 8 to 256 characters, any of Unicode.
///
/// It is normalised (NFC) before it is hashed, since the same keys give `é` as one character on one system
/// and as two on another.
package struct Password: Concealed, Sendable {
    /// In Unicode characters, as NIST SP 800-63B counts. The upper end bounds the work of a sign-in.
    package static let length = 8...256

    package enum Refusal: Error, Hashable { case tooShort, tooLong }

    let bytes: [UInt8]

    package init(_ text: String) throws(Refusal) {
        // A composed character was at most four before, each of at most four bytes: what is longer than that
        // need not be normalised to be refused.
        guard text.utf8.count <= Password.length.upperBound * 16 else { throw .tooLong }
        let normal = text.precomposedStringWithCanonicalMapping
        let count = normal.unicodeScalars.count
        guard count >= Password.length.lowerBound else { throw .tooShort }
        guard count <= Password.length.upperBound else { throw .tooLong }
        bytes = Array(normal.utf8)
    }
}

/// There is no room to hash a password now: too many are being hashed, or memory is short.
package struct NoRoomToHash: Error, Hashable {
    /// After how many seconds it is worth trying again.
    package let retryAfter: Int
}

/// The stored proof of a password: scrypt (RFC 7914), written `scrypt$15$8$3$salt$hash`.
///
/// To make or to check one takes about half a second of one processor and 32 MiB. That is its purpose, and
/// why it is only done through `PasswordVerifier`.
package struct PasswordHash: Concealed, Sendable {
    /// What a hash costs, and so what it costs to guess.
    struct Cost: Hashable {
        /// N is 2 to the power of this: memory is 128 · N · r bytes.
        let doublings: Int
        let blockSize: Int
        let passes: Int

        /// Of OWASP's equivalent choices, the one with the least memory.
        static let current = Cost(doublings: 15, blockSize: 8, passes: 3)

        /// What a stored hash may ask for: at most 64 MiB and about three times today's work, so that a
        /// changed store cannot stop the server.
        var isAcceptable: Bool {
            (14...16).contains(doublings) && blockSize == 8 && (1...4).contains(passes)
        }
    }

    static let saltLength = 16

    let cost: Cost
    let salt: [UInt8]
    let digest: Digest

    init(cost: Cost, salt: [UInt8], digest: Digest) {
        self.cost = cost
        self.salt = salt
        self.digest = digest
    }

    init(
        _ password: Password, cost: Cost = .current, salt: [UInt8] = randomBytes(saltLength)
    ) throws(NoRoomToHash) {
        self.init(
            cost: cost, salt: salt, digest: try Self.digest(of: password, cost: cost, salt: salt))
    }

    /// `nil` for anything that `stored` would not have written, and for a cost out of bounds.
    package init?(stored: String) {
        let parts = stored.split(separator: "$", omittingEmptySubsequences: false)
        guard stored.utf8.count <= 128, parts.count == 6, parts[0] == "scrypt",
            let doublings = Int(parts[1]), let blockSize = Int(parts[2]),
            let passes = Int(parts[3]), let salt = Base64.addressBytes(parts[4]),
            let digest = Base64.addressBytes(parts[5]).flatMap(Digest.init)
        else { return nil }
        self.init(
            cost: Cost(doublings: doublings, blockSize: blockSize, passes: passes), salt: salt,
            digest: digest)
        guard cost.isAcceptable, salt.count == Self.saltLength, self.stored == stored else {
            return nil
        }
    }

    /// The text for the store.
    package var stored: String {
        "scrypt$\(cost.doublings)$\(cost.blockSize)$\(cost.passes)"
            + "$\(Base64.addressText(salt))$\(Base64.addressText(digest.bytes))"
    }

    /// Whether it is the hash of this password; the comparison takes the same time for every wrong one.
    func matches(_ password: Password) throws(NoRoomToHash) -> Bool {
        try Self.digest(of: password, cost: cost, salt: salt) == digest
    }

    private static func digest(
        of password: Password, cost: Cost, salt: [UInt8]
    ) throws(NoRoomToHash) -> Digest {
        guard
            let key = scrypt(password.bytes, salt: salt, cost: cost, length: Digest.length),
            let digest = Digest(key)
        else { throw NoRoomToHash(retryAfter: 5) }
        return digest
    }

    /// RFC 7914; `nil` when there is no memory for it.
    static func scrypt(_ password: [UInt8], salt: [UInt8], cost: Cost, length: Int) -> [UInt8]? {
        let mostMemory: UInt64 = 96 << 20
        var key = [UInt8](repeating: 0, count: length)
        let isDone = password.withUnsafeBytes { text in
            EVP_PBE_scrypt(
                text.bindMemory(to: CChar.self).baseAddress, password.count, salt, salt.count,
                UInt64(1) << UInt64(cost.doublings), UInt64(cost.blockSize), UInt64(cost.passes),
                mostMemory, &key, length)
        }
        return isDone == 1 ? key : nil
    }
}
