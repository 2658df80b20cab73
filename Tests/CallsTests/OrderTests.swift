import Calls
import Foundation
import PhoneNumbers
import ScriptedCalls
import SeededChance
import Testing

/// What a call says, without the facts that say it.
private struct Face: Equatable {
    let call: Call

    static func == (one: Face, other: Face) -> Bool { one.call == other.call }
}

/// Walks through every order of the events, sharing what orders begin with: 7 events have 5,040 orders and
/// 13,699 steps.
private struct OrderWalk {
    let events: [CallEvent]
    let expected: Call
    private(set) var orders = 0
    private(set) var repeats = 0
    private(set) var faults: [String] = []

    init(_ events: [CallEvent]) {
        self.events = events
        expected = fold(events)
        walk(nil, left: Array(events.indices))
    }

    private mutating func walk(_ call: Call?, left: [Int]) {
        guard !left.isEmpty else {
            orders += 1
            if call != expected { note("the order of \(orders) gives another call") }
            return
        }
        for (place, next) in left.enumerated() {
            var rest = left
            rest.remove(at: place)
            let event = events[next]
            guard var step = call else {
                walk(Call(event), left: rest)
                continue
            }
            let wasEnded = step.endedAt != nil
            _ = step.apply(event)
            if wasEnded && step.state != .ended { note("an ended call came back to life") }
            repeatEach(of: Set(events.indices).subtracting(rest), in: step)
            walk(step, left: rest)
        }
    }

    /// Each event that was taken before is taken once more: nothing may change.
    private mutating func repeatEach(of taken: Set<Int>, in call: Call) {
        for index in taken {
            var again = call
            repeats += 1
            if again.apply(events[index]) != nil || again != call {
                note("a repeat of event \(index) changed the call")
            }
        }
    }

    private mutating func note(_ fault: String) {
        if faults.count < 5 { faults.append(fault) }
    }
}

@Test(
    "All orders of each script with each single repetition end in the same call",
    arguments: NamedScript.all)
func allOrders(_ named: NamedScript) {
    let events = named.events
    #expect(events.count <= 7, "a basic script has at most 7 events")
    let walk = OrderWalk(events)
    let orders = (1...events.count).reduce(1, *)
    #expect(walk.orders == orders)
    #expect(walk.faults.isEmpty, "\(named.name): \(walk.faults)")
}

@Test("Without times, every order still ends in the same call", arguments: NamedScript.all)
func allOrdersWithoutTimes(_ named: NamedScript) {
    let events = named.events.map { event in
        CallEvent(
            call: event.call, leg: event.leg, kind: event.kind, at: event.at, isTimed: false,
            direction: event.direction, from: event.from, to: event.to, extension: event.extension,
            queue: event.queue, cause: event.cause, target: event.target)
    }
    #expect(OrderWalk(events).faults.isEmpty)
}

/// CALLMATCH_CALLS  how many
@Test("100,000 random calls: order, repeats and clocks that differ change nothing")
func randomCalls() {
    let environment = ProcessInfo.processInfo.environment
    let count = environment["CALLMATCH_CALLS"].flatMap(Int.init) ?? 100_000
    let seed = environment["CALLMATCH_SEED"].flatMap(UInt64.init) ?? 20_261_122
    print("random calls from seed \(seed); repeat with CALLMATCH_SEED=\(seed)")
    var chance = Chance(seed: seed)
    var folded = 0
    for number in 0..<count {
        let events = RandomCall.events(number: number, chance: &chance)
        let expected = fold(events)
        var shuffled = events.shuffled(using: &chance)
        shuffled.append(shuffled[Int(chance.next() % UInt64(shuffled.count))])
        var call = Call(shuffled[0])
        for event in shuffled.dropFirst() {
            let wasEnded = call.endedAt != nil
            _ = call.apply(event)
            if wasEnded && call.state != .ended {
                Issue.record("call \(number) of seed \(seed) came back to life")
            }
        }
        guard call == expected else {
            Issue.record("call \(number) of seed \(seed) depends on the order of its events")
            return
        }
        let talk = call.legs.map { $0.talkSeconds(until: call.endedAt ?? .distantFuture) }
        if talk.contains(where: { $0 < 0 }) {
            Issue.record("call \(number) of seed \(seed) has negative talk time")
        }
        folded += 1
    }
    #expect(folded == count)
    print("\(folded) random calls ended alike")
}

/// Chance that is the same again for the same seed.
struct Chance: RandomNumberGenerator {
    private var numbers: SplitMix64

    init(seed: UInt64) { numbers = SplitMix64(seed: seed) }

    mutating func next() -> UInt64 { numbers.next() }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}

/// A call in which anything may follow anything.
enum RandomCall {
    private static let phone = PhoneNumber("+49 30 23125001", plan: NumberingPlan(country: "DE"))

    static func events(number: Int, chance: inout Chance) -> [CallEvent] {
        let legs = ["1001", "1002", "1003"]
        return (0..<(1 + chance.below(9))).map { _ in
            let kind = CallEvent.Kind.allCases[chance.below(CallEvent.Kind.allCases.count)]
            let leg = chance.below(4) == 0 ? nil : legs[chance.below(legs.count)]
            return CallEvent(
                call: Call.ID(system: "random", value: "\(number)"), leg: leg.map { Leg.ID($0) },
                kind: kind, at: Date(timeIntervalSince1970: Double(chance.below(12))),
                isTimed: chance.below(20) != 0,
                sequence: chance.below(3) == 0 ? chance.below(5) : nil,
                direction: chance.below(2) == 0 ? CallDirection.allCases[chance.below(3)] : nil,
                from: chance.below(2) == 0
                    ? Party(number: phone, name: chance.below(2) == 0 ? "A" : nil) : nil,
                extension: leg, queue: chance.below(5) == 0 ? "Sales" : nil,
                cause: kind == .ended
                    ? HangupCause(HangupCause.Kind.allCases[chance.below(11)]) : nil)
        }
    }
}
