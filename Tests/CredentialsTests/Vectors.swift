import Foundation

/// Published test vectors, byte strings in hexadecimal.
struct Vectors: Decodable {
    struct Code: Decodable { let name, key, message, code: String }
    struct Hash: Decodable { let name, message, digest: String }
    struct Curve: Decodable { let name, seed, publicKey, message, signature: String }
    struct Derivation: Decodable {
        let name, password, salt: String
        let doublings, blockSize, passes: Int
        let key: String
    }
    struct Webhook: Decodable {
        let name, key, id: String
        let timestamp: Int
        let body, signature: String
    }

    let hmacSHA256: [Code]
    let sha256: [Hash]
    let ed25519: [Curve]
    let scrypt: [Derivation]
    let standardWebhooks: [Webhook]

    static func load() throws -> Vectors {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Fixtures/vectors.json")
        return try JSONDecoder().decode(Vectors.self, from: Data(contentsOf: file))
    }
}

func bytes(hex: String) -> [UInt8] {
    stride(from: 0, to: hex.utf8.count, by: 2).compactMap {
        UInt8(hex.dropFirst($0).prefix(2), radix: 16)
    }
}

func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
