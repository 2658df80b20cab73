import PhoneNumbers
import Testing

/// The rows of an index, the probes of a caller, and which of their meetings count.
@Suite struct IndexTests {
    private let plan = NumberingPlan(country: "DE")

    private func stored(_ text: String) -> [(entry: NumberIndexEntry, record: String)] {
        PhoneNumber(stored: text, plan: plan).indexEntries(plan: plan).map { ($0, text) }
    }

    private func found(_ caller: String, among fields: [String]) -> [String] {
        let probes = PhoneNumber(caller, plan: plan).probes(plan: plan)
        let hits = fields.flatMap(stored)
        return NumberProbe.bestTier(of: hits, probes: probes).map { "\($0.record) \($0.equality)" }
    }

    @Test func theBestTierHidesAllOthers() {
        let fields = ["+49 30 12345678", "+49 30 12345678 x5", "+49 30 123456-0"]
        #expect(found("+49 30 12345678", among: fields) == ["+49 30 12345678 exact"])
        #expect(found("+49 30 12345678;ext=5", among: fields) == ["+49 30 12345678 x5 exact"])
        #expect(
            found("+49 30 12345678;ext=6", among: fields) == [
                "+49 30 12345678 extension", "+49 30 12345678 x5 extension",
            ])
        #expect(found("+49 30 12345699", among: fields) == ["+49 30 123456-0 switchboard"])
        #expect(found("+49 30 1234", among: fields) == [])
    }

    @Test func allHitsOfATierAreReturned() {
        let fields = ["+49 30 12345678", "030 12345678", "030/123456-78", "0049 30 12345678"]
        #expect(found("+49 30 12345678", among: fields).count == 4)
    }

    @Test func aCutProbeFindsNoPlainNumber() {
        // 030 123456 is another subscriber than 030 12345678, and no block.
        #expect(found("+49 30 12345678", among: ["+49 30 123456", "+49 30 1234567"]) == [])
    }

    @Test func rowsOfOtherKeysDoNotCount() {
        let other = NumberIndexEntry(
            key: stored("+49 30 999999")[0].entry.key, equality: .exact, extension: nil)
        let probes = PhoneNumber("+49 30 123456", plan: plan).probes(plan: plan)
        #expect(NumberProbe.bestTier(of: [(entry: other, record: 1)], probes: probes).isEmpty)
    }

    @Test func probesComeInTheOrderOfTheTiersAndAreFew() {
        let callers = [
            "+49 30 12345678", "+54 11 1234 5678", "+55 11 9234 5678", "+39 2 3661 8300", "5754321",
            "+229 97 12 34 56",
        ]
        let plan = NumberingPlan(country: "DE", areaCode: "30")
        for caller in callers {
            let probes = PhoneNumber(caller, plan: plan).probes(plan: plan)
            #expect((1...9).contains(probes.count))
            #expect(probes.first?.equality == .exact)
            #expect(probes.map(\.equality).sorted() == probes.map(\.equality))
            #expect(Set(probes.map(\.key)).count == probes.count)
        }
    }

    @Test func whatIsNeverLookedUpHasNeitherRowsNorProbes() {
        for text in ["Anonymous", "1001", "112", "*43", "611", "---"] {
            let number = PhoneNumber(text, plan: NumberingPlan(country: "US"))
            #expect(!number.isLookedUp)
            #expect(number.probes(plan: plan).isEmpty && number.indexEntries(plan: plan).isEmpty)
        }
        #expect(PhoneNumber("MyBank", plan: plan).probes(plan: plan).count == 1)
    }

    @Test func theOrderOfTheTiers() {
        #expect(
            NumberEquality.allCases.sorted().map(\.rawValue) == [
                "exact", "extension", "alias", "reading", "switchboard", "assumed-area",
            ])
        #expect(NumberEquality.allCases.map(\.tier) == [1, 2, 3, 4, 5, 6])
    }

    @Test func twoPlansCanBeCompared() {
        let german = PhoneNumber("030 123456", plan: plan)
        let britishPlan = NumberingPlan(country: "GB")
        let british = PhoneNumber("0049 30 123456", plan: britishPlan)
        #expect(PhoneNumber.compare(german, plan: plan, british, plan: britishPlan) == .exact)
    }

    /// A local number stays one when it is stored before the site's area code is configured.
    @Test func theAreaCodeIsThePlansOfTheLookup() {
        let local = PhoneNumber("123456", plan: plan)
        let later = NumberingPlan(country: "DE", areaCode: "030")
        let entries = local.indexEntries(plan: later)
        #expect(entries.map(\.equality) == [.exact, .assumedArea])
        #expect(local.indexEntries(plan: plan).map(\.equality) == [.exact])
        #expect(local.indexEntries(plan: NumberingPlan(country: "US", areaCode: "415")).count == 1)
    }
}
