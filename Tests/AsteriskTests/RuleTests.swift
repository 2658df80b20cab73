import Asterisk
import Calls
import Foundation
import PhoneNumbers
import Testing

/// Rules that no recording shows alone.
@Suite struct RuleTests {
    // MARK: Withheld numbers

    @Test(arguments: Recording.named("anonymous_caller"))
    func aWithheldNumberDoesNotLeave(_ recording: Recording) throws {
        let holds = recording.messages.contains { $0["CallerIDNum"] == "+493055501234" }
        #expect(holds, "the stream has the number")
        for cut in 0...recording.messages.count {
            var translation = AsteriskCalls.ofTheRecordings
            var events: [CallEvent] = []
            for message in recording.messages.prefix(cut) { events += translation.apply(message) }
            events += translation.snapshot([], at: Date(timeIntervalSince1970: 1_800_000_000))
            let text = String(decoding: try JSONEncoder().encode(events), as: UTF8.self)
            #expect(!text.contains("3055501234"), "cut at \(cut)")
            #expect(!text.contains("Mustermann"), "the name is withheld too")
        }
    }

    @Test(arguments: Recording.named("inbound_phone_not_registered"))
    func aWithheldNumberOfAMissedConversation(_ recording: Recording) {
        let withheld = recording.messages.map { message in
            message.event == "Newchannel"
                ? message : message.changing("allowed_not_screened", to: "prohib_not_screened")
        }
        let calls = Folded.of(withheld.map(Step.message)).calls.values
        #expect(calls.map { $0.from?.number.kind } == [.withheld])
    }

    @Test(arguments: Recording.named("inbound_answered"))
    func whatNobodyAllowedIsNotShown(_ recording: Recording) {
        var translation = AsteriskCalls.ofTheRecordings
        var folded = Folded()
        for message in recording.messages {
            folded.take(
                translation.apply(
                    AMIMessage(message.fields.filter { !$0.key.hasSuffix("ChanVariable") })))
        }
        #expect(folded.calls.values.map { $0.from?.number.kind } == [.withheld])
        #expect(translation.unknownPresentations > 0)
    }

    @Test(arguments: Recording.named("in_progress_listing"))
    func aWithheldNumberInASnapshot(_ recording: Recording) {
        let statuses = StreamTests.statuses(recording).map {
            $0.changing("allowed_not_screened", to: "prohib_not_screened")
        }
        var translation = AsteriskCalls.ofTheRecordings
        let events = translation.snapshot(
            statuses, at: Date(timeIntervalSince1970: 1_795_358_000))
        #expect(events.compactMap(\.from).allSatisfy { $0.number.kind == .withheld })
        #expect(events.count(where: { $0.from != nil }) == 2)
    }

    // MARK: Our own commands

