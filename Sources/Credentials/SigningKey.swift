import CCrypto

/// An RSA private key that signs with RS256 (RFC 7518, 3.3): how a program proves who it is to a service that
/// knows the public half.
///
/// `@unchecked`, because OpenSSL's key is a C pointer: it is not changed after `init`, and each signature has a
/// context of its own.
package final class SigningKey: @unchecked Sendable {
    private let key: OpaquePointer

    /// In bits: less is refused, as by every service that takes such keys.
    private static let shortest = 2048

    /// - Parameter pem: PKCS #8 or PKCS #1, not encrypted.
    /// - Throws: `SigningKeyFault`; no text of it holds the key.
    package init(pem: Secret) throws(SigningKeyFault) {
        let bytes = Array(pem.revealed().utf8)
        let found = bytes.withUnsafeBytes { bytes -> OpaquePointer? in
            guard let source = BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count)) else {
                return nil
            }
            defer { BIO_free(source) }
            // A key with a password is none: nobody is there to type it.
            return PEM_read_bio_PrivateKey(source, nil, { _, _, _, _ in 0 }, nil)
        }
        ERR_clear_error()
        guard let found else { throw .unreadable }
        guard EVP_PKEY_get_base_id(found) == EVP_PKEY_RSA else {
            EVP_PKEY_free(found)
            throw .notRSA
        }
        guard EVP_PKEY_get_bits(found) >= Self.shortest else {
            EVP_PKEY_free(found)
            throw .tooShort
        }
        key = found
    }

    deinit { EVP_PKEY_free(key) }

    /// RSASSA-PKCS1-v1_5 with SHA-256.
    package func signature(of message: [UInt8]) -> [UInt8] {
        guard let context = EVP_MD_CTX_new() else { fatalError("libcrypto has no memory") }
        defer { EVP_MD_CTX_free(context) }
        var length = 0
        guard EVP_DigestSignInit(context, nil, EVP_sha256(), nil, key) == 1,
            EVP_DigestSign(context, nil, &length, message, message.count) == 1
        else { fatalError("libcrypto cannot sign with RSA") }
        return [UInt8](unsafeUninitializedCapacity: length) { buffer, filled in
            guard
                EVP_DigestSign(context, buffer.baseAddress, &length, message, message.count) == 1
            else { fatalError("libcrypto cannot sign with RSA") }
            filled = length
        }
    }
}

package enum SigningKeyFault: Error, Hashable, Sendable, CustomStringConvertible {
    case unreadable
    case notRSA
    case tooShort

    package var description: String {
        switch self {
        case .unreadable: "holds no private key in PEM form, or one with a password"
        case .notRSA: "holds a key that is not RSA"
        case .tooShort: "holds a key of fewer than 2,048 bits"
        }
    }
}
