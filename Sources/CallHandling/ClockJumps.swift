package import Foundation
import Synchronization

/// By how much the wall clock was set while the process runs.
///
/// The times of a call are its phone system's, and "for how long" is the wall clock less such a time. When the wall
/// clock is set in the middle of a call, that is wrong by as much, until the clock is right again or the call is over.
/// A clock that nobody sets tells of it: what it did not count and the wall clock did, is a jump.
///
/// Not noticed: a clock that was wrong before the process began, and what is less than `least`.
package final class ClockJumps: Sendable {
    /// Seconds. A clock that is brought in line bit by bit, or is given a leap second, does not jump.
    package static let least: TimeInterval = 2
    /// Calls that are remembered, twice as many at most.
    static let remembered = 5000
    /// Jumps that are remembered.
    static let most = 100
    /// Seconds between what a phone system says and the clock that it goes by, at most.
    private static let fresh: TimeInterval = 300

    private struct State {
        var last: (wall: Date, steady: TimeInterval)?
        /// All jumps together, in seconds; in the end 0 for a clock that is put right.
        var total: TimeInterval = 0
        var jumps: [(steady: TimeInterval, seconds: TimeInterval)] = []
        /// What `total` was by the clock that a call goes by. Those of long ago are forgotten with `older`.
        var newer: [String: TimeInterval] = [:]
        var older: [String: TimeInterval] = [:]

        /// - Returns: what is remembered, where the call was heard of before.
        @discardableResult
        mutating func remember(_ call: String, as total: TimeInterval) -> TimeInterval {
            if let known = newer[call] { return known }
            let first = older[call] ?? total
            if newer.count >= ClockJumps.remembered {
                older = newer
                newer = [:]
            }
            newer[call] = first
            return first
        }
    }

    private let wall: @Sendable () -> Date
    private let steady: @Sendable () -> TimeInterval
    private let state = Mutex(State())

    /// - Parameter steady: seconds since some moment, by a clock that nobody sets and that goes on in sleep.
    package init(
        wall: @escaping @Sendable () -> Date, steady: @escaping @Sendable () -> TimeInterval
    ) {
        self.wall = wall
        self.steady = steady
    }

    /// With the machine's own clock for the steady one.
    package convenience init(wall: @escaping @Sendable () -> Date) {
        let began = ContinuousClock.now
        self.init(wall: wall) { (ContinuousClock.now - began) / .seconds(1) }
    }

    /// A phone system tells of a call. Its times go by the clock of today, or by that from before a jump: the
    /// latest that fits what it says.
    package func hear(of call: String, at moment: Date) {
        looked { state, now in
            let age = now.timeIntervalSince(moment)
            var total = state.total
            for jump in state.jumps.reversed() where abs(age - state.total + total) > Self.fresh {
                total -= jump.seconds
            }
            let fits = abs(age - state.total + total) <= Self.fresh
            state.remember(call, as: fits ? total : state.total)
        }
    }

    /// Seconds by which the wall clock was set since this call was first heard of: so much later is a moment of the
    /// call by today's clock.
    package func since(call: String) -> TimeInterval {
        looked { state, _ in
            let total = state.total
            return total - state.remember(call, as: total)
        }
    }

    /// Seconds by which the wall clock was set forward within the last so many seconds, on the whole; 0 when it was
    /// set back.
    package func forward(within seconds: TimeInterval) -> TimeInterval {
        looked { state, _ in
            let from = (state.last?.steady ?? 0) - seconds
            return max(0, state.jumps.reduce(0) { $0 + ($1.steady < from ? 0 : $1.seconds) })
        }
    }

    private func looked<Value: Sendable>(
        _ body: @Sendable (inout State, _ now: Date) -> Value
    ) -> Value {
        state.withLock { state in
            let (now, moment) = bothClocks()
            if let last = state.last {
                let jump = now.timeIntervalSince(last.wall) - (moment - last.steady)
                if abs(jump) >= Self.least {
                    state.total += jump
                    state.jumps = state.jumps.suffix(Self.most - 1) + [(moment, jump)]
                }
            }
            state.last = (now, moment)
            return body(&state, now)
        }
    }

    /// What both say at one moment: a process that is frozen between the two asks again.
    private func bothClocks() -> (wall: Date, steady: TimeInterval) {
        var before = steady()
        while true {
            let now = wall()
            let after = steady()
            if after - before < Self.least / 4 { return (now, after) }
            before = after
        }
    }
}
