import PhoneNumbers
import Testing

/// Every form in which numbers arrive, and the tier of each beside a stored number.
@Suite struct ReadingTests {
    struct Case: CustomTestStringConvertible {
        let name: String
        let text: String
        let plan: NumberingPlan
        let kind: String
        let e164: String
        let `extension`: String
        let partner: String
        let tier: String

        init(_ cells: [String]) {
            name = cells[0]
            text = Table.unescaped(cells[1])
            plan = Self.plan(country: cells[2], settings: cells[3])
            kind = cells[4]
            e164 = cells[5]
            `extension` = cells[6]
            partner = cells[7]
            tier = cells[8]
        }

        var testDescription: String { "\(name): \(text.debugDescription) (\(plan.country))" }

        private static func plan(country: String, settings: String) -> NumberingPlan {
            var plan = NumberingPlan(country: country)
            let parts = settings.split(separator: "=").map(String.init)
            switch parts.first {
            case "area": plan.areaCode = parts[1]
            case "outside": plan.outsideLinePrefixes = [parts[1]]
            case "own": plan.ownExtensions = [parts[1]]
            case "international": plan.internationalWithoutPlus = true
            case "rewrite":
                let sides = parts[1].split(separator: ">").map(String.init)
                plan.trunkPrefixes = [TrunkRewrite(prefix: sides[0], replacement: sides[1])]
            case "lengths":
                let ends = parts[1].split(separator: "-").compactMap { Int($0) }
                plan.extensionLengths = ends[0]...ends[1]
            default: #expect(settings.isEmpty, "unknown setting")
            }
            return plan
        }
    }

    static let cases = Table.rows("readings").map(Case.init)

    @Test func theTableIsThere() {
        #expect(Self.cases.count == 247)
        #expect(Set(Self.cases.map(\.name)).count >= 40)
    }

    @Test(arguments: cases) func isReadAs(_ row: Case) {
        let number = PhoneNumber(row.text, plan: row.plan)
        #expect(number.kind.rawValue == row.kind)
        if row.e164 != "?" { #expect(number.e164 ?? "" == row.e164) }
        #expect(number.extension ?? "" == row.extension)
        #expect(number.presented == row.text)
        let isWithoutKey = number.kind == .withheld || number.kind == .unusable
        #expect((number.key == nil) == isWithoutKey)
    }

    @Test(arguments: cases) func hasTheTier(_ row: Case) {
        let number = PhoneNumber(row.text, plan: row.plan)
        let partner = PhoneNumber(stored: row.partner, plan: row.plan)
        let equality = PhoneNumber.compare(number, partner, plan: row.plan)
        #expect(equality?.rawValue ?? "none" == row.tier)
        #expect(equality == PhoneNumber.compare(partner, number, plan: row.plan))
    }

    /// The comparison is the lookup: a caller finds a stored number at exactly the tier that
    /// `compare` names, wherever the stored one is a stored one.
    @Test(arguments: cases) func isFoundInAnIndexAtTheSameTier(_ row: Case) {
        let caller = PhoneNumber(row.text, plan: row.plan)
        let stored = PhoneNumber(stored: row.partner, plan: row.plan)
        let probes = caller.probes(plan: row.plan)
        let hits = stored.indexEntries(plan: row.plan).map { (entry: $0, record: "stored") }
        let best = NumberProbe.bestTier(of: hits, probes: probes).map(\.equality).min()
        if caller.isLookedUp {
            #expect(best?.rawValue ?? "none" == row.tier)
        } else {
            #expect(probes.isEmpty && best == nil)
        }
    }
}
