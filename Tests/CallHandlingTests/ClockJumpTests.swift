import CallHandling
import Calls
import Foundation
import Synchronization
import Testing

private let hour = 3600.0, day = 86_400.0

/// A wall clock that is set, and a steady one.
private final class Clocks: Sendable {
    private let state = Mutex((passed: 0.0, wrong: 0.0))

    /// What the steady clock says, in a phone system with the right time.
    var right: Date { Stage.start + state.withLock(\.passed) }
    var wall: Date { state.withLock { Stage.start + $0.passed + $0.wrong } }

    func pass(_ seconds: Double) { state.withLock { $0.passed += seconds } }
    func jump(_ seconds: Double) { state.withLock { $0.wrong += seconds } }

    func jumps() -> ClockJumps {
        ClockJumps(wall: { self.wall }) { self.state.withLock(\.passed) }
    }
}

@Test(
    "A call is as old as it is, by whatever clock",
    arguments: [-hour, -3, 1.9, 3, hour, 10 * day])
func ageAcrossAJump(by jump: Double) {
    let clocks = Clocks(), began = clocks.right
    let jumps = clocks.jumps()
    jumps.hear(of: "before", at: began)
    clocks.pass(60)
    clocks.jump(jump)
    // What is too small to be told from a clock that is brought in line.
    let known = abs(jump) < ClockJumps.least ? 0 : jump
    #expect(abs(jumps.since(call: "before") - known) < 0.001)
    // Set right again, all is as before.
    clocks.pass(60)
    clocks.jump(-jump)
    #expect(abs(jumps.since(call: "before")) < 0.001)
}

@Test("A call that begins while the clock is wrong goes by its phone system's")
func beginsWhileWrong() {
    let clocks = Clocks()
    let jumps = clocks.jumps()
    jumps.hear(of: "before", at: clocks.right)
    clocks.jump(10 * day)
    clocks.pass(60)
    jumps.hear(of: "right", at: clocks.right)
    jumps.hear(of: "as wrong", at: clocks.wall)
    jumps.hear(of: "neither", at: clocks.right - 30 * day)
    let meanwhile = ["right", "as wrong", "neither"].map { jumps.since(call: $0).rounded() }
    #expect(meanwhile == [10 * day, 0, 0])
    clocks.jump(-10 * day)
    clocks.pass(60)
    let after = ["right", "as wrong", "neither"].map { jumps.since(call: $0).rounded() }
    #expect(after == [0, -10 * day, -10 * day])
}

@Test("Time that passes is no jump; several jumps add up, and are forgotten in time")
func jumpsAddUp() {
    let clocks = Clocks()
    let jumps = clocks.jumps()
    #expect(jumps.forward(within: 6 * hour) == 0)
    clocks.pass(5 * hour)
    #expect(jumps.forward(within: 6 * hour) == 0)
    for seconds in [hour, hour, -hour / 2] {
        clocks.jump(seconds)
        clocks.pass(1)
        #expect(jumps.forward(within: 6 * hour) > 0)
    }
    #expect(jumps.forward(within: 6 * hour).rounded() == 1.5 * hour)
    clocks.pass(6 * hour)
    #expect(jumps.forward(within: 6 * hour) == 0)
    clocks.jump(-2 * day)
    #expect(jumps.forward(within: 6 * hour) == 0)
}

@Test("A call that is asked about is remembered; of the others the latest thousands are")
func manyCalls() {
    let clocks = Clocks()
    let jumps = clocks.jumps()
    jumps.hear(of: "long", at: clocks.right)
    clocks.jump(hour)
    for number in 0..<30_000 {
        jumps.hear(of: "\(number)", at: clocks.wall)
        if number.isMultiple(of: 1000) { #expect(jumps.since(call: "long").rounded() == hour) }
    }
    // As if heard of for the first time.
    clocks.jump(hour)
    #expect(jumps.since(call: "29999").rounded() == hour)
    #expect(jumps.since(call: "1") == 0)
}

@Test("A call goes on when the clock is set on by ten days; after six hours it is over")
func liveAcrossAJump() async throws {
    let stage = try await Stage()
    try await stage.happen(stage.event(.offered, 0, "1001"), stage.event(.answered, 5, "1001"))
    stage.jump(10 * day)
    stage.at(60)
    try await stage.flow.passTime()
    #expect(try await stage.stage() == .live)
    stage.at(5.9 * hour)
    try await stage.flow.passTime()
    #expect(try await stage.stage() == .live)
    stage.at(12.1 * hour)
    try await stage.flow.passTime()
    #expect(try await stage.stage() != .live)
}
