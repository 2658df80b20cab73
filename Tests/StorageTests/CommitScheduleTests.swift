import Testing

@testable import Storage

@Suite struct CommitScheduleTests {
    enum Event {
        /// A write arrived, with so many waiting now.
        case arrived(Int)
        case begins(turn: Int, Bool)
        case ended(waiting: Int)
    }

    struct Line {
        let at: Int
        let event: Event
        let step: CommitSchedule.Step

        init(_ at: Int, _ event: Event, _ step: CommitSchedule.Step = .wait) {
            self.at = at
            self.event = event
            self.step = step
        }
    }

    struct Script: CustomTestStringConvertible {
        let testDescription: String
        let lines: [Line]
    }

    /// Times in milliseconds; the window is 5 ms and a group holds 3.
    static let scripts = [
        Script(
            testDescription: "a lone write begins at once",
            lines: [
                Line(0, .arrived(1), .begin(turn: 1, after: .zero)),
                Line(0, .begins(turn: 1, true)),
                Line(1, .ended(waiting: 0)),
                Line(100, .arrived(1), .begin(turn: 2, after: .zero)),
            ]),
        Script(
            testDescription: "within the window a write waits for its end, and others join",
            lines: [
                Line(0, .arrived(1), .begin(turn: 1, after: .zero)),
                Line(0, .begins(turn: 1, true)),
                Line(1, .ended(waiting: 0)),
                Line(2, .arrived(1), .begin(turn: 2, after: .milliseconds(3))),
                Line(3, .arrived(2)),
                Line(5, .begins(turn: 2, true)),
            ]),
        Script(
            testDescription: "a full group does not wait, and the old plan is void",
            lines: [
                Line(0, .arrived(1), .begin(turn: 1, after: .zero)),
                Line(0, .begins(turn: 1, true)),
                Line(1, .ended(waiting: 0)),
                Line(1, .arrived(1), .begin(turn: 2, after: .milliseconds(4))),
                Line(2, .arrived(2)),
                Line(2, .arrived(3), .begin(turn: 3, after: .zero)),
                Line(2, .arrived(4)),
                Line(2, .begins(turn: 3, true)),
                Line(3, .ended(waiting: 1), .begin(turn: 4, after: .milliseconds(4))),
                Line(5, .begins(turn: 2, false)),
                Line(7, .begins(turn: 4, true)),
            ]),
        Script(
            testDescription: "what arrives during a slow commit goes with the next, at once",
            lines: [
                Line(0, .arrived(1), .begin(turn: 1, after: .zero)),
                Line(0, .begins(turn: 1, true)),
                Line(1, .arrived(1)),
                Line(2, .arrived(2)),
                Line(12, .ended(waiting: 2), .begin(turn: 2, after: .zero)),
            ]),
        Script(
            testDescription: "a backlog goes in full groups without a pause",
            lines: [
                Line(0, .arrived(1), .begin(turn: 1, after: .zero)),
                Line(0, .begins(turn: 1, true)),
                Line(1, .ended(waiting: 7), .begin(turn: 2, after: .zero)),
                Line(1, .begins(turn: 2, true)),
                Line(2, .ended(waiting: 4), .begin(turn: 3, after: .zero)),
                Line(2, .begins(turn: 3, true)),
                Line(3, .ended(waiting: 1), .begin(turn: 4, after: .milliseconds(4))),
            ]),
        Script(
            testDescription: "a turn begins once",
            lines: [
                Line(0, .arrived(1), .begin(turn: 1, after: .zero)),
                Line(0, .begins(turn: 1, true)),
                Line(0, .begins(turn: 1, false)),
                Line(0, .ended(waiting: 0)),
                Line(0, .begins(turn: 1, false)),
            ]),
    ]

    @Test(arguments: scripts)
    func groupsBeginWhenTheyShould(_ script: Script) {
        var schedule = CommitSchedule(window: .milliseconds(5), groupLimit: 3)
        let start = ContinuousClock.now
        for line in script.lines {
            let now = start + .milliseconds(line.at)
            switch line.event {
            case .arrived(let waiting):
                #expect(schedule.arrived(waiting: waiting, now: now) == line.step, "at \(line.at)")
            case .begins(let turn, let does):
                #expect(schedule.begins(turn: turn, now: now) == does, "at \(line.at)")
            case .ended(let waiting):
                #expect(schedule.ended(waiting: waiting, now: now) == line.step, "at \(line.at)")
            }
        }
    }
}
