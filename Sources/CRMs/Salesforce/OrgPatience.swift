/// How long an agent waits for the org.
enum OrgPatience {
    /// - Throws: `OrgFault.unanswered` when the time is over; the work is cancelled then.
    static func within<Answer: Sendable>(
        _ seconds: Double, _ work: @escaping @Sendable () async throws(OrgFault) -> Answer
    ) async throws(OrgFault) -> Answer {
        let late = OrgFault.unanswered("it takes longer than \(seconds) seconds")
        let first = await withTaskGroup(of: Result<Answer, OrgFault>.self) { group in
            group.addTask {
                do throws(OrgFault) {
                    return .success(try await work())
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                try? await ContinuousClock().sleep(for: .seconds(seconds))
                return .failure(late)
            }
            defer { group.cancelAll() }
            return await group.next() ?? .failure(late)
        }
        return try first.get()
    }
}

extension OrgFault {
    /// The org is away, or answers nothing that is of use: what it said last may stand for it.
    var isAway: Bool {
        switch self {
        case .unanswered, .garbled: true
        case .needsConsent: false
        case .refused(let refusal):
            if case .retry = Remedy(refusal) { true } else { false }
        }
    }
}
