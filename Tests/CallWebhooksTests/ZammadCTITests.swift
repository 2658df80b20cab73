import Calls
import Foundation
import PhoneNumbers
import Testing

@testable import CallWebhooks

@Suite("Zammad's generic CTI")
struct ZammadCTITests {
    static let now = Date(timeIntervalSince1970: 1_795_359_845)

    let cti = ZammadCTI(system: "pbx", plan: NumberingPlan(country: "DE")) { user in
        [
            "Christopher Miller": "1001", "Emma Taylor": "1002", "emma@chrispresso.com": "1002",
            "42": "1002",
        ][user]
    }

    @Test("recorded requests", arguments: Fixtures.names(in: "zammad", ending: ".request"))
    func recorded(name: String) throws {
        let (type, body) = try Fixtures.request("zammad/\(name).request")
        let message = try ZammadCTI.Message(body, contentType: type)
        let lines = cti.events(of: message, previous: nil, now: Self.now)
            .map { $0.line(from: Self.now) }
        let expected = try Fixtures.lines("zammad/\(name).events")
        if case .unknown(let word) = message.event {
            #expect(["unknown \(word)"] == expected)
            #expect(lines.isEmpty)
        } else {
            #expect(lines == expected)
        }
    }

    @Test(
        "refusals",
        arguments: [
            ("{}", "application/json", ZammadRefusal.missing("event")),
            (#"{"event":"newCall"}"#, "application/json", .missing("callId")),
            (#"{"event":"newCall","callId":""}"#, "application/json", .missing("callId")),
            (#"{"event":"newCall","callId":"1"}"#, "application/json", .badDirection),
            (
                #"{"event":"newCall","callId":"1","direction":"up"}"#, "application/json",
                .badDirection
            ),
            (
                #"{"event":"hangup","callId":"1","direction":"up"}"#, "application/json",
                .badDirection
            ),
            (#"{"event":"hangup","callId":"a\u0000b"}"#, "application/json", .badID),
            (
                #"[{"event":"hangup"}]"#, "application/json",
                .unreadable("The body must be a JSON object")
            ),
            (
                "event=hangup", "application/json",
                .unreadable("The body is not JSON: at byte 0 there should be a value")
            ),
            ("event=hangup&callId=1", "text/plain", .unsupportedType),
            (
                "--x\r\n", "multipart/form-data; boundary=x",
                .unreadable("The body is not the multipart form that its Content-Type announces")
            ),
            (
                "--x--", "multipart/form-data",
                .unreadable("The body is not the multipart form that its Content-Type announces")
            ),
            ("", "", .missing("event")),
        ])
    func refusals(body: String, type: String, refusal: ZammadRefusal) {
        let thrown = #expect(throws: ZammadRefusal.self) {
            try ZammadCTI.Message(Array(body.utf8), contentType: type)
        }
        #expect(thrown == refusal)
    }

    @Test("ids are opaque: 256 bytes pass, 257 do not") func idLength() throws {
        for (count, fits) in [(250, true), (256, true), (257, false)] {
            let id = String(repeating: "x", count: count)
            let body = Array(#"{"event":"hangup","callId":"\#(id)"}"#.utf8)
            let message = try? ZammadCTI.Message(body, contentType: nil)
            #expect(message?.id == (fits ? id : nil))
        }
        #expect(throws: ZammadRefusal.tooLong) {
            try ZammadCTI.Message(Array(repeating: 0x20, count: 65_537), contentType: nil)
        }
    }

    @Test("replies, word for word") func replies() {
        #expect(ZammadReply.accepted.json == "{}")
        #expect(ZammadReply.reject.json == #"{"action":"reject","reason":"busy"}"#)
        #expect(
            ZammadReply.dial(callerID: "496990009111", number: "492214710334").json
                == #"{"action":"dial","caller_id":"496990009111","callerId":"496990009111","#
                + #""number":"492214710334"}"#)
        #expect(
            ZammadRefusal.badToken.json
                == #"{"error":"Invalid token, please contact your admin!"}"#)
        #expect(ZammadRefusal.badToken.status == 401)
        #expect(
            ZammadRefusal.disabled.json
                == #"{"error":"Feature is disabled, please contact your administrator!"}"#)
        #expect(ZammadRefusal.disabled.status == 422)
        #expect(
            ZammadRefusal.notConfigured.json
                == #"{"error":"Feature not configured, please contact your admin!"}"#)
        #expect(ZammadRefusal.badDirection.json == #"{"error":"Invalid direction!"}"#)
        #expect(ZammadRefusal.badDirection.status == 422)
        #expect(ZammadRefusal.missing("a\"\u{1}\\").json == #"{"error":"a\"\u0001\\ is missing"}"#)
    }

    @Test("a phone system that sends national numbers") func nationalNumbers() throws {
        let body =
            #"{"event":"newCall","callId":"1","direction":"in","from":"4155552671","to":"2125550100"}"#
        let message = try ZammadCTI.Message(Array(body.utf8), contentType: nil)
        let national = ZammadCTI(
            system: "pbx", plan: NumberingPlan(country: "US"), isInternational: false,
            extensionForUser: { _ in nil })
        let event = try #require(national.events(of: message, previous: nil, now: Self.now).first)
        #expect(event.from?.number.e164 == "+14155552671")
    }
}
