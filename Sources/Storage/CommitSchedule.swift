/// When the next group of writes begins: a value without clock, lock or thread.
///
/// A lone write begins at once. Writes that come within `window` of the start of the last commit
/// wait for the end of that window, and so share one commit; a full group never waits. While a
/// commit runs, what arrives waits for its end: on a slow disk the groups grow by themselves.
struct CommitSchedule {
    enum Step: Equatable {
        /// Nothing to do: there is nothing to write, or its turn is already planned.
        case wait
        /// Plan this turn; an earlier plan is void.
        case begin(turn: Int, after: Duration)
    }

    private enum Plan {
        case none
        /// A turn waits for the end of the window.
        case later
        /// A turn is about to begin.
        case now
        case running
    }

    let window: Duration
    let groupLimit: Int
    private var turn = 0
    private var plan = Plan.none
    private var lastBegan: ContinuousClock.Instant?

    init(window: Duration, groupLimit: Int) {
        self.window = window
        self.groupLimit = groupLimit
    }

    /// Decides what to do after a write has arrived.
    mutating func arrived(waiting: Int, now: ContinuousClock.Instant) -> Step {
        guard waiting > 0 else { return .wait }
        let isFull = waiting >= groupLimit
        switch plan {
        case .running, .now:
            return .wait
        case .later where !isFull:
            return .wait
        case .none, .later:
            let delay = isFull ? .zero : untilWindowEnds(now)
            plan = delay == .zero ? .now : .later
            turn += 1
            return .begin(turn: turn, after: delay)
        }
    }

    /// Begins a planned turn; false when the plan has changed and the turn is void.
    mutating func begins(turn: Int, now: ContinuousClock.Instant) -> Bool {
        switch plan {
        case .later, .now:
            guard turn == self.turn else { return false }
            plan = .running
            lastBegan = now
            return true
        case .none, .running:
            return false
        }
    }

    /// Decides what to do after a commit has ended.
    mutating func ended(waiting: Int, now: ContinuousClock.Instant) -> Step {
        plan = .none
        return arrived(waiting: waiting, now: now)
    }

    private func untilWindowEnds(_ now: ContinuousClock.Instant) -> Duration {
        guard let lastBegan else { return .zero }
        return max(.zero, window - (now - lastBegan))
    }
}
