import Foundation

/// What an import takes from one vCard (2.1, 3.0 or 4.0).
package struct VCard: Hashable, Sendable {
    package struct Number: Hashable, Sendable {
        package let field: FieldName
        package let text: String
    }

    package var prefix = ""
    package var firstName = ""
    package var middleName = ""
    package var lastName = ""
    package var fullName = ""
    package var company = ""
    package var department = ""
    package var title = ""
    package var emails: [String] = []
    package var numbers: [Number] = []
    package var city = ""
    package var country = ""
    package var id = ""
    /// KIND:org, or a card that names nobody but an organisation.
    package var isOrganisation = false
    /// Properties that were left alone.
    package var unknown: Set<String> = []

    /// Reads every card of a file whose lines are already unfolded.
    ///
    /// - Throws: `notACard` when a card does not end.
    package static func all(in text: ImportText) throws(ImportFailure) -> [VCard] {
        var cards: [VCard] = []
        var card: VCard?
        // 2.1 allows a card inside another, for an assistant: it is passed over.
        var depth = 0
        for line in VCardLine.all(in: text.bytes) {
            switch (line.name, line.text.uppercased()) {
            case ("BEGIN", "VCARD"):
                depth += 1
                if depth == 1 { card = VCard() }
            case ("END", "VCARD"):
                depth = max(0, depth - 1)
                if depth == 0, let whole = card {
                    cards.append(whole.completed())
                    card = nil
                }
            default:
                if depth == 1 { card?.take(line) }
            }
        }
        guard depth == 0 else { throw .notACard(card: cards.count + 1, "END:VCARD is missing") }
        guard !cards.isEmpty else { throw .empty }
        return cards
    }

    private mutating func take(_ line: VCardLine) {
        switch line.name {
        case "N":
            let parts = line.parts
            lastName = parts.text(0)
            firstName = parts.text(1)
            middleName = parts.text(2)
            prefix = parts.text(3)
        case "FN": fullName = line.text
        case "ORG":
            company = line.parts.text(0)
            department = line.parts.text(1)
        case "TITLE": title = line.text
        case "ROLE": title = title.isEmpty ? line.text : title
        case "EMAIL": emails.append(line.text.removingPrefix("mailto:"))
        case "TEL": takeNumber(line)
        case "ADR": takeAddress(line)
        case "UID": id = line.text
        case "KIND", "X-ADDRESSBOOKSERVER-KIND":
            isOrganisation = line.text.lowercased() == "org"
        case "VERSION", "PRODID", "REV": break
        default: unknown.insert(line.name)
        }
    }

    /// The first address that names a place; a work address wins over a home address.
    private mutating func takeAddress(_ line: VCardLine) {
        let isWork = line.types.contains("WORK")
        guard city.isEmpty && country.isEmpty || isWork else { return }
        city = line.parts.text(3)
        country = line.parts.text(6)
    }

    private mutating func takeNumber(_ line: VCardLine) {
        let types = line.types
        guard
            types.isDisjoint(with: ["FAX", "PAGER", "MODEM", "BBS", "VIDEO", "TEXTPHONE"])
                || !types.isDisjoint(with: ["VOICE", "CELL"])
        else { return }
        let field: FieldName =
            if types.contains("CELL") || types.contains("MOBILE") || types.contains("IPHONE") {
                .mobilePhone
            } else if types.contains("HOME") { .homePhone } else { .phone }
        // "tel:+49-30-123;ext=12" is kept with its extension in the words of people.
        let text = line.text.removingPrefix("tel:").replacing(";ext=", with: " ext. ")
        let number = text.prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces)
        if !number.isEmpty { numbers.append(Number(field: field, text: number)) }
    }

    private func completed() -> VCard {
        var card = self
        if card.lastName.isEmpty && card.firstName.isEmpty {
            card.isOrganisation = isOrganisation || fullName.isEmpty || fullName == company
            if card.isOrganisation, card.company.isEmpty { card.company = fullName }
        }
        return card
    }
}

extension [String] {
    fileprivate func text(_ index: Int) -> String {
        indices.contains(index) ? self[index].trimmingCharacters(in: .whitespaces) : ""
    }
}

extension String {
    fileprivate func removingPrefix(_ prefix: String) -> String {
        lowercased().hasPrefix(prefix) ? String(dropFirst(prefix.count)) : self
    }
}
