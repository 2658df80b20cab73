/// One action for the manager interface: the only place that writes to it.
///
/// A line end within a value would begin a header of its own, and Asterisk obeys it (measured). So CR, LF and NUL
/// are refused here for every key and value, and never repaired.
package struct AMIAction: Hashable, Sendable {
    /// In bytes. A header line of 3,000 was answered "line too long" without its `ActionID`; this is far below.
    package static let longestLine = 1000

    package let name: String
    /// Comes back in the answer. The answer to a broken action can lack it, so each action needs a time limit.
    package let id: String
    package let fields: [AMIMessage.Field]

    package init(
        _ name: String, id: String, _ fields: [AMIMessage.Field] = []
    ) throws(AMIActionFault) {
        for field in [.init("Action", name), .init("ActionID", id)] + fields {
            try Self.check(field)
        }
        self.name = name
        self.id = id
        self.fields = fields
    }

    /// As it goes over the wire.
    package var bytes: [UInt8] {
        let lines = [.init("Action", name), .init("ActionID", id)] + fields
        return Array((lines.map { "\($0.key): \($0.value)\r\n" }.joined() + "\r\n").utf8)
    }

    private static func check(_ field: AMIMessage.Field) throws(AMIActionFault) {
        let isLineBreak: (UInt8) -> Bool = { $0 == 0x0D || $0 == 0x0A || $0 == 0 }
        if field.key.isEmpty || field.key.utf8.contains(where: { isLineBreak($0) || $0 == 0x3A }) {
            throw .badKey
        }
        if field.value.utf8.contains(where: isLineBreak) { throw .lineBreak(key: field.key) }
        if field.key.utf8.count + field.value.utf8.count > longestLine {
            throw .tooLong(key: field.key)
        }
    }
}

/// Why an action is not sent. None of the texts holds the value: it may be a secret.
package enum AMIActionFault: Error, Hashable, Sendable, CustomStringConvertible {
    case badKey
    case lineBreak(key: String)
    case tooLong(key: String)

    package var description: String {
        switch self {
        case .badKey: "a header's name is empty or holds a line end or a colon"
        case .lineBreak(let key): "the value of \(key) holds a line end or NUL"
        case .tooLong(let key): "the value of \(key) has more than \(AMIAction.longestLine) bytes"
        }
    }
}

extension AMIAction {
    package static func challenge(id: String) throws(AMIActionFault) -> AMIAction {
        try AMIAction("Challenge", id: id, [.init("AuthType", "MD5")])
    }

    /// - Parameter key: the hex MD5 of challenge and secret, made by the client.
    package static func login(
        user: String, key: String, id: String
    ) throws(AMIActionFault) -> AMIAction {
        try AMIAction(
            "Login", id: id,
            [
                .init("AuthType", "MD5"), .init("Username", user), .init("Key", key),
                .init("Events", "on"),
            ])
    }

    package static func ping(id: String) throws(AMIActionFault) -> AMIAction {
        try AMIAction("Ping", id: id)
    }

    /// Asks for every channel and its answer time: what `AsteriskCalls.snapshot` reads.
    package static func status(id: String) throws(AMIActionFault) -> AMIAction {
        try AMIAction("Status", id: id, [.init("Variables", AsteriskCalls.answerTime)])
    }
}
