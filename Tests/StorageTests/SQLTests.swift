import Foundation
import Testing

@testable import Storage

@Suite struct SQLTests {
    /// What callers, agents and CRMs may send: quotes, comments, ends of statements, placeholders of
    /// every engine, control and direction characters, invalid-looking and very long text.
    static let hostile: [String] = [
        "'", "''", "\"", "`", "\\", "\\'", ";", "--", "/*", "*/", "?", "?1", "$1", ":id", "@id",
        "%", "_", "null", "NULL", "", " ", "\n", "\r\n", "\t", "\u{0B}", "\u{1B}[31m", "\u{7F}",
        "'; drop table note; --", "' or '1'='1", "\") or 1=1 --", "1; attach database 'x' as y",
        "x' union select sql from sqlite_master --", "\u{202E}gnirts", "\u{FEFF}bom", "\u{FFFD}",
        "e\u{301}", "é", "😀👩‍👩‍👧", "{\"a\": \"'\"}", "<script>alert(1)</script>",
        "\\x27; select 1", "char(39)", String(repeating: "'\"?;", count: 5_000),
    ]

    @Test(arguments: hostile)
    func hostileTextIsBoundAndComesBack(_ text: String) async throws {
        let sql = SQL("insert into note (id, text) values (\(1), \(text))")
        #expect(sql.text { "<\($0)>" } == "insert into note (id, text) values (<1>, <2>)")
        #expect(sql.values == [.integer(1), .text(text)])

        let database = try await Database.notes()
        try await database.write { try $0.execute(sql) }
        let found = try await database.read { transaction in
            try transaction.row("select text from note where text = \(text)")?.text("text")
        }
        // Swift compares by canonical equality; the store must keep the very bytes.
        #expect(found.map { Array($0.utf8) } == Array(text.utf8))
        await database.close()
    }

    @Test func nulIsReplacedBecauseNoEngineKeepsIt() async throws {
        let database = try await Database.notes()
        try await database.write { try $0.add(1, "a\0b") }
        let found = try await database.read { try $0.row("select text from note")?.text("text") }
        #expect(found == "a\u{FFFD}b")
        await database.close()
    }

    enum Colour: String { case red }
    enum Size: Int, SQLBindable { case large = 3 }

    static let values: [(SQL, SQLValue)] = [
        ("\(7)", .integer(7)),
        ("\(Int64.min)", .integer(.min)),
        ("\(UInt64.max)", .integer(-1)),
        ("\(2.5)", .real(2.5)),
        ("\(true)", .integer(1)),
        ("\(false)", .integer(0)),
        ("\(Date(timeIntervalSince1970: 1.2345))", .integer(1235)),
        ("\(Date(timeIntervalSince1970: -0.001))", .integer(-1)),
        ("\(Date(timeIntervalSince1970: .infinity))", .integer(.max)),
        ("\(Data([1, 2]))", .blob([1, 2])),
        ("\([UInt8]([3]))", .blob([3])),
        ("\(String?.none)", .null),
        ("\(Int?.some(4))", .integer(4)),
        ("\(Colour.red)", .text("red")),
        ("\(Colour?.none)", .null),
        ("\(Size.large)", .integer(3)),
        ("\(Size?.some(.large))", .integer(3)),
        ("\("abc".dropFirst())", .text("bc")),
        ("\(SQLValue.null)", .null),
    ]

    @Test(arguments: values)
    func valuesAreBound(_ sql: SQL, _ value: SQLValue) {
        #expect(sql.values == [value])
        #expect(sql.text { _ in "?" } == "?")
    }

    static let texts: [(SQL, String, [SQLValue])] = [
        ("select 1", "select 1", []),
        (
            "in \(list: [1, 2, 3])", "in (?1, ?2, ?3, ?4)",
            [.integer(1), .integer(2), .integer(3), .integer(3)]
        ),
        ("in \(list: [Colour.red])", "in (?1)", [.text("red")]),
        ("in \(list: [Size.large])", "in (?1)", [.integer(3)]),
        ("in \(list: [String]())", "in (select null where 1 = 0)", []),
        ("select \(identifier: "case")", "select \"case\"", []),
        (
            "a = \(1) and \(SQL("b = \(2) or c = \(3)")) and d = \(4)",
            "a = ?1 and b = ?2 or c = ?3 and d = ?4",
            [.integer(1), .integer(2), .integer(3), .integer(4)]
        ),
        (
            SQL.joined(["a = \(1)", "b = \(2)"], by: " and "), "a = ?1 and b = ?2",
            [.integer(1), .integer(2)]
        ),
        (SQL.joined([], by: ", "), "", []),
    ]

    @Test(arguments: texts)
    func textAndValuesKeepTheirOrder(_ sql: SQL, _ text: String, _ values: [SQLValue]) {
        #expect(sql.text { "?\($0)" } == text)
        #expect(sql.values == values)
    }

    @Test func anEmptyListMatchesNothing() async throws {
        let database = try await Database.notes()
        try await database.write { try $0.add(1) }
        let none = [Int]()
        let counts = try await database.read { transaction in
            [
                try transaction.count("select count(*) from note where id in \(list: none)"),
                try transaction.count("select count(*) from note where id not in \(list: none)"),
            ]
        }
        #expect(counts == [0, 1])
        await database.close()
    }

    @Test func aListMayBeLong() async throws {
        let database = try await Database.notes()
        try await database.write { try $0.add(29_999) }
        let many = Array(0..<30_000)
        let count = try await database.read {
            try $0.count("select count(*) from note where id in \(list: many)")
        }
        #expect(count == 1)
        await database.close()
    }

    @Test func aNameFromOutsideEndsTheProcess() async {
        await #expect(processExitsWith: .failure) {
            _ = SQL("select * from \(identifier: "note; drop table note")")
        }
    }
}
