import Calls
import Foundation
import Storage
import Synchronization

/// Calls by the JSON in which they are stored, so that a text is read once and not with every event and
/// every picture of a desk.
///
/// The text is the key, so nothing here can be out of date: a transaction that is undone, or another
/// process, changes the text and with it the answer. What was not asked for lately is forgotten.
final class DecodedCalls: Sendable {
    /// Texts of one generation; twice as many are kept, of about 2 KB each.
    private static let most = 500

    static let shared = DecodedCalls()

    private struct Generations {
        var young: [String: Call] = [:]
        var old: [String: Call] = [:]
    }

    private let calls = Mutex(Generations())

    /// The call of a row's column `json`.
    func call(of row: Row) throws -> Call {
        let text = try row.text("json")
        if let known = calls.withLock({ $0.young[text] ?? $0.old[text] }) { return known }
        let call = try row.json("json", as: Call.self)
        remember(call, text: text)
        return call
    }

    /// The JSON of a call, which is remembered.
    func json(of call: Call) throws -> SQLValue {
        let json = try SQLValue.json(call)
        if case .text(let text) = json {
            remember(call, text: text)
        }
        return json
    }

    private func remember(_ call: Call, text: String) {
        calls.withLock { calls in
            if calls.young.count >= Self.most {
                calls.old = calls.young
                calls.young = [:]
            }
            calls.young[text] = call
        }
    }
}
