import Foundation

/// Random inputs that can be had again: the seed is printed, and `CALLMATCH_SEED` sets it.
struct Chance: RandomNumberGenerator {
    private var state: UInt64

    init(purpose: String) {
        let chosen = ProcessInfo.processInfo.environment["CALLMATCH_SEED"].flatMap(UInt64.init)
        state = chosen ?? UInt64.random(in: 0...UInt64.max)
        print("\(purpose): CALLMATCH_SEED=\(state)")
    }

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ end: Int) -> Int { Int.random(in: 0..<end, using: &self) }
}
