import Foundation

@testable import Credentials

extension Request {
    /// What passes: the plain case, the edges of the window, and each way of changing keys.
    static let allowed: [Request] = [
        Request("as signed"),
        Request("exactly 299 s old") { $0.moved(by: -299) },
        Request("300 s ahead") { $0.moved(by: 300) },
        Request("an empty body") { $0.resigned { $0.body = [] } },
        Request("a body that is no text") { $0.resigned { $0.body = [0, 255, 254, 46, 46] } },
        Request("signed with the previous secret") {
            $0.keys = WebhookKeys(current: Keys.shared, previous: Keys.oldShared)
            $0.sign(with: [Keys.old])
        },
        Request("signed with both, we know only the new one") {
            $0.sign(with: [Keys.old, Keys.signer])
        },
        Request("signed with both, we know only the old one") {
            $0.keys = WebhookKeys(current: Keys.oldShared)
            $0.sign(with: [Keys.old, Keys.signer])
        },
        Request("among versions that we do not know") {
            $0.signature = "v2,AAAA v9 \($0.signature) v1a,AAAA"
        },
        Request("ed25519") {
            $0.keys = WebhookKeys(current: Keys.curve)
            $0.sign(with: [Keys.curveSigner])
        },
        Request("from a shared secret to ed25519") {
            $0.keys = WebhookKeys(current: Keys.curve, previous: Keys.shared)
            $0.sign(with: [Keys.signer])
        },
    ]

    static let forgeries =
        missingHeaders + changedSignatures + changedContents + wrongTimes + wrongIDs + wrongKeys

    private static let missingHeaders: [Request] = [
        Request("no headers", .missing(.id)) { $0.headers = [:] },
        Request("no id", .missing(.id)) { $0.headers["webhook-id"] = nil },
        Request("no timestamp", .missing(.timestamp)) { $0.headers["webhook-timestamp"] = nil },
        Request("no signature", .missing(.signature)) { $0.headers["webhook-signature"] = nil },
        Request("two ids", .repeated(.id)) { $0.headers["webhook-id"]?.append("msg_2") },
        Request("the same id twice", .repeated(.id)) { $0.headers["webhook-id"]?.append("msg_1") },
        Request("two timestamps", .repeated(.timestamp)) {
            $0.headers["webhook-timestamp"]?.append("1")
        },
        Request("two signature headers, the second right", .repeated(.signature)) {
            $0.headers["webhook-signature"]?.insert("v1,AAAA", at: 0)
        },
    ]

    private static let changedSignatures: [Request] = [
        Request("empty signature", .noSignature) { $0.signature = "" },
        Request("only spaces", .noSignature) { $0.signature = "   " },
        Request("only the version", .noSignature) { $0.signature = "v1," },
        Request("one character cut", .noSignature) { $0.signature.removeLast() },
        Request("cut to 31 bytes", .noSignature) {
            $0.signature = "v1," + Base64.text(Array(Request.code(of: $0.signature).dropLast()))
        },
        Request("cut to one byte", .noSignature) {
            $0.signature = "v1," + Base64.text(Array(Request.code(of: $0.signature).prefix(1)))
        },
        Request("extended by a byte", .noSignature) {
            $0.signature = "v1," + Base64.text(Request.code(of: $0.signature) + [0])
        },
        Request("doubled", .noSignature) {
            $0.signature =
                "v1," + Base64.text(Request.code(of: $0.signature) + Request.code(of: $0.signature))
        },
        Request("in hexadecimal", .noSignature) {
            $0.signature = "v1," + hex(Request.code(of: $0.signature))
        },
        Request("in the address alphabet", .noSignature) {
            $0.signature = "v1," + Base64.addressText(Request.code(of: $0.signature))
        },
        Request("with a space inside", .noSignature) {
            $0.signature.insert(" ", at: $0.signature.index($0.signature.startIndex, offsetBy: 10))
        },
        Request("without version", .noSignature) { $0.signature.removeFirst(3) },
        Request("version in capitals", .noSignature) { $0.signature.replace("v1,", with: "V1,") },
        Request("an unknown version", .noSignature) { $0.signature.replace("v1,", with: "v2,") },
        Request("as ed25519", .noSignature) { $0.signature.replace("v1,", with: "v1a,") },
        Request("32 zero bytes", .wrongSignature) {
            $0.signature = "v1," + Base64.text(Array(repeating: 0, count: 32))
        },
        Request("the first bit flipped", .wrongSignature) { $0.flip(byte: 0) },
        Request("the last bit flipped", .wrongSignature) { $0.flip(byte: 31) },
        Request("17 signatures, the last one right", .noSignature) {
            $0.signature = String(repeating: "v1,AAAA ", count: 16) + $0.signature
        },
    ]

