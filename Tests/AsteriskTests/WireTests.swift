import Asterisk
import Foundation
import Testing

/// The wire: messages out of bytes, actions into bytes.
@Suite struct WireTests {
    static func messages(_ text: String) throws -> [AMIMessage] {
        var parser = AMIParser()
        try parser.feed(Array(text.utf8))
        return parser.drain()
    }

    @Test func bytesMayBeCutAnywhere() throws {
        var chance = Chance(purpose: "bytesMayBeCutAnywhere")
        for recording in Recording.all {
            let bytes = try Recording.bytes(recording)
            var slow = AMIParser()
            var random = AMIParser()
            var found: [AMIMessage] = []
            if recording.messages.count < 20 {
                for byte in bytes {
                    try slow.feed(CollectionOfOne(byte))
                    found += slow.drain()
                }
                #expect(found == recording.messages)
            }
            var rest = bytes[...]
            while !rest.isEmpty {
                let piece = rest.prefix(1 + chance.below(3000))
                try random.feed(piece)
                rest = rest.dropFirst(piece.count)
            }
            #expect(random.drain() == recording.messages)
        }
    }

    @Test func linesAndValues() throws {
        var parser = AMIParser()
        try parser.feed(
            Array(
                ("Asterisk Call Manager/5.0.4\r\nEvent: Hold\nchannel: a: b\r\nAccountCode: \r\n"
                    + "Exten: <unknown>\r\nChanVariable: A=1\r\nChanVariable: B=\r\n"
                    + "ChanVariable: B=2=3\r\nNoColon\r\n\r\n\r\nResponse: Error\r\n\r\n").utf8))
        let messages = parser.drain()
        #expect(parser.banner == "Asterisk Call Manager/5.0.4")
        #expect(messages.count == 2)
        #expect(parser.drain().isEmpty)
        let hold = try #require(messages.first)
        #expect(hold.event == "Hold" && hold["Channel"] == "a: b" && hold.fields.count == 8)
        #expect(hold["AccountCode"] == nil && hold["Exten"] == nil && hold["Absent"] == nil)
        #expect(hold.all("chanvariable") == ["A=1", "B=", "B=2=3"])
        #expect(hold.variable("A", in: "ChanVariable") == "1")
        #expect(hold.variable("C", in: "ChanVariable") == nil)
        #expect(messages[1].isError)
    }

    @Test func anEventWithAResponseIsAnEvent() throws {
        let message = try #require(
            Self.messages("Event: OriginateResponse\r\nResponse: Failure\r\nActionID: 7\r\n\r\n")
                .first)
        #expect(message.response == nil && !message.isError && message.actionID == "7")
    }

    @Test func times() {
        #expect(AMITime.microseconds("1795357563.450830") == 1_795_357_563_450_830)
        #expect(AMITime.microseconds("1795357563.45") == 1_795_357_563_450_000)
        #expect(AMITime.microseconds("1795357563") == 1_795_357_563_000_000)
        for text in ["", ".", "1.", "-1.0", "1e9", "99999999999999999999.0", "1.2.3", "０.1"] {
            #expect(AMITime.microseconds(text) == nil, "\(text)")
        }
    }

    @Test func whatHasNoEndIsGivenUp() throws {
        #expect(throws: AMIFault.lineTooLong) {
            _ = try Self.messages(String(repeating: "a", count: AMIParser.longestLine + 1))
        }
        #expect(throws: AMIFault.tooManyLines) {
            _ = try Self.messages(String(repeating: "a: b\r\n", count: AMIParser.mostLines + 1))
        }
        let line = "a: " + String(repeating: "b", count: AMIParser.longestLine - 4) + "\r\n"
        #expect(throws: AMIFault.messageTooLong) {
            _ = try Self.messages(String(repeating: line, count: 17))
        }
        #expect(try Self.messages("a: \(String(repeating: "b", count: 16_000))\n\n").count == 1)
    }

    @Test func messagesBeforeAFaultCount() {
        var parser = AMIParser()
        let text = "Event: A\r\n\r\n" + String(repeating: "a", count: AMIParser.longestLine + 1)
        #expect(throws: AMIFault.lineTooLong) { try parser.feed(Array(text.utf8)) }
        #expect(parser.drain().count == 1)
        #expect(throws: AMIFault.lineTooLong) {
            try parser.feed(Array("\r\n\r\nEvent: B\r\n\r\n".utf8))
        }
        #expect(parser.drain().isEmpty)
    }

    @Test func bytesThatAreNoTextAreReplaced() throws {
        var parser = AMIParser()
        try parser.feed(
            Array("CallerIDName: a".utf8) + [0xFF, 0x00, 0xC3] + Array("b\r\n\r\n".utf8))
        let name = try #require(parser.drain().first?["CallerIDName"])
        #expect(name == "a\u{FFFD}\u{FFFD}\u{FFFD}b")
    }

    @Test func noiseMakesNoTrouble() throws {
        var chance = Chance(purpose: "noiseMakesNoTrouble")
        let recordings = Recording.all
        for _ in 0..<100 {
            var bytes = try Recording.bytes(recordings[chance.below(recordings.count)])
            for _ in 0..<chance.below(200) where !bytes.isEmpty {
                let place = chance.below(bytes.count)
                if chance.below(3) == 0 {
                    bytes.removeSubrange(place..<min(bytes.count, place + chance.below(300)))
                } else {
                    bytes[place] = UInt8(chance.below(256))
                }
            }
            var parser = AMIParser()
            var translation = AsteriskCalls.ofTheRecordings
            try? parser.feed(bytes)
            var folded = Folded()
            for message in parser.drain() { folded.take(translation.apply(message)) }
        }
    }

    @Test func actions() throws {
        let action = try AMIAction(
            "Hangup", id: "a1", [.init("Channel", "x"), .init("Cause", "17")])
        #expect(
            String(decoding: action.bytes, as: UTF8.self)
                == "Action: Hangup\r\nActionID: a1\r\nChannel: x\r\nCause: 17\r\n\r\n")
        let login = try AMIAction.login(user: "callmatch", key: "00ff", id: "2")
        #expect(String(decoding: login.bytes, as: UTF8.self).contains("Key: 00ff\r\nEvents: on"))
        let status = try AMIAction.status(id: "3")
        #expect(String(decoding: status.bytes, as: UTF8.self).contains("Variables: CDR(answer,u)"))
    }

    @Test func noActionCanHoldASecondHeader() {
        for bad in ["x\r\nVariable: INJ=1", "x\ny", "x\ry", "x\0y", "\r", "\n", "\0"] {
            #expect(throws: AMIActionFault.lineBreak(key: "CallerID")) {
                try AMIAction("Originate", id: "1", [.init("CallerID", bad)])
            }
            #expect(throws: AMIActionFault.badKey) {
                try AMIAction("Originate", id: "1", [.init(bad, "x")])
            }
            #expect(throws: AMIActionFault.self) { try AMIAction(bad, id: "1") }
            #expect(throws: AMIActionFault.self) { try AMIAction("Ping", id: bad) }
        }
        for key in ["", "a:b"] {
            #expect(throws: AMIActionFault.badKey) {
                try AMIAction("Ping", id: "1", [.init(key, "")])
            }
        }
        #expect(throws: AMIActionFault.tooLong(key: "CallerID")) {
            let long = String(repeating: "x", count: AMIAction.longestLine)
            _ = try AMIAction("Originate", id: "1", [.init("CallerID", long)])
        }
    }
}
