import Calls
import Foundation
import PhoneNumbers
import ScriptedCalls
import Testing

/// A call script of the fixtures, with its name.
struct NamedScript: CustomTestStringConvertible, Sendable {
    let name: String
    let script: CallScript

    var testDescription: String { name }

    static let start = Date(timeIntervalSince1970: 1_790_000_000)

    var events: [CallEvent] {
        script.events(
            call: Call.ID(system: "test", value: name), start: Self.start,
            plan: NumberingPlan(country: "DE"))
    }

    /// Every script of the folder, in the order of their names.
    static let all: [NamedScript] = {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "Fixtures")
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? []
        return files.filter { $0.hasSuffix(".call") }.sorted().map { file in
            let path = folder.appending(path: file).path()
            let text = String(
                decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
            do {
                return NamedScript(name: file, script: try CallScript(text))
            } catch {
                fatalError("\(file), \(error)")
            }
        }
    }()
}

/// Folds events in the order given.
func fold(_ events: [CallEvent]) -> Call {
    var call = Call(events[0])
    for event in events.dropFirst() { _ = call.apply(event) }
    return call
}

@Test func theFolderHoldsTheBasicScripts() {
    #expect(NamedScript.all.count >= 15)
    #expect(NamedScript.all.allSatisfy { !$0.script.expectations.isEmpty })
}

@Test(arguments: NamedScript.all)
func whatMustComeOfAScript(_ named: NamedScript) throws {
    let call = fold(named.events)
    for expected in named.script.expectations {
        let told =
            expected.subject == "call"
            ? words(for: call) : try words(for: #require(call.part(of: [expected.subject])))
        #expect(told == expected.words, "\(named.name), line \(expected.line)")
    }
}

private func words(for part: AgentPart) -> [String] {
    var words = [part.outcome?.rawValue ?? part.state.rawValue]
    if part.outcome != nil, part.spoke {
        words += ["talk", seconds(part.talkSeconds(until: .distantFuture))]
    }
    return words
}

private func words(for call: Call) -> [String] {
    var words = [call.state.rawValue]
    if let over = EndedCall(call) {
        if over.isMissed {
            words.append("missed")
        } else if call.wasAnswered {
            let talk = call.legs.reduce(0) { $0 + $1.talkSeconds(until: .distantFuture) }
            words += ["talk", seconds(talk)]
        } else {
            words.append("unanswered")
        }
        words += ["cause", call.cause?.kind.rawValue ?? "none"]
    }
    let first = call.legs.filter(\.wasAnswered)
        .min { ($0.answeredAt ?? .distantFuture) < ($1.answeredAt ?? .distantFuture) }
    if let first { words += ["answered", first.extension ?? first.id.value] }
    return words
}

private func seconds(_ value: Double) -> String {
    String(Int(value.rounded()))
}

@Test(
    "A script that cannot be read says where and why",
    arguments: [
        ("", "line 1"), ("call sideways", "line 1"), ("0 offered 1001", "line 1"),
        ("call inbound from \"1\"\nsoon offered 1001", "line 2"),
        ("call inbound from \"1\"\n0 sung 1001", "line 2"),
        ("call inbound from \"1\"\n0 ended cause boredom", "line 2"),
        ("call inbound from \"1\n0 ended", "line 1"),
        ("call inbound frm \"1\"\n0 ended", "line 1"),
    ])
func unreadableScripts(_ text: String, _ place: String) {
    #expect {
        try CallScript(text)
    } throws: { error in
        "\(error)".hasPrefix(place)
    }
}
