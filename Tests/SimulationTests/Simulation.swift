import Foundation

/// What came of a scenario.
struct Outcome: Sendable {
    let complaints: [String]
    /// SHA-256 of the trace.
    let digest: String
    let trace: [String]
    let processes: Int
    let acknowledged: Int
    let calls: Int
    let filed: Int
}

extension Scenario {
    /// Plays it from the beginning, on a new disk.
    func play(onDiskThatLies lies: Bool = false) async throws -> Outcome {
        let world = try await World()
        if lies { world.disk.lie() }
        do {
            for step in steps { try await world.play(step) }
            try await world.heal()
            try await world.check()
        } catch {
            await world.complain("\(error)")
        }
        await world.close()
        return await world.outcome
    }

    /// The same fault with as little as possible around it: steps are taken away in ever smaller pieces (Zeller,
    /// Hildebrandt: Simplifying and isolating failure-inducing input, 2002).
    ///
    /// - Parameter fails: whether the fault is still there.
    func shrunk(while fails: (Scenario) async throws -> Bool) async throws -> Scenario {
        var best = self
        var size = max(1, steps.count / 2)
        while size >= 1 {
            var at = 0
            while at < best.steps.count {
                var fewer = best
                fewer.steps.removeSubrange(at..<min(at + size, fewer.steps.count))
                if try await fails(fewer) { best = fewer } else { at += size }
            }
            size = size == 1 ? 0 : size / 2
        }
        return best
    }

    /// As it stands in a file.
    var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let lines = try steps.map { String(decoding: try encoder.encode($0), as: UTF8.self) }
            return """
                {"seed": \(seed), "steps": [
                  \(lines.joined(separator: ",\n  "))
                ]}
                """
        }
    }

    init(file: URL) throws {
        self = try JSONDecoder().decode(Scenario.self, from: Data(contentsOf: file))
    }
}

extension World {
    var outcome: Outcome {
        Outcome(
            complaints: complaints, digest: digest, trace: trace, processes: processes,
            acknowledged: phones.acknowledged.count, calls: phones.calls, filed: crm.kept.count)
    }
}
