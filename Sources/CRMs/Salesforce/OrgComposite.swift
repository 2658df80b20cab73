import Foundation

/// Several questions in one request, which counts as one: what fails of it does not fail the rest.
///
/// Source: Salesforce, REST API Developer Guide, "Composite": at most 25 parts, of which at most 5 are queries.
struct OrgComposite: Equatable {
    struct Part: Equatable {
        let name: String
        /// Below `/services/data/vNN.N/`.
        let path: String
    }

    static let mostQueries = 5

    private(set) var parts: [Part] = []

    mutating func add(_ name: String, get path: String) {
        parts.append(Part(name: name, path: path))
    }

    /// - Parameter reference: a text in the query that stands for a value of an earlier part, and is not encoded.
    mutating func add(_ name: String, query: SOQL, reference: String? = nil) {
        let pieces =
            reference.map { query.description.components(separatedBy: $0) } ?? [query.description]
        let encoded = pieces.map(OrgConnection.encoded).joined(separator: reference ?? "")
        add(name, get: "query?q=\(encoded)")
    }

    mutating func add(_ more: OrgComposite) { parts += more.parts }

    static func describe(_ object: OrgName) -> Part {
        Part(name: "describe\(object)", path: "sobjects/\(object)/describe")
    }

    mutating func add(describe object: OrgName) { parts.append(Self.describe(object)) }

    /// Whether a part of this name asks for something else there.
    func asksOtherwise(than other: OrgComposite) -> Bool {
        parts.contains { part in
            other.parts.contains { $0.name == part.name && $0.path != part.path }
        }
    }

    func body(version: String) -> JSONValue {
        .object([
            "allOrNone": .flag(false),
            "compositeRequest": .array(
                parts.map {
                    .object([
                        "method": .text("GET"), "referenceId": .text($0.name),
                        "url": .text("/services/data/v\(version)/\($0.path)"),
                    ])
                }),
        ])
    }
}

/// What came of one part.
enum OrgPart: Sendable {
    case answered(JSONValue)
    case refused(OrgRefusal)
}

/// The parts of an answer, by name. A part that cannot be read is not there.
struct OrgParts: Sendable {
    private let parts: [String: OrgPart]

    /// - Throws: `OrgFault.garbled` where no part can be read.
    init(_ body: JSONValue?) throws(OrgFault) {
        let items = body?["compositeResponse"]?.array ?? []
        parts = items.reduce(into: [:]) { parts, item in
            guard let name = item["referenceId"]?.text,
                let status = item["httpStatusCode"]?.number.flatMap({ Int(exactly: $0) })
            else { return }
            let isFine = (200...299).contains(status)
            parts[name] =
                isFine
                ? .answered(item["body"] ?? .null)
                : .refused(OrgRefusal(status: status, body: item["body"]))
        }
        if parts.isEmpty { throw .garbled("an answer in parts has none") }
    }

    subscript(_ name: String) -> OrgPart? { parts[name] }

    /// The records of a query; none where the part failed or is no answer to a query.
    func rows(_ name: String) -> [JSONValue] {
        guard case .answered(let body) = parts[name] else { return [] }
        return body["records"]?.array ?? []
    }

    /// Whether a part names a field or an object that this user does not have.
    var lacksField: Bool {
        parts.values.contains {
            guard case .refused(let refusal) = $0 else { return false }
            return Remedy(refusal) == .unknownField || refusal.has("INVALID_TYPE")
        }
    }
}

extension OrgRefusal {
    /// What was asked for is not there, for this user.
    var isNotThere: Bool {
        status == 404 || status == 403
            || [
                "NOT_FOUND", "INVALID_TYPE", "ENTITY_IS_DELETED", "INSUFFICIENT_ACCESS",
                "INSUFFICIENT_ACCESS_OR_READONLY", "INVALID_CROSS_REFERENCE_KEY",
            ].contains(where: has)
    }
}

extension OrgConnection {
    /// One request for all parts. It only reads, so it may go over a connection that was used before.
    func ask(_ composite: OrgComposite) async throws(OrgFault) -> OrgParts {
        let reply = try await answer(
            "POST", "composite", body: composite.body(version: version)
        ) {
            $0.isRepeatable = true
            $0.mostBytes = OrgRequest.longAnswer
        }
        guard let body = JSONValue(reply.body) else { throw .garbled("it is no JSON") }
        return try OrgParts(body)
    }
}
