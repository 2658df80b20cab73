package import PhoneSystem

extension AsteriskPhone {
    /// What its channels say now, read as after a connect by somebody who knows nothing.
    package func stock() async throws -> CallStock? {
        guard let connection else { return nil }
        let statuses = try await ask(try .status(id: nextAction()), on: connection)
        let phoneNow = try await clock(of: connection)
        var fresh = AsteriskCalls(system: system, lines: calls.lines, plan: calls.plan)
        _ = fresh.snapshot(statuses, at: phoneNow, lostAt: nil)
        return CallStock(system: system, legs: fresh.liveLegs, at: phoneNow)
    }
}
