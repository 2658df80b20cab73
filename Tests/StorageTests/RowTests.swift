import Foundation
import Testing

@testable import Storage

@Suite struct RowTests {
    struct Match: Codable, Equatable {
        var name: String
        var at: Date
    }

    enum Outcome: String { case single, multiple }

    static let row = Row(
        places: Row.places(of: [
            "text", "int", "real", "one", "two", "blob", "nothing", "twice", "twice",
        ]),
        values: [
            .text("single"), .integer(-5), .real(1.5), .integer(1), .integer(2), .blob([9]), .null,
            .null, .null,
        ])

    @Test func valuesAreReadByName() throws {
        let row = Self.row
        #expect(try row.text("text") == "single")
        #expect(try row.raw("text", as: Outcome.self) == .single)
        #expect(try row.int("int") == -5)
        #expect(try row.uint64("int") == UInt64.max - 4)
        #expect(try row.date("int") == Date(timeIntervalSince1970: -0.005))
        #expect(try row.double("real") == 1.5)
        #expect(try row.double("int") == -5)
        #expect(try row.bool("one"))
        #expect(try row.blob("blob") == [9])
        #expect(try row.optionalText("nothing") == nil)
        #expect(try row.optionalInt("nothing") == nil)
        #expect(try row.optionalUInt64("nothing") == nil)
        #expect(try row.optionalBool("nothing") == nil)
        #expect(try row.optionalDate("nothing") == nil)
        #expect(try row.optionalDouble("nothing") == nil)
        #expect(try row.optionalBlob("nothing") == nil)
        #expect(try row.optionalRaw("nothing", as: Outcome.self) == nil)
        #expect(try row.optionalJSON("nothing", as: Match.self) == nil)
    }

    typealias Access = @Sendable (Row) throws -> Void

    static let wrong: [(String, Access)] = [
        ("absent", { _ = try $0.text("absent") }),
        ("twice", { _ = try $0.optionalText("twice") }),
        ("nothing", { _ = try $0.text("nothing") }),
        ("nothing", { _ = try $0.int("nothing") }),
        ("nothing", { _ = try $0.date("nothing") }),
        ("nothing", { _ = try $0.json("nothing", as: Match.self) }),
        ("int", { _ = try $0.text("int") }),
        ("text", { _ = try $0.int("text") }),
        ("real", { _ = try $0.int("real") }),
        ("two", { _ = try $0.bool("two") }),
        ("text", { _ = try $0.double("text") }),
        ("text", { _ = try $0.blob("text") }),
        ("text", { _ = try $0.json("text", as: Match.self) }),
    ]

    @Test(arguments: wrong)
    func aWrongColumnIsAnErrorThatNamesIt(_ column: String, _ access: Access) {
        #expect {
            try access(Self.row)
        } throws: { error in
            if case .column(column, _)? = error as? StorageFailure { true } else { false }
        }
    }

    @Test func jsonComesBackAndItsErrorsHoldNoContent() async throws {
        let database = try await Database.notes()
        let match = Match(name: "Ada \"'\u{0}/", at: Date(timeIntervalSince1970: 1_795_358_345.123))
        try await database.write { transaction in
            try transaction.execute("insert into note (id, text) values (1, \(.json(match)))")
            try transaction.add(2, #"{"name": 7, "secret": "Ada"}"#)
        }
        let rows = try await database.read { try $0.rows("select text from note order by id") }
        #expect(try rows[0].json("text", as: Match.self) == match)
        #expect(try rows[0].text("text").hasPrefix(#"{"at":1795358345123,"name""#))
        #expect(
            throws: StorageFailure.column(
                "text", problem: "is not the JSON of a Match: wrong type at name")
        ) {
            try rows[1].json("text", as: Match.self)
        }
        await database.close()
    }
}
