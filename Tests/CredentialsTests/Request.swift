import Foundation
import Testing

@testable import Credentials

/// A signed request, and what somebody changed on its way.
struct Request: CustomTestStringConvertible, Sendable {
    static let now = Date(timeIntervalSince1970: 1_795_358_345.25)

    let name: String
    let refusal: StandardWebhook.Refusal?
    var sentAt = Request.now
    var body = Array(#"{"call":"1","event":"offered","at":"2026-11-22T15:04:05.123Z"}"#.utf8)
    var headers: [String: [String]] = [:]
    var keys: WebhookKeys

    var testDescription: String { name }

    init(
        _ name: String, _ refusal: StandardWebhook.Refusal? = nil,
        change: (inout Request) -> Void = { _ in }
    ) {
        self.name = name
        self.refusal = refusal
        keys = WebhookKeys(current: Keys.shared)
        sign()
        sentAt = Date(timeIntervalSince1970: Request.now.timeIntervalSince1970.rounded(.down))
        change(&self)
    }

    mutating func sign(id: String = "msg_1", with signers: [WebhookSigner] = [Keys.signer]) {
        let each = signers.map { StandardWebhook.sign(body: body, id: id, at: sentAt, with: $0) }
        headers = [
            "webhook-id": [id],
            "webhook-timestamp": each.compactMap { $0[.timestamp] }.prefix(1) + [],
            "webhook-signature": [each.compactMap { $0[.signature] }.joined(separator: " ")],
        ]
    }

    /// Signs what `sign` would refuse to sign: the forger's own tool.
    mutating func signAnything(id: String, timestamp: String) {
        let content = Array("\(id).\(timestamp).".utf8) + body
        headers = [
            "webhook-id": [id], "webhook-timestamp": [timestamp],
            "webhook-signature": [Keys.signer.signature(of: content)],
        ]
    }

    var signature: String {
        get { headers["webhook-signature"]?.first ?? "" }
        set { headers["webhook-signature"] = [newValue] }
    }

    func verify() throws(StandardWebhook.Refusal) -> StandardWebhook.Delivery {
        try StandardWebhook.verify(body: body, keys: keys, now: Request.now) { headers[$0] ?? [] }
    }
}

/// The keys of the tests: of the sender, of its past and of others.
enum Keys {
    static let signer = signer("s", 32)
    static let old = signer("o", 24)
    static let stranger = signer("x", 32)
    static let shared = key("s", 32)
    static let oldShared = key("o", 24)

    static let seed = Array(repeating: UInt8(9), count: 32)
    static let publicBytes = Ed25519.publicKey(seed: seed) ?? []
    static let curveSigner = unwrap { try WebhookSigner(Secret("whsk_" + Base64.text(seed))) }
    static let curve = unwrap { try WebhookKey(Secret("whpk_" + Base64.text(publicBytes))) }

    private static func text(_ letter: String, _ count: Int) -> Secret {
        Secret("whsec_" + Base64.text(Array(String(repeating: letter, count: count).utf8)))
    }

    private static func signer(_ letter: String, _ count: Int) -> WebhookSigner {
        unwrap { try WebhookSigner(text(letter, count)) }
    }

    private static func key(_ letter: String, _ count: Int) -> WebhookKey {
        unwrap { try WebhookKey(text(letter, count)) }
    }

    private static func unwrap<Value>(_ make: () throws -> Value) -> Value {
        do { return try make() } catch { fatalError("a key of the tests is none: \(error)") }
    }
}
