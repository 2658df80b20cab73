import Foundation

/// Answers that are kept for a while: so many at most, and none for longer than it may be.
///
/// The time is an argument of each call. An answer "from the future" is a new one: two calls can have read the clock in
/// another order than they came here.
struct Kept<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let most: Int
    private let seconds: Double
    private var entries: [Key: (value: Value, at: Date)] = [:]

    init(most: Int, seconds: Double) {
        self.most = most
        self.seconds = seconds
    }

    /// - Parameter seconds: how old it may be, where that is less than what is kept.
    func value(_ key: Key, now: Date, within seconds: Double? = nil) -> Value? {
        entry(key, now: now, within: seconds)?.value
    }

    func entry(_ key: Key, now: Date, within seconds: Double? = nil) -> (value: Value, at: Date)? {
        guard let entry = entries[key],
            now.timeIntervalSince(entry.at) < min(seconds ?? self.seconds, self.seconds)
        else { return nil }
        return entry
    }

    mutating func keep(_ value: Value, for key: Key, now: Date) {
        entries[key] = (value, now)
        guard entries.count > most else { return }
        entries = entries.filter { now.timeIntervalSince($0.value.at) < seconds }
        guard entries.count > most else { return }
        // Half of them at once, so that it is rare.
        let newest = entries.sorted { $0.value.at > $1.value.at }.prefix(max(1, most / 2))
        entries = Dictionary(uniqueKeysWithValues: newest.map { ($0.key, $0.value) })
    }

    mutating func forget(where isGone: (Key) -> Bool) {
        entries = entries.filter { !isGone($0.key) }
    }

    var count: Int { entries.count }

    /// The newest first, none that is too old.
    func all(now: Date, within seconds: Double, where fits: (Key) -> Bool) -> [Value] {
        entries.filter { fits($0.key) && now.timeIntervalSince($0.value.at) < seconds }
            .sorted { $0.value.at > $1.value.at }.map(\.value.value)
    }
}
