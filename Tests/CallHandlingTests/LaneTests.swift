import CallHandling
import CallLogging
import Calls
import Foundation
import Records
import Storage
import Synchronization
import Testing

/// How many logs a CRM is sent side by side.
struct LaneTests {
    /// A CRM that answers the first log at once, and the others when so many wait that no more can come.
    private final class Queue: ActivitySink {
        let crm = "test"
        private let lanes: Int
        private let all: Int
        private struct State {
            var asked = 0
            var waiting: [CheckedContinuation<Void, Never>] = []
            var groups: [Int] = []
        }
        private let state = Mutex(State())

        init(lanes: Int, all: Int) {
            self.lanes = lanes
            self.all = all
        }

        /// How many were answered together, one after the other.
        var groups: [Int] { state.withLock(\.groups) }

        func file(_ log: FiledLog) async throws(FilingFailure) -> FiledRecord {
            await withCheckedContinuation { continuation in
                let ready = state.withLock { state in
                    state.asked += 1
                    state.waiting.append(continuation)
                    let isFull = state.waiting.count == lanes
                    guard state.asked == 1 || isFull || state.asked == all else {
                        return [CheckedContinuation<Void, Never>]()
                    }
                    let ready = state.waiting
                    state.waiting = []
                    state.groups.append(ready.count)
                    return ready
                }
                for each in ready { each.resume() }
            }
            return FiledRecord(
                id: RecordID(crm: "test", kind: .activity, value: log.key), url: "/\(log.key)")
        }
    }

    /// One first, whether it is there at all; then eight at a time. One after the other would never end.
    @Test(.timeLimit(.minutes(2))) func theFirstAloneAndThenEightAtATime() async throws {
        let stage = try await Stage()
        try await stage.know(Stage.contact("1", "Ada Lovelace", "030 23125001"))
        for number in 0..<16 {
            let call = "c\(number)"
            try await stage.happen(
                stage.event(.offered, 0, "1001", call: call),
                stage.event(.answered, 5, "1001", call: call),
                stage.event(.ended, 65, call: call))
            try await stage.flow.done(stage.callID(call), by: stage.agent("ada"))
        }
        let queue = Queue(lanes: 8, all: 16)
        let flow = stage.flow
        let delivery = Delivery(database: stage.database, sinks: [queue], home: "test") {
            call, store in
            try flow.restage(callID: call, in: store)
        }
        let now = Stage.start.addingTimeInterval(66)
        #expect(try await delivery.pass(now: now, jitter: 0) == 16)
        #expect(queue.groups == [1, 8, 7])
        for number in 0..<16 { #expect(try await stage.stage("c\(number)") == .delivered) }
    }
}
