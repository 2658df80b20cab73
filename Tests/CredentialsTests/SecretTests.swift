import Foundation
import Testing

@testable import Credentials

@Suite("What must not be seen")
struct SecretTests {
    private struct Settings: Codable, Equatable {
        var name = "demo"
        var secret = Secret("canary-4711")
        var spare: Secret? = Secret("canary-4711")
    }

    @Test("no way of printing shows a secret")
    func concealed() throws {
        let signer = try WebhookSigner(
            Secret("whsec_" + Base64.text(Array("canary-4711-canary-4711-".utf8))))
        let key = try WebhookKey(
            Secret("whsec_" + Base64.text(Array("canary-4711-canary-4711-".utf8))))
        let hash = try #require(PasswordHash(stored: storedExample))
        let token = try #require(Token("canary-4711-canary-4711"))
        let password = try Password("canary-4711")
        let values: [any Sendable] = [
            Secret("canary-4711"), Secret?.some(Secret("canary-4711")), [Secret("canary-4711")],
            Settings(), signer, key, WebhookKeys(current: key, previous: key), hash, token,
            password,
        ]
        for value in values {
            var dumped = ""
            dump(value, to: &dumped)
            let texts = [
                "\(value)", String(describing: value), String(reflecting: value), dumped,
                "\(Mirror(reflecting: value).children.map { "\($0)" })",
            ]
            for text in texts {
                #expect(!text.contains("canary"), "\(text)")
                #expect(!text.contains("99, 97, 110"), "the bytes: \(text)")
                #expect(!text.contains("c2FsdHNhbHQ"), "\(text)")
            }
        }
        #expect("\(Secret("canary-4711"))" == "•••")
    }

    @Test func coding() throws {
        let data = try JSONEncoder().encode(Settings())
        #expect(try JSONDecoder().decode(Settings.self, from: data) == Settings())
        #expect(Secret("canary-4711").revealed() == "canary-4711")
        #expect(Secret("a") != Secret("b"))
        #expect(Secret("a") != Secret("ab"))
    }

    @Test(arguments: [
        ("", "", true), ("a", "a", true), ("a", "b", false), ("a", "", false), ("ab", "a", false),
        ("abc", "abd", false), ("abc", "Abc", false),
    ])
    func comparing(one: String, other: String, same: Bool) {
        #expect(constantTimeEqual(Array(one.utf8), Array(other.utf8)) == same)
    }

    @Test func digests() {
        #expect(Digest([]) == nil)
        #expect(Digest(Array(repeating: 0, count: 31)) == nil)
        #expect(Digest(Array(repeating: 0, count: 33)) == nil)
        #expect(Digest(of: [1]) == Digest(of: [1]))
        #expect(Digest(of: [1]) != Digest(of: [2]))
        #expect(Digest(of: [1], key: []) != Digest(of: [1]))
    }

    @Test func tokens() throws {
        let tokens = (0..<200).map { _ in Token.random() }
        #expect(Set(tokens.map(\.hash)).count == 200)
        for token in tokens {
            let text = token.revealed()
            #expect(text.utf8.count == 43)
            #expect(Token(text)?.hash == token.hash)
            #expect(Token(text.dropLast()).map { $0 == token } == false)
        }
    }

    @Test(arguments: [
        "", "short", "123456789012345678901", String(repeating: "a", count: 129),
        "1234567890123456789012 ", "123456789012345678901/", "12345678901234567890é",
    ])
    func noTokens(text: String) {
        #expect(Token(text) == nil)
    }

    @Test func chance() {
        #expect(randomBytes(0).isEmpty)
        #expect(randomBytes(32).count == 32)
        #expect(randomBytes(32) != randomBytes(32))
    }

    @Test(arguments: ["", "A", "AA", "AA=", "AAA", "AB==", "AA==\n", "AA==AA==", "_w==", " AA=="])
    func strictBase64(text: String) {
        #expect(Base64.bytes(text) == (text.isEmpty ? [] : nil))
    }
}

/// Salt "saltsaltsaltsalt", 32 zero bytes.
let storedExample =
    "scrypt$15$8$3$c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
