import Foundation
import Testing

@testable import Credentials

@Suite("Standard Webhooks")
struct StandardWebhookTests {
    @Test func referenceSignatures() throws {
        for vector in try Vectors.load().standardWebhooks {
            let headers = StandardWebhook.sign(
                body: Array(vector.body.utf8), id: vector.id,
                at: Date(timeIntervalSince1970: TimeInterval(vector.timestamp)),
                with: try WebhookSigner(Secret(vector.key)))
            #expect(headers[.signature] == vector.signature, "\(vector.name)")
            #expect(headers[.timestamp] == String(vector.timestamp))
        }
    }

    @Test("what a sender may do", arguments: Request.allowed)
    func allowed(request: Request) throws {
        let delivery = try request.verify()
        #expect(delivery == .init(id: "msg_1", sentAt: request.sentAt))
    }

    @Test("no forgery passes", arguments: Request.forgeries)
    func forgery(request: Request) {
        let thrown = #expect(throws: StandardWebhook.Refusal.self) { try request.verify() }
        #expect(thrown == request.refusal, "\(request.name)")
    }

    @Test("there are enough forgeries, and one answer for all of them")
    func enough() {
        #expect(Request.forgeries.count >= 30)
        #expect(StandardWebhook.refusalAnswer.status == 401)
    }

    @Test("the clock is named only when the signature is right")
    func clockAlarm() throws {
        var request = Request("late and forged", .wrongSignature)
        request.sentAt = Request.now.addingTimeInterval(-4000)
        request.sign()
        request.body += [0x20]
        let thrown = #expect(throws: StandardWebhook.Refusal.self) { try request.verify() }
        #expect(thrown == .wrongSignature)
    }

    @Test(
        "keys say what is wrong with them",
        arguments: [
            ("", WebhookKey.Fault.unknownPrefix), ("secret", .unknownPrefix),
            ("whsec", .unknownPrefix),
            ("whsec_", .wrongLength), ("whsec_!!!!", .notBase64), ("whsec_AAAA", .wrongLength),
            ("whsec_" + Base64.text(Array(repeating: 1, count: 23)), .wrongLength),
            ("whsec_" + Base64.text(Array(repeating: 1, count: 65)), .wrongLength),
            ("whpk_" + Base64.text(Array(repeating: 1, count: 31)), .wrongLength),
            ("whsk_" + Base64.text(Array(repeating: 1, count: 32)), .isPrivateKey),
            ("whsec_" + Base64.addressText(Array(repeating: 255, count: 25)), .notBase64),
        ])
    func badKeys(text: String, fault: WebhookKey.Fault) {
        let thrown = #expect(throws: WebhookKey.Fault.self) { try WebhookKey(Secret(text)) }
        #expect(thrown == fault)
        #expect(thrown?.description.contains("wh") == true || fault == .notBase64)
    }

    @Test func newSecrets() throws {
        let secret = WebhookKey.newSharedSecret()
        #expect(secret.revealed().hasPrefix("whsec_"))
        #expect(secret != WebhookKey.newSharedSecret())
        _ = try WebhookKey(secret)
        _ = try WebhookSigner(secret)
        let seed = Array(repeating: UInt8(7), count: 32)
        let own = try #require(Ed25519.publicKey(seed: seed))
        _ = try WebhookSigner(Secret("whsk_" + Base64.text(seed + own)))
        #expect(throws: WebhookKey.Fault.wrongLength) {
            try WebhookSigner(Secret("whsk_" + Base64.text(seed + seed)))
        }
    }

    @Test("random requests: none passes, none takes long")
    func random() throws {
        var chance = Chance(purpose: "webhook headers")
        let request = Request("random", .wrongSignature)
        for _ in 0..<5_000 {
            let parts = ["webhook-id", "webhook-timestamp", "webhook-signature"].map { name in
                (
                    name,
                    (0..<chance.below(3)).map { _ in chance.text(like: request.headers[name] ?? [])
                    }
                )
            }
            let headers = Dictionary(uniqueKeysWithValues: parts)
            guard headers != request.headers else { continue }
            #expect(throws: StandardWebhook.Refusal.self) {
                try StandardWebhook.verify(
                    body: request.body, keys: request.keys, now: Request.now
                ) { headers[$0] ?? [] }
            }
        }
    }
}
