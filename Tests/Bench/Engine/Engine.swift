import Foundation

/// What is measured inside of the process, each beside its comparison in the same run.
@main
struct Engine {
    static func main() async throws {
        switch CommandLine.arguments.dropFirst().first {
        case "events": try await DurableEvents().run()
        case "lookup": try await Lookups().run()
        case "ami": try AMIStreams().run()
        default:
            Progress.say("Say what to measure: events, lookup or ami.")
            exit(2)
        }
    }
}

/// Everything that is not a result goes to standard error.
enum Progress {
    static func say(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }
}

/// One line of the output of `script/bench`.
struct Figure: Encodable {
    let name: String
    let unit: String
    let ours: Double
    let other: Double
    /// How many times better ours is.
    let ratio: Double
    /// Measurements of ours.
    let n: Int
    let notes: String

    /// - Parameter moreIsBetter: false for times.
    init(
        _ name: String, unit: String, ours: Double, other: Double, moreIsBetter: Bool = false,
        n: Int, notes: String
    ) {
        func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
        self.name = name
        self.unit = unit
        self.ours = rounded(ours)
        self.other = rounded(other)
        ratio = rounded(moreIsBetter ? ours / other : other / ours)
        self.n = n
        self.notes = notes
    }

    func show() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        FileHandle.standardOutput.write(try encoder.encode(self) + Data("\n".utf8))
    }
}

extension [Double] {
    /// The nearest-rank percentile; 0 of nothing.
    func percentile(_ part: Double) -> Double {
        let sorted = sorted()
        guard !sorted.isEmpty else { return 0 }
        let rank = Int((part * Double(sorted.count)).rounded(.up))
        return sorted[Swift.max(rank, 1) - 1]
    }

    var median: Double { percentile(0.5) }
}

extension Duration {
    var milliseconds: Double {
        Double(components.seconds) * 1000 + Double(components.attoseconds) / 1e15
    }
}

/// A folder for a store, on the disk where a store would lie, gone afterwards.
func withFolder(_ body: (String) async throws -> Void) async throws {
    let base = ProcessInfo.processInfo.environment["CALLMATCH_BENCH_FOLDER"] ?? "/var/tmp"
    let folder = "\(base)/callmatch-bench-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try await body(folder)
}
