import Testing

@testable import Salesforce

/// The following of changes leaves requests for calls.
struct BudgetTests {
    @Test(
        arguments: [
            (nil, 0.8, 60), ("api-usage=0/100000", 0.8, 60), ("api-usage=40000/100000", 0.8, 60),
            ("api-usage=60000/100000", 0.8, 120), ("api-usage=72000/100000", 0.8, 300),
            ("api-usage=79200/100000", 0.8, 3000), ("api-usage=80000/100000", 0.8, 3600),
            ("api-usage=100000/100000", 1, 3600), ("api-usage=200000/100000", 0.8, 3600),
            ("api-usage=1/100000", 0, 3600), ("api-usage=50000/100000", 5, 60),
            ("api-usage=1/100000", Double.nan, 3600),
        ] as [(String?, Double, Double)])
    func pauses(_ usage: String?, _ share: Double, _ seconds: Double) {
        let pause = OrgBudget(dailyShare: share).pause(usage: usage.flatMap(OrgUsage.init))
        #expect(pause.rounded() == seconds)
    }

    /// More used is never a shorter pause.
    @Test func itOnlyGrows() {
        let pauses = (0...1200).map {
            OrgBudget(dailyShare: 0.7).pause(usage: OrgUsage("api-usage=\($0)/1000"))
        }
        #expect(zip(pauses, pauses.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(pauses.allSatisfy { (60...3600).contains($0) })
    }
}
