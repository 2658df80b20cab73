import BuiltInCRM
import CallHandling
import Foundation
import HTTPTypes
import Hummingbird
import PhoneSystem
import Storage

/// An error as the outside sees it: `application/problem+json` of RFC 9457, in words that say what is
/// wrong, where, and what would help. Nothing about the inside.
struct Problem: Error, Sendable {
    let status: HTTPResponse.Status
    let title: String
    var detail: String?
    /// The field that is to blame.
    var field: String?
    /// Seconds after which it may be tried again.
    var retryAfter: Int?
    /// Methods that the address takes, where the one that was used is none of them.
    var allow: String?
    /// A further member, encoded: the log that stands against an edit.
    var current: Data?

    static let signInNeeded = Problem(
        status: .unauthorized, title: "You are not signed in",
        detail: "Sign in again and repeat it.")
    static let notFound = Problem(
        status: .notFound, title: "Not found", detail: "There is no such thing here.")

    static func invalid(_ field: String, _ detail: String) -> Problem {
        Problem(
            status: .unprocessableContent, title: "This cannot be saved", detail: detail,
            field: field)
    }

    static func badRequest(_ detail: String, field: String? = nil) -> Problem {
        Problem(
            status: .badRequest, title: "This request cannot be read", detail: detail, field: field)
    }
}

extension Problem {
    /// The answer to an error from anywhere below.
    init(_ error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let refusal as CommandRefusal: self = Problem(refusal)
        case let refusal as RecordRefusal: self = Problem(refusal)
        case let refusal as ControlRefusal:
            self.init(
                status: .conflict, title: "The phone system did not do it", detail: "\(refusal)")
        case let failure as StorageFailure: self = Problem(failure)
        case let error as any HTTPResponseError:
            self.init(status: error.status, title: error.status.reasonPhrase)
        case is DecodingError:
            self = .badRequest("The body is not the JSON that this address takes.")
        default:
            self.init(
                status: .internalServerError, title: "Something went wrong here",
                detail: "It was logged. Trying again may help.")
        }
    }

    private init(_ refusal: CommandRefusal) {
        switch refusal {
        case .notFound: self = .notFound
        case .invalid(let field, let text): self = .invalid(field, text)
        case .unreadable(let field, let text): self = .badRequest(text, field: field)
        case .conflict(let text):
            self.init(status: .conflict, title: "Not possible now", detail: text)
        case .logConflict:
            self.init(
                status: .conflict, title: "Changed elsewhere", detail: refusal.description)
        case .phoneSystem(let text):
            self.init(
                status: .conflict, title: "The phone system did not do it", detail: text)
        }
    }

    private init(_ failure: StorageFailure) {
        switch failure {
        case .overloaded, .diskFull, .unavailable, .failed, .closed:
            self.init(
                status: .serviceUnavailable, title: "The store cannot take this now",
                detail: "Nothing was changed. It will be tried again.", retryAfter: 2)
        default:
            self.init(
                status: .internalServerError, title: "Something went wrong here",
                detail: "It was logged. Trying again may help.")
        }
    }
}

extension Problem: ResponseGenerator {
    private struct Body: Encodable {
        let type: String
        let title: String
        let status: Int
        let detail: String?
        let field: String?
    }

    func response(from request: Request, context: some RequestContext) -> Response {
        let body = Body(
            type: "about:blank", title: title, status: status.code, detail: detail, field: field)
        var data = (try? JSON.encoder.encode(body)) ?? Data("{}".utf8)
        if let current {
            data.removeLast()
            data += Data(",\"current\":".utf8) + current + Data("}".utf8)
        }
        var headers: HTTPFields = [.contentType: "application/problem+json; charset=utf-8"]
        if let allow { headers[.allow] = allow }
        if let retryAfter { headers[.retryAfter] = "\(retryAfter)" }
        if status == .unauthorized { headers[.wwwAuthenticate] = "Bearer" }
        return Response(
            status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: data)))
    }
}
