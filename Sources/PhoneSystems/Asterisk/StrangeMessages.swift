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

    /// Those that are to be kept, until they are.
    package var waiting: [UnknownReport] { kept }

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

    /// What of a message names somebody, and the variable that says whether that may be shown.
    private static let personal = [
        (keys: ["calleridnum", "calleridname"], variable: "CALLERID(num-pres)"),
        (keys: ["connectedlinenum", "connectedlinename"], variable: "CONNECTEDLINE(num-pres)"),
    ]

    private static func text(of message: AMIMessage) -> String {
        let hidden = hidden(in: message)
        return message.fields.map { field in
            let value = hidden.reduce(field.value) { $0.replacing($1, with: "…") }
            return field.key.isEmpty ? value : "\(field.key): \(value)"
        }.joined(separator: "\n")
    }

    /// Under whatever prefix they stand there, and wherever they stand again.
    private static func hidden(in message: AMIMessage) -> [String] {
        message.fields.compactMap { field in
            let key = field.key.lowercased()
            for each in personal {
                guard let end = each.keys.first(where: key.hasSuffix) else { continue }
                let variables = field.key.dropLast(end.count) + "ChanVariable"
                let says = message.variable(each.variable, in: String(variables)) ?? ""
                let isNone = field.value.isEmpty || field.value == "<unknown>"
                return isNone || says.hasPrefix("allowed") ? nil : field.value
            }
            return nil
        }
    }
}
