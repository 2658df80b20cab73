/// Why the org did not do what was asked: whose fault it is, and what would help.
package enum OrgFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// No answer: it may have been done all the same.
    case unanswered(String)
    /// An answer that is none of Salesforce's: HTML of a gateway, another type, too large, a redirect.
    case garbled(String)
    /// The token is no longer taken, and a new one was not given.
    case needsConsent(String)
    /// Refused, in Salesforce's own words.
    case refused(OrgRefusal)

    package var description: String {
        switch self {
        case .unanswered(let why): "Salesforce did not answer: \(why)."
        case .garbled(let what): "What Salesforce answered cannot be read: \(what)."
        case .needsConsent(let why):
            "Salesforce no longer lets us in: \(why). Connect again in Administration, Connections."
        case .refused(let refusal): "\(refusal)"
        }
    }
}

/// What Salesforce says when it refuses: a status, and one or more errors.
package struct OrgRefusal: Hashable, Sendable, CustomStringConvertible {
    package struct Reason: Hashable, Sendable {
        /// `FIELD_CUSTOM_VALIDATION_EXCEPTION`; empty where the org named none.
        package let code: String
        package let message: String
        package let fields: [String]

        package init(code: String, message: String, fields: [String] = []) {
            self.code = code
            self.message = message
            self.fields = fields
        }
    }

    package let status: Int
    package let reasons: [Reason]
    /// In seconds, where the answer named a time.
    package let retryAfter: Int?

    package init(status: Int, reasons: [Reason], retryAfter: Int? = nil) {
        self.status = status
        self.reasons = reasons
        self.retryAfter = retryAfter
    }

    package var description: String {
        let words = reasons.map { reason in
            let fields = reason.fields.isEmpty ? "" : " (\(reason.fields.joined(separator: ", ")))"
            return "\(reason.message)\(fields) [\(reason.code)]"
        }
        return words.isEmpty ? "Salesforce answered \(status)." : words.joined(separator: " ")
    }

    package func has(_ code: String) -> Bool { reasons.contains { $0.code == code } }

    /// The longest message that is kept: what an org writes is shown to people.
    private static let longestMessage = 1000
    private static let mostReasons = 10

    /// Reads the body of a refusal: `[{"message","errorCode","fields"}]`, one such object, or OAuth's
    /// `{"error","error_description"}`; of 300 the addresses of the records. What cannot be read becomes a refusal
    /// without reasons.
    package init(status: Int, body: JSONValue?, retryAfter: Int? = nil) {
        if status == 300 {
            let ids = (body?.array ?? []).prefix(Self.mostReasons).compactMap { item in
                (item.text?.split(separator: "/").last).flatMap { OrgID(String($0)) }
            }
            self.init(severalRecords: ids)
            return
        }
        let items: [JSONValue] =
            switch body {
            case .array(let items): items
            case .object?: [body ?? .null]
            default: []
            }
        let reasons = items.prefix(Self.mostReasons).compactMap { item -> Reason? in
            let code = item["errorCode"]?.text ?? item["statusCode"]?.text ?? item["error"]?.text
            let message = item["message"]?.text ?? item["error_description"]?.text
            guard code != nil || message != nil else { return nil }
            return Reason(
                code: code ?? "", message: String((message ?? "").prefix(Self.longestMessage)),
                fields: item["fields"]?.array.compactMap(\.text) ?? [])
        }
        self.init(status: status, reasons: Array(reasons), retryAfter: retryAfter)
    }
}

extension OrgRefusal {
    /// More than one record has our key: nobody but a person can say which one is right.
    package init(severalRecords ids: [OrgID]) {
        let names = ids.map(\.description).joined(separator: ", ")
        let reason = Reason(
            code: "MULTIPLE_RECORDS",
            message: """
                Salesforce has several activities of this call: \(names). Delete all but one of them there, then try \
                again.
                """)
        self.init(status: 300, reasons: [reason])
    }

    /// Whether a value that must be there once is that of our key, and not of a field of somebody else's.
    ///
    /// `fields` is empty in such a refusal, so the message is read; it can say `<unknown>` in the place of the name.
    func isDuplicate(of key: OrgName) -> Bool {
        let name = key.description.lowercased()
        return reasons.contains { reason in
            guard reason.code == "DUPLICATE_VALUE" else { return false }
            let words = reason.message.lowercased().split { $0 == " " || $0 == ":" || $0 == "," }
            return words.contains { $0 == name || $0 == "<unknown>" }
                || reason.fields.contains { $0.lowercased() == name }
        }
    }

    /// Fields that the refusal is about, by name.
    var fieldNames: Set<String> {
        Set(
            reasons.flatMap { reason in
                let quoted = reason.message.split(separator: "'", omittingEmptySubsequences: false)
                let column =
                    reason.message.hasPrefix("No such column") && quoted.count > 2
                    ? [String(quoted[1])] : []
                return reason.fields + column
            })
    }
}

/// What to do about a refusal: the table of error classes.
///
/// Source: Salesforce, REST API Developer Guide, status codes and error responses; what each class is worth was
/// taken from clients that are in use.
package enum Remedy: Hashable, Sendable {
    /// Later: a lock, an overload, a limit. `isDaily`: not before the day's allocation moves on.
    case retry(isDaily: Bool)
    /// With a new token, once.
    case refresh
    /// The key is there already: look for the record, and change it.
    case isThere
    /// The record or field is not there: leave the field out, or look again.
    case unknownField
    /// Never like this: show the words to a person.
    case park

    package init(_ refusal: OrgRefusal) {
        let isLimit = refusal.has("REQUEST_LIMIT_EXCEEDED")
        let isDaily = refusal.reasons.contains { $0.message.contains("TotalRequests") }
        self =
            switch refusal.status {
            case 401 where refusal.isFinal: .park
            case 401: .refresh
            case 300: .park
            case 420, 429, 500...599: .retry(isDaily: false)
            case _ where isLimit: .retry(isDaily: isDaily)
            case _
            where refusal.has("UNABLE_TO_LOCK_ROW") || refusal.has("SERVER_UNAVAILABLE")
                || refusal.has("QUERY_TIMEOUT"):
                .retry(isDaily: false)
            case _ where refusal.has("DUPLICATE_VALUE"): .isThere
            case _
            where refusal.has("INVALID_FIELD")
                || refusal.has("INVALID_FIELD_FOR_INSERT_UPDATE"):
                .unknownField
            default: .park
            }
    }
}

extension OrgFault {
    /// `nil` for what is no refusal.
    package var remedy: Remedy? {
        if case .refused(let refusal) = self { Remedy(refusal) } else { nil }
    }
}

extension OrgRefusal {
    /// A 401 that a new token does not cure: asking for one again would loop.
    fileprivate var isFinal: Bool {
        reasons.contains {
            $0.message.contains("not valid for use with the REST API")
                || $0.message.contains("not attached to Agent")
        }
    }
}
