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

    /// One of the examples with a few characters changed, dropped or doubled, or noise.
    mutating func text(like examples: [String]) -> String {
        guard let example = examples.randomElement(using: &self), below(4) > 0 else {
            return String(
                decoding: (0..<below(200)).map { _ in UInt8.random(in: 0...255, using: &self) },
                as: UTF8.self)
        }
        var bytes = Array(example.utf8)
        for _ in 0...below(3) where !bytes.isEmpty {
            let place = below(bytes.count)
            switch below(4) {
            case 0: bytes.remove(at: place)
            case 1: bytes.insert(bytes[place], at: place)
            case 2: bytes.insert(UInt8(ascii: ","), at: place)
            default: bytes[place] = UInt8.random(in: 32...126, using: &self)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
