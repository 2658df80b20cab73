import Foundation
import PhoneNumbers
package import Records
package import Storage

extension Directory {
    /// Letters or digits that a search needs: one letter fits too many people to be of use.
    package static let shortestSearch = 2
    package static let longestSearch = 80

    /// People whose name, company or number begins with what was typed, word by word.
    ///
    /// - Returns: at most `limit` people, and whether there are more. Nothing for fewer than
    ///   `shortestSearch` letters.
    package func search(_ typed: String, limit: Int = 20, in store: ReadTransaction) throws -> (
        people: [Person], isTruncated: Bool
    ) {
        let words = Self.words(of: String(typed.prefix(Self.longestSearch)))
        guard words.joined().count >= Self.shortestSearch else { return ([], false) }
        let refs = try searchRefs(words: words, limit: limit + 1, in: store)
        let found = try people(refs, in: store)
        let people = refs.prefix(limit).compactMap { found[$0] }
        return (people, refs.count > limit)
    }

    /// Whether the same search finds this person by what is left of the person's name, company and numbers.
    package func finds(_ person: Person, by typed: String) -> Bool {
        let names = [person.name, person.company ?? ""].flatMap(Self.words)
        let digits = person.numbers.flatMap { PhoneNumber.split($0.text, plan: plan) }
            .filter(\.isLookedUp).flatMap(searchDigits)
        return Self.words(of: String(typed.prefix(Self.longestSearch))).allSatisfy { word in
            (names + digits).contains { $0.hasPrefix(word) }
        }
    }

    /// Words for the index and for a search. A run of digits and phone punctuation is one word of digits,
    /// so that "030 1234" finds a number however it is written.
    static func words(of text: String) -> [String] {
        let folded = Folding.fold(text)
        let numberLike = folded.allSatisfy { $0.isNumber || "+-/(). ".contains($0) }
        if numberLike {
            let digits = String(folded.filter(\.isNumber))
            return digits.isEmpty ? [] : [digits]
        }
        return folded.split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }
}

// Full-text search is what the engines spell differently.
extension Directory {
    static let searchMigration = Migration(
        id: "0101-directory-search", sqlite: SQLitePersonSearch.schema,
        postgresql: PostgreSQLPersonSearch.schema)

    func addToSearch(_ person: Person, digits: [String], in store: WriteTransaction) throws {
        let names = [person.name, person.company ?? ""].flatMap(Directory.words)
        let words = (names + digits).joined(separator: " ")
        let ref = person.id.description
        switch store.engine {
        case .sqlite: try SQLitePersonSearch.add(ref: ref, words: words, in: store)
        case .postgresql: try PostgreSQLPersonSearch.add(ref: ref, words: words, in: store)
        }
    }

    func removeFromSearch(ref: String, in store: WriteTransaction) throws {
        switch store.engine {
        case .sqlite: try SQLitePersonSearch.remove(ref: ref, in: store)
        case .postgresql: try PostgreSQLPersonSearch.remove(ref: ref, in: store)
        }
    }

    /// The index of people, for a copy into another engine.
    package static let searchIndex = SearchIndex(
        tables: [
            "person_search", "person_search_row", "person_search_data", "person_search_idx",
            "person_search_content", "person_search_docsize", "person_search_config",
        ],
        entries: { ref, limit, store in
            switch store.engine {
            case .sqlite:
                try SQLitePersonSearch.entries(after: ref, limit: limit, in: store)
            case .postgresql:
                try PostgreSQLPersonSearch.entries(after: ref, limit: limit, in: store)
            }
        },
        count: { store in
            switch store.engine {
            case .sqlite: try store.count("select count(*) from person_search_row")
            case .postgresql: try store.count("select count(*) from person_search")
            }
        },
        add: { entry, store in
            let (ref, words) = (entry.ref, entry.words)
            switch store.engine {
            case .sqlite: try SQLitePersonSearch.add(ref: ref, words: words, in: store)
            case .postgresql: try PostgreSQLPersonSearch.add(ref: ref, words: words, in: store)
            }
        },
        clear: { store in
            switch store.engine {
            case .sqlite: try SQLitePersonSearch.clear(in: store)
            case .postgresql: try PostgreSQLPersonSearch.clear(in: store)
            }
        })

    private func searchRefs(
        words: [String], limit: Int, in store: ReadTransaction
    ) throws -> [RecordID] {
        let refs =
            switch store.engine {
            case .sqlite: try SQLitePersonSearch.refs(words: words, limit: limit, in: store)
            case .postgresql:
                try PostgreSQLPersonSearch.refs(words: words, limit: limit, in: store)
            }
        return refs.compactMap { RecordID($0) }
    }
}

/// Brings names to the form in which they are compared: small letters without marks, and the letters that
/// Unicode does not take apart spelt as people type them.
package enum Folding {
    private static let letters: [Character: String] = [
        "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "æ": "ae", "œ": "oe",
        "ı": "i", "ħ": "h", "ŋ": "n",
    ]

    package static func fold(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.lowercased() }
        var folded = ""
        for character in text.lowercased().decomposedStringWithCanonicalMapping {
            if let spelt = letters[character] {
                folded += spelt
                continue
            }
            for scalar in character.unicodeScalars
            where scalar.properties.generalCategory != .nonspacingMark {
                if let spelt = letters[Character(scalar)] {
                    folded += spelt
                } else {
                    folded.unicodeScalars.append(scalar)
                }
            }
        }
        return folded
    }
}

extension SearchIndex.Entry {
    init(_ row: Row) throws {
        self.init(ref: try row.text("ref"), words: try row.text("words"))
    }
}
