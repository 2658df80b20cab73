import Calls
import Foundation
import PhoneNumbers
import Testing

@testable import CallWebhooks

@Suite("Our own events")
struct OwnEventsTests {
    static let start = Date(timeIntervalSince1970: 1_795_359_845)
    let own = OwnEvents(system: "pbx", plan: NumberingPlan(country: "DE"))

    @Test("recorded bodies", arguments: Fixtures.names(in: "own", ending: ".json"))
    func recorded(name: String) throws {
        let batch = try own.read(Fixtures.bytes("own/\(name).json"))
        let lines =
            batch.events.map { $0.line(from: Self.start) }
            + batch.unknown.map { "unknown \($0.name) \($0.raw)" }
        #expect(lines == (try Fixtures.lines("own/\(name).events")))
    }

    @Test("events of nothing") func empty() throws {
        #expect(try own.read(Array(" [ ] ".utf8)).events.isEmpty)
    }

    @Test("a body that is wrong says where and what would help", arguments: Wrong.bodies)
    func wrong(wrong: Wrong) {
        let thrown = #expect(throws: EventFault.self) { try own.read(wrong.body) }
        #expect(thrown?.status == wrong.status)
        #expect(thrown?.field == wrong.field)
        #expect(thrown?.detail.contains(wrong.words) == true, "\(thrown?.detail ?? "")")
    }

    @Test("one wrong event refuses the whole body") func whole() {
        let body = """
            [{"call":"1","event":"offered","at":"2026-11-22T15:04:05Z"},
             {"call":"2","event":"offered","at":"yesterday"}]
            """
        let thrown = #expect(throws: EventFault.self) { try own.read(Array(body.utf8)) }
        #expect(thrown?.field == "[1].at")
    }

    @Test("a ring group folds into one call with two phones") func folded() throws {
        let events = try own.read(Fixtures.bytes("own/group.json")).events
        var call = Call(try #require(events.first))
        for event in events.dropFirst() { _ = call.apply(event) }
        #expect(call.state == .ended)
        #expect(call.extensions == ["1001", "1002"])
        #expect(call.part(of: ["1001"])?.outcome == .answeredElsewhere)
        #expect(call.part(of: ["1002"])?.spoke == true)
    }

    @Test(
        "times",
        arguments: [
            ("2026-11-22T15:04:05Z", 0.0), ("2026-11-22T15:04:05.1Z", 0.1),
            ("2026-11-22T15:04:05.12Z", 0.12), ("2026-11-22T15:04:05.123456789Z", 0.123),
            ("2026-11-22T16:04:05+01:00", 0), ("2026-11-22T09:34:05-05:30", 0),
            ("2026-11-22t15:04:05z", 0), ("2026-11-22 15:04:05Z", 0),
            ("2026-11-22T15:04:05-00:00", 0),
            ("2026-11-22T15:03:60Z", -5), ("2024-02-29T00:00:00Z", -86_195_045.0),
            ("2000-01-01T00:00:00Z", -848_675_045), ("2099-12-31T23:59:59Z", 2_307_084_954),
        ])
    func times(text: String, seconds: Double) throws {
        let date = try #require(EventTime.date(text))
        let milliseconds = (date.timeIntervalSince(Self.start) * 1000).rounded()
        #expect(milliseconds == (seconds * 1000).rounded())
    }

    @Test(
        "no times",
        arguments: [
            "", "now", "2026-11-22", "2026-11-22T15:04:05", "2026-11-22T15:04Z",
            "2026-11-22T15:04:05.Z",
            "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
            "2026-11-31T00:00:00Z",
            "2026-11-22T24:00:00Z", "2026-11-22T15:60:00Z", "2026-11-22T15:04:61Z",
            "1999-12-31T23:59:59Z",
            "2100-01-01T00:00:00Z", "20261122T150405Z", "2026-11-22T15:04:05+0100",
            "2026-11-22T15:04:05+24:00",
            "2026-11-22T15:04:05Z ", " 2026-11-22T15:04:05Z", "+026-11-22T15:04:05Z", "1795358345",
            "2026-11-22T15:04:05.0000000000000000000000Z", "٢٠٢٦-11-22T15:04:05Z",
            "2026-11-22T15:04:05ZZ",
        ])
    func noTimes(text: String) {
        #expect(EventTime.date(text) == nil)
    }
}

/// A body that must be refused.
struct Wrong: CustomTestStringConvertible, Sendable {
    let body: [UInt8]
    let status: Int
    let field: String?
    let words: String

    var testDescription: String { "\(field ?? "-"): \(words) \(body.count)" }

    init(_ body: String, status: Int = 400, field: String? = nil, _ words: String) {
        self.body = Array(body.utf8)
        self.status = status
        self.field = field
        self.words = words
    }

    /// One event with a field replaced.
    private static func event(_ name: String, _ value: String?) -> String {
        var fields = [
            "call": "\"1\"", "event": "\"offered\"", "at": "\"2026-11-22T15:04:05Z\"",
        ]
        fields[name] = value
        return "{"
            + fields.sorted { $0.key < $1.key }.map { "\"\($0)\":\($1)" }.joined(separator: ",")
            + "}"
    }

