package import Calls
import Foundation
package import PhoneNumbers

/// What the phone system's events mean for calls: a value without clock and I/O.
///
/// Repeats, and events that arrive some milliseconds out of order, are ordinary. Legs are keyed by `Uniqueid`,
/// conversations by the `Linkedid` that a leg had first, nothing by a channel's name. A number that the caller
/// withheld does not leave this type.
package struct AsteriskCalls: Sendable {
    /// Channels known at once. A phone system of this size has 5,000 calls; more is a fault or an attack.
    package static let mostChannels = 20_000
    /// How long what is over is remembered, by the phone system's clock: repeats and late events must find it.
    static let remembrance = 60 * 1_000_000
    /// Click-to-dial requests whose channel has not appeared yet.
    static let mostRequests = 200

    let system: String
    /// Channels keep the line they were first seen with.
    package var lines: AsteriskLines
    package var plan: NumberingPlan

    var channels: [String: Channel] = [:]
    var legs: [String: TrackedLeg] = [:]
    var calls: [String: TrackedCall] = [:]
    var conversations: [String: Conversation] = [:]
    /// The channels in each bridge.
    var bridges: [String: Set<String>] = [:]
    /// Halves of `Local` pairs that exist now, by name: the only way to find the other half.
    var halves: [String: String] = [:]
    /// Our own commands whose effect has not arrived, by the leg's id.
    var commands: [String: OwnCommand] = [:]
    /// Legs with commands for channels that do not exist yet, oldest first.
    var requests: [String] = []
    /// Channels that wait for somebody who has left: to be hung up.
    var stranded: [String] = []
    /// What is over, in the order of its end.
    var departed: [Departure] = []
    /// The latest time that any event told.
    var clock = 0
    var news: [CallEvent] = []
    /// What is told now is rebuilt from a snapshot.
    var isRebuilding = false

    /// Events without a time, which were dropped: `timestampevents=yes` is missing in `manager.conf`.
    package internal(set) var untimedEvents = 0
    /// Numbers kept back because nobody said whether they may be shown: `channelvars` is missing there.
    package internal(set) var unknownPresentations = 0
    /// Channels beyond `mostChannels`, which were not taken.
    package internal(set) var ignoredChannels = 0

    struct Departure: Sendable {
        let at: Int
        var channel: String?
        var conversation: String?
    }

    /// - Parameters:
    ///   - system: the phone system's name in the settings: the first half of every call id.
    ///   - lines: which endpoints are phones of agents.
    package init(system: String, lines: AsteriskLines, plan: NumberingPlan) {
        self.system = system
        self.lines = lines
        self.plan = plan
    }

    /// Channels remembered now, those that are over included: for limits and tests.
    package var channelCount: Int { channels.count }

    /// Commands whose effect has not arrived.
    package var commandCount: Int { commands.count }

    /// Takes one message and says what it means. Answers and lists give nothing.
    package mutating func apply(_ message: AMIMessage) -> [CallEvent] {
        guard let event = message.event, event != "OriginateResponse" else {
            settleCommand(message)
            return []
        }
        guard let kind = Kind(rawValue: event) else { return [] }
        guard let time = message.microseconds else {
            untimedEvents += 1
            return []
        }
        clock = max(clock, time)
        learnChannels(message, at: time)
        story(kind, message, at: time)
        forget()
        defer { news = [] }
        return news
    }

    /// The events that say something about a call. The others of the classes call, agent and user do not.
    enum Kind: String {
        case newChannel = "Newchannel"
        case newState = "Newstate"
        case newCallerID = "NewCallerid"
        case newConnectedLine = "NewConnectedLine"
        case localBridge = "LocalBridge"
        case dialBegin = "DialBegin"
        case dialState = "DialState"
        case dialEnd = "DialEnd"
        case agentCalled = "AgentCalled"
        case queueJoined = "QueueCallerJoin"
        case bridgeEntered = "BridgeEnter"
        case bridgeLeft = "BridgeLeave"
        case hold = "Hold"
        case unhold = "Unhold"
        case blindTransfer = "BlindTransfer"
        case attendedTransfer = "AttendedTransfer"
        case hangupRequested = "HangupRequest"
        case softHangupRequested = "SoftHangupRequest"
        case hungUp = "Hangup"
        case userEvent = "UserEvent"
    }

    /// The whole story, one line for each thing that can happen.
    private mutating func story(_ kind: Kind, _ message: AMIMessage, at time: Int) {
        let id = message["Uniqueid"] ?? ""
        switch kind {
        case .newChannel:
            if message["ChannelStateDesc"] == "Ring" { dialled(on: id, at: time) }
            tellDialledNumber(id, at: time)
        case .newState, .newCallerID, .newConnectedLine, .localBridge, .userEvent: break
        case .dialBegin: dialBegan(message, at: time)
        case .dialState: learnCaller(message)
        case .dialEnd: dialEnded(message, at: time)
        case .agentCalled: queueCalled(message, at: time)
        case .queueJoined: channels[id]?.queue = message["Queue"]?.cutForShow
        case .bridgeEntered:
            // The channel that it takes the place of is told to have left a moment later.
            if let old = message["SwapUniqueid"] {
                left(old, bridge: message["BridgeUniqueid"], at: time)
            }
            entered(id, bridge: message["BridgeUniqueid"], at: time)
        case .bridgeLeft: left(id, bridge: message["BridgeUniqueid"], at: time)
        case .hold: held(id, at: time)
        case .unhold: retrieved(id, at: time)
        case .blindTransfer: blindlyTransferred(message, at: time)
        case .attendedTransfer: transferredAfterTalk(message, at: time)
        case .hangupRequested: requested(\.hangupRequest, id, message, at: time)
        case .softHangupRequested: requested(\.softHangupRequest, id, message, at: time)
        case .hungUp: hungUp(id, cause: message["Cause"], at: time)
        }
    }

    /// Channels are known from whatever names them first.
    private mutating func learnChannels(_ message: AMIMessage, at time: Int) {
        for prefix in ["", "Dest", "LocalOne", "LocalTwo"] {
            guard let seen = AMIChannel(message, prefix: prefix) else { continue }
            learn(seen, isNew: message.event == Kind.newChannel.rawValue, at: time)
        }
    }

    mutating func learn(_ seen: AMIChannel, isNew: Bool, at time: Int) {
        if channels[seen.id] == nil {
            guard channels.count < Self.mostChannels else {
                ignoredChannels += 1
                return
            }
            let new = Channel(seen, line: lines.extension(ofChannel: seen.name), at: time)
            channels[seen.id] = new
            conversations[new.conversation, default: Conversation()].liveChannels += 1
            if new.isLocal { halves[new.name] = new.id }
        }
        channels[seen.id]?.update(seen, isNew: isNew)
    }

    /// Drops what has been over for a while.
    private mutating func forget() {
        let due = departed.prefix { $0.at < clock - Self.remembrance }
        guard !due.isEmpty else { return }
        for departure in due {
            if let id = departure.channel {
                channels[id] = nil
                legs[id] = nil
                commands[id] = nil
            }
            if let id = departure.conversation, let over = conversations[id],
                over.liveChannels == 0, over.calls.allSatisfy({ calls[$0]?.endedAt != nil })
            {
                for call in over.calls { calls[call] = nil }
                conversations[id] = nil
            }
        }
        departed.removeFirst(due.count)
    }
}

extension AsteriskCalls {
    /// Writes one event of a leg that takes part in a call.
    mutating func tell(
        _ kind: CallEvent.Kind, leg id: String, at time: Int, from: Party? = nil,
        to: PhoneNumber? = nil, queue: String? = nil, cause: HangupCause? = nil,
        target: String? = nil
    ) {
        guard let leg = legs[id] else { return }
        news.append(
            CallEvent(
                call: leg.call, leg: Leg.ID(id), kind: kind, at: AMITime.date(time), sequence: time,
                direction: leg.direction, from: from, to: to, extension: leg.line, queue: queue,
                cause: cause, target: target, isReconstructed: isRebuilding))
    }

    func callID(_ value: String) -> Call.ID { Call.ID(system: system, value: value) }
}
