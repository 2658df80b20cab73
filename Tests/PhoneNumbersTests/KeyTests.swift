import Foundation
import PhoneNumbers
import Testing

@Suite struct KeyTests {
    private let plan = NumberingPlan(country: "DE")

    private func key(_ text: String, country: String = "DE") -> NumberKey? {
        PhoneNumber(text, plan: NumberingPlan(country: country, extensionLengths: 2...6)).key
    }

    @Test func aSubscribersKeyIsItsDigits() {
        #expect(key("+49 30 1234567")?.rawValue == 1 << 60 | 49_301_234_567)
        #expect(key("+49 30 1234567")?.space == .subscriber)
        #expect(key("+39 02 3661 8300")?.rawValue == 1 << 60 | 390_236_618_300)
    }

    @Test func leadingZerosCount() {
        #expect(key("0123") != key("123"))
        #expect(key("*0123") != key("*123"))
    }

    @Test func spacesAreNeverEqual() {
        let keys = ["123", "*123", "112", "abc", "+49 123 456789"].map { key($0) }
        #expect(Set(keys.map { $0?.space }).count == 5)
        #expect(Set(keys).count == 5)
    }

    @Test func sendersAreFoldedAndExact() {
        #expect(key("NHS-NoReply") == key("nhs-noreply"))
        #expect(key("NHS-NoReply") != key("NHS NoReply"))
        // Twelve letters once overflowed 64 bits.
        #expect(key("zzzzzzzzzzzz") != key("zzzzzzzzzzz") && key("zzzzzzzzzzzz") != nil)
        #expect(key("Ünïcode Bank") == key("ünïcode bank"))
        #expect(key("a very long sender indeed") != key("a very long sender inded"))
    }

    @Test func storedKeysAreThemselvesAgain() throws {
        for text in ["+49 30 123456", "1001", "112", "*43", "MyBank"] {
            let made = try #require(key(text))
            #expect(made.stored > 0)
            #expect(NumberKey(stored: made.stored) == made)
            #expect(NumberKey(rawValue: made.rawValue) == made)
        }
    }

    @Test(arguments: [0, 1 << 60, 5 << 60, 6 << 60 | 1, 42, UInt64.max] as [UInt64])
    func impossibleValuesAreRefused(_ value: UInt64) {
        #expect(NumberKey(rawValue: value) == nil)
    }

    @Test func moreThanFifteenDigitsHaveNoKey() {
        #expect(PhoneNumber("+49 30 123456789012", plan: plan).kind == .unusable)
    }

    @Test func numbersAreEqualByKindAndKey() {
        let forms = ["030 123456", "+49 (0)30 123456", "0049-30-123456", "tel:+4930123456"]
        #expect(Set(forms.map { PhoneNumber($0, plan: plan) }).count == 1)
        let withheld = PhoneNumber("Anonymous", plan: plan)
        #expect(withheld != PhoneNumber("Private", plan: plan))
        #expect(withheld == PhoneNumber("Anonymous", plan: plan))
        #expect(PhoneNumber("030 123456 x1", plan: plan) == PhoneNumber("030 123456", plan: plan))
    }

    @Test(arguments: [
        "030 123456 x12", "+39 2 3661 8300", "5754321", "Anonymous", "1001", "MyBank",
    ])
    func codingKeepsEverything(_ text: String) throws {
        let later = NumberingPlan(country: "DE", areaCode: "30")
        let number = PhoneNumber(text, plan: plan)
        let copy = try JSONDecoder().decode(
            PhoneNumber.self, from: try JSONEncoder().encode(number))
        #expect(copy == number)
        #expect(copy.presented == number.presented && copy.formatted == number.formatted)
        #expect(copy.e164 == number.e164 && copy.extension == number.extension)
        #expect(copy.probes(plan: later) == number.probes(plan: later))
        #expect(copy.indexEntries(plan: later) == number.indexEntries(plan: later))
    }

    @Test func canonicalForm() {
        let number = PhoneNumber(e164: "+4930123456")
        #expect(number == PhoneNumber("030 123456", plan: plan))
        #expect(number?.e164 == "+4930123456" && number?.isValid == true && number?.region == nil)
        #expect(PhoneNumber(e164: "+550166131860")?.e164 == "+550166131860")
        #expect(PhoneNumber(e164: "+5215512345678")?.e164 == "+525512345678")
        for text in [
            "", "+", "4930123456", "+49 30 123456", "+4930123456x1", "+1911",
            "+1234567890123456", "+٤٩٣٠١٢٣٤٥٦", "+0000",
        ] {
            #expect(PhoneNumber(e164: text) == nil, "\(text)")
        }
    }

    @Test func theWithheldNumberSaysNothing() {
        #expect(PhoneNumber.withheld.kind == .withheld && PhoneNumber.withheld.presented.isEmpty)
        #expect(!PhoneNumber.withheld.isLookedUp && PhoneNumber.withheld.key == nil)
    }
}
