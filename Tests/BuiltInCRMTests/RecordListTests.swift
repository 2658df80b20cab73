import BuiltInCRM
import Foundation
import Records
import Storage
import Testing

@Suite struct RecordListTests {
    private func all(
        _ test: TestCRM, _ kind: RecordID.Kind, _ search: String = "", limit: Int
    ) async throws -> (names: [String], total: Int) {
        var names: [String] = []
        var cursor: String?
        while true {
            let place = cursor
            let page = try await test.read {
                try $0.list(kind, search: search, before: place, limit: limit, in: $1)
            }
            #expect(page.records.count <= limit)
            names += page.records.map(\.name)
            guard let next = page.next else { return (names, page.total) }
            cursor = next
        }
    }

    @Test func pagesFollowOneAnother() async throws {
        let test = try await TestCRM()
        for name in ["Ömer", "Adler", "zebra", "Łuczak", "Adler", "Oslo", "Lund"] {
            try await test.create(.contact, ["lastName": name])
        }
        let sorted = ["Adler", "Adler", "Łuczak", "Lund", "Ömer", "Oslo", "zebra"]
        for limit in [1, 2, 3, 7, 50] {
            let found = try await all(test, .contact, limit: limit)
            #expect(found.names == sorted)
            #expect(found.total == 7)
        }
    }

    @Test func casesComeWithTheNewestFirst() async throws {
        let test = try await TestCRM()
        for subject in ["one", "two", "three"] {
            try await test.create(.case, ["subject": subject])
        }
        #expect(try await all(test, .case, limit: 2).names == ["three", "two", "one"])
        #expect(try await all(test, .case, "00001002", limit: 2).names == ["two"])
    }

    @Test(arguments: [
        ("lukasz", ["Łukasz Øster"]), ("ŁUK", ["Łukasz Øster"]), ("oster lu", ["Łukasz Øster"]),
        ("o", []), ("", ["Anna Müller", "Siobhán O’Neill", "Łukasz Øster"]),
        ("mueller", ["Anna Müller"]), ("müll", ["Anna Müller"]), ("oneill", ["Siobhán O’Neill"]),
        ("o'neill", ["Siobhán O’Neill"]), ("kontor", ["Anna Müller"]),
        ("030 2312", ["Łukasz Øster"]),
        ("+49 30 23125", ["Łukasz Øster"]), ("0171/39200", ["Anna Müller"]),
        ("nobody", []), ("\"*:", []), ("a AND b", []), ("name:anna", []),
        ("anna -müller", ["Anna Müller"]),
        ("anna@", ["Anna Müller"]), ("köln", ["Siobhán O’Neill"]), ("kon mul", ["Anna Müller"]),
    ])
    func searchFindsBeginningsOfWords(_ typed: String, _ names: [String]) async throws {
        let test = try await TestCRM()
        let account = try await test.create(
            .account, ["name": "Kontor Nord", "phone": "030 231250"])
        try await test.create(
            .contact,
            ["firstName": "Łukasz", "lastName": "Øster", "phone": "+49 (0)30 / 23125-042"])
        try await test.create(
            .contact,
            [
                "firstName": "Anna", "lastName": "Müller", "accountId": account.value,
                "mobilePhone": "+49 171 3920042", "email": "anna@kontor.example",
            ])
        try await test.create(
            .contact, ["firstName": "Siobhán", "lastName": "O’Neill", "mailingCity": "Köln"])
        let found = try await all(test, .contact, typed, limit: 2)
        #expect(Set(found.names) == Set(names))
        #expect(found.names.count == names.count)
    }

    @Test func aChangedNameIsNotFoundByTheOldOne() async throws {
        let test = try await TestCRM()
        let id = try await test.create(.lead, ["lastName": "Byron"])
        try await test.edit(id, version: 1, ["lastName": "Lovelace"])
        #expect(try await all(test, .lead, "byron", limit: 5).names.isEmpty)
        #expect(try await all(test, .lead, "love", limit: 5).names == ["Lovelace"])
    }

    @Test func aCursorThatIsNotOursBeginsAnew() async throws {
        let test = try await TestCRM()
        try await test.create(.lead, ["lastName": "Byron"])
        for cursor in ["x", "%%", "1", ""] {
            let page = try await test.read { try $0.list(.lead, before: cursor, in: $1) }
            #expect(page.records.count == 1)
        }
    }
}
