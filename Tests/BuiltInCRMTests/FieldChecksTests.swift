import BuiltInCRM
import Records
import Testing

@Suite struct FieldChecksTests {
    private func field(_ name: FieldName, _ kind: RecordID.Kind) throws -> FieldDefinition {
        try #require(FieldDefinition.named(name, of: kind))
    }

    @Test(
        arguments: [
            (FieldName.lastName, RecordID.Kind.contact, "  Lovelace ", "Lovelace"),
            (.phone, .contact, "call\u{0} me\n", "call  me"),
            (.email, .contact, "ada@engines.example", "ada@engines.example"),
            (.closeDate, .opportunity, "2026-12-31", "2026-12-31"),
            (.amount, .opportunity, "1,234.50", "1234.5"),
            (.amount, .opportunity, "1.234,50", "1234.5"),
            (.amount, .opportunity, "EUR 1.234", "1234"), (.amount, .opportunity, "-12,5", "-12.5"),
            (.amount, .opportunity, "1 234 567", "1234567"), (.amount, .opportunity, "", nil),
            (.stage, .opportunity, "Proposal", "Proposal"),
            (.description, .case, "one\ntwo", "one\ntwo"),
        ] as [(FieldName, RecordID.Kind, String, String?)])
    func isKept(_ name: FieldName, _ kind: RecordID.Kind, _ typed: String, _ kept: String?) throws {
        #expect(try field(name, kind).checked(typed) == kept)
    }

    @Test(
        arguments: [
            (FieldName.lastName, RecordID.Kind.contact, " ", "Fill in Last Name."),
            (.email, .contact, "ada@", "“ada@” is not an email address."),
            (.email, .contact, "ada @x.example", "“ada @x.example” is not an email address."),
            (
                .closeDate, .opportunity, "31.12.2026",
                "Write Close Date as year-month-day, such as 2026-12-31."
            ),
            (
                .closeDate, .opportunity, "2026-02-30",
                "Write Close Date as year-month-day, such as 2026-12-31."
            ),
            (.amount, .opportunity, "a lot", "“a lot” is not an amount."),
            (.stage, .opportunity, "Somewhere", nil),
            (
                .title, .contact, String(repeating: "x", count: 256),
                "Title is longer than 255 characters."
            ),
        ] as [(FieldName, RecordID.Kind, String, String?)])
    func isRefused(
        _ name: FieldName, _ kind: RecordID.Kind, _ typed: String, _ reason: String?
    ) throws {
        let definition = try field(name, kind)
        let refusal = #expect(throws: RecordRefusal.self) { try definition.checked(typed) }
        #expect(refusal?.field == name.rawValue)
        if let reason { #expect(refusal?.description == reason) }
    }

    @Test func aChoiceThatWasMadeBeforeMayStay() throws {
        let stage = try field(.stage, .opportunity)
        #expect(try stage.checked("Perception Analysis", stored: "Perception Analysis") != nil)
    }
}
