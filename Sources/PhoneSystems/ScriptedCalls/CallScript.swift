package import Calls
package import Foundation
package import PhoneNumbers

/// A call written down: who calls whom, and what happens when. The demo phone plays it, and tests read what
/// must come of it.
///
/// ```
/// # Two phones ring, Ben takes it.
/// call inbound from "+49 30 23125001" name "Ada Lovelace" to "+49 30 23125000" queue "Sales"
/// 0     offered   1001
/// 0     offered   1002
/// 4.2   answered  1002
/// 64.2  ended     cause completed
/// = 1001 answeredElsewhere
/// = 1002 completed talk 60
/// = call answered 1002
/// ```
///
/// A line is a time in seconds, an event, and where it is about one phone its extension; `leg NAME`,
/// `cause NAME`, `to TEXT` may follow. Lines that begin with `=` say what must come of it. The order of
/// lines is the order of sending, not of happening.
package struct CallScript: Hashable, Sendable {
    package struct Step: Hashable, Sendable {
        /// Seconds after the beginning of the call.
        package let at: Double
        package let kind: CallEvent.Kind
        package let `extension`: String?
        package let leg: String?
        package let cause: HangupCause.Kind?
        package let target: String?
    }

    package struct Expectation: Hashable, Sendable {
        /// An extension, or "call".
        package let subject: String
        package let words: [String]
        package let line: Int
    }

    package let direction: CallDirection
    package let from: String
    package let name: String?
    package let to: String?
    package let queue: String?
    package let steps: [Step]
    package let expectations: [Expectation]

    package static let mostSteps = 500
    package static let longestText = 64 * 1024

    /// The events of one playing of it.
    ///
    /// - Parameters:
    ///   - start: when second 0 is.
    ///   - speed: 10 plays ten times as fast.
    package func events(call: Call.ID, start: Date, plan: NumberingPlan, speed: Double = 1)
        -> [CallEvent]
    {
        let party = Party(number: PhoneNumber(from, plan: plan), name: name)
        return steps.enumerated().map { place, step in
            CallEvent(
                call: call, leg: (step.leg ?? step.extension).map { Leg.ID($0) }, kind: step.kind,
                at: start.addingTimeInterval(step.at / speed), sequence: place,
                direction: direction, from: party, to: to.map { PhoneNumber($0, plan: plan) },
                extension: step.extension, queue: queue, cause: step.cause.map { HangupCause($0) },
                target: step.target)
        }
    }
}

/// What is wrong with a script, and where.
package struct CallScriptFault: Error, Hashable, CustomStringConvertible {
    package let line: Int
    package let problem: String

    package var description: String { "line \(line): \(problem)" }
}

extension CallScript {
    package init(_ text: String) throws(CallScriptFault) {
        guard text.utf8.count <= Self.longestText else {
            throw CallScriptFault(line: 1, problem: "A call script has at most 64 KiB.")
        }
        var reader = CallScriptReader()
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            try reader.read(line, number: index + 1)
        }
        self = try reader.script()
    }
}

/// Reads the lines of a script.
private struct CallScriptReader {
    private var header: [String: String]?
    private var direction = CallDirection.inbound
    private var steps: [CallScript.Step] = []
    private var expectations: [CallScript.Expectation] = []

    mutating func read(_ line: Substring, number: Int) throws(CallScriptFault) {
        let words = try Self.words(of: line, number: number)
        guard let first = words.first else { return }
        switch first {
        case "call": try readHeader(words, number: number)
        case "=":
            guard words.count >= 3 else {
                throw CallScriptFault(line: number, problem: "Say: = EXTENSION OUTCOME.")
            }
            expectations.append(
                .init(subject: words[1], words: Array(words.dropFirst(2)), line: number))
        default: try readStep(words, number: number)
        }
    }

    func script() throws(CallScriptFault) -> CallScript {
        guard let header else {
            throw CallScriptFault(
                line: 1, problem: "The first line must be: call inbound from \"NUMBER\".")
        }
        guard !steps.isEmpty else {
            throw CallScriptFault(line: 1, problem: "Nothing happens in this call.")
        }
        return CallScript(
            direction: direction, from: header["from"] ?? "", name: header["name"],
            to: header["to"], queue: header["queue"], steps: steps, expectations: expectations)
    }

    private mutating func readHeader(_ words: [String], number: Int) throws(CallScriptFault) {
        guard words.count >= 2, let direction = CallDirection(rawValue: words[1]) else {
            throw CallScriptFault(
                line: number, problem: "After “call” comes inbound, outbound or internal.")
        }
        self.direction = direction
        header = try Self.pairs(
            words.dropFirst(2), known: ["from", "name", "to", "queue"], number: number)
    }

    private mutating func readStep(_ words: [String], number: Int) throws(CallScriptFault) {
        guard steps.count < CallScript.mostSteps else {
            throw CallScriptFault(line: number, problem: "A call script has at most 500 events.")
        }
        guard let at = Double(words[0]), at.isFinite, (-86_400...86_400).contains(at) else {
            throw CallScriptFault(
                line: number, problem: "“\(words[0].prefix(40))” is not a time in seconds.")
        }
        guard words.count >= 2, let kind = CallEvent.Kind(rawValue: words[1]) else {
            let kinds = CallEvent.Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw CallScriptFault(line: number, problem: "After the time comes one of \(kinds).")
        }
        var rest = words.dropFirst(2)
        var own: String?
        if let next = rest.first, next.allSatisfy(\.isNumber) {
            own = next
            rest = rest.dropFirst()
        }
        let pairs = try Self.pairs(rest, known: ["leg", "cause", "to"], number: number)
        let cause = pairs["cause"].flatMap(HangupCause.Kind.init)
        if let named = pairs["cause"], cause == nil {
            throw CallScriptFault(line: number, problem: "“\(named.prefix(40))” is no cause.")
        }
        steps.append(
            .init(
                at: at, kind: kind, extension: own, leg: pairs["leg"], cause: cause,
                target: pairs["to"]))
    }

    private static func pairs(
        _ words: ArraySlice<String>, known: [String], number: Int
    ) throws(CallScriptFault) -> [String: String] {
        var pairs: [String: String] = [:]
        var rest = words
        while let name = rest.popFirst() {
            guard known.contains(name), let value = rest.popFirst() else {
                throw CallScriptFault(
                    line: number,
                    problem: "“\(name.prefix(40))” is not known here, or its value is missing.")
            }
            pairs[name] = value
        }
        return pairs
    }

    /// Words apart by spaces; a text in quotation marks is one word. `#` begins a comment.
    private static func words(of line: Substring, number: Int) throws(CallScriptFault) -> [String] {
        var words: [String] = []
        var word: String?
        var isQuoted = false
        for character in line {
            if isQuoted {
                if character == "\"" { isQuoted = false } else { word?.append(character) }
            } else if character == "\"" {
                word = word ?? ""
                isQuoted = true
            } else if character == "#" && word == nil {
                break
            } else if character.isWhitespace {
                if let done = word { words.append(done) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        guard !isQuoted else {
            throw CallScriptFault(line: number, problem: "A quotation mark is not closed.")
        }
        if let done = word { words.append(done) }
        return words
    }
}
