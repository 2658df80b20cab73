import Calls
import Foundation
import Testing

@testable import Asterisk

/// Hold by redirect, and attended transfers from the panel.
@Suite struct HoldTests {
    /// Messages of a recording, with our command before the first message for which `isFirst` holds.
    private func replay(
        _ recording: Recording, _ kind: OwnCommand.Kind,
        before isFirst: (AMIMessage) -> Bool, until isLast: (AMIMessage) -> Bool
    ) throws -> (calls: AsteriskCalls, leg: String) {
        let leg = try #require(
            recording.messages.first { $0["Channel"]?.hasPrefix("PJSIP/1001-") == true }?[
                "Uniqueid"])
        let (begin, end) = (
            recording.messages.firstIndex(where: isFirst),
            recording.messages.firstIndex(where: isLast)
        )
        let (first, last) = (try #require(begin), try #require(end))
        var calls = AsteriskCalls.ofTheRecordings
        for (index, message) in recording.messages.prefix(last + 1).enumerated() {
            if index == first { calls.remember(OwnCommand(kind, leg: leg, actionID: "1")) }
            _ = calls.apply(message)
        }
        return (calls, leg)
    }

    @Test(arguments: Recording.named("hold_by_redirect"))
    func whoIsLeftAloneIsReleased(_ recording: Recording) throws {
        let (held, leg) = try replay(
            recording, .hold, before: { $0.event == "BridgeLeave" },
            until: { $0.event == "MusicOnHoldStart" })
        #expect(held.legs[leg]?.isHeldByUs == true)
        let far = try #require(held.legs[leg]?.far)
        for (gone, left) in [(leg, far), (far, leg)] {
            var calls = held
            calls.hungUp(gone, cause: "16", at: calls.clock + 1)
            #expect(calls.stranded == [left])
            calls.hungUp(left, cause: "16", at: calls.clock + 2)
            #expect(calls.stranded == [left], "nobody is left")
        }
    }

    @Test(arguments: Recording.named("inbound_answered"))
    func whoIsNotHeldByUsIsLeftToThePhoneSystem(_ recording: Recording) {
        var calls = AsteriskCalls.ofTheRecordings
        for message in recording.messages { _ = calls.apply(message) }
        #expect(calls.stranded.isEmpty)
    }

    @Test(arguments: Recording.named("attended_transfer_ami"))
    func aConsultationLastsUntilTheTransfer(_ recording: Recording) throws {
        let isHold: (AMIMessage) -> Bool = { $0.event == "Hold" }
        let (asking, leg) = try replay(recording, .consult, before: isHold, until: isHold)
        #expect(asking.legs[leg]?.isConsulting == true && asking.legs[leg]?.isHeld == false)
        #expect(asking.commandCount == 0, "it has had its effect")
        let (joined, _) = try replay(
            recording, .consult, before: isHold, until: { $0.event == "AttendedTransfer" })
        #expect(joined.legs[leg]?.stage == .over && joined.legs[leg]?.isTransferred == true)
    }

    @Test(arguments: Recording.named("hold_resume"))
    func theAgentsOwnHoldIsNone(_ recording: Recording) throws {
        let isHold: (AMIMessage) -> Bool = { $0.event == "Hold" }
        let (held, leg) = try replay(
            recording, .hangUp, before: { $0.event == "Newchannel" }, until: isHold)
        #expect(held.legs[leg]?.isHeld == true && held.legs[leg]?.isConsulting == false)
        let (back, _) = try replay(
            recording, .hangUp, before: { $0.event == "Newchannel" },
            until: { $0.event == "Unhold" })
        #expect(back.legs[leg]?.isHeld == false)
    }

    private static let waiting = [
        SnapshotTests.status(
            "PJSIP/1001-00000002", id: "2", state: "Up", application: "Wait",
            [
                "Context": "panel-hold", "Exten": "agent", "ConnectedLineNum": "+4930111222",
                "Variable": "CDR(answer,u)=\(SnapshotTests.start + 20).250000",
            ]),
        SnapshotTests.status(
            "PJSIP/trunk-00000001", id: "1", state: "Up", application: "MusicOnHold",
            ["Context": "panel-hold", "Exten": "caller", "CallerIDNum": "+4930111222"]),
    ]

    @Test func oursIsFoundAgainAfterARestart() throws {
        var translation = AsteriskCalls.ofTheRecordings
        let events = translation.snapshot(Self.waiting, at: SnapshotTests.now)
        #expect(events.map(\.kind) == [.offered, .answered, .held])
        #expect(translation.legs["2"]?.isHeldByUs == true && translation.legs["2"]?.far == "1")
        #expect(translation.snapshot(Self.waiting, at: SnapshotTests.now).isEmpty)
        _ = translation.snapshot([Self.waiting[0]], at: SnapshotTests.now)
        #expect(translation.stranded == ["2"], "the caller left while we were away")
    }

    @Test func twoWhoWaitElsewhereAreNotOurs() {
        let elsewhere = Self.waiting[1].changing("panel-hold", to: "parking")
        var translation = AsteriskCalls.ofTheRecordings
        _ = translation.snapshot([Self.waiting[0], elsewhere], at: SnapshotTests.now)
        #expect(translation.legs["2"]?.isHeldByUs == false)
    }

    /// A user whose `read` lacks the class `call` is told nothing.
    @Test func whatIsNotHeardOfShows() {
        var translation = AsteriskCalls.ofTheRecordings
        #expect(translation.hasUnheard(Self.waiting))
        let young = Self.waiting.map {
            AMIMessage($0.fields.map { $0.key == "Seconds" ? .init("Seconds", "1") : $0 })
        }
        #expect(!translation.hasUnheard(young), "its event may be on the way")
        _ = translation.snapshot(Self.waiting, at: SnapshotTests.now)
        #expect(!translation.hasUnheard(Self.waiting))
    }
}
