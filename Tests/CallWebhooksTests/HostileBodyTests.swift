import Calls
import Foundation
import PhoneNumbers
import Testing

@testable import CallWebhooks

@Suite("Bodies that nobody should send")
struct HostileBodyTests {
    let own = OwnEvents(system: "pbx", plan: NumberingPlan(country: "DE"))
    let cti = ZammadCTI(
        system: "pbx", plan: NumberingPlan(country: "DE"), extensionForUser: { _ in nil })
    /// Of one processor, unoptimised. Optimised, the worst of them takes a tenth of it.
    let patience = Duration.seconds(1)

    @Test("20,000 random bodies: no crash, nothing out of bounds, none takes long")
    func random() throws {
        var chance = Chance(purpose: "bodies")
        let own = try Fixtures.names(in: "own", ending: ".json").map {
            try Fixtures.bytes("own/\($0).json")
        }
        let requests = try Fixtures.names(in: "zammad", ending: ".request").map {
            try Fixtures.request("zammad/\($0).request")
        }
        let types =
            requests.map(\.contentType) + ["multipart/form-data; boundary=\"x;\\\"", "a/b", ";=;"]
        var taken = 0
        for turn in 0..<20_000 {
            let body = chance.body(
                like: turn.isMultiple(of: 2) ? own : requests.map(\.body), words: Self.words)
            let type = types.randomElement(using: &chance) ?? nil
            taken += check(body, type)
        }
        print("bodies: \(taken) of 20000 gave events")
        #expect(taken > 1_000)
    }

    @Test("the largest bodies of the worst shapes are done soon")
    func worst() {
        let pieces = [
            "[", "{\"a\":", "\"", "\\", "[\"\\u0041\",", "{\"a\":1,\"a\":", "&", "%4", "user[]=1&",
            "a[[[[[[[[[]=1&", "--x\r\n", "--x\r\n\r\n\r\n", "--x\r\n\r\n\r\n\r\n--", "\r\n--",
            "\r\n\r\n", " ", "🙂", "\u{0}", "\"a\":[", "1,", "{},",
        ]
        let types = [
            nil, "multipart/form-data; boundary=x", String(repeating: "; a=\"", count: 2_000),
        ]
        let frames = [("", ""), ("{\"event\":\"newCall\",\"user\":[", "1]}")]
        for piece in pieces {
            let filled = Array(String(repeating: piece, count: 65_536 / piece.utf8.count).utf8)
            for frame in frames {
                let inner = filled.prefix(65_536 - frame.0.utf8.count - frame.1.utf8.count)
                let body = Array(frame.0.utf8) + inner + Array(frame.1.utf8)
                for type in types { _ = check(body, type) }
            }
        }
    }

    @Test(
        "broken frames of a multipart form",
        arguments: [
            "", "--", "--x", "--x--y", "--x\r\n--x--", "--x\r\n\r\n", "--x\r\na\r\n\r\nb", "x--x--",
            "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--x",
            "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb--x--",
            "--x\nContent-Disposition: form-data; name=\"a\"\n\nb\n--x--",
            "--x\r\n" + String(repeating: "a", count: 3_000) + "\r\n\r\nb\r\n--x--",
            String(repeating: "--x\r\n\r\n\r\n\r\n", count: 300) + "--x--",
        ])
    func brokenForms(body: String) {
        #expect(MultipartForm(Array(body.utf8), boundary: "x") == nil)
    }

    @Test("odd but whole multipart forms") func oddForms() throws {
        let body = """
            --x y\r\ncontent-disposition: FORM-DATA; filename*=a; name=\"event\"\r\nX: y\r\n\r\nanswer\r\n\
            --x y\r\nContent-Disposition: form-data; name=\"user\"; filename=\"a\"\r\n\r\nfile\r\n\
            --x y\r\nContent-Disposition: attachment; name=\"user\"\r\n\r\nno\r\n\
            --x y\r\n\r\n\r\nnameless\r\n\
            --x y\r\nContent-Disposition: form-data; name=\"c\\allId\"\r\n\r\n1\r\n-\r\n--x\r\n\
            --x y--\r\nepilogue
            """
        let message = try ZammadCTI.Message(
            Array(body.utf8), contentType: "Multipart/Form-Data; charset=utf-8; boundary=\"x y\"")
        #expect(message.event == .answer)
        #expect(message.users.isEmpty)
        #expect(message.id == "1\r\n-\r\n--x")
        #expect(
            MultipartForm(Array("--x--".utf8), boundary: String(repeating: "x", count: 71)) == nil)
        #expect(MultipartForm(Array("----".utf8), boundary: "") == nil)
    }

    /// Reads the body in every way, and holds what comes out to its limits.
    ///
    /// - Returns: 1 when any events came out.
    private func check(_ body: [UInt8], _ type: String?) -> Int {
        let start = Self.processorTime()
        var events = (try? own.read(body).events) ?? []
        if let message = try? ZammadCTI.Message(body, contentType: type) {
            events += cti.events(of: message, previous: nil, now: ZammadCTITests.now)
        }
        let time = Self.processorTime() - start
        #expect(time < patience, "\(time) for \(body.count) bytes")
        #expect(events.count <= OwnEvents.mostEvents + ZammadCTI.Message.mostUsers)
        for event in events {
            let texts = [
                event.leg?.value, event.extension, event.queue, event.cause?.raw, event.call.value,
            ]
            for text in texts.compactMap(\.self)
            where text.utf8.count > 256 || text.utf8.contains(0) {
                Issue.record("out of bounds: \(text)")
            }
            if let name = event.from?.name, name.unicodeScalars.count > 128 || name.utf8.contains(0)
            {
                Issue.record("out of bounds: \(name)")
            }
        }
        return events.isEmpty ? 0 : 1
    }

    /// What this thread has worked so far: other work on the machine does not count.
    private static func processorTime() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    private static let words =
        [
            "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud83d", "\\ude42", "null", "true",
            "-0", "1e9",
            "\"call\":\"1\"", "\"event\":\"ended\"", "\"at\":\"2026-11-22T15:04:05Z\"",
            "\"from\":{\"number\":",
            "event=newCall", "&", "=", "%", "%00", "+", "user[]=", "callId=1", "direction=in",
            "\r\n", "--",
            "\r\n--x\r\n", "--x--", "Content-Disposition: form-data; name=\"callId\"\r\n\r\n",
            "\u{FEFF}", "\0",
        ].map { Array($0.utf8) } + [[0xFF], [0xED, 0xA0, 0x80], [0xF0, 0x9F]]
}
