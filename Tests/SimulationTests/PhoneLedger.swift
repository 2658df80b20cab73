import Calls
import Foundation
import PhoneSystem

/// The phone system: what it said, which of it was acknowledged, and which phones are in a call.
struct PhoneLedger {
    struct Message {
        let id: String
        let event: CallEvent
        let body: [UInt8]
    }

    private(set) var said: [Message] = []
    private(set) var acknowledged: Set<String> = []
    private var live: [Call.ID: Set<Leg.ID>] = [:]

    /// In the order in which they were said.
    var waiting: [Message] { said.filter { !acknowledged.contains($0.id) } }

    /// Of how many calls anything was acknowledged.
    var calls: Int { Set(said.filter { acknowledged.contains($0.id) }.map(\.event.call)).count }

    mutating func acknowledge(_ id: String) { acknowledged.insert(id) }

    /// A new message, as the phone system writes it.
    mutating func say(_ saying: Saying, at time: Date) -> Message {
        let call = SimulatedServer.call(saying.call)
        let phone = saying.phone.map(SimulatedServer.phone)
        let number = SimulatedServer.number(saying.call % 4)
        let at = Date(
            timeIntervalSince1970: (time.timeIntervalSince1970 * 1000).rounded() / 1000)
        var fields = [
            "\"event\":\"\(saying.kind.rawValue)\"", "\"call\":\"\(call.value)\"",
            // The format cuts what is below a millisecond, and a time of binary fractions is a little below it.
            "\"at\":\"\(at.addingTimeInterval(0.0002).formatted(Self.format))\"",
            "\"direction\":\"inbound\"", "\"from\":{\"number\":\"\(number)\"}",
        ]
        if let phone { fields.append("\"extension\":\"\(phone)\"") }
        let message = Message(
            id: "m\(said.count)",
            event: CallEvent(
                call: call, leg: phone.map { Leg.ID($0) }, kind: saying.kind, at: at,
                extension: phone),
            body: Array("{\(fields.joined(separator: ","))}".utf8))
        said.append(message)
        follow(message.event)
        return message
    }

    private static let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    private mutating func follow(_ event: CallEvent) {
        switch (event.kind, event.leg) {
        case (.ended, nil): live[event.call] = nil
        case (.ended, let leg?), (.declined, let leg?): live[event.call]?.remove(leg)
        case (.answered, let leg?): live[event.call] = [leg]
        case (_, let leg?): live[event.call, default: []].insert(leg)
        case (_, nil): break
        }
    }

    /// Every telephone is on the hook.
    mutating func hangUp() { live = [:] }

    func stock(at time: Date) -> CallStock {
        CallStock(system: SimulatedServer.system, legs: live, at: time)
    }
}
