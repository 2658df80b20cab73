package import Calls
import Credentials
import Foundation

extension ZammadCTI {
    /// One request of this dialect, as the phone system said it and before it is a call's event.
    package struct Message: Hashable, Sendable {
        package enum Event: Hashable, Sendable {
            case newCall, answer, hangup
            /// A word that we do not know: to be counted and kept, and answered as usual.
            case unknown(String)
        }

        package let event: Event
        /// The sender's id of the call: opaque text. Some senders use one again; see `laterCallPrefix(of:)`.
        package let id: String
        /// As sent; `nil` when empty or absent.
        package let from: String?
        package let to: String?
        package let direction: CallDirection?
        /// Whom it rings (inbound) or who calls (outbound): real names, logins, ids or phones.
        package let users: [String]
        package let answeringNumber: String?
        package let userID: String?
        package let queue: String?
        package let cause: String?
        /// What the 3CX template says at the end of a call.
        package let report: Report?
    }

    /// The 3CX template sends no `answer`: whether somebody spoke is only known from its report.
    package struct Report: Hashable, Sendable {
        package let wasAnswered: Bool
        package let agent: String?
        /// Seconds of conversation.
        package let duration: Int
    }
}

extension ZammadCTI.Message {
    /// At most this many phones are rung by one event: queues have some forty members.
    static let mostUsers = 100

    /// - Parameters:
    ///   - body: the bytes as received; JSON, a form or multipart.
    ///   - contentType: the header's value. A body that begins with `{` is JSON whatever the header says, since
    ///     `curl --data` announces a form.
    package init(_ body: [UInt8], contentType: String?) throws(ZammadRefusal) {
        guard body.count <= StandardWebhook.longestBody else { throw .tooLong }
        try self.init(try Self.fields(body, ContentType(contentType ?? "")))
    }

    private static func fields(
        _ body: [UInt8], _ type: ContentType
    ) throws(ZammadRefusal) -> FormFields {
        let isObject =
            body.first { ![0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0) } == 0x7B
        if isObject || type.kind == "application/json" {
            return FormFields(try object(body))
        }
        switch type.kind {
        case "multipart/form-data":
            guard let form = MultipartForm(body, boundary: type.parameters["boundary"]) else {
                throw .unreadable(
                    "The body is not the multipart form that its Content-Type announces")
            }
            return form.fields
        case "application/x-www-form-urlencoded", "":
            return FormFields(urlEncoded: body, charset: type.parameters["charset"])
        default: throw .unsupportedType
        }
    }

    private static func object(_ body: [UInt8]) throws(ZammadRefusal) -> JSONObject {
        do throws(JSONFault) {
            if case .object(let object) = try JSONReader.read(body) { return object }
        } catch {
            throw .unreadable(
                "The body is not JSON: at byte \(error.offset) there should be \(error.expected)")
        }
        throw .unreadable("The body must be a JSON object")
    }

    private init(_ fields: FormFields) throws(ZammadRefusal) {
        guard let word = fields.all("event").first else { throw .missing("event") }
        event = Self.event(word)
        id = try Self.id(fields.first("callid"), event)
        from = fields.first("from").flatMap(Self.number)
        to = fields.first("to").flatMap(Self.number)
        direction = try Self.direction(fields.all("direction").first, event)
        users = fields.all("user", "caller").prefix(Self.mostUsers).map(\.cutForName)
        answeringNumber = fields.all("answeringnumber").first?.cutForName
        userID = fields.all("userid").first?.cutForName
        queue = fields.all("queue").first?.cutForName
        cause = fields.all("cause").first?.cutForName
        report = Self.report(fields)
    }

    /// Opaque text; an event that we do not know need not have one.
    private static func id(_ text: String?, _ event: Event) throws(ZammadRefusal) -> String {
        switch event {
        case .unknown: return text?.cutForName ?? ""
        case .newCall, .answer, .hangup:
            guard let text else { throw .missing("callId") }
            guard text.isIdentifier else { throw .badID }
            return text
        }
    }

    private static func event(_ word: String) -> Event {
        switch word.lowercased() {
        case "newcall": .newCall
        case "answer": .answer
        case "hangup": .hangup
        default: .unknown(word.cutForName)
        }
    }

    /// A form turns an unescaped `+` into a space: `" 4930…"` was `"+4930…"`.
    private static func number(_ text: String) -> String? {
        let wasPlus = text.hasPrefix(" ") && text.dropFirst().first?.isNumber == true
        return (wasPlus ? "+" + text.dropFirst() : text).trimmedOrNil
    }

    /// Only a new call needs one: without it nobody could say who the customer is.
    private static func direction(
        _ word: String?, _ event: Event
    ) throws(ZammadRefusal) -> CallDirection? {
        switch (word?.lowercased(), event) {
        case ("in", _): .inbound
        case ("out", _): .outbound
        case (nil, .answer), (nil, .hangup), (_, .unknown): nil
        case (nil, .newCall), (_, .newCall), (_, .answer), (_, .hangup): throw .badDirection
        }
    }

    private static func report(_ fields: FormFields) -> ZammadCTI.Report? {
        guard let type = fields.all("calltype").first?.lowercased() else { return nil }
        let seconds = fields.all("duration").first.flatMap(Int.init) ?? 0
        return ZammadCTI.Report(
            wasAnswered: type == "inbound" || type == "outbound",
            agent: fields.all("agent").first?.cutForName, duration: min(max(0, seconds), 86_400))
    }
}
