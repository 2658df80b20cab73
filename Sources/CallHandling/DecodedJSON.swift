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

    /// The JSON of a value, which is remembered.
    func json(of value: Value) throws -> SQLValue {
        let json = try SQLValue.json(value)
        if case .text(let text) = json {
            remember(value, text: text)
        }
        return json
    }

    private func remember(_ value: Value, text: String) {
        known.withLock { known in
            if known.young.count >= most {
                known.old = known.young
                known.young = [:]
            }
            known.young[text] = value
        }
    }
}

/// One memory for all stores of the process: a text means the same in each.
enum DecodedTexts {
    static let calls = DecodedJSON<Call>()
    static let matches = DecodedJSON<Match>()
}
