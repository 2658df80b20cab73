import Hummingbird
import Synchronization

/// Lets so many requests that may change something in at once, and tells the others to come again.
///
/// Each waits for the store. While the disk stands still they would take every connection, and who only looks, or asks
/// whether the server is well, would find none.
final class ChangeGate: RouterMiddleware {
    typealias Context = DeskContext

    private let most: Int
    private let inside = Atomic(0)

    init(most: Int) { self.most = most }

    func handle(
        _ request: Request, context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard [.post, .put, .patch, .delete].contains(request.method) else {
            return try await next(request, context)
        }
        defer { inside.subtract(1, ordering: .relaxed) }
        guard inside.add(1, ordering: .relaxed).newValue <= most else {
            throw Problem(
                status: .serviceUnavailable, title: "Too many wait already",
                detail: "Nothing was changed. Try again in some seconds.", retryAfter: 2)
        }
        return try await next(request, context)
    }
}
