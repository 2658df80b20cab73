import Calls
import Foundation
import PhoneNumbers
import Testing

@testable import CallWebhooks

@Suite("Calls from Zammad's dialect")
struct ZammadCallsTests {
    /// What a server with a store would do with one source's messages.
    private struct Source {
        let cti: ZammadCTI
        var calls: [Call] = []
        var now = ZammadCTITests.now

        init(known: [String: String] = ["Emma": "1002", "Chris": "1001"]) {
            cti = ZammadCTI(
                system: "pbx", plan: NumberingPlan(country: "DE"), extensionForUser: { known[$0] })
        }

        mutating func receive(_ fields: String, after seconds: TimeInterval = 1) throws {
            now += seconds
            let message = try ZammadCTI.Message(Array("{\(fields)}".utf8), contentType: nil)
            let prefix = ZammadCTI.laterCallPrefix(of: message.id)
            let previous = calls.last { $0.id.value == message.id || $0.id.value.hasPrefix(prefix) }
            for event in cti.events(of: message, previous: previous, now: now) {
                if let index = calls.firstIndex(where: { $0.id == event.call }) {
                    _ = calls[index].apply(event)
                } else {
                    calls.append(Call(event))
                }
            }
        }
    }

    private static let ids = #""callId":"u-1","from":"493012345","to":"4922147","direction":"in""#
    private static let newCall = #""event":"newCall","# + ids
    private static let hangup = #""event":"hangup","cause":"normalClearing","# + ids

    /// The 3CX template: the caller's number is the id.
    private static let number = #""callId":"+49 3012345","from":"493012345","direction":"in""#
    private static let numberNewCall = #""event":"newCall","# + number
    private static let numberHangup = #""event":"hangup","cause":"noAnswer","# + number

