import CRM
import CallHandling
import Storage
import Synchronization

/// How many requests a call takes of a CRM that we connect to: over the calls that were done last.
///
/// A request may answer for several calls and for none, so it is not counted for one of them: what was sent for calls
/// between the end of one call and the end of another belongs, on average, to the calls that ended meanwhile.
final class CRMCallCosts: Sendable {
    /// What the calls that were done last have taken together.
    struct Summary: Encodable, Hashable, Sendable {
        /// Those with nobody outside are left out. Done is: filed, refused for good, or without a log.
        let calls: Int
        let lookUps: Int
        let people: Int
        let logs: Int
    }

    private struct State {
        /// Before the first of these calls was done.
        var before = CRMRequests()
        var now = CRMRequests()
        /// Those that were done last, oldest first.
        var calls: [(id: String, requests: CRMRequests)] = []
    }

    private static let mostCalls = 50

    private let requests: @Sendable () -> CRMRequests
    private let state = Mutex(State())

    /// - Parameter requests: those that were sent up to now.
    init(_ requests: @escaping @Sendable () -> CRMRequests) {
        self.requests = requests
    }

    /// Follows the calls that are done, for as long as the process lives.
    func run(_ database: Database) async {
        for await notice in database.changes(topic: CallFlow.doneCall) {
            if notice == .everything {
                startAnew()
            } else {
                note(notice.subject)
            }
        }
    }

    var summary: Summary {
        state.withLock { state in
            let taken = state.now.since(state.before)
            return Summary(
                calls: state.calls.count, lookUps: taken.lookUps, people: taken.people,
                logs: taken.logs)
        }
    }

    /// A call that is done once more, as its log was edited, is one call.
    private func note(_ call: String) {
        let sent = requests()
        state.withLock { state in
            state.now = sent
            guard !state.calls.contains(where: { $0.id == call }) else { return }
            state.calls.append((call, sent))
            if state.calls.count > Self.mostCalls {
                state.before = state.calls.removeFirst().requests
            }
        }
    }

    /// Calls were missed: what was sent meanwhile cannot be shared out.
    private func startAnew() {
        let sent = requests()
        state.withLock { $0 = State(before: sent, now: sent) }
    }
}