    @Test(arguments: Recording.named("decline_ami_cause_17"))
    func aRefusedCommandHadNoEffect(_ recording: Recording) throws {
        let leg = try #require(
            recording.messages.first { $0["Channel"]?.hasPrefix("PJSIP/1001-") == true }?[
                "Uniqueid"])
        let commanded = recording.messages.flatMap { message -> [Step] in
            guard message.response != nil, let id = message.actionID else {
                return [.message(message)]
            }
            let refused = AMIMessage([.init("Response", "Error"), .init("ActionID", id)])
            return [.command(OwnCommand(.decline, leg: leg, actionID: id)), .message(refused)]
        }
        #expect(CallLogRow.all(Folded.of(commanded)).map(\.outcome) == ["notAnswered"])
    }

    @Test(arguments: Recording.named("caller_cancels_while_ringing"))
    func whoGivesUpBeforeTheDeclineArrivesGaveUp(_ recording: Recording) throws {
        let leg = try #require(
            recording.messages.first { $0["Channel"]?.hasPrefix("PJSIP/1001-") == true }?[
                "Uniqueid"])
        var steps = recording.messages.map(Step.message)
        let gaveUp = try #require(
            recording.messages.firstIndex { $0.event == "HangupRequest" })
        steps.insert(.command(OwnCommand(.decline, leg: leg, actionID: "1")), at: gaveUp)
        let log = CallLogRow.all(Folded.of(steps))
        #expect(log.map(\.words) == ["cause callerCancelled"])
    }

    @Test(arguments: Recording.named("inbound_answered"))
    func aCallThatWeHangUpIsEndedByThePanel(_ recording: Recording) throws {
        let leg = try #require(
            recording.messages.first { $0["Channel"]?.hasPrefix("PJSIP/1001-") == true }?[
                "Uniqueid"])
        // What a Hangup of ours leaves: no request on the leg, a soft one on the other side.
        var steps = recording.messages.filter { $0.event != "HangupRequest" }.map(Step.message)
        let end = try #require(
            recording.messages.firstIndex { $0.event == "HangupRequest" })
        steps.insert(.command(OwnCommand(.hangUp, leg: leg, actionID: "1")), at: end)
        #expect(CallLogRow.all(Folded.of(steps)).map(\.words) == ["by the panel"])
    }

    @Test(arguments: Recording.named("click_to_dial_agent_declines"))
    func theNumberOfARequestIsOurs(_ recording: Recording) throws {
        let leg = try #require(recording.messages.compactMap { $0["Uniqueid"] }.first)
        var steps = recording.messages.map(Step.message)
        steps.insert(
            .command(OwnCommand(.dial(number: "+49305557700"), leg: leg, actionID: "1")), at: 0)
        let call = try #require(Folded.of(steps).calls.values.first)
        #expect(call.to?.presented == "+49305557700" && call.direction == .outbound)
    }

    @Test func commandsForNobodyAreForgotten() {
        var translation = AsteriskCalls.ofTheRecordings
        for number in 0..<10_000 {
            translation.remember(
                OwnCommand(.dial(number: "1"), leg: "\(number)", actionID: "\(number)"))
            translation.remember(OwnCommand(.decline, leg: "x\(number)", actionID: "x\(number)"))
        }
        #expect(translation.commandCount == 200)
    }

    /// A repeat that comes late does not bring back together whom we keep apart.
    @Test(arguments: Recording.named("hold_by_redirect"))
    func anOldBridgeIsOver(_ recording: Recording) throws {
        let steps = recording.steps(withCommands: true)
        let places = steps.indices.filter { place in
            if case .message(let message) = steps[place] { return message.event == "BridgeLeave" }
            return false
        }
        let first = steps.filter { step in
            if case .message(let message) = step { return message.event == "BridgeEnter" }
            return false
        }.prefix(2)
        let repeated = Array(steps[...places[1]] + first + steps[(places[1] + 1)...])
        let call = try #require(Folded.of(repeated).calls.values.first)
        let hold = try #require(call.legs.first?.holds.first)
        let seconds = try #require(hold.end).timeIntervalSince(hold.start)
        #expect(abs(seconds - 1.5) < 0.1)
    }

    // MARK: What is not a call, or cannot be read

    @Test(arguments: Recording.named("inbound_phone_not_registered"))
    func aCallerOfAnAnnouncementIsNotMissed(_ recording: Recording) {
        let other = recording.messages.map { message in
            AMIMessage(
                message.fields.map { $0.key == "Exten" ? .init("Exten", "9000") : $0 })
        }
        #expect(Folded.of(other.map(Step.message)).events.isEmpty)
    }

    @Test(arguments: Recording.named("inbound_answered"))
    func withoutTimesNothingIsSaid(_ recording: Recording) {
        var translation = AsteriskCalls.ofTheRecordings
        for message in recording.messages {
            let timeless = AMIMessage(message.fields.filter { $0.key != "Timestamp" })
            #expect(translation.apply(timeless).isEmpty)
        }
        #expect(translation.untimedEvents > 10)
    }

    @Test(arguments: Recording.named("inbound_answered"))
    func anIDIsKeptWholeOrNotAtAll(_ recording: Recording) {
        let long = String(repeating: "1", count: 257)
        let messages = recording.messages.map { message in
            AMIMessage(
                message.fields.map { field in
                    field.key.hasSuffix("niqueid") ? .init(field.key, long + field.value) : field
                })
        }
        #expect(Folded.of(messages.map(Step.message)).events.isEmpty)
    }

    @Test func channelsAreLimited() {
        var translation = AsteriskCalls.ofTheRecordings
        for number in 0..<(AsteriskCalls.mostChannels + 10) {
            _ = translation.apply(
                AMIMessage([
                    .init("Event", "Newstate"), .init("Timestamp", "1795357563.1"),
                    .init("Channel", "PJSIP/trunk-00000001"), .init("Uniqueid", "\(number)"),
                ]))
        }
        #expect(translation.channelCount == AsteriskCalls.mostChannels)
        #expect(translation.ignoredChannels == 10)
    }

    @Test func linesMapEndpointsToExtensions() {
        let lines = AsteriskLines(["desk-ada": "1001", "mobile-ada": "1001"])
        #expect(lines.extension(ofChannel: "PJSIP/desk-ada-0000000a") == "1001")
        #expect(lines.extension(ofChannel: "PJSIP/mobile-ada-0000000b") == "1001")
        #expect(lines.contains(extension: "1001") && !lines.contains(extension: "desk-ada"))
        for name in [
            "PJSIP/trunk-00000001", "Local/desk-ada@x-00000001;1", "PJSIP/desk-ada",
            "PJSIP/desk-ada-0001", "PJSIP/desk-ada-0000000G", "SIP/desk-ada-0000000a", "",
        ] {
            #expect(lines.extension(ofChannel: name) == nil, "\(name)")
        }
    }

    // MARK: The whole

    @Test func everyCallOfARecordingEnds() {
        for recording in Recording.all {
            for call in Folded.of(recording.steps(withCommands: true)).calls.values {
                #expect(call.state == .ended, "\(recording) \(call.id)")
                #expect(!call.isReconstructed, "\(recording) \(call.id)")
                let ends = call.facts.filter { $0.kind == .ended && $0.leg == nil }
                #expect(ends.map(\.at) == [call.facts.map(\.at).max()], "\(recording) \(call.id)")
            }
        }
    }

    /// Alone on the line after the caller is gone: that is no conversation.
    @Test(arguments: Recording.named("inbound_answered"))
    func talkEndsWithTheBridge(_ recording: Recording) {
        let messages = recording.messages.map { message in
            message.event == "Hangup" && message["Channel"]?.hasPrefix("PJSIP/1001-") == true
                ? message.moved(by: 5_000_000, marked: "") : message
        }
        let log = CallLogRow.all(Folded.of(messages.map(Step.message)))
        #expect(log.count == 1 && log.allSatisfy { abs($0.seconds - 2.5) < 0.2 })
    }

    /// The agents of an internal call each see the other one.
    @Test(arguments: Recording.named("internal_call"))
    func theEndsOfAnInternalCallSeeEachOther(_ recording: Recording) {
        let calls = Folded.of(recording.steps(withCommands: false)).calls.values
        let seen = calls.map { ($0.extensions, $0.customer?.number.presented) }
        #expect(seen.contains { $0.0 == ["1001"] && $0.1 == "1002" })
        #expect(seen.contains { $0.0 == ["1002"] && $0.1 == "1001" })
        #expect(calls.count == 2)
    }
}

extension AMIMessage {
    /// The same message with another text in its values.
    func changing(_ text: String, to other: String) -> AMIMessage {
        AMIMessage(fields.map { .init($0.key, $0.value.replacing(text, with: other)) })
    }
}