    @Test("a ring group: the other phone ends as answered elsewhere") func group() throws {
        var source = Source()
        try source.receive(Self.newCall + #","user":["Emma","Chris"]"#)
        #expect(source.calls.first?.legs.map(\.state) == [.ringing, .ringing])
        try source.receive(#""event":"answer","answeringNumber":"Emma","# + Self.ids)
        try source.receive(Self.hangup, after: 60)
        let call = try #require(source.calls.first)
        #expect(source.calls.count == 1)
        #expect(call.part(of: ["1002"])?.talkSeconds(until: source.now) == 60)
        #expect(call.part(of: ["1001"])?.outcome == .answeredElsewhere)
        #expect(call.cause == HangupCause(.completed, raw: "normalClearing"))
    }

    @Test("repeats, a late start and an end of an unknown call are one call that stays ended")
    func anyOrder() throws {
        for order in [[0, 1], [1, 0], [0, 0, 1, 1], [0, 1, 0], [1, 0, 1, 0], [1]] {
            var source = Source()
            for step in order { try source.receive(step == 0 ? Self.newCall : Self.hangup) }
            #expect(source.calls.count == 1, "\(order)")
            #expect(source.calls.first?.state == .ended, "\(order)")
            #expect(source.calls.first?.isReconstructed == !order.contains(0), "\(order)")
        }
    }

    @Test("an answer of an unknown call opens it") func unknownAnswer() throws {
        var source = Source()
        try source.receive(#""event":"answer","answeringNumber":"Emma","# + Self.ids)
        #expect(source.calls.first?.state == .talking)
        #expect(source.calls.first?.isReconstructed == true)
    }

    @Test("a number as id: the same caller's next call is another call") func numberAsID() throws {
        var source = Source()
        for step in [Self.numberNewCall, Self.numberNewCall, Self.numberHangup, Self.numberHangup] {
            try source.receive(step)
        }
        #expect(source.calls.count == 1)
        try source.receive(Self.numberNewCall, after: 10)
        #expect(source.calls.map(\.state) == [.ended, .ringing])
        #expect(source.calls.last?.id.value == "+49 3012345~1795359859000")
        try source.receive(Self.numberNewCall)
        try source.receive(Self.numberHangup)
        #expect(source.calls.map(\.state) == [.ended, .ended])
        try source.receive(Self.numberNewCall)
        #expect(source.calls.count == 3)
    }

    @Test("a number as id: an end that came first finds its beginning") func numberAsIDLate() throws
    {
        var source = Source()
        try source.receive(Self.numberHangup)
        try source.receive(Self.numberNewCall)
        #expect(source.calls.map(\.state) == [.ended])
        try source.receive(Self.numberNewCall)
        #expect(source.calls.map(\.state) == [.ended, .ringing])
    }

    @Test("an id that comes again after days is another call") func idAfterDays() throws {
        var source = Source()
        try source.receive(Self.newCall)
        try source.receive(Self.hangup)
        try source.receive(Self.newCall, after: 23 * 3600)
        #expect(source.calls.count == 1)
        try source.receive(Self.newCall, after: 2 * 3600)
        #expect(source.calls.map(\.state) == [.ended, .ringing])
        try source.receive(Self.hangup)
        #expect(source.calls.map(\.state) == [.ended, .ended])
    }

    @Test("the 3CX template's report counts as an answer") func report() throws {
        var source = Source()
        try source.receive(Self.numberNewCall)
        try source.receive(
            Self.numberHangup + #","CallType":"Inbound","Agent":"Emma","Duration":"95""#, after: 120
        )
        let call = try #require(source.calls.first)
        #expect(call.part(of: ["1002"])?.talkSeconds(until: source.now) == 95)
        #expect(call.isReconstructed)
        #expect(EndedCall(call)?.isMissed == false)
        try source.receive(Self.numberNewCall)
        try source.receive(Self.numberHangup + #","CallType":"Missed","Agent":"Emma""#)
        #expect(source.calls.last.flatMap(EndedCall.init)?.isMissed == true)
    }

    @Test(
        "who answered",
        arguments: [
            // What rang, the answer, and whose phone talks: nobody is guessed among several.
            (#","user":"Emma""#, #""answeringNumber":"Emma""#, "1002"),
            (#","user":["Emma","Chris"]"#, #""answeringNumber":"Chris""#, "1001"),
            (#","user":["Emma","Chris"]"#, #""user_id":"Chris""#, "1001"),
            (#","user":["Emma","Chris"]"#, #""user":"Emma""#, "1002"),
            (#","user":["Emma","Chris"]"#, #""caller":["Emma"]"#, "1002"),
            (#","user":["Emma","Chris"]"#, #""user":["Emma","Chris"]"#, nil),
            (#","user":["Emma","Chris"]"#, #""x":"""#, nil),
            (#","user":"Emma""#, #""x":"""#, "1002"),
            (#","user":"Emma""#, #""answeringNumber":"4917012345""#, "4917012345"),
            (#","answeringNumber":"Emma""#, #""answeringNumber":"Emma""#, "1002"),
        ] as [(String, String, String?)])
    func whoAnswered(rang: String, answer: String, talks: String?) throws {
        var source = Source()
        try source.receive(Self.newCall + rang)
        try source.receive(#""event":"answer","# + answer + "," + Self.ids)
        let talking = source.calls.first?.legs.filter { $0.state == .talking } ?? []
        #expect(talking.map(\.extension) == [talks])
    }

    @Test(
        "outbound, the answering number is the customer's",
        arguments: [
            (#","user":"Emma""#, #""answeringNumber":"493012345""#, "1002"),
            (#","user":"Emma""#, #""user":"Emma","answeringNumber":"493012345""#, "1002"),
            (#","user":"Emma""#, #""answeringNumber":"Emma""#, "1002"),
            ("", #""answeringNumber":"493012345""#, nil),
            ("", #""user":"Emma""#, "1002"),
        ] as [(String, String, String?)])
    func outbound(dials: String, answer: String, talks: String?) throws {
        let ids = #""callId":"o-1","from":"4922147","to":"493012345","direction":"out""#
        var source = Source()
        try source.receive(#""event":"newCall","# + ids + dials)
        #expect(source.calls.first?.state == .dialling)
        try source.receive(#""event":"answer","# + answer + "," + ids)
        let talking = source.calls.first?.legs.filter { $0.state == .talking } ?? []
        #expect(talking.map(\.extension) == [talks])
        try source.receive(#""event":"hangup","cause":"normalClearing","# + ids)
        #expect(source.calls.first?.customer?.number.e164 == "+493012345")
        #expect(source.calls.first?.state == .ended)
    }
}
