import SeededChance

/// Chance that is the same again for the same seed.
struct Chance: RandomNumberGenerator {
    private var numbers: SplitMix64

    init(seed: UInt64) { numbers = SplitMix64(seed: seed) }

    mutating func next() -> UInt64 { numbers.next() }

    mutating func below(_ end: Int) -> Int { Int(next() % UInt64(end)) }

    /// True in `hundredths` of a hundred.
    mutating func happens(_ hundredths: Int) -> Bool { below(100) < hundredths }

    /// Between two numbers, in thousandths, so that it is written the same everywhere.
    mutating func between(_ low: Double, _ high: Double) -> Double {
        low + Double(below(Int((high - low) * 1000) + 1)) / 1000
    }

    mutating func one<T>(of list: [T]) -> T { list[below(list.count)] }
}
