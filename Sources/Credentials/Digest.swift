import CCrypto

/// The 32 bytes of a SHA-256 digest or of an HMAC-SHA256 code.
///
/// Its length is part of the type, so nothing shorter or longer is ever compared with it, and `==` takes the
/// same time wherever two of them differ.
package struct Digest: Hashable, Sendable {
    package static let length = 32

    package let bytes: [UInt8]

    /// `nil` unless there are exactly 32 bytes.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == Digest.length else { return nil }
        self.bytes = bytes
    }

    /// SHA-256 (FIPS 180-4) of a message.
    package init(of message: [UInt8]) {
        bytes = Digest.computed { output, length in
            EVP_Digest(message, message.count, output, length, EVP_sha256(), nil) == 1
        }
    }

    /// HMAC-SHA256 (RFC 2104) of a message under a key of any length.
    package init(of message: [UInt8], key: [UInt8]) {
        bytes = Digest.computed { output, length in
            HMAC(EVP_sha256(), key, Int32(key.count), message, message.count, output, length) != nil
        }
    }

    package static func == (one: Digest, other: Digest) -> Bool {
        constantTimeEqual(one.bytes, other.bytes)
    }

    private static func computed(
        by operation: (UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<UInt32>) -> Bool
    ) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: length) { buffer, filled in
            var written: UInt32 = 0
            guard operation(buffer.baseAddress, &written), written == UInt32(length) else {
                fatalError("libcrypto has no working SHA-256")
            }
            filled = length
        }
    }
}

extension Digest {
    /// 64 lower-case hexadecimal digits: the form in which it is stored.
    package var hex: String { bytes.hex }
}

extension [UInt8] {
    /// Two lower-case hexadecimal digits for each byte.
    var hex: String {
        String(unsafeUninitializedCapacity: count * 2) { digits in
            for (index, byte) in enumerated() {
                digits[index * 2] = Self.digit(byte >> 4)
                digits[index * 2 + 1] = Self.digit(byte & 15)
            }
            return count * 2
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
