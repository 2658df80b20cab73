/// A command of ours that leaves no event of its own, or one that looks like something else.
///
/// Hand it to `AsteriskCalls.remember` before it is sent. It is applied when its effect arrives; an answer
/// with an error drops it.
package struct OwnCommand: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// `Hangup` of a ringing leg: without the memory it looks like a missed call.
        case decline
        /// `Redirect` of the caller to the announcement while the leg rings.
        case sendToVoicemail
        /// `Hangup` of a leg that talks.
        case hangUp
        /// `Redirect` of the caller to where the phone rings again and answers by itself.
        case answer
        /// Double `Redirect`: caller and leg wait apart from each other.
        case hold
        /// `Atxfer`: the other side waits, and the agent's phone rings the target.
        case consult
        /// `Redirect` of the caller to another extension.
        case transfer(to: String)
        /// `Originate`; the leg is the `ChannelId` that we chose.
        case dial(number: String)
    }

    /// The `ActionID` it was sent with.
    package let actionID: String
    /// The leg's `Uniqueid`.
    package let leg: String
    package let kind: Kind

    package init(_ kind: Kind, leg: String, actionID: String) {
        self.kind = kind
        self.leg = leg
        self.actionID = actionID
    }
}
