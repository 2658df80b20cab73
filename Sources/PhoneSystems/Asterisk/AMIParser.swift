/// Reads the stream of the manager interface: fed with bytes cut anywhere, it gives whole messages.
///
/// Lines end with CRLF or LF, an empty line ends a message. Text that is not UTF-8 is decoded with U+FFFD, and so
/// is NUL, which no store takes. After a fault the stream cannot be trusted: close the connection.
package struct AMIParser: Sendable {
    /// In bytes. The longest of 12,222 recorded messages has 195; what a dialplan raises may be longer.
    package static let longestLine = 16 * 1024
    /// The longest recorded message has 86 lines; an attended transfer names four channels.
    package static let mostLines = 256
    /// In bytes: what one message may take of our memory.
    package static let longestMessage = 256 * 1024

    /// What the server says first: `Asterisk Call Manager/5.0.4`.
    package private(set) var banner: String?

    private var line: [UInt8] = []
    private var fields: [AMIMessage.Field] = []
    private var messageBytes = 0
    private var finished: [AMIMessage] = []
    private var fault: AMIFault?

    package init() {}

    /// Takes what was received. Messages that were whole before a fault can still be drained.
    package mutating func feed(_ bytes: some Sequence<UInt8>) throws(AMIFault) {
        if let fault { throw fault }
        var rest = Array(bytes)[...]
        while let end = rest.firstIndex(of: 0x0A) {
            try extendLine(rest[..<end])
            try endLine()
            rest = rest[(end + 1)...]
        }
        try extendLine(rest)
    }

    private mutating func extendLine(_ bytes: ArraySlice<UInt8>) throws(AMIFault) {
        if line.count + bytes.count > Self.longestLine { throw fail(.lineTooLong) }
        line += bytes
    }

    /// The messages that are whole by now, once.
    package mutating func drain() -> [AMIMessage] {
        defer { finished = [] }
        return finished
    }

    private mutating func endLine() throws(AMIFault) {
        if line.last == 0x0D { line.removeLast() }
        defer { line.removeAll(keepingCapacity: true) }
        guard !line.isEmpty else { return endMessage() }
        messageBytes += line.count
        if messageBytes > Self.longestMessage { throw fail(.messageTooLong) }
        if fields.count == Self.mostLines { throw fail(.tooManyLines) }
        if line.contains(0) { line = line.map { $0 == 0 ? 0xFF : $0 } }
        if banner == nil, fields.isEmpty, line.starts(with: "Asterisk Call Manager".utf8) {
            banner = String(decoding: line, as: UTF8.self)
            messageBytes = 0
        } else {
            fields.append(Self.field(line))
        }
    }

    private mutating func endMessage() {
        if !fields.isEmpty { finished.append(AMIMessage(fields)) }
        fields = []
        messageBytes = 0
    }

    private mutating func fail(_ reason: AMIFault) -> AMIFault {
        fault = reason
        line = []
        fields = []
        return reason
    }

    /// A line without a colon, which only the output of commands has, is a value without a key.
    private static func field(_ line: [UInt8]) -> AMIMessage.Field {
        guard let colon = line.firstIndex(of: 0x3A) else {
            return .init("", String(decoding: line, as: UTF8.self))
        }
        var value = line[(colon + 1)...]
        if value.first == 0x20 { value = value.dropFirst() }
        return .init(
            String(decoding: line[..<colon], as: UTF8.self), String(decoding: value, as: UTF8.self))
    }
}

/// Why a stream is given up. What helps is the same for all: close the connection, open a new one, and take
/// a snapshot.
package enum AMIFault: Error, Hashable, Sendable, CustomStringConvertible {
    case lineTooLong
    case tooManyLines
    case messageTooLong

    package var description: String {
        switch self {
        case .lineTooLong: "a line has more than \(AMIParser.longestLine) bytes"
        case .tooManyLines: "a message has more than \(AMIParser.mostLines) lines"
        case .messageTooLong: "a message has more than \(AMIParser.longestMessage) bytes"
        }
    }
}
