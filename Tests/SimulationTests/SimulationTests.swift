import Foundation
import Testing

/// The whole product under one seed: intake, fold, desk commands, log and delivery, while processes end, the power is cut,
/// the disk is full, the clock jumps, messages and answers are lost, and the CRM refuses.
///
/// CALLMATCH_SEED   the first seed; the same seed is the same run
/// CALLMATCH_SEEDS  how many
/// CALLMATCH_TWICE  how many are played twice
@Suite(.timeLimit(.minutes(60))) struct SimulationTests {
    static let environment = ProcessInfo.processInfo.environment
    static let first = UInt64(environment["CALLMATCH_SEED"] ?? "") ?? 1
    static let count = UInt64(environment["CALLMATCH_SEEDS"] ?? "") ?? 40
    static let twice = UInt64(environment["CALLMATCH_TWICE"] ?? "") ?? 4

    @Test func whatWasPromisedIsKept() async throws {
        var (processes, acknowledged, calls, filed) = (0, 0, 0, 0)
        for seed in Self.first..<Self.first + Self.count {
            let scenario = Scenario(seed: seed)
            let outcome = try await scenario.play()
            processes += outcome.processes
            acknowledged += outcome.acknowledged
            calls += outcome.calls
            filed += outcome.filed
            guard !outcome.complaints.isEmpty else { continue }
            let shrunk = try await scenario.shrunk { try await !$0.play().complaints.isEmpty }
            let left = try await shrunk.play().complaints
            Issue.record(
                """
                CALLMATCH_SEED=\(seed) CALLMATCH_SEEDS=1: \(outcome.complaints)
                As short as it gets, for Fixtures: \(left)
                \(try shrunk.json)
                """)
            break
        }
        print(
            """
            \(Self.count) seeds: \(processes) processes, \(acknowledged) messages, \(calls) calls, \
            \(filed) logs
            """)
    }

    /// What once broke a promise, and does not any more.
    @Test(arguments: try scenarios())
    func whatWasBrokenIsMended(_ name: String, _ scenario: Scenario) async throws {
        let outcome = try await scenario.play()
        #expect(outcome.complaints == [], "\(name)")
    }

    private static func scenarios() throws -> [(String, Scenario)] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Fixtures")
        let files = try FileManager.default.contentsOfDirectory(
            at: folder, includingPropertiesForKeys: nil)
        return try files.filter { $0.pathExtension == "json" }
            .sorted { $0.path < $1.path }
            .map { ($0.deletingPathExtension().lastPathComponent, try Scenario(file: $0)) }
    }

    /// The control: on a disk that says "synced" and keeps nothing, promises break, and the check sees it.
    @Test func aDiskThatLiesIsNoticed() async throws {
        var noticed = 0
        for seed in Self.first..<Self.first + 10 {
            var scenario = Scenario(seed: seed)
            let half = scenario.steps.count / 2
            scenario.steps.insert(.end(after: 1, power: seed), at: half)
            scenario.steps.insert(.pass(1), at: half + 1)
            let honest = try await scenario.play()
            #expect(honest.complaints == [], "seed \(seed)")
            let lying = try await scenario.play(onDiskThatLies: true)
            noticed += lying.complaints.isEmpty ? 0 : 1
        }
        #expect(noticed >= 5)
    }

    @Test func theSameSeedIsTheSameRun() async throws {
        var same = 0
        for seed in Self.first..<Self.first + Self.twice {
            let scenario = Scenario(seed: seed)
            let (one, two) = (try await scenario.play(), try await scenario.play())
            guard one.digest != two.digest else {
                same += 1
                continue
            }
            let differing = zip(one.trace, two.trace).first { $0.0 != $0.1 }
            Issue.record("seed \(seed): \(differing?.0 ?? "?") is not \(differing?.1 ?? "?")")
        }
        print("\(same) of \(Self.twice) seeds played twice are the same run")
    }
}
