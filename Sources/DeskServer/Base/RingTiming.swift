import AgentDesk
import Foundation
import Synchronization

/// How long it took from the receipt of a ring to its frame on an agent's stream.
final class RingTiming: Sendable {
    /// The latest measurements, in milliseconds; a thousand are enough for a 99th percentile.
    private static let most = 1000
    /// Upper ends of the chart's bars, in milliseconds.
    static let bounds: [Double] = [5, 10, 20, 50, 100, 200, 500, 1000]

    private let samples = Mutex<[Double]>([])

    struct Summary: Encodable, Sendable {
        struct Bucket: Encodable, Sendable {
            /// `nil` in the last bucket: everything above.
            let le: Double?
            let count: Int
        }

        let p50: Double?
        let p95: Double?
        let p99: Double?
        let unit: String
        let count: Int
        let buckets: [Bucket]
    }

    /// Notes calls that this window shows for the first time while they ring. A call that began before the
    /// window was opened says nothing.
    func note(_ calls: [CallView], known: inout Set<String>, now: Date) {
        let ringing = calls.filter { $0.state == .ringing }
        for call in ringing where known.insert(call.id).inserted {
            let milliseconds = now.timeIntervalSince(call.receivedAt) * 1000
            guard milliseconds >= 0, milliseconds < 5000 else { continue }
            samples.withLock { samples in
                if samples.count >= Self.most { samples.removeFirst() }
                samples.append(milliseconds)
            }
        }
    }

    var summary: Summary {
        let sorted = samples.withLock { $0.sorted() }
        func percentile(_ part: Double) -> Double? {
            guard !sorted.isEmpty else { return nil }
            let place = Int((Double(sorted.count - 1) * part).rounded(.up))
            return (sorted[place] * 100).rounded() / 100
        }
        var lower = -Double.infinity
        var buckets = Self.bounds.map { upper in
            defer { lower = upper }
            return Summary.Bucket(
                le: upper, count: sorted.count { $0 > lower && $0 <= upper })
        }
        buckets.append(.init(le: nil, count: sorted.count { $0 > lower }))
        return Summary(
            p50: percentile(0.5), p95: percentile(0.95), p99: percentile(0.99), unit: "ms",
            count: sorted.count, buckets: buckets)
    }
}
