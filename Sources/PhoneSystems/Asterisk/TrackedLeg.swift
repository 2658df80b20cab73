import Calls

/// How far the call of one phone has come.
struct TrackedLeg {
    /// How the phone came to take part.
    enum Origin {
        /// It was rung.
        case rung
        /// The agent dialled on it.
        case dialled
        /// The panel asked the phone system to ring it and then to dial.
        case clickToDial
    }

    enum Stage { case offered, answered, over }

    let id: String
    let line: String
    let origin: Origin
    /// The call it takes part in; an internal call that goes on with the outside changes it.
    var call: Call.ID
    var direction: CallDirection
    var stage: Stage = .offered
    var answeredAt: Int?
    /// The channel it talked with last.
    var far: String?
    /// The phone itself keeps the other side waiting.
    var isHeld = false
    /// The agent speaks with the target of an attended transfer.
    var isConsulting = false
    /// Our hold by redirect: both sides wait apart.
    var isHeldByUs = false

    /// When the end was told, and what was told, so that late evidence can correct it.
    var endedAt: Int?
    var toldCause: HangupCause?
    var isTransferred = false
}

/// One call of ours: what all its events have in common.
struct TrackedCall {
    let id: Call.ID
    let direction: CallDirection
    /// The conversation whose last channel ends it.
    let conversation: String
    var liveLegs = 0
    var wasAnswered = false
    var lastCause: HangupCause?
    var endedAt: Int?
}

/// The channels and calls that share a `Linkedid`.
struct Conversation {
    var liveChannels = 0
    var calls: [String] = []
}
