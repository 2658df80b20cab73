import Asterisk
import Calls
import Foundation
import PhoneNumbers
import Testing

/// Calls in progress at the moment of a connect.
@Suite struct SnapshotTests {
    static let start = 1_795_359_100
    static let now = Date(timeIntervalSince1970: 1_795_359_140)

    /// One `Status` event of a channel that exists for 30 seconds.
    static func status(
        _ channel: String, id: String, state: String, application: String,
        _ more: KeyValuePairs<String, String> = [:]
    ) -> AMIMessage {
        AMIMessage(
            [
                .init("Event", "Status"), .init("Channel", channel), .init("Uniqueid", id),
                .init("Linkedid", "1"), .init("ChannelStateDesc", state),
                .init("Application", application), .init("Seconds", "30"),
                .init("ChanVariable", "CALLERID(num-pres)=allowed_not_screened"),
            ] + more.map { .init($0.key, $0.value) })
    }

    static func calls(_ statuses: [AMIMessage]) -> [Call] {
        var translation = AsteriskCalls.ofTheRecordings
        var folded = Folded()
        folded.take(translation.snapshot(statuses, at: now))
        #expect(folded.events.allSatisfy { $0.isReconstructed })
        let again = translation.snapshot(statuses, at: now)
        #expect(again.isEmpty, "the second one says nothing new")
        return folded.calls.values.sorted { $0.id.value < $1.id.value }
    }

    @Test func aColleagueRings() throws {
        let calls = Self.calls([
            Self.status(
                "PJSIP/1002-00000002", id: "2", state: "Ringing", application: "AppDial",
                ["ConnectedLineNum": "1001"]),
            Self.status(
                "PJSIP/1001-00000001", id: "1", state: "Ring", application: "Dial", ["DNID": "1002"]
            ),
        ])
        #expect(calls.map(\.direction) == [.internal, .internal])
        #expect(calls.map(\.extensions) == [["1001"], ["1002"]])
        #expect(calls.map { $0.customer?.number.presented } == ["1002", "1001"])
    }

    @Test func anAgentTalksWithTheOutside() throws {
        let answer = "CDR(answer,u)=\(Self.start + 20).250000"
        let call = try #require(
            Self.calls([
                Self.status(
                    "PJSIP/1001-00000001", id: "1", state: "Up", application: "Dial",
                    ["DNID": "0305557700", "BridgeID": "b", "Variable": answer]),
                Self.status(
                    "PJSIP/trunk-00000002", id: "2", state: "Up", application: "AppDial",
                    ["BridgeID": "b"]),
            ]).first)
        #expect(call.direction == .outbound && call.to?.presented == "0305557700")
        #expect(call.state == .talking)
        #expect(call.answeredAt == Date(timeIntervalSince1970: Double(Self.start) + 20.25))
    }

    @Test func thePanelDials() throws {
        let call = try #require(
            Self.calls([
                Self.status(
                    "PJSIP/1001-00000001", id: "1", state: "Ringing", application: "AppDial2",
                    ["Exten": "s", "ConnectedLineNum": "0305557700"])
            ]).first)
        #expect(call.direction == .outbound && call.to?.presented == "0305557700")
        #expect(call.state == .dialling)
        #expect(call.startedAt == Self.now - 30)
    }

    /// It rang when the connection was lost, and talks when there is a new one.
    @Test(arguments: Recording.named("inbound_answered"))
    func anAnswerThatNobodySaw(_ recording: Recording) throws {
        let rings = try #require(recording.messages.firstIndex { $0.event == "DialEnd" })
        var translation = AsteriskCalls.ofTheRecordings
        var folded = Folded()
        for message in recording.messages.prefix(rings) { folded.take(translation.apply(message)) }
        let answer = try #require(recording.messages.last { $0.event == "BridgeEnter" })
        let answered = try #require(answer["Timestamp"])
        let channels = recording.messages.filter { $0.event == "BridgeEnter" }.map { message in
            AMIMessage(
                message.fields.map {
                    $0.key == "Event"
                        ? .init("Event", "Status")
                        : $0.key == "BridgeUniqueid" ? .init("BridgeID", $0.value) : $0
                } + [.init("Variable", "CDR(answer,u)=\(answered)")])
        }
        let later = AMITime.date(try #require(answer.microseconds) + 1_000_000)
        folded.take(translation.snapshot(channels, at: later, lostAt: later - 5))
        let end = try #require(recording.messages.firstIndex { $0.event == "HangupRequest" })
        for message in recording.messages.dropFirst(end) { folded.take(translation.apply(message)) }
        let log = CallLogRow.all(folded)
        #expect(log.count == 1 && log.allSatisfy { abs($0.seconds - 2.5) < 0.2 }, "\(log)")
        #expect(folded.calls.values.allSatisfy { $0.isReconstructed })
    }

    @Test(arguments: Recording.named("inbound_answered"))
    func anEndThatNobodySaw(_ recording: Recording) throws {
        let talks = try #require(recording.messages.firstIndex { $0.event == "HangupRequest" })
        var translation = AsteriskCalls.ofTheRecordings
        var folded = Folded()
        for message in recording.messages.prefix(talks) { folded.take(translation.apply(message)) }
        let lost = AMITime.date(
            try #require(recording.messages.prefix(talks).compactMap(\.microseconds).max())
                + 900_000)
        folded.take(translation.snapshot([], at: lost + 60, lostAt: lost))
        let call = try #require(folded.calls.values.first)
        #expect(call.endedAt == call.facts.map(\.at).max() && call.isReconstructed)
        #expect(call.cause == HangupCause(.unknown, raw: "end not seen"))
        let seconds = call.part(of: ["1001"])?.talkSeconds(until: lost) ?? 0
        #expect(abs(seconds - 0.9) < 0.01)
    }
}