    static let bodies = notJSON + missing + wrongFields + tooMuch

    private static let notJSON = [
        Wrong("", "byte 0"), Wrong("   ", "byte 3"), Wrong("{", "a name in quotes"),
        Wrong("{\"call\"", "a colon"), Wrong("{\"call\":\"1\"", "a comma or }"),
        Wrong("[{}", "a comma or ]"), Wrong("{} {}", "the end"),
        Wrong("{'call':1}", "a name in quotes"),
        Wrong("{\"call\":1,}", "a name in quotes"), Wrong("[1,]", "a value"),
        Wrong("{\"call\":01}", "no zero"), Wrong("{\"call\":1.}", "a digit"),
        Wrong("{\"call\":1e}", "a digit"), Wrong("{\"call\":-}", "a value"),
        Wrong("{\"call\":NaN}", "a value"), Wrong("{\"call\":nul}", "a value"),
        Wrong("{\"call\":\"\u{1}\"}", "control character"), Wrong("{\"call\":\"a", "closing quote"),
        Wrong("{\"call\":\"\\", "closing quote"), Wrong("{\"call\":\"\\x\"}", "an escape"),
        Wrong("{\"call\":\"\\u12\"}", "four hexadecimal"),
        Wrong("{\"call\":\"\\u+123\"}", "four hexadecimal"),
        Wrong("call=1&event=offered", "a value"), Wrong("<xml/>", "a value"),
        Wrong(String(repeating: "[", count: 17), "no more than 16 levels"),
        Wrong(String(repeating: "{\"a\":", count: 10_000), "no more than 16 levels"),
    ]

    private static let missing = [
        Wrong("{}", field: "event", "event is missing"),
        Wrong(event("call", nil), field: "call", "call is missing"),
        Wrong(event("call", "null"), field: "call", "call is missing"),
        Wrong(event("call", "\"\""), field: "call", "call is missing"),
        Wrong(event("at", nil), field: "at", "at is missing"),
        Wrong(event("event", nil), field: "event", "event is missing"),
        Wrong("{\"Event\":\"offered\"}", field: "event", "there is \"Event\""),
        Wrong(event("from", "{}"), field: "from.number", "from.number is missing"),
        Wrong(event("to", "{\"number\":null}"), field: "to.number", "missing"),
        Wrong("[" + event("from", "{}") + "]", field: "[0].from.number", "missing"),
    ]

    private static let wrongFields = [
        Wrong("1", "must be an object"), Wrong("\"offered\"", "must be an object"),
        Wrong("null", "must be an object"), Wrong("[[]]", field: "[0]", "must be an object"),
        Wrong("[1]", field: "[0]", "must be an object"),
        Wrong(event("call", "1"), field: "call", "put it in quotes"),
        Wrong(event("call", "true"), field: "call", "must be text"),
        Wrong(event("call", "[\"1\"]"), field: "call", "must be text"),
        Wrong(event("call", "\"a\\u0000b\""), field: "call", "without NUL"),
        Wrong(
            event("call", "\"\(String(repeating: "x", count: 257))\""), field: "call", "256 bytes"),
        Wrong(
            event("call", "\"\(String(repeating: "🙂", count: 65))\""), field: "call", "256 bytes"),
        Wrong(
            event("conversation", "\"\(String(repeating: "x", count: 300))\""),
            field: "conversation", "256 bytes"),
        Wrong(event("extension", "1001"), field: "extension", "put it in quotes"),
        Wrong(event("at", "\"2026-11-22T15:04:05\""), field: "at", "with Z or an offset"),
        Wrong(event("at", "1795358345"), field: "at", "with Z or an offset"),
        Wrong(event("direction", "\"in\""), field: "direction", "inbound, outbound, internal"),
        Wrong(event("sequence", "\"7\""), field: "sequence", "whole number"),
        Wrong(event("sequence", "7.5"), field: "sequence", "whole number"),
        Wrong(event("sequence", "99999999999999999999"), field: "sequence", "whole number"),
        Wrong(event("from", "\"+4930123456\""), field: "from", "an object such as"),
        Wrong(event("from", "{\"number\":4930123456}"), field: "from.number", "put it in quotes"),
        Wrong(event("from", "{\"number\":\"1\",\"name\":[]}"), field: "from.name", "must be text"),
        Wrong(
            "{\"call\":\"1\",\"call\":\"2\",\"event\":\"offered\",\"at\":\"2026-11-22T15:04:05Z\"}",
            field: "call", "twice"),
    ]

    private static let tooMuch = [
        Wrong(String(repeating: " ", count: 65_537), status: 413, "65537 bytes"),
        Wrong(
            "[" + Array(repeating: "{}", count: 101).joined(separator: ",") + "]", status: 413,
            "101 events"
        ),
    ]
}
