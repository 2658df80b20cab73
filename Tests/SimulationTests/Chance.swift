/// Chance that is the same again for the same seed.
struct Chance: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ end: Int) -> Int { Int(next() % UInt64(end)) }

    /// True in `hundredths` of a hundred.
    mutating func happens(_ hundredths: Int) -> Bool { below(100) < hundredths }

    /// Between two numbers, in thousandths, so that it is written the same everywhere.
    mutating func between(_ low: Double, _ high: Double) -> Double {
        low + Double(below(Int((high - low) * 1000) + 1)) / 1000
    }

    mutating func one<T>(of list: [T]) -> T { list[below(list.count)] }
}
