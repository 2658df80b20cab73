import Foundation
package import PhoneSystem

/// Messages that nobody here knows: events of a later Asterisk or of a module of somebody else, and blocks that are neither
/// an event nor an answer. They are counted, and the first ones of each name are kept as they stood.
///
/// A value without clock and I/O. Numbers and names that the phone system does not say may be shown are left out.
package struct StrangeMessages: Sendable {
    /// Kept of each name; one more tells nothing new.
    package static let mostOfName = 10
    /// Names that are told apart. What comes under still another one is counted alone.
    package static let mostNames = 100
    /// Kept in one commit.
    private static let mostAtOnce = 64
    /// Names in words for the administrator, and of each so many characters.
    private static let (mostNamed, longestNamed) = (3, 40)

    package private(set) var count = 0
    private var byName: [String: Int] = [:]
    /// In the order in which they first came.
    private var order: [String] = []
    private var kept: [UnknownReport] = []

    package init() {}

    /// Takes one message; those that are known change nothing.
    package mutating func note(_ message: AMIMessage) {
        guard message.response == nil, !Self.isKnown(message.event) else { return }
        count += 1
        let name = message.event.map(\.cutForShow) ?? ""
        if byName[name] == nil {
            guard order.count < Self.mostNames else { return }
            order.append(name)
        }
        let before = byName[name, default: 0]
        byName[name] = before + 1
        if before < Self.mostOfName {
            kept.append(UnknownReport(name: name, text: Self.text(of: message)))
        }
    }

    private static func isKnown(_ event: String?) -> Bool {
        guard let event else { return false }
        return AsteriskCalls.Kind(rawValue: event) != nil || KnownEvents.passOver(event)
    }

    /// Some of those that are to be kept, until they are.
    package var waiting: [UnknownReport] { Array(kept.prefix(Self.mostAtOnce)) }

    package mutating func stored(_ number: Int) { kept.removeFirst(number) }

    /// For the administrator; `nil` where there was none.
    var words: String? {
        guard count > 0 else { return nil }
        let named = order.prefix(Self.mostNamed).map {
            $0.isEmpty ? "no event" : "“\($0.prefix(Self.longestNamed))”"
        }
        let more = order.count > Self.mostNamed ? " and others" : ""
        let messages = count == 1 ? "1 message is" : "\(count) messages are"
        return "\(messages) of no known kind (\(named.joined(separator: ", "))\(more)); the first "
            + "ones are kept."
    }

    // MARK: - What is kept

    /// In bytes, of one message. What is longer is cut after a field.
    private static let longestKept = 4096
    /// In characters, of one value.
    private static let longestValue = 500
    /// Digits that follow each other, with what is written between them, may be a number from here on.
    private static let fewestOfNumber = 5
    /// Fields that name a person, whatever stands before and behind it.
    private static let personal = ["callerid", "connectedline", "ani", "dnid"]
    /// Fields whose digits are no number of a person.
    private static let technical = ["event", "timestamp", "actionid", "uniqueid", "linkedid"]

    /// As it stood there, where the phone system says that all of it may be shown; else without names and numbers.
    private static func text(of message: AMIMessage) -> String {
        let isOpen = mayShow(message)
        var text = ""
        for field in message.fields {
            let value = String(field.value.prefix(longestValue))
            let line = isOpen ? value : masked(value, of: field.key.lowercased())
            let whole = field.key.isEmpty ? line : "\(field.key.cutForShow): \(line)"
            guard text.utf8.count + whole.utf8.count < longestKept else { break }
            text += text.isEmpty ? whole : "\n" + whole
        }
        return text
    }

    /// What of a message names somebody, and the variable that says whether that may be shown.
    private static let presented = [
        (keys: ["calleridnum", "calleridname"], variable: "CALLERID(num-pres)"),
        (keys: ["connectedlinenum", "connectedlinename"], variable: "CONNECTEDLINE(num-pres)"),
    ]

    /// Whether it is said of each number and name that it may be shown, and of none that it may not.
    private static func mayShow(_ message: AMIMessage) -> Bool {
        var isSaid = false
        for field in message.fields {
            let key = field.key.lowercased()
            if key.hasSuffix("chanvariable"), let mark = field.value.range(of: "(num-pres)=") {
                guard field.value[mark.upperBound...].hasPrefix("allowed") else { return false }
                isSaid = true
            }
            for each in presented {
                guard let end = each.keys.first(where: key.hasSuffix), !field.value.isEmpty,
                    field.value != "<unknown>"
                else { continue }
                let variables = field.key.dropLast(end.count) + "ChanVariable"
                let says = message.variable(each.variable, in: String(variables))
                guard says?.hasPrefix("allowed") ?? false else { return false }
            }
        }
        return isSaid
    }

    private static func masked(_ value: String, of key: String) -> String {
        if technical.contains(where: key.hasSuffix) { return value }
        if personal.contains(where: key.contains), !value.isEmpty { return "…" }
        var text = ""
        var run = ""
        func endRun() {
            let digits = run.filter(\.isNumber).count
            text += digits < fewestOfNumber ? run : "…"
            run = ""
        }
        for character in value {
            if character.isNumber || !run.isEmpty && " -./()".contains(character) {
                run.append(character)
            } else {
                endRun()
                text.append(character)
            }
        }
        endRun()
        return text
    }
}
