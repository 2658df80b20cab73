/// What a receiver holds to check a sender's signatures: `whsec_…`, which both sides know, or `whpk_…`, the
/// sender's public key.
package struct WebhookKey: Concealed, Sendable {
    /// The kind of key decides which kind of signature is looked at, never the request: a public key is not
    /// secret and must never serve as the secret of the other kind.
    enum Kind {
        case shared([UInt8])
        case publicKey([UInt8])
    }

    /// Why a text is no key, in words that say what to do.
    package enum Fault: Error, Hashable, CustomStringConvertible {
        case unknownPrefix, notBase64, wrongLength, isPrivateKey

        package var description: String {
            switch self {
            case .unknownPrefix: "A key begins with whsec_ (shared secret) or whpk_ (public key)"
            case .notBase64: "What follows the prefix is not Base64: copy the whole key"
            case .wrongLength: "A whsec_ secret has 24 to 64 bytes and a whpk_ key has 32"
            case .isPrivateKey:
                "This is the sender's private key, which must stay there: give its whpk_ key"
            }
        }
    }

    /// In bytes, by Standard Webhooks 1.0.0.
    static let sharedLength = 24...64

    let kind: Kind

    package init(_ key: Secret) throws(Fault) {
        let text = key.revealed()
        if text.hasPrefix("whsk_") { throw .isPrivateKey }
        guard text.hasPrefix("whsec_") || text.hasPrefix("whpk_") else { throw .unknownPrefix }
        let (prefix, bytes) = try Self.parts(text)
        if prefix == "whsec_" {
            guard Self.sharedLength.contains(bytes.count) else { throw .wrongLength }
            kind = .shared(bytes)
        } else {
            guard bytes.count == Ed25519.publicKeyLength else { throw .wrongLength }
            kind = .publicKey(bytes)
        }
    }

    /// A new shared secret of 32 random bytes, in the form in which it is shown once and given to the sender.
    package static func newSharedSecret() -> Secret {
        Secret("whsec_" + Base64.text(randomBytes(32)))
    }

    static func parts(_ text: String) throws(Fault) -> (prefix: String, bytes: [UInt8]) {
        guard let end = text.firstIndex(of: "_") else { throw .unknownPrefix }
        guard let bytes = Base64.bytes(text[text.index(after: end)...]) else { throw .notBase64 }
        return (String(text[...end]), bytes)
    }
}

/// The keys of one sender: two while the sender changes from the one to the other.
package struct WebhookKeys: Sendable {
    package let current: WebhookKey
    package let previous: WebhookKey?

    package init(current: WebhookKey, previous: WebhookKey? = nil) {
        self.current = current
        self.previous = previous
    }

    var active: [WebhookKey] { [current] + (previous.map { [$0] } ?? []) }
}

/// What a sender signs with: `whsec_…` or `whsk_…` (the 32-byte seed, or the seed and its public key).
package struct WebhookSigner: Concealed, Sendable {
    enum Kind {
        case shared([UInt8])
        case seed([UInt8])
    }

    let kind: Kind

    package init(_ key: Secret) throws(WebhookKey.Fault) {
        let (prefix, bytes) = try WebhookKey.parts(key.revealed())
        switch prefix {
        case "whsec_":
            guard WebhookKey.sharedLength.contains(bytes.count) else { throw .wrongLength }
            kind = .shared(bytes)
        case "whsk_":
            let seed = Array(bytes.prefix(Ed25519.seedLength))
            let rest = Array(bytes.dropFirst(Ed25519.seedLength))
            guard seed.count == Ed25519.seedLength,
                rest.isEmpty || rest == Ed25519.publicKey(seed: seed)
            else { throw .wrongLength }
            kind = .seed(seed)
        default: throw .unknownPrefix
        }
    }

    /// The text of one signature of the signed content, with its version.
    func signature(of content: [UInt8]) -> String {
        switch kind {
        case .shared(let secret): "v1," + Base64.text(Digest(of: content, key: secret).bytes)
        case .seed(let seed):
            "v1a," + Base64.text(Ed25519.signature(of: content, seed: seed) ?? [])
        }
    }
}
