package import CallLogging

/// Why a command was not carried out: whose fault it is, and what would help. Nothing was changed.
package enum CommandRefusal: Error, Hashable, Sendable {
    /// It is not there, or it is not yours: the two are not told apart.
    case notFound
    case invalid(field: String, String)
    /// Part of a question that cannot be read.
    case unreadable(field: String, String)
    /// Somebody else was faster.
    case conflict(String)
    /// The log was edited elsewhere since; the current one is shown beside what was typed.
    case logConflict(CallLog)
    case phoneSystem(String)
}

extension CommandRefusal: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notFound: "There is no such thing here."
        case .invalid(_, let text), .unreadable(_, let text), .conflict(let text),
            .phoneSystem(let text):
            text
        case .logConflict:
            "The call log was changed in another window. Nothing was overwritten."
        }
    }
}
