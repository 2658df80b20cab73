import CallerLookup
import Calls
import Foundation
import Storage
import Synchronization

/// Values by the JSON in which they are stored, so that a text is read once and not with every event and
/// every picture of a desk.
///
/// The text is the key, so nothing here can be out of date: a transaction that is undone, or another
/// process, changes the text and with it the answer. What was not asked for lately is forgotten.
final class DecodedJSON<Value: Codable & Sendable>: Sendable {
    private struct Generations {
        var young: [String: Value] = [:]
        var old: [String: Value] = [:]
    }

    /// Texts of one generation; twice as many are kept, of about 2 KB each.
    private let most = 500
    private let known = Mutex(Generations())

    /// The value of a row's column.
    func value(of column: String, in row: Row) throws -> Value {
        let text = try row.text(column)
        if let value = known.withLock({ $0.young[text] ?? $0.old[text] }) { return value }
        let value = try row.json(column, as: Value.self)
        remember(value, text: text)
        return value
    }

    func remember(_ value: Value, text: String) {
        known.withLock { known in
            if known.young.count >= most {
                known.old = known.young
                known.young = [:]
            }
            known.young[text] = value
        }
    }
}

/// The JSON of calls, put together from that of their events: an event is put into JSON once, and not again with each that
/// follows it.
final class CallTexts: Sendable {
    private struct Generations {
        var young: [CallEvent: String] = [:]
        var old: [CallEvent: String] = [:]
    }

    /// Events of one generation; twice as many are kept, of about 0.5 KB each.
    private let most = 2000
    private let events = Mutex(Generations())
    private let calls = DecodedJSON<Call>()

    func value(of column: String, in row: Row) throws -> Call {
        try calls.value(of: column, in: row)
    }

    /// The JSON of an event that is in a call. Of two that are equal and differ in how a number was written, the one in
    /// the call is the one to be named here.
    func remember(_ event: CallEvent, as json: SQLValue) {
        guard case .text(let text) = json else { return }
        events.withLock { events in
            if events.young.count >= most {
                events.old = events.young
                events.young = [:]
            }
            events.young[event] = text
        }
    }

    func json(of call: Call) throws -> SQLValue {
        let facts = try call.facts.map { fact in
            if let known = events.withLock({ $0.young[fact] ?? $0.old[fact] }) { return known }
            let json = try SQLValue.json(fact)
            remember(fact, as: json)
            guard case .text(let text) = json else { preconditionFailure("JSON is text") }
            return text
        }
        guard case .text(let rest) = try SQLValue.json(call.bare),
            let place = rest.utf8.firstRange(of: Self.noFacts)
        else { preconditionFailure("a call's JSON has its facts") }
        let text = """
            \(rest[..<place.lowerBound])"facts":[\(facts.joined(separator: ","))]\(rest[place.upperBound...])
            """
        calls.remember(call, text: text)
        return .text(text)
    }

    /// Stands nowhere else: a quotation mark inside a text has a backslash before it.
    private static let noFacts = Array(#""facts":[]"#.utf8)
}

/// One memory for all stores of the process: a text means the same in each.
enum DecodedTexts {
    static let calls = CallTexts()
    static let matches = DecodedJSON<Match>()
}
