package import Foundation

/// Standard Webhooks 1.0.0: how a sender of events proves who it is.
///
/// The signature is over `id.timestamp.body`, with the body as the bytes that arrived. It is checked before
/// anything of the body is read. A valid request may still be a repeat: the receiver keeps the id for at least
/// seven days, in the transaction that stores the event.
package enum StandardWebhook {
    /// In bytes. The receiver reads no more than this before it checks anything.
    package static let longestBody = 64 * 1024
    /// How far the sender's clock and ours may differ, in seconds.
    package static let clockTolerance: TimeInterval = 300
    /// More signatures than any rotation needs: each one costs work before the sender is known.
    package static let mostSignatures = 16

    package enum Header: String, CaseIterable, Sendable {
        case id = "webhook-id"
        case timestamp = "webhook-timestamp"
        case signature = "webhook-signature"
    }

    /// A request whose sender is proved.
    package struct Delivery: Hashable, Sendable {
        /// The same for every attempt to send one event; `[A-Za-z0-9_-]`, 1 to 64 characters.
        package let id: String
        /// When this attempt was made, by the sender's clock, to the second.
        package let sentAt: Date
    }

    /// Why a request is refused: for our log and the administrator. The sender gets `refusalAnswer`, the same
    /// for all of them, as the difference would help a forger.
    package enum Refusal: Error, Hashable, Sendable {
        case missing(Header)
        case repeated(Header)
        case badID
        case badTimestamp
        /// None of the signatures has the form of one that the keys could check, or there are too many.
        case noSignature
        case wrongSignature
        /// The signature is right and the time is not: the sender's clock is this many seconds ahead of ours
        /// (negative: behind), or somebody sends an old request again.
        case clockDiffers(by: Int)

        /// For the log and the administrator's page: what is wrong and what would help. Without any secret.
        package var reason: String {
            switch self {
            case .missing(let header): "The header \(header.rawValue) is missing"
            case .repeated(let header): "The header \(header.rawValue) is there more than once"
            case .badID: "webhook-id is not 1 to 64 letters, digits, - and _"
            case .badTimestamp: "webhook-timestamp is not a time in whole seconds"
            case .noSignature: "webhook-signature has nothing that this source's keys could check"
            case .wrongSignature: "No signature fits: compare the source's secret with the sender's"
            case .clockDiffers(let seconds):
                "The clock differs by \(seconds) s: set the sender's clock or ours, unless somebody repeats "
                    + "old requests"
            }
        }
    }

    /// What every refused request is answered, byte for byte.
    package static let refusalAnswer = (
        status: 401, detail: "The signature of this request is not valid."
    )

    /// Checks a request: the headers' form, then the signature, then the time, in this order.
    ///
    /// - Parameters:
    ///   - body: the bytes as received, at most `longestBody` of them.
    ///   - keys: those of the one sender that this address belongs to.
    ///   - now: our clock.
    ///   - header: all values of a header field of this (lower-case) name, in order.
    package static func verify(
        body: [UInt8], keys: WebhookKeys, now: Date, header: (String) -> [String]
    ) throws(Refusal) -> Delivery {
        let id = try single(.id, header)
        guard isID(id) else { throw .badID }
        let timestamp = try single(.timestamp, header)
        guard let seconds = seconds(timestamp) else { throw .badTimestamp }
        let signatures = try signatures(in: single(.signature, header))

        let content = content(id: id, timestamp: timestamp, body: body)
        guard isSigned(content, by: signatures, keys: keys) else { throw .wrongSignature }

        let sentAt = Date(timeIntervalSince1970: TimeInterval(seconds))
        let ahead = sentAt.timeIntervalSince(now)
        guard abs(ahead) <= clockTolerance else {
            throw .clockDiffers(by: Int(ahead.rounded()))
        }
        return Delivery(id: id, sentAt: sentAt)
    }

    /// The headers of a signed request: what our own commands and tests send.
    ///
    /// - Parameter signers: two while keys are being changed.
    package static func sign(
        body: [UInt8], id: String, at time: Date, with signers: WebhookSigner...
    ) -> [Header: String] {
        precondition(isID(id), "an id has 1 to 64 letters, digits, - and _")
        let timestamp = String(Int(time.timeIntervalSince1970.rounded(.down)))
        let content = content(id: id, timestamp: timestamp, body: body)
        return [
            .id: id, .timestamp: timestamp,
            .signature: signers.map { $0.signature(of: content) }.joined(separator: " "),
        ]
    }
}

extension StandardWebhook {
    /// A signature of a kind that we know, of exactly its length.
    private enum Signature {
        case code(Digest)
        case ed25519([UInt8])
    }

    /// Exactly once: of two, another program on the way may have read the other one.
    private static func single(
        _ name: Header, _ header: (String) -> [String]
    ) throws(Refusal) -> String {
        let values = header(name.rawValue)
        guard let value = values.first else { throw .missing(name) }
        guard values.count == 1 else { throw .repeated(name) }
        return value
    }

    /// No `.`: it parts the signed content, and with one in the id two different requests could have the same.
    private static func isID(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    /// Digits alone, and few enough that no sum with them can overflow.
    private static func seconds(_ text: String) -> Int? {
        guard (1...12).contains(text.utf8.count),
            text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return Int(text)
    }

    /// What can be read of `v1,… v1a,…`. Versions that we do not know are for other receivers.
    private static func signatures(in text: String) throws(Refusal) -> [Signature] {
        let words = text.split(separator: " ")
        guard words.count <= mostSignatures else { throw .noSignature }
        let signatures = words.compactMap(signature)
        guard !signatures.isEmpty else { throw .noSignature }
        return signatures
    }

    private static func signature(_ word: Substring) -> Signature? {
        if word.hasPrefix("v1,") {
            return Base64.bytes(word.dropFirst(3)).flatMap(Digest.init).map(Signature.code)
        }
        if word.hasPrefix("v1a,"), let bytes = Base64.bytes(word.dropFirst(4)),
            bytes.count == Ed25519.signatureLength
        {
            return .ed25519(bytes)
        }
        return nil
    }

    private static func content(id: String, timestamp: String, body: [UInt8]) -> [UInt8] {
        Array("\(id).\(timestamp).".utf8) + body
    }

    /// True when any signature is right under any key. All are tried, also after one was right.
    private static func isSigned(
        _ content: [UInt8], by signatures: [Signature], keys: WebhookKeys
    ) -> Bool {
        var isRight = false
        for key in keys.active {
            switch key.kind {
            case .shared(let secret):
                let code = Digest(of: content, key: secret)
                for case .code(let claimed) in signatures where claimed == code { isRight = true }
            case .publicKey(let publicKey):
                for case .ed25519(let claimed) in signatures
                where Ed25519.isSignature(claimed, of: content, by: publicKey) { isRight = true }
            }
        }
        return isRight
    }
}
