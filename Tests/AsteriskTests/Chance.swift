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
}
