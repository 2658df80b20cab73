import Asterisk
import Calls
import Foundation
import PhoneNumbers
import Testing

/// The same stream with its faults: repeats, a wrong order, a lost connection.
@Suite struct StreamTests {
    static let window = 25_000
    /// With 40 all recordings passed too; it takes minutes.
    static let rounds = 1

    @Test(arguments: Recording.all) func everyMessageTwice(_ recording: Recording) {
        for withCommands in [true, false] {
            let steps = recording.steps(withCommands: withCommands).flatMap { step -> [Step] in
                if case .message = step { return [step, step] }
                return [step]
            }
            let found = CallLogTests.differences(recording, withCommands: withCommands, steps)
            #expect(found == "")
        }
    }

    /// A stream whose messages of the last 25 ms may have changed places. Answers and commands, which have no
    /// time, keep their place before the message that follows.
    @Test func withinAMomentOrderSaysNothing() {
        var chance = Chance(purpose: "withinAMomentOrderSaysNothing")
        var failures: [String: Int] = [:]
        var last = ""
        for recording in Recording.all {
            for withCommands in [true, false] {
                for _ in 0..<Self.rounds {
                    let steps = Self.shaken(
                        recording.steps(withCommands: withCommands), with: &chance)
                    let found = CallLogTests.differences(
                        recording, withCommands: withCommands, steps)
                    if found != "" {
                        failures["\(recording)", default: 0] += 1
                        last = found
                    }
                }
            }
        }
        let told = failures.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        #expect(failures.isEmpty, "\(told.joined(separator: "\n"))\n\(last)")
    }

    static func shaken(_ steps: [Step], with chance: inout Chance) -> [Step] {
        var time = Int.max
        let timed = steps.enumerated().reversed().map {
            place, step -> (at: Int, place: Int, step: Step) in
            if case .message(let message) = step, let told = message.microseconds {
                time = min(time, told)
                return (told + chance.below(window), place, step)
            }
            return (time, place, step)
        }
        return timed.sorted { ($0.at, $0.place) < ($1.at, $1.place) }.map(\.step)
    }

    /// The connection is lost at any place and never comes back: every call ends, marked as reconstructed.
    @Test func everyLostCallEnds() {
        for recording in Recording.all {
            for cut in stride(from: 0, through: recording.messages.count, by: 13) {
                var translation = AsteriskCalls.ofTheRecordings
                var folded = Folded()
                var time = 0
                for message in recording.messages.prefix(cut) {
                    time = max(time, message.microseconds ?? 0)
                    folded.take(translation.apply(message))
                }
                let lost = AMITime.date(time)
                folded.take(translation.snapshot([], at: lost + 9, lostAt: lost))
                for call in folded.calls.values {
                    #expect(call.state == .ended, "\(recording) cut at \(cut): \(call.id)")
                    #expect(call.endedAt.map { $0 <= lost + 0.01 } == true)
                }
                #expect(
                    folded.events.filter(\.isReconstructed).allSatisfy {
                        $0.kind == .ended
                            || $0.kind == .offered
                    })
            }
        }
    }

    /// Lost anywhere before the snapshot in the middle of two calls, or never connected before: the log is the
    /// same, but for the hold, which a snapshot does not show.
    @Test(arguments: Recording.named("in_progress_listing"))
    func aSnapshotGoesOn(_ recording: Recording) throws {
        let statuses = Self.statuses(recording)
        #expect(statuses.count == 4)
        let middle = try #require(recording.messages.firstIndex { $0.event == "Status" })
        let now = AMITime.date(
            try #require(recording.messages.prefix(middle).compactMap(\.microseconds).max()) + 1000)
        for cut in 0...middle {
            var translation = AsteriskCalls.ofTheRecordings
            var folded = Folded()
            for message in recording.messages.prefix(cut) {
                folded.take(translation.apply(message))
            }
            folded.take(translation.snapshot(statuses, at: now, lostAt: now))
            for message in recording.messages.dropFirst(middle) {
                folded.take(translation.apply(message))
            }
            let log = CallLogRow.all(folded)
            let expected = CallLogTests.expected(recording.scenario, withCommands: false)
            for row in expected {
                let isThere = log.contains { found in
                    var found = found
                    if !found.words.hasPrefix("held") && row.words.hasPrefix("held") {
                        found.words = "held 1, \(found.words)"
                    }
                    return found.says(the: row)
                }
                #expect(isThere, "cut at \(cut): \(row)\nfound \(log)")
            }
            #expect(log.count == expected.count)
        }
    }

    /// The `Status` events of the recording with the answer times that `CDR(answer,u)` gives.
    static func statuses(_ recording: Recording) -> [AMIMessage] {
        let answer = recording.messages.last { message in
            message.event == "BridgeEnter"
        }?["Timestamp"]
        return recording.messages.filter { $0.event == "Status" }.map { message in
            let isUp = message["ChannelStateDesc"] == "Up"
            let value = isUp ? answer ?? "" : "0.000000"
            return AMIMessage(
                message.fields + [.init("Variable", "CDR(answer,u)=\(value)")])
        }
    }

    /// What is over is forgotten, and what is forgotten leaves nothing behind.
    @Test func memoryIsBounded() {
        var translation = AsteriskCalls.ofTheRecordings
        var most = 0
        let recordings = Recording.all.filter { $0.version == "22" }
        for round in 0..<4 {
            for (place, recording) in recordings.enumerated() {
                // Each recording begins a minute after the last one, with ids of its own.
                let start = recording.messages.compactMap(\.microseconds).min() ?? 0
                let later = (round * recordings.count + place) * 60_000_000 + 1_800_000_000_000_000
                for message in recording.messages {
                    _ = translation.apply(message.moved(by: later - start, marked: "r\(round)-"))
                }
                most = max(most, translation.channelCount)
            }
        }
        #expect(most < 60)
    }
}

extension AMIMessage {
    /// The same message at another time and with other ids.
    func moved(by microseconds: Int, marked mark: String) -> AMIMessage {
        AMIMessage(
            fields.map { field in
                let key = field.key.lowercased()
                if key == "timestamp", let time = self.microseconds {
                    let moved = time + microseconds
                    let rest = String(moved % 1_000_000)
                    let zeros = String(repeating: "0", count: 6 - rest.count)
                    return .init(field.key, "\(moved / 1_000_000).\(zeros)\(rest)")
                }
                let isID = key.hasSuffix("uniqueid") || key.hasSuffix("linkedid")
                return isID ? .init(field.key, mark + field.value) : field
            })
    }
}
