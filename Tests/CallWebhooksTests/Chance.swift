import Foundation
import SeededChance

/// Random inputs that can be had again: the seed is printed, and `CALLMATCH_SEED` sets it.
struct Chance: RandomNumberGenerator {
    private var numbers: SplitMix64

    init(purpose: String) {
        let chosen = ProcessInfo.processInfo.environment["CALLMATCH_SEED"].flatMap(UInt64.init)
        let seed = chosen ?? UInt64.random(in: 0...UInt64.max)
        print("\(purpose): CALLMATCH_SEED=\(seed)")
        numbers = SplitMix64(seed: seed)
    }

    mutating func next() -> UInt64 { numbers.next() }

    mutating func below(_ end: Int) -> Int { Int.random(in: 0..<end, using: &self) }

    /// Noise, words of the formats in any order, or one of the examples with a few places changed.
    mutating func body(like examples: [[UInt8]], words: [[UInt8]]) -> [UInt8] {
        switch below(6) {
        case 0: return (0..<below(300)).map { _ in UInt8.random(in: 0...255, using: &self) }
        case 1: return (0..<below(60)).flatMap { _ in words.randomElement(using: &self) ?? [] }
        default:
            var body = examples.randomElement(using: &self) ?? []
            for _ in 0..<below(4) { change(&body, words) }
            return body
        }
    }

    private mutating func change(_ body: inout [UInt8], _ words: [[UInt8]]) {
        guard !body.isEmpty else { return }
        let place = below(body.count)
        switch below(6) {
        case 0: body.remove(at: place)
        case 1: body.removeSubrange(place..<min(body.count, place + below(20)))
        case 2: body[place] = UInt8.random(in: 0...255, using: &self)
        case 3: body.insert(contentsOf: words.randomElement(using: &self) ?? [], at: place)
        case 4: body.insert(contentsOf: body[place..<min(body.count, place + below(40))], at: place)
        default: body.removeLast(body.count - place)
        }
    }
}
