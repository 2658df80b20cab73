import CCrypto
import Foundation

/// The key by which small secrets are kept in the store: 32 bytes that never show themselves.
///
/// What it seals is AES-256-GCM (NIST SP 800-38D) with a new random nonce of 96 bits each time. With random nonces one
/// key is good for 2³² secrets, which is far more than a store of ours ever writes.
package struct SealingKey: Concealed, Sendable {
    package static let length = 32
    private static let nonceLength = 12
    private static let tagLength = 16
    private static let format: UInt8 = 1
    private static let nameLength = 4
    private static let headLength = 1 + nameLength

    private let bytes: [UInt8]

    /// `nil` unless there are exactly 32 bytes.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.length else { return nil }
        self.bytes = bytes
    }

    /// A new one.
    package static func random() -> SealingKey { SealingKey(known: randomBytes(length)) }

    private init(known bytes: [UInt8]) { self.bytes = bytes }

    /// `name` as text, to compare keys of different places.
    package var shownName: String { name.hex }

    /// Says which key it is without saying anything of the key.
    private var name: [UInt8] {
        Array(
            Digest(of: Array("callmatch sealing key".utf8), key: bytes).bytes.prefix(
                Self.nameLength))
    }

    /// Seals a secret for one purpose.
    ///
    /// The form is a version, four bytes that name the key, the nonce, the sealed bytes and the tag. Version, name and
    /// purpose are part of what the tag vouches for.
    ///
    /// - Parameter purpose: such as `acme/ada`: what was sealed for one is not opened for another.
    package func seal(_ secret: [UInt8], for purpose: String) -> [UInt8] {
        let head = [Self.format] + name
        let nonce = randomBytes(Self.nonceLength)
        let (sealed, tag) = encrypt(secret, nonce: nonce, with: head + Array(purpose.utf8))
        return head + nonce + sealed + tag
    }

    /// - Throws: `SealFault`; nothing is given out of what was changed.
    package func open(_ sealed: [UInt8], for purpose: String) throws(SealFault) -> [UInt8] {
        let start = Self.headLength + Self.nonceLength
        guard sealed.count >= start + Self.tagLength, sealed[0] == Self.format else {
            throw .notSealed
        }
        let head = Array(sealed.prefix(Self.headLength))
        guard Array(head.dropFirst()) == name else { throw .otherKey }
        let secret = decrypt(
            Array(sealed[start..<sealed.count - Self.tagLength]),
            tag: Array(sealed.suffix(Self.tagLength)),
            nonce: Array(sealed[Self.headLength..<start]), with: head + Array(purpose.utf8))
        guard let secret else { throw .changed }
        return secret
    }

    /// AES-256-GCM by libcrypto, as the published vectors have it.
    func encrypt(
        _ text: [UInt8], nonce: [UInt8], with associated: [UInt8]
    ) -> (sealed: [UInt8], tag: [UInt8]) {
        guard let context = EVP_CIPHER_CTX_new() else { fatalError("libcrypto has no memory") }
        defer { EVP_CIPHER_CTX_free(context) }
        var sealed = [UInt8](repeating: 0, count: text.count)
        var tag = [UInt8](repeating: 0, count: Self.tagLength)
        var length: Int32 = 0
        guard EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), nil, bytes, nonce) == 1,
            EVP_EncryptUpdate(context, nil, &length, associated, Int32(associated.count)) == 1,
            EVP_EncryptUpdate(context, &sealed, &length, text, Int32(text.count)) == 1,
            length == Int32(text.count), EVP_EncryptFinal_ex(context, nil, &length) == 1,
            EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(Self.tagLength), &tag) == 1
        else { fatalError("libcrypto has no working AES-GCM") }
        return (sealed, tag)
    }

    private func decrypt(
        _ sealed: [UInt8], tag: [UInt8], nonce: [UInt8], with associated: [UInt8]
    ) -> [UInt8]? {
        guard let context = EVP_CIPHER_CTX_new() else { fatalError("libcrypto has no memory") }
        defer { EVP_CIPHER_CTX_free(context) }
        var text = [UInt8](repeating: 0, count: sealed.count)
        var tag = tag
        var length: Int32 = 0
        // The last step compares the tag: what came before it is worth nothing without.
        guard EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), nil, bytes, nonce) == 1,
            EVP_DecryptUpdate(context, nil, &length, associated, Int32(associated.count)) == 1,
            EVP_DecryptUpdate(context, &text, &length, sealed, Int32(sealed.count)) == 1,
            EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(Self.tagLength), &tag) == 1,
            EVP_DecryptFinal_ex(context, nil, &length) == 1
        else { return nil }
        return text
    }
}

/// Why something sealed cannot be opened.
package enum SealFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// It is none of ours, or of a later version.
    case notSealed
    /// It was sealed with another key than the one in use.
    case otherKey
    /// It was changed, or sealed for another purpose.
    case changed

    package var description: String {
        switch self {
        case .notSealed: "it is not in the form in which secrets are kept"
        case .otherKey: "it was kept with another key than the one in use"
        case .changed: "it was changed since it was kept, or belongs to something else"
        }
    }
}
