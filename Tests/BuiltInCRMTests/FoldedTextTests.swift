import BuiltInCRM
import Testing

@Suite struct FoldedTextTests {
    @Test(arguments: [
        ("Łukasz O’Neill-Grüße", "lukasz o neill grusse"),
        ("  Müller & Söhne, GmbH ", "muller sohne gmbh"),
        ("Đorđe Æbeltoft Œuvre Þór", "dorde aebeltoft oeuvre thor"),
        ("ÅNGSTRÖM", "angstrom"), ("Yıldız", "yildiz"), ("東京 2", "東京 2"), ("—", ""), ("", ""),
    ])
    func isPlain(_ text: String, _ plain: String) {
        #expect(FoldedText(text).description == plain)
    }

    @Test(arguments: [
        ("Müller", "muller mueller"), ("O'Neill", "o neill oneill"), ("Smith", "smith"),
        ("Strauß", "strauss"),
    ])
    func isIndexedAsPeopleTypeIt(_ text: String, _ words: String) {
        #expect(FoldedText.indexed(text) == words)
    }
}

@Suite struct PersonNameTests {
    @Test(
        arguments: [
            ("M HUBER", "M Huber"), ("Ada Lovelace", "Ada Lovelace"), ("WIRELESS CALLER", nil),
            ("Unknown", nil), ("+49 30 123", nil), ("", nil), ("ÉLODIE O'NEILL", "Élodie O'neill"),
        ] as [(String, String?)])
    func isTakenFromACall(_ presented: String, _ whole: String?) {
        #expect(PersonName(presented: presented)?.whole == whole)
    }

    @Test(
        arguments: [
            ("Ada Lovelace", nil, "Ada", "Lovelace"),
            ("Lovelace, Ada", nil, "Ada", "Lovelace"),
            ("Dr. Ada Lovelace", "Dr.", "Ada", "Lovelace"),
            ("Ludwig van Beethoven", nil, "Ludwig", "van Beethoven"),
            ("Maria de la Cruz", nil, "Maria", "de la Cruz"),
            ("von der Heide, Anna", nil, "Anna", "von der Heide"),
            ("Madonna", nil, nil, "Madonna"),
            ("Herr Schmidt", "Mr.", nil, "Schmidt"),
            ("", nil, nil, ""),
        ] as [(String, String?, String?, String)])
    func isRead(_ text: String, _ salutation: String?, _ first: String?, _ last: String) {
        #expect(PersonName(text) == PersonName(salutation: salutation, first: first, last: last))
    }
}
