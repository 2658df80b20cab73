import CCrypto

/// Whether two byte strings are the same, in a time that depends on their length alone.
///
/// Different lengths are different at once: compare digests, which all have one length, where the length
/// itself must not show.
package func constantTimeEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool {
    guard one.count == other.count else { return false }
    return CRYPTO_memcmp(one, other, one.count) == 0
}

/// Bytes from the generator of the system's libcrypto.
///
/// Stops the process when the generator has no entropy: to go on with guessable secrets would be worse.
package func randomBytes(_ count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
        guard RAND_bytes(buffer.baseAddress, Int32(count)) == 1 else {
            fatalError("The system's random number generator has no entropy")
        }
        filled = count
    }
}
