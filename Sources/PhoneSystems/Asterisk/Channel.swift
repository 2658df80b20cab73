/// What is known of one channel of the phone system: a phone's leg, a trunk, or half of a `Local` pair.
struct Channel {
    let id: String
    let name: String
    /// The `Linkedid` as first seen; an attended transfer changes it later.
    let conversation: String
    /// Whose phone it is; `nil` for the outside and for `Local` channels.
    let line: String?
    /// When it was first heard of, in microseconds.
    let bornAt: Int
    /// What was dialled on it: the dialplan's first step.
    private(set) var exten: String?

    var number: String?
    var displayName: String?
    var connectedNumber: String?
    var presentation: String?
    var connectedPresentation: String?
    var isUp = false
    /// It was called (a phone that rings), rather than calling.
    var isDialled = false
    /// The channel that dialled it.
    var dialledBy: String?
    /// The queue that calls it, or that it waits in.
    var queue: String?
    /// How the attempt to reach it ended.
    var dialEnd: DialEnd?
    /// How its own attempt to reach somebody ended.
    var ownDialStatus: String?

    var bridge: String?
    /// When it last entered or left a bridge.
    var bridgedAt: Int?
    var leftBridgeAt: Int?

    var hangupRequest: Request?
    var softHangupRequest: Request?
    /// It was the second leg of an agent who joined two calls.
    var wasJoined = false
    var goneAt: Int?
    var hangupCause: String?

    /// Somebody asked for the end: the phone (`HangupRequest`) or a program (`SoftHangupRequest`).
    struct Request {
        let at: Int
        let cause: String?
    }

    struct DialEnd {
        let status: String
        let forward: String?
    }

    init(_ seen: AMIChannel, line: String?, at time: Int) {
        id = seen.id
        name = seen.name
        conversation = seen.linkedID ?? seen.id
        self.line = line
        bornAt = time
        exten = seen.exten
        isDialled = seen.state == .down || seen.state == .ringing
    }

    var isLocal: Bool { name.hasPrefix("Local/") }
    var isOutside: Bool { line == nil && !isLocal }

    /// The name of the other half: `Local/1001@direct-00000003;1` and `;2` are one pair.
    var otherHalfName: String? {
        guard isLocal, let half = name.last, half == "1" || half == "2" else { return nil }
        return name.dropLast() + (half == "1" ? "2" : "1")
    }

    /// Takes what a message says of it.
    ///
    /// - Parameter isNew: the message is `Newchannel`, which does not know the presentation yet.
    mutating func update(_ seen: AMIChannel, isNew: Bool) {
        number = seen.number ?? number
        displayName = seen.displayName ?? displayName
        connectedNumber = seen.connectedNumber ?? connectedNumber
        isUp = isUp || seen.state == .up
        if isNew {
            exten = seen.exten ?? exten
            return
        }
        // Once withheld, always: no later message may show the number.
        if presentation?.isWithheld != true { presentation = seen.presentation ?? presentation }
        connectedPresentation = seen.connectedPresentation ?? connectedPresentation
    }
}

extension String {
    /// A value of `num-pres`: the caller asked that the number be not shown.
    var isWithheld: Bool { hasPrefix("prohib") }
}