    private static let changedContents: [Request] = [
        Request("body with one more space", .wrongSignature) { $0.body.append(0x20) },
        Request("body with a space inside", .wrongSignature) { $0.body.insert(0x20, at: 8) },
        Request("body cut", .wrongSignature) { $0.body.removeLast() },
        Request("body empty", .wrongSignature) { $0.body = [] },
        Request("body in other words", .wrongSignature) {
            $0.body = Array(
                String(decoding: $0.body, as: UTF8.self).replacing("\"1\"", with: "\"2\"").utf8)
        },
        Request("the id of another request", .wrongSignature) {
            $0.headers["webhook-id"] = ["msg_2"]
        },
        Request("the id in capitals", .wrongSignature) { $0.headers["webhook-id"] = ["MSG_1"] },
        Request("the timestamp of an old request moved to now", .wrongSignature) {
            $0.moved(by: -4000)
            $0.headers["webhook-timestamp"] = ["1795358345"]
        },
        Request("the timestamp with a leading zero", .wrongSignature) {
            $0.headers["webhook-timestamp"] = ["01795358345"]
        },
        Request("a digit moved from the timestamp to the body", .wrongSignature) {
            $0.headers["webhook-timestamp"] = ["179535834"]
            $0.body = Array("5.".utf8) + $0.body
        },
    ]

    private static let wrongTimes: [Request] = [
        Request("301 s old", .clockDiffers(by: -301)) { $0.moved(by: -301) },
        Request("301 s ahead", .clockDiffers(by: 301)) { $0.moved(by: 301) },
        Request("an hour old", .clockDiffers(by: -3600)) { $0.moved(by: -3600) },
        Request("time 0", .clockDiffers(by: -1_795_358_345)) {
            $0.signAnything(id: "msg_1", timestamp: "0")
        },
        Request("time 1e9", .badTimestamp) { $0.signAnything(id: "msg_1", timestamp: "1e9") },
        Request("negative time", .badTimestamp) { $0.signAnything(id: "msg_1", timestamp: "-5") },
        Request("time with a plus", .badTimestamp) {
            $0.signAnything(id: "msg_1", timestamp: "+1795358345")
        },
        Request("time with 20 digits", .badTimestamp) {
            $0.signAnything(id: "msg_1", timestamp: "17953583450000000000")
        },
        Request("time in Arabic digits", .badTimestamp) {
            $0.signAnything(id: "msg_1", timestamp: "١٧٩٥٣٥٨٣٤٥")
        },
        Request("time with a fraction", .badTimestamp) {
            $0.signAnything(id: "msg_1", timestamp: "1795358345.0")
        },
        Request("time with a space", .badTimestamp) {
            $0.signAnything(id: "msg_1", timestamp: " 1795358345")
        },
        Request("empty time", .badTimestamp) { $0.signAnything(id: "msg_1", timestamp: "") },
    ]

    private static let wrongIDs: [Request] = [
        Request("a dot in the id", .badID) {
            $0.signAnything(id: "msg_1.1", timestamp: "1795358345")
        },
        Request("empty id", .badID) { $0.signAnything(id: "", timestamp: "1795358345") },
        Request("an id of 65 characters", .badID) {
            $0.signAnything(id: String(repeating: "a", count: 65), timestamp: "1795358345")
        },
        Request("a line break in the id", .badID) {
            $0.signAnything(id: "msg_1\r\nx: y", timestamp: "1795358345")
        },
        Request("an id that is no ASCII", .badID) {
            $0.signAnything(id: "mśg", timestamp: "1795358345")
        },
        Request("two ids folded into one header", .badID) {
            $0.signAnything(id: "msg_1, msg_2", timestamp: "1795358345")
        },
    ]

    private static let wrongKeys: [Request] = [
        Request("signed by a stranger", .wrongSignature) { $0.sign(with: [Keys.stranger]) },
        Request("signed with a secret that was withdrawn", .wrongSignature) {
            $0.sign(with: [Keys.old])
        },
        Request("ed25519 by a stranger", .wrongSignature) {
            $0.keys = WebhookKeys(current: Keys.curve)
            $0.sign(with: [Keys.signer])
            let seed = Array(repeating: UInt8(1), count: 32)
            $0.signature = "v1a," + Base64.text(Ed25519.signature(of: $0.body, seed: seed) ?? [])
        },
        Request("the public key used as a shared secret", .wrongSignature) {
            $0.keys = WebhookKeys(current: Keys.curve)
            let content = Array("msg_1.1795358345.".utf8) + $0.body
            $0.signature = "v1," + Base64.text(Digest(of: content, key: Keys.publicBytes).bytes)
        },
        Request("the signed content without the id", .wrongSignature) {
            let content = Array("1795358345.".utf8) + $0.body
            $0.signature = Keys.signer.signature(of: content)
        },
        Request("the signature of the body alone", .wrongSignature) {
            $0.signature = Keys.signer.signature(of: $0.body)
        },
        Request("no key at all: an empty one", .wrongSignature) {
            let content = Array("msg_1.1795358345.".utf8) + $0.body
            $0.signature = "v1," + Base64.text(Digest(of: content, key: []).bytes)
        },
    ]

    private mutating func moved(by seconds: TimeInterval) {
        sentAt = sentAt.addingTimeInterval(seconds)
        sign()
    }

    private mutating func resigned(_ change: (inout Request) -> Void) {
        change(&self)
        sign()
    }

    private mutating func flip(byte: Int) {
        var code = Request.code(of: signature)
        code[byte] ^= 1
        signature = "v1," + Base64.text(code)
    }

    private static func code(of signature: String) -> [UInt8] {
        Base64.bytes(signature.dropFirst(3)) ?? []
    }
}
