import Testing

@testable import PhoneNumbers

/// The rules that must hold whatever the linked metadata says.
@Suite struct CountryRulesTests {
    /// What metadata 8.12.57 makes of Mexico's forms, and what 9.0.35 makes of them.
    @Test(arguments: [
        ("525512345678", nil),
        ("5215512345678", "525512345678"),
        ("52015512345678", "525512345678"),
        ("520445512345678", "525512345678"),
        ("520455512345678", "525512345678"),
        ("52155123456789", nil),
        ("521551234567", nil),
        ("4915512345678", nil),
    ]) func mexico(_ digits: String, _ canonical: String?) {
        #expect(CountryRules.canonical(digits) == canonical)
    }

    @Test(arguments: [
        // Argentina, Brazil, Italy: only towards a valid number.
        ("541112345678", false, true, "5491112345678"),
        ("541112345678", false, false, nil),
        ("5491112345678", true, true, nil),
        ("551161234560", false, true, "5511961234560"),
        ("551131234560", true, true, nil),
        ("39236618300", false, true, "390236618300"),
        ("393471234567", true, true, nil),
        ("390236618300", true, true, nil),
        // Benin: also where the library does not know the new numbers yet.
        ("22997123456", true, false, "2290197123456"),
        ("22997123456", false, true, "2290197123456"),
        ("2290197123456", true, true, nil),
        // Côte d'Ivoire: mobile by the second digit, landlines by the third.
        ("22501234567", false, true, "2250101234567"),
        ("22545234567", false, true, "2250545234567"),
        ("22509234567", false, true, "2250709234567"),
        ("22520834567", false, true, "2252120834567"),
        ("22520034567", false, true, "2252520034567"),
        ("22530634567", false, true, "2252730634567"),
        ("22501234567", false, false, nil),
        ("4930123456", true, true, nil),
    ]) func aliases(_ digits: String, _ isValid: Bool, _ othersAreValid: Bool, _ alias: String?) {
        let found = CountryRules.alias(of: digits, isValid: isValid) { _ in othersAreValid }
        #expect(found == alias)
    }

    @Test func beninsNewNumbersAreValidWhereTheOldOnesAre() {
        #expect(CountryRules.isValid("2290197123456") { $0 == "22997123456" })
        #expect(!CountryRules.isValid("2290297123456") { _ in true })
        #expect(!CountryRules.isValid("229019712345") { _ in true })
    }
}
