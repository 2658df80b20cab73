package import Calls
import Credentials
import Foundation
package import PhoneNumbers

/// Our own events: JSON, signed by Standard Webhooks, one object or an array of at most 100.
///
/// A pure translation: the signature has been checked before, and what comes out is stored afterwards.
/// Fields that are known are read strictly, unknown fields are ignored, an unknown kind of event is counted
/// and kept.
package struct OwnEvents: Sendable {
    /// More in one body than any phone system reports in one moment.
    package static let mostEvents = 100

    /// The source's name in the settings: the first half of every call id from it.
    package let system: String
    /// How this source writes numbers.
    package let plan: NumberingPlan

    package init(system: String, plan: NumberingPlan) {
        self.system = system
        self.plan = plan
    }

    /// - Parameter body: the bytes as received.
    /// - Returns: the events in the order in which they stand.
    package func read(_ body: [UInt8]) throws(EventFault) -> EventBatch {
        guard body.count <= StandardWebhook.longestBody else { throw .tooLong(bytes: body.count) }
        var batch = EventBatch()
        for (object, path) in try objects(body) {
            let fields = EventFields(object, path: path)
            let word = try fields.text("event").flatMap { $0.isEmpty ? nil : $0 }
            let name = try fields.required("event", word)
            if let kind = CallEvent.Kind(rawValue: name) {
                batch.events.append(try event(kind, fields))
            } else {
                let raw = String(decoding: body[object.place], as: UTF8.self)
                batch.unknown.append(UnknownEvent(name: name, raw: raw))
            }
        }
        return batch
    }

    private func objects(_ body: [UInt8]) throws(EventFault) -> [(JSONObject, path: String)] {
        let value: JSONValue
        do throws(JSONFault) {
            value = try JSONReader.read(body)
        } catch {
            throw .notJSON(offset: error.offset, expected: error.expected)
        }
        switch value {
        case .object(let object): return [(object, "")]
        case .array(let list):
            guard list.count <= Self.mostEvents else { throw .tooMany(list.count) }
            var objects: [(JSONObject, path: String)] = []
            for (place, element) in list.enumerated() {
                guard case .object(let object) = element else {
                    throw .notAnObject(field: "[\(place)]")
                }
                objects.append((object, "[\(place)]."))
            }
            return objects
        case .text, .number, .boolean, .null: throw .notAnObject(field: "")
        }
    }

    private func event(_ kind: CallEvent.Kind, _ fields: EventFields) throws(EventFault)
        -> CallEvent
    {
        let call = try fields.required("call", fields.identifier("call"))
        let conversation = try fields.identifier("conversation")
        let at = try fields.required("at", fields.time("at"))
        let ownExtension = try fields.identifier("extension")
        let from = try fields.object("from").map { party throws(EventFault) in try self.party(party)
        }
        let to = try fields.object("to").map { party throws(EventFault) in try self.number(party) }
        let cause = try fields.identifier("cause").map(HangupCause.init(neutral:))
        return CallEvent(
            call: Call.ID(system: system, value: conversation ?? call),
            leg: leg(kind, call: call, conversation: conversation, extension: ownExtension),
            kind: kind, at: at, sequence: try fields.integer("sequence"),
            direction: try fields.choice("direction"), from: from, to: to,
            extension: ownExtension, queue: try fields.identifier("queue"),
            cause: kind == .ended ? cause : nil)
    }

    /// With a conversation, `call` is the name of one phone's part in it, and the part that bears the
    /// conversation's own name ends it. Without one, an extension names the part; else it is about the whole.
    private func leg(
        _ kind: CallEvent.Kind, call: String, conversation: String?, extension: String?
    ) -> Leg.ID? {
        guard let conversation else { return `extension`.map(Leg.ID.init) }
        return kind == .ended && call == conversation ? nil : Leg.ID(call)
    }

    private func party(_ fields: EventFields) throws(EventFault) -> Party {
        Party(
            number: try number(fields), name: try fields.text("name")?.cutForShow.trimmedOrNil,
            attestation: try fields.text("attestation").flatMap(attestation))
    }

    private func number(_ fields: EventFields) throws(EventFault) -> PhoneNumber {
        PhoneNumber(try fields.required("number", fields.text("number")).withoutNUL, plan: plan)
    }

    /// Only the three levels of STIR/SHAKEN vouch for anything; any other word vouches for nothing.
    private func attestation(_ text: String) -> String? {
        ["A", "B", "C"].first { $0 == text }
    }
}

/// What one body said.
package struct EventBatch: Sendable {
    package internal(set) var events: [CallEvent] = []
    /// Kinds of event that we do not know: to be counted and kept, not an error.
    package internal(set) var unknown: [UnknownEvent] = []
}

package struct UnknownEvent: Hashable, Sendable {
    /// The word that the sender uses for it.
    package let name: String
    /// The event as received.
    package let raw: String
}

extension HangupCause {
    /// The product's own word for a cause; any other word is kept and counts as unknown.
    init(neutral word: String) {
        self.init(Kind(rawValue: word) ?? .unknown, raw: word)
    }
}
