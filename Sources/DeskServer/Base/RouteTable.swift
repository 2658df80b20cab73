import HTTPTypes
import Hummingbird
import Synchronization

/// Which methods each address takes: filled once, when all routes are known.
final class RouteTable: Sendable {
    private struct Entry: Sendable {
        let segments: [String]
        var methods: Set<HTTPRequest.Method>
    }

    private let entries = Mutex<[Entry]>([])

    func fill(from router: Router<DeskContext>) {
        let byPath = Dictionary(grouping: router.routes, by: { $0.path.description })
        let all = byPath.map { path, routes in
            var methods = Set(routes.map(\.method))
            if methods.contains(.get) { methods.insert(.head) }
            return Entry(segments: Self.segments(of: path), methods: methods)
        }
        // An address that is written out comes before one with a parameter.
        entries.withLock { $0 = all.sorted { Self.openness(of: $0) < Self.openness(of: $1) } }
    }

    /// The methods of an address; `nil` when nobody knows it.
    func methods(of path: String) -> Set<HTTPRequest.Method>? {
        let asked = Self.segments(of: path)
        return entries.withLock { entries in
            entries.first { Self.fits(asked, $0.segments) }?.methods
        }
    }

    private static func segments(of path: String) -> [String] {
        path.split(separator: "/").map(String.init)
    }

    private static func openness(of entry: Entry) -> Int {
        entry.segments.reduce(0) { $0 + ($1 == "**" ? 100 : $1.hasPrefix("{") ? 1 : 0) }
    }

    private static func fits(_ asked: [String], _ known: [String]) -> Bool {
        if known.last == "**" {
            return asked.count >= known.count && asked.starts(with: known.dropLast())
        }
        return asked.count == known.count
            && zip(asked, known).allSatisfy { $0 == $1 || $1.hasPrefix("{") }
    }
}

/// An address that is known answers a method that it does not take with those that it does (RFC 9110,
/// 15.5.6), before anything else is asked.
struct MethodCheck: RouterMiddleware {
    typealias Context = DeskContext

    let table: RouteTable

    private static let order: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete]

    func handle(
        _ request: Request, context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        if let taken = table.methods(of: request.uri.path), !taken.contains(request.method) {
            let allow = Self.order.filter(taken.contains).map(\.rawValue).joined(separator: ", ")
            throw Problem(
                status: .methodNotAllowed, title: "Not this method",
                detail: "This address takes \(allow).", allow: allow)
        }
        return try await next(request, context)
    }
}
