import Credentials

/// Why a body of our own events is refused: the sender has to change something, so it says what and how.
///
/// A body is taken as a whole or not at all: nothing of a refused one is stored.
package enum EventFault: Error, Hashable, Sendable {
    case tooLong(bytes: Int)
    case tooMany(Int)
    case notJSON(offset: Int, expected: String)
    /// The body, or an element of its array, is no object.
    case notAnObject(field: String)
    case missing(field: String, hint: String?)
    case repeated(field: String)
    case wrong(field: String, expected: String)

    /// For the HTTP answer.
    package var status: Int {
        switch self {
        case .tooLong, .tooMany: 413
        case .notJSON, .notAnObject, .missing, .repeated, .wrong: 400
        }
    }

    /// The field that is to blame, such as `[3].from.number`; `nil` when it is none in particular.
    package var field: String? {
        switch self {
        case .tooLong, .tooMany, .notJSON: nil
        case .notAnObject(let field), .missing(let field, _), .repeated(let field),
            .wrong(let field, _):
            field.isEmpty ? nil : field
        }
    }

    /// One sentence: what is wrong, where, and what would help.
    package var detail: String {
        switch self {
        case .tooLong(let bytes):
            "The body has \(bytes) bytes, more than the \(StandardWebhook.longestBody) that are read: "
                + "send fewer events at once"
        case .tooMany(let count):
            "The array has \(count) events; at most \(OwnEvents.mostEvents) are taken at once"
        case .notJSON(let offset, let expected):
            "The body is not JSON: at byte \(offset) there should be \(expected)"
        case .notAnObject(let field):
            "\(field.isEmpty ? "The body" : field) must be an object: {\"call\":…,\"event\":…,\"at\":…}"
        case .missing(let field, let hint):
            "\(field) is missing\(hint.map { ": \($0)" } ?? "")"
        case .repeated(let field):
            "\(field) is given twice: leave one of them out"
        case .wrong(let field, let expected):
            "\(field) must be \(expected)"
        }
    }
}
