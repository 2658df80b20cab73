/// What a phone system of this dialect is answered: status 200 and one of these bodies.
package enum ZammadReply: Hashable, Sendable {
    /// The call takes its course.
    case accepted
    /// The caller is blocked; to an inbound `newCall` only. The phone system still sends `hangup`.
    case reject
    /// The caller ID to show; to an outbound `newCall` only. Digits, international without plus.
    case dial(callerID: String, number: String)

    package var json: String {
        switch self {
        case .accepted: "{}"
        case .reject: #"{"action":"reject","reason":"busy"}"#
        case .dial(let callerID, let number):
            // The manual of the dialect says `callerId` in one place, its server says `caller_id`: both.
            #"{"action":"dial","caller_id":\#(quoted(callerID)),"callerId":\#(quoted(callerID)),"#
                + #""number":\#(quoted(number))}"#
        }
    }
}

/// Why a request is refused. The first four texts are those of the dialect, word for word: senders show them.
package enum ZammadRefusal: Error, Hashable, Sendable {
    case badToken
    case disabled
    case notConfigured
    case badDirection
    case missing(String)
    case badID
    case unreadable(String)
    case unsupportedType
    case tooLong

    package var status: Int {
        switch self {
        case .badToken: 401
        case .disabled, .notConfigured, .badDirection, .missing: 422
        case .badID, .unreadable: 400
        case .unsupportedType: 415
        case .tooLong: 413
        }
    }

    package var message: String {
        switch self {
        case .badToken: "Invalid token, please contact your admin!"
        case .disabled: "Feature is disabled, please contact your administrator!"
        case .notConfigured: "Feature not configured, please contact your admin!"
        case .badDirection: "Invalid direction!"
        case .missing(let field): "\(field) is missing"
        case .badID: "callId must have at most 256 bytes, and no NUL"
        case .unreadable(let why): why
        case .unsupportedType:
            "Send JSON, a form or multipart/form-data, and say which in Content-Type"
        case .tooLong: "The body has more than 65536 bytes"
        }
    }

    package var json: String { #"{"error":\#(quoted(message))}"# }
}

/// A JSON text.
private func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "\u{0}"..<"\u{20}":
            let digits = String(scalar.value, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}
