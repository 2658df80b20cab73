import Asterisk
import Calls
import Foundation
import PhoneNumbers
import Testing

/// The call log of every recording, in both versions of the phone system.
@Suite struct CallLogTests {
    private static let rows = Recording.lines("call-log.txt").map {
        $0.components(separatedBy: " | ")
    }

    /// The rows of a scenario; those of the other case (with or without our commands) left out.
    static func expected(_ scenario: String, withCommands: Bool) -> [CallLogRow] {
        rows.compactMap { columns in
            var columns = columns
            let words = columns[0].components(separatedBy: " ")
            if words.count == 2 {
                guard (words[0] == "with") == withCommands else { return nil }
                columns[0] = words[1]
            }
            return columns[0] == scenario ? CallLogRow(columns) : nil
        }
    }

    /// What differs between what the table says and what came out; empty when nothing does.
    static func differences(_ recording: Recording, withCommands: Bool, _ steps: [Step]) -> String {
        var found = CallLogRow.all(Folded.of(steps))
        var missing: [CallLogRow] = []
        for row in expected(recording.scenario, withCommands: withCommands) {
            if let index = found.firstIndex(where: { $0.says(the: row) }) {
                found.remove(at: index)
            } else {
                missing.append(row)
            }
        }
        guard !missing.isEmpty || !found.isEmpty else { return "" }
        return
            (["\(recording)"] + missing.map { "  expected \($0)" }
            + found.map { "  found    \($0)" })
            .joined(separator: "\n")
    }

    @Test func allRecordingsAreThere() {
        #expect(Recording.all.count == 120)
        let scenarios = Set(Recording.all.map(\.scenario))
        let told = Recording.lines("call-log.txt").compactMap {
            $0.components(separatedBy: " | ").first?.components(separatedBy: " ").last
        }
        #expect(scenarios == Set(told))
    }

    @Test(arguments: Recording.all) func withOurCommands(_ recording: Recording) {
        let steps = recording.steps(withCommands: true)
        #expect(Self.differences(recording, withCommands: true, steps) == "")
    }

    @Test(arguments: Recording.all) func withoutOurCommands(_ recording: Recording) {
        let steps = recording.steps(withCommands: false)
        #expect(Self.differences(recording, withCommands: false, steps) == "")
    }
}
