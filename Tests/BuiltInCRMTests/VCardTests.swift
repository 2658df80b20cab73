import BuiltInCRM
import Records
import Testing

@Suite struct VCardTests {
    private func cards(_ name: String) throws -> [VCard] {
        try VCard.all(in: ImportText(try fixture(name), isCard: true))
    }

    @Test func threePointZero() throws {
        let cards = try cards("apple-3.0.vcf")
        #expect(cards.count == 2)
        let marie = try #require(cards.first)
        #expect(
            [marie.firstName, marie.middleName, marie.lastName] == ["Marie", "Salomea", "Curie"])
        #expect(marie.company == "Institut du Radium")
        #expect(marie.title == "Directrice, Chimie")
        #expect(marie.emails == ["marie@radium.example"])
        #expect(
            marie.numbers.map { "\($0.field.rawValue) \($0.text)" } == [
                "mobilePhone +33 6 39 98 11 11", "phone +33 1 99 00 11 11",
                "phone +33 1 99 00 11 13",
            ])
        #expect([marie.city, marie.country] == ["Paris", "France"])
        #expect(marie.id == "urn:uuid:4fbe8971-0bc3")
        #expect(marie.unknown == ["PHOTO"])
        #expect(cards[1].isOrganisation)
        #expect(cards[1].company == "Café Central")
    }

    @Test func twoPointOne() throws {
        let cards = try cards("nokia-2.1.vcf")
        #expect(cards.count == 1)
        let card = try #require(cards.first)
        #expect([card.firstName, card.lastName] == ["Joëlle", "Łuczak"])
        #expect(card.company == "Müller")
        #expect(card.numbers.map(\.field) == [.mobilePhone, .homePhone])
        #expect(card.numbers.map(\.text) == ["0171 3920058", "030 23125080"])
    }

    @Test func fourPointZero() throws {
        let card = try #require(try cards("card-4.0.vcf").first)
        #expect([card.firstName, card.lastName] == ["Alan", "Turing"])
        #expect(card.numbers.map(\.text) == ["+44-20-7946-0123 ext. 102", "+447700900124"])
        #expect(card.numbers.map(\.field) == [.phone, .mobilePhone])
    }

    @Test func aFoldInsideALetterIsMended() throws {
        let folded =
            Array("BEGIN:VCARD\r\nFN:J".utf8) + [0xC3] + Array("\r\n ".utf8) + [0xBC]
            + Array("rgen\r\nEND:VCARD\r\n".utf8)
        let card = try #require(try VCard.all(in: ImportText(folded, isCard: true)).first)
        #expect(card.fullName == "Jürgen")
    }

    /// Whatever the bytes, it ends with cards or with a failure.
    @Test(arguments: 0..<100)
    func anyBytesAreReadOrRefused(_ seed: UInt64) throws {
        let pieces = [
            "BEGIN:VCARD\n", "END:VCARD\n", "TEL;", "TYPE=", "ENCODING=QUOTED-PRINTABLE:", "=4",
            "=\n",
            ";", ":", "\"", "\\", " x", "\n", "N:a;b", "item1.", "CHARSET=ISO-8859-1", "ü",
        ]
        var state = seed
        var text = "BEGIN:VCARD\n"
        for _ in 0..<120 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            text += pieces[Int((state >> 33) % UInt64(pieces.count))]
        }
        let bytes = try ImportText(Array((text + "\nEND:VCARD\n").utf8), isCard: true)
        for card in (try? VCard.all(in: bytes)) ?? [] { #expect(card.numbers.count < 200) }
    }

    @Test func aCardThatDoesNotEndIsRefused() {
        let bytes = Array("BEGIN:VCARD\nFN:Ada\nEND:VCARD\nBEGIN:VCARD\nFN:Ben\n".utf8)
        #expect(throws: ImportFailure.notACard(card: 2, "END:VCARD is missing")) {
            try VCard.all(in: ImportText(bytes, isCard: true))
        }
    }
}
