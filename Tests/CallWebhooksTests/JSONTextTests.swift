import Foundation
import Testing

@testable import CallWebhooks

@Suite("JSON")
struct JSONTextTests {
    @Test(
        "texts",
        arguments: [
            (#""""#, ""), (#""a\"\\\/\b\f\n\r\t""#, "a\"\\/\u{8}\u{C}\n\r\t"),
            (#""\u00e9\u0041""#, "éA"),
            (#""\ud83d\ude42""#, "🙂"), (#""\ud83d""#, "\u{FFFD}"), (#""\ude42x""#, "\u{FFFD}x"),
            (#""\ud83d\ud83d\ude42""#, "\u{FFFD}🙂"), (#""\ud83d\u0041""#, "\u{FFFD}A"),
            (#""\u0000""#, "\0"),
            ("\"é🙂\u{7F}\"", "é🙂\u{7F}"),
        ])
    func texts(json: String, text: String) throws {
        guard case .text(let read) = try JSONReader.read(Array(json.utf8)) else {
            Issue.record("no text: \(json)")
            return
        }
        #expect(Array(read.utf8) == Array(text.utf8))
    }

    @Test(
        "numbers stay the text that they were",
        arguments: [
            "0", "-0", "12", "1.50", "1e9", "1E+9", "1.0e-9", "12345678901234567890123",
        ])
    func numbers(json: String) throws {
        guard case .number(let read) = try JSONReader.read(Array(json.utf8)) else {
            Issue.record("no number: \(json)")
            return
        }
        #expect(read == json)
    }

    @Test func spaceMarkAndDepth() throws {
        _ = try JSONReader.read(
            [0xEF, 0xBB, 0xBF] + Array(" \t\r\n{ \"a\" : [ ] , \"b\" : { } } ".utf8))
        let deepest = String(repeating: "[", count: 16) + String(repeating: "]", count: 16)
        _ = try JSONReader.read(Array(deepest.utf8))
        #expect(throws: JSONFault.self) { try JSONReader.read(Array("[\(deepest)]".utf8)) }
    }

    /// Foundation is the more lenient one: it takes a comma at the end of a list.
    @Test("what we read, Foundation reads; what it reads besides has a comma too many")
    func likeFoundation() throws {
        var chance = Chance(purpose: "JSON")
        let examples = [
            #"{"a":[1,-25,"x",true,false,null,{"b":{}}],"c":"d"}"#, "[[],{},[[1.5,20]]]", "\"a\"",
        ]
        let words = ["{", "}", "[", "]", ",", ":", "\"", "1", "0", "-", ".", "null", " "]
        var agreed = 0
        for _ in 0..<5_000 {
            let body = chance.body(
                like: examples.map { Array($0.utf8) }, words: words.map { Array($0.utf8) })
            // Noise aside: Foundation reads UTF-16 as well, and knows the range of numbers and surrogates.
            guard body.allSatisfy({ (0x20..<0x7F).contains($0) && $0 != 0x5C }) else { continue }
            let ours = (try? JSONReader.read(body)) != nil
            let foundation =
                (try? JSONSerialization.jsonObject(with: Data(body), options: .fragmentsAllowed))
                != nil
            let text = String(decoding: body.filter { $0 != 0x20 }, as: UTF8.self)
            let hasComma = text.contains(",]") || text.contains(",}")
            if ours != foundation && !(foundation && hasComma) && !text.contains("e") {
                Issue.record("ours \(ours), Foundation \(foundation): \(text)")
            }
            if ours { agreed += 1 }
        }
        #expect(agreed > 100)
    }
}
