import PhoneSystem
import Testing

@testable import Asterisk

/// What of a phone system is of no known kind, what is kept of it, and what is not.
struct StrangeMessageTests {
    private static func noted(_ texts: String...) throws -> StrangeMessages {
        var strange = StrangeMessages()
        for text in texts {
            for message in try WireTests.messages(text) { strange.note(message) }
        }
        return strange
    }

    @Test func nothingThatWasRecordedIsStrange() {
        var strange = StrangeMessages()
        let messages = Recording.all.flatMap(\.messages)
        for message in messages { strange.note(message) }
        #expect(messages.count > 4_000)
        #expect(strange.waiting == [] && strange.count == 0)
        #expect(strange.words == nil)
    }

    @Test func itIsKeptAsItStood() throws {
        let strange = try Self.noted(
            "Event: FromTheFuture\r\nUniqueid: 9.9\r\nNote: a: b\r\n\r\n",
            "no colon at all\r\n\r\n",
            "Event: newexten\r\nUniqueid: 9.9\r\n\r\n", "Response: Success\r\nActionID: 7\r\n\r\n")
        #expect(strange.count == 2)
        #expect(
            strange.waiting == [
                UnknownReport(
                    name: "FromTheFuture", text: "Event: FromTheFuture\nUniqueid: 9.9\nNote: a: b"),
                UnknownReport(name: "", text: "no colon at all"),
            ])
        #expect(
            strange.words
                == "2 messages are of no known kind (“FromTheFuture”, no event); the first ones are kept."
        )
    }

    @Test func aLongNameIsCutWhereItIsSaid() throws {
        let strange = try Self.noted("Event: \(String(repeating: "x", count: 300))\r\n\r\n")
        let words = try #require(strange.words)
        #expect(words.contains("“\(String(repeating: "x", count: 40))”"))
        #expect(words.hasPrefix("1 message is"))
    }

    @Test func whatIsKeptWaitsNoLonger() throws {
        var strange = try Self.noted("Event: A\r\n\r\n", "Event: B\r\n\r\n", "Event: C\r\n\r\n")
        strange.stored(2)
        #expect(strange.waiting.map(\.name) == ["C"])
        #expect(strange.count == 3)
    }

    /// All are counted, so many of a name are kept, and so many names.
    @Test func aFloodIsCountedAndKeptInPart() throws {
        let one = String(repeating: "Event: Odd\r\n\r\n", count: 10_000)
        let names = (1...10_000).map { "Event: Odd\($0)\r\n\r\n" }.joined()
        var strange = try Self.noted(one, names)
        #expect(strange.count == 20_000)
        var kept: [String] = []
        while !strange.waiting.isEmpty {
            #expect(strange.waiting.count <= 64)
            kept += strange.waiting.map(\.name)
            strange.stored(strange.waiting.count)
        }
        #expect(kept.filter { $0 == "Odd" }.count == StrangeMessages.mostOfName)
        #expect(Set(kept).count == StrangeMessages.mostNames)
        let words = try #require(strange.words)
        #expect(words.hasPrefix("20000 messages") && words.contains("“Odd2” and others"))
    }

    @Test(
        arguments: [
            (
                "CallerIDNum: 4930123\r\nChanVariable: CALLERID(num-pres)=allowed_not_screened",
                false
            ),
            ("CallerIDNum: 4930123\r\nChanVariable: CALLERID(num-pres)=prohib_passed_screen", true),
            ("CallerIDName: 4930123\r\nChanVariable: CALLERID(num-pres)=prohib", true),
            ("CallerIDNum: 4930123", true),
            ("DestCallerIDNum: 4930123\r\nChanVariable: CALLERID(num-pres)=allowed", true),
            ("DestCallerIDNum: 4930123\r\nDestChanVariable: CALLERID(num-pres)=allowed", false),
            ("ConnectedLineNum: 4930123\r\nChanVariable: CALLERID(num-pres)=allowed", true),
            ("connectedlinename: 4930123\r\nChanVariable: CONNECTEDLINE(num-pres)=allowed", false),
        ])
    func aNumberThatIsWithheldIsNotKept(lines: String, isHidden: Bool) throws {
        let strange = try Self.noted("Event: Odd\r\nUri: sip:4930123@a\r\n\(lines)\r\n\r\n")
        let text = try #require(strange.waiting.first?.text)
        #expect(text.contains("4930123") == !isHidden, "\(text)")
        #expect(text.contains("Uri: sip:\(isHidden ? "…" : "4930123")@a"))
    }

    /// Also in fields of which we know nothing, and in another form; ids and times stay.
    @Test func withoutLeaveNoNumberAndNoNameIsKept() throws {
        let strange = try Self.noted(
            "Event: Odd\r\nTimestamp: 1795357563.397635\r\nDestUniqueid: 1795357563.21\r\n"
                + "CallerIDNum: 1001\r\nConnectedLineNum: 4930100123\r\nFrom: sip:030100123@a:5060\r\n"
                + "CallerID: \"Max\" <+49 (30) 100-123>\r\nCount: 1234\r\n\r\n")
        #expect(
            strange.waiting.first?.text == """
                Event: Odd
                Timestamp: 1795357563.397635
                DestUniqueid: 1795357563.21
                CallerIDNum: …
                ConnectedLineNum: …
                From: sip:…@a:5060
                CallerID: …
                Count: 1234
                """)
    }

    @Test func aLongMessageIsKeptInPart() throws {
        let lines = String(repeating: "Key: \(String(repeating: "x", count: 9000))\r\n", count: 20)
        let text = try #require(try Self.noted("Event: Odd\r\n\(lines)\r\n").waiting.first?.text)
        #expect((3000...4096).contains(text.utf8.count) && text.hasPrefix("Event: Odd\nKey: xx"))
    }
}
