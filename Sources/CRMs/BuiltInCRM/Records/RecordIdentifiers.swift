package import Records
import Synchronization

/// Where new ids come from: short, opaque, safe in addresses, such as "c-0k3v9xq2m7fa".
///
/// The first letter says the kind; nothing else can be read from an id.
package struct RecordIdentifiers: Sendable {
    private let number: @Sendable () -> UInt64

    /// - Parameter number: a new one with each call; its lowest 60 bits are used.
    package init(_ number: @escaping @Sendable () -> UInt64) {
        self.number = number
    }

    /// 60 random bits: two of a million records are the same with a chance of one in two million.
    package static let random = RecordIdentifiers { UInt64.random(in: 0...UInt64.max) }

    /// One after the other, for tests.
    package static func sequence(from first: UInt64 = 1) -> RecordIdentifiers {
        let next = Mutex(first)
        return RecordIdentifiers {
            next.withLock { value in
                defer { value += 1 }
                return value
            }
        }
    }

    package func next(_ kind: RecordID.Kind) -> String { next(letter: kind.letter) }

    func next(letter: Character) -> String {
        var rest = number()
        var text = ""
        for _ in 0..<12 {
            text.append(Self.alphabet[Int(rest & 31)])
            rest >>= 5
        }
        return "\(letter)-" + String(text.reversed())
    }

    /// Without letters that are read as digits.
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz")
}
