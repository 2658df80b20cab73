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

    /// What the org said of the day with its last answer decides when changes are asked for next.
    @Test func theConnectionSlowsDownBeforeItsShareIsUsed() async throws {
        let org = try Org()
        let crm = try await org.crm(["every": "20", "share": "80"])
        #expect(crm.freshness == 20)
        #expect(await crm.pause() == 20, "nothing is known yet")
        // Descriptions are asked for once.
        _ = try await crm.missing(["cm-1": "00T000000000001"])
        for (used, pause) in [(100, 20.0), (399, 20), (719, 100), (799, 3600)] {
            try await org.command(
                "configure", ["api_used": .number(Double(used)), "api_most": .number(1000)])
            // A question whose answer tells how much is used, itself counted.
            _ = try await crm.missing(["cm-1": "00T000000000001"])
            #expect(await crm.pause().rounded() == pause, "\(used)")
        }
    }
}
