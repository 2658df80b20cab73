import CCrypto

/// Ed25519 signatures (RFC 8032) by the system's libcrypto.
package enum Ed25519 {
    package static let seedLength = 32
    package static let publicKeyLength = 32
    package static let signatureLength = 64

    /// False for a wrong signature and for a key or a signature of a wrong length.
    package static func isSignature(
        _ signature: [UInt8], of message: [UInt8], by publicKey: [UInt8]
    ) -> Bool {
        guard signature.count == signatureLength, publicKey.count == publicKeyLength,
            let key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, publicKey, publicKeyLength)
        else { return false }
        defer { EVP_PKEY_free(key) }
        return withContext { context in
            EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1
                && EVP_DigestVerify(
                    context, signature, signature.count, message, message.count) == 1
        }
    }

    /// The 64 bytes of a signature; `nil` when the seed does not have 32 bytes.
    package static func signature(of message: [UInt8], seed: [UInt8]) -> [UInt8]? {
        guard let key = privateKey(seed) else { return nil }
        defer { EVP_PKEY_free(key) }
        var signature = [UInt8](repeating: 0, count: signatureLength)
        var length = signatureLength
        let isSigned = withContext { context in
            EVP_DigestSignInit(context, nil, nil, nil, key) == 1
                && EVP_DigestSign(context, &signature, &length, message, message.count) == 1
        }
        return isSigned && length == signatureLength ? signature : nil
    }

    /// The 32 bytes that others need to check this seed's signatures; `nil` when the seed is none.
    package static func publicKey(seed: [UInt8]) -> [UInt8]? {
        guard let key = privateKey(seed) else { return nil }
        defer { EVP_PKEY_free(key) }
        var bytes = [UInt8](repeating: 0, count: publicKeyLength)
        var length = publicKeyLength
        guard EVP_PKEY_get_raw_public_key(key, &bytes, &length) == 1 else { return nil }
        return bytes
    }

    private static func privateKey(_ seed: [UInt8]) -> OpaquePointer? {
        guard seed.count == seedLength else { return nil }
        return EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, seedLength)
    }

    private static func withContext(_ body: (OpaquePointer) -> Bool) -> Bool {
        guard let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        return body(context)
    }
}
