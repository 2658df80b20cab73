import BuiltInCRM
import Testing

@Suite struct CSVTableTests {
    private func rows(_ text: String) throws -> [[String]] {
        let table = try CSVTable(Array(text.utf8))
        return [table.header] + (0..<table.count).map { table[$0].cells }
    }

    @Test(
        arguments: [
            ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
            ("a,b\r\n1,2", [["a", "b"], ["1", "2"]]),
            ("a,b\r1,2\r", [["a", "b"], ["1", "2"]]),
            ("a;b\n1,5;2\n", [["a", "b"], ["1,5", "2"]]),
            ("a\tb\n1\t2\n", [["a", "b"], ["1", "2"]]),
            ("sep=|\r\na|b\r\n1|2", [["a", "b"], ["1", "2"]]),
            ("\n\na,b\n\n1,2\n  \n", [["a", "b"], ["1", "2"]]),
            ("a,b\n\"x\"\"y\",\"1\n2\"\n", [["a", "b"], ["x\"y", "1\n2"]]),
            ("a,b\n\"\",\n", [["a", "b"]]),
            ("a,b\n\"\",x\n", [["a", "b"], ["", "x"]]),
            ("\"a;c\",b\n1,2\n", [["a;c", "b"], ["1", "2"]]),
            ("a,b\n1\n1,2,3\n", [["a", "b"], ["1"], ["1", "2", "3"]]),
            ("a\n5\" pipe\n\"x\"y\n", [["a"], ["5\" pipe"], ["xy"]]),
        ] as [(String, [[String]])])
    func isCut(_ text: String, _ expected: [[String]]) throws {
        #expect(try rows(text) == expected)
    }

    @Test func rowsHaveTheNumbersOfASpreadsheet() throws {
        let table = try CSVTable(Array("sep=,\na,b\n1,\"x\ny\"\n\n3,4\n".utf8))
        #expect((0..<table.count).map { table[$0].number } == [3, 5])
    }

    @Test(arguments: [
        ("", ImportFailure.empty), ("\n \n", .empty),
        ("a,b\n1,2\n\"x,3\n", .notATable(row: 3, "a quotation mark is opened and never closed")),
        (String(repeating: "a,", count: 600), .notATable(row: 1, "more than 500 columns")),
    ])
    func isRefused(_ text: String, _ failure: ImportFailure) {
        #expect(throws: failure) { try CSVTable(Array(text.utf8)) }
    }

    @Test func aQuoteThatIsNeverClosedIsFoundEarly() {
        let text = "a,b\n1,\"" + String(repeating: "x\n", count: 200_000)
        #expect(throws: ImportFailure.self) { try CSVTable(Array(text.utf8)) }
    }

    /// Whatever the bytes, it ends with rows or with a failure.
    @Test(arguments: 0..<200)
    func anyBytesAreReadOrRefused(_ seed: UInt64) {
        var random = SeededBytes(state: seed)
        let alphabet: [UInt8] = Array("a\",;\t\r\n=x".utf8) + [0xC3, 0xBC]
        let bytes = (0..<300).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] }
        guard let table = try? CSVTable(bytes) else { return }
        for position in 0..<table.count { #expect(!table[position].cells.isEmpty) }
    }

    @Test func whatIsWrittenIsReadAgain() throws {
        let rows = [
            ["Name", "Phone"], ["=1+1", "+49 30 123456"], ["a \"b\", c", "line\nend"],
            ["-x", "@y"], ["\ttab", "plain"],
        ]
        let text = CSVText.text(rows)
        for start in ["=", "+", "-", "@", "\t"] {
            #expect(!text.split(separator: "\r\n").contains { $0.hasPrefix(start) })
        }
        let table = try CSVTable(Array(text.utf8))
        #expect(table[0].cells == ["'=1+1", "'+49 30 123456"])
        #expect(table[1].cells == rows[2])
    }
}

private struct SeededBytes: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 33
    }
}

@Suite struct ImportTextTests {
    private func text(_ bytes: [UInt8]) throws -> String {
        String(decoding: try ImportText(bytes).bytes, as: UTF8.self)
    }

    @Test func encodingsAreRead() throws {
        #expect(try text([0xEF, 0xBB, 0xBF, 0x61]) == "a")
        #expect(try text([0xFF, 0xFE, 0xFC, 0x00]) == "ü")
        #expect(try text([0xFE, 0xFF, 0x00, 0xFC]) == "ü")
        #expect(try text([0x4D, 0xFC, 0x6C, 0x80]) == "Mül€")
        #expect(try ImportText([0xFC]).warning != nil)
        #expect(try ImportText(Array("ü".utf8)).warning == nil)
    }

    @Test(
        arguments: [
            [0x61, 0x00, 0x62, 0x00], [0x50, 0x4B, 0x03, 0x04, 0x00], [0xFF, 0xFE, 0x00],
            [0x61, 0x81, 0xFF],
        ] as [[UInt8]])
    func whatIsNoTextIsRefused(_ bytes: [UInt8]) {
        #expect(throws: ImportFailure.self) { try ImportText(bytes) }
    }

    @Test func aFileThatIsTooLargeIsRefused() {
        let bytes = [UInt8](repeating: 0x61, count: ImportText.longest + 1)
        #expect(throws: ImportFailure.tooLarge(bytes: bytes.count)) { try ImportText(bytes) }
    }
}
