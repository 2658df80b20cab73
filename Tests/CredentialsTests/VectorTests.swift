import Testing

@testable import Credentials

@Suite("Published vectors")
struct VectorTests {
    let vectors: Vectors

    init() throws {
        vectors = try Vectors.load()
    }

    @Test func sha256() {
        for vector in vectors.sha256 {
            #expect(Digest(of: bytes(hex: vector.message)).hex == vector.digest, "\(vector.name)")
        }
    }

    @Test func hmacSHA256() {
        for vector in vectors.hmacSHA256 {
            let code = Digest(of: bytes(hex: vector.message), key: bytes(hex: vector.key))
            #expect(code.hex.hasPrefix(vector.code), "\(vector.name)")
        }
    }

    @Test func ed25519() {
        for vector in vectors.ed25519 {
            let message = bytes(hex: vector.message)
            let signature = bytes(hex: vector.signature)
            let key = bytes(hex: vector.publicKey)
            let seed = bytes(hex: vector.seed)
            #expect(Ed25519.publicKey(seed: seed) == key, "\(vector.name)")
            #expect(Ed25519.signature(of: message, seed: seed) == signature, "\(vector.name)")
            #expect(Ed25519.isSignature(signature, of: message, by: key), "\(vector.name)")
            for wrong in wrongSignatures(of: signature) {
                #expect(!Ed25519.isSignature(wrong, of: message, by: key), "\(vector.name)")
            }
            #expect(!Ed25519.isSignature(signature, of: message + [0], by: key))
            #expect(!Ed25519.isSignature(signature, of: message, by: Array(key.dropLast())))
        }
    }

    /// The fourth vector of RFC 7914 takes 1 GiB and is left out: our own bound refuses that much.
    @Test func scrypt() {
        for vector in vectors.scrypt {
            let cost = PasswordHash.Cost(
                doublings: vector.doublings, blockSize: vector.blockSize, passes: vector.passes)
            let key = PasswordHash.scrypt(
                Array(vector.password.utf8), salt: Array(vector.salt.utf8), cost: cost, length: 64)
            #expect(key.map(hex) == vector.key, "\(vector.name)")
        }
        let huge = PasswordHash.Cost(doublings: 20, blockSize: 8, passes: 1)
        #expect(PasswordHash.scrypt([1], salt: [1], cost: huge, length: 64) == nil)
    }

    /// Each bit of one byte in ten flipped, cut, extended, and the same signature with S + L instead of S.
    private func wrongSignatures(of signature: [UInt8]) -> [[UInt8]] {
        var wrong = [[], Array(signature.dropLast()), signature + [0]]
        for place in stride(from: 0, to: signature.count, by: 10) {
            for bit in 0..<8 {
                var changed = signature
                changed[place] ^= UInt8(1) << UInt8(bit)
                wrong.append(changed)
            }
        }
        return wrong + [respelt(signature)]
    }

    private func respelt(_ signature: [UInt8]) -> [UInt8] {
        let order = bytes(hex: "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
        var changed = signature
        var carry = 0
        for (place, byte) in order.enumerated() {
            let sum = Int(changed[32 + place]) + Int(byte) + carry
            changed[32 + place] = UInt8(sum & 255)
            carry = sum >> 8
        }
        return changed
    }
}
