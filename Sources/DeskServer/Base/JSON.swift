import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// The one form of JSON to and from the outside: sorted keys, times in ISO 8601 with milliseconds.
enum JSON {
    static let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(text(of: date))
        }
        return encoder
    }()

    static let decoder: JSONDecoder = {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let text = try decoder.singleValueContainer().decode(String.self)
            guard let date = date(from: text) else {
                throw DecodingError.dataCorrupted(
                    .init(codingPath: decoder.codingPath, debugDescription: "not a time"))
            }
            return date
        }
        return decoder
    }()

    static func text(of date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    static func date(from text: String) -> Date? {
        try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    /// Whether brackets nest no deeper than the limit: checked before any parser sees the bytes.
    static func isShallow(_ bytes: some Sequence<UInt8>) -> Bool {
        var depth = 0
        var isInString = false
        var isEscaped = false
        for byte in bytes {
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
            } else if byte == UInt8(ascii: "\"") {
                isInString = true
            } else if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
                depth += 1
                if depth > Limits.jsonDepth { return false }
            } else if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") {
                depth -= 1
            }
        }
        return true
    }
}

extension Request {
    /// The raw body, at most `limit` bytes.
    func bytes(limit: Int) async throws -> [UInt8] {
        do {
            let buffer = try await body.collect(upTo: limit)
            return Array(buffer.readableBytesView)
        } catch is NIOTooManyBytesError {
            throw Problem(
                status: .contentTooLarge, title: "Too large",
                detail: "This address takes at most \(limit / 1024) KiB.")
        }
    }

    /// The body as JSON. The media type must say so: a form cannot send it from another site.
    func json<Value: Decodable>(_ type: Value.Type, limit: Int = Limits.body) async throws -> Value
    {
        let media = headers[.contentType]?.split(separator: ";").first ?? ""
        guard media.trimmingCharacters(in: .whitespaces).lowercased() == "application/json" else {
            throw Problem(
                status: .unsupportedMediaType, title: "JSON is needed",
                detail: "Send the header Content-Type: application/json.")
        }
        let bytes = try await bytes(limit: limit)
        guard JSON.isShallow(bytes) else { throw Problem.badRequest("The JSON nests too deep.") }
        do {
            return try JSON.decoder.decode(type, from: Data(bytes))
        } catch let error as DecodingError {
            throw Problem(error)
        }
    }

    /// The query parameter `limit`; `nil` where there is none.
    func limit(atMost most: Int) throws -> Int? {
        guard let text = query("limit") else { return nil }
        guard let count = Int(text), (1...most).contains(count) else {
            throw Problem.badRequest("A limit is a number from 1 to \(most).", field: "limit")
        }
        return count
    }

    /// A query parameter, decoded; at most 500 characters.
    func query(_ name: String) -> String? {
        uri.queryParameters[Substring(name)].map { String($0.prefix(500)) }
    }
}

extension Problem {
    /// Names the field that could not be read, never its value.
    fileprivate init(_ error: DecodingError) {
        let (what, path): (String, [any CodingKey]) =
            switch error {
            case .keyNotFound(let key, let context):
                ("is missing", context.codingPath + [key])
            case .typeMismatch(_, let context): ("has the wrong type", context.codingPath)
            case .valueNotFound(_, let context): ("must not be null", context.codingPath)
            case .dataCorrupted(let context): ("cannot be read", context.codingPath)
            @unknown default: ("cannot be read", [])
            }
        let field = path.map(\.stringValue).joined(separator: ".")
        self = .badRequest(
            field.isEmpty ? "The body is not JSON." : "“\(field)” \(what).",
            field: field.isEmpty ? nil : field)
    }
}

/// An answer of this server: JSON, or nothing.
struct Reply: ResponseGenerator {
    var status: HTTPResponse.Status
    var headers = HTTPFields()
    var data: Data?

    static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Reply {
        Reply(
            status: status, headers: [.contentType: "application/json; charset=utf-8"],
            data: try JSON.encoder.encode(value))
    }

    static let nothing = Reply(status: .noContent)

    func response(from request: Request, context: some RequestContext) -> Response {
        Response(
            status: status, headers: headers,
            body: data.map { .init(byteBuffer: ByteBuffer(bytes: $0)) } ?? .init())
    }
}
