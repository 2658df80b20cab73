import PhoneNumbers
import Testing

@Suite struct FieldTests {
    @Test(arguments: Table.rows("fields")) func splits(_ cells: [String]) {
        let plan = NumberingPlan(country: cells[1])
        let numbers = PhoneNumber.split(Table.unescaped(cells[0]), plan: plan)
        let found = numbers.map { number in
            switch number.kind {
            case .withheld, .unusable: number.kind.rawValue
            case .subscriber, .internal, .short, .emergency, .service, .textSender:
                described(number)
            }
        }
        #expect(found.joined(separator: "|") == cells[2])
    }

    private func described(_ number: PhoneNumber) -> String {
        let text =
            number.e164 ?? number.presented.replacing(" ext \(number.extension ?? "")", with: "")
        return text + (number.extension.map { ";ext=" + $0 } ?? "")
    }

    @Test func theWholeFieldIsKeptWhereItIsOneNumber() {
        let field = "  030/123456 (Zentrale)\n"
        let numbers = PhoneNumber.split(field, plan: NumberingPlan(country: "DE"))
        #expect(numbers.map(\.presented) == [field])
    }

    @Test func aFieldHasNoMoreThanSixteenNumbers() {
        let field = (10..<30).map { "030 1234\($0)" }.joined(separator: "|")
        let numbers = PhoneNumber.split(field, plan: NumberingPlan(country: "DE"))
        #expect(numbers.count == 16)
        #expect(numbers.first?.e164 == "+4930123410")
    }

    @Test func trunkRulesDoNotHoldInFields() {
        let plan = NumberingPlan(
            country: "DE", outsideLinePrefixes: ["0"],
            trunkPrefixes: [TrunkRewrite(prefix: "030", replacement: "+1")],
            internationalWithoutPlus: true)
        #expect(PhoneNumber(stored: "030 123456", plan: plan).e164 == "+4930123456")
        #expect(PhoneNumber(stored: "491713369876", plan: plan).e164 == "+49491713369876")
        #expect(PhoneNumber(stored: "4711", plan: plan).kind == .subscriber)
    }
}
