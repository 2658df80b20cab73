import CCrypto

/// Digests that old protocols ask for. They protect nothing: never use them for anything of ours.
package enum LegacyDigest {
    /// MD5 (RFC 1321) as 32 lower-case hexadecimal digits: the answer to the challenge of a phone
    /// system's manager interface.
    package static func md5(of message: [UInt8]) -> String {
        var bytes = [UInt8](repeating: 0, count: 16)
        var written: UInt32 = 0
        guard EVP_Digest(message, message.count, &bytes, &written, EVP_md5(), nil) == 1 else {
            fatalError("libcrypto has no MD5")
        }
        return bytes.hex
    }
}
