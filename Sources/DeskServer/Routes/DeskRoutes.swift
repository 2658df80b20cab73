import AgentDesk
import CallHandling
import CallLogging
import CallerLookup
import Calls
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import PhoneNumbers
import PhoneSystem
import Records
import ServiceLifecycle
import Storage

/// The agent's picture, and the stream of pictures.
struct DeskRoutes {
    let painter: DeskPainter
    let feed: DeskFeed
    let timing: RingTiming
    let organisation: Organisation
    let now: @Sendable () -> Date

    func add(to router: Router<DeskContext>) {
        router.get("api/v1/desk", use: show)
        router.get("api/v1/desk/stream", use: stream)
        router.patch("api/v1/agent", use: setPreferences)
    }

    @Sendable func show(_ request: Request, context: DeskContext) async throws -> Reply {
        let session = try context.signedIn()
        guard let desk = try await picture(for: session) else { throw Problem.signInNeeded }
        return try .json(desk)
    }

    /// Server-sent events: a whole picture at once and after each change, so a window that was away needs
    /// nothing but the next one.
    @Sendable func stream(_ request: Request, context: DeskContext) async throws -> Response {
        let session = try context.signedIn()
        guard let window = feed.open(agent: session.agent.id) else {
            throw Problem(
                status: .tooManyRequests, title: "Too many windows",
                detail: "Close another window of CallMatch first.", retryAfter: 5)
        }
        let body = request.body
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store",
                // The server watches this connection for its end, and closes it after the stream.
                .connection: "close",
            ],
            body: ResponseBody { writer in
                defer { feed.close(window.id) }
                try await body.consumeWithInboundCloseHandler { _ in
                    try await writer.write(ByteBuffer(string: "retry: 500\n\n"))
                    try await write(window.wakes, of: session, to: &writer)
                } onInboundClosed: {
                    feed.close(window.id)
                }
                try await writer.finish(nil)
            })
    }

    private func write(
        _ wakes: AsyncStream<Void>, of session: Session, to writer: inout any ResponseBodyWriter
    ) async throws {
        var measured: Set<String> = []
        for await _ in wakes.cancelOnGracefulShutdown() {
            guard let desk = try await current(session) else { return }
            var frame = ByteBuffer()
            frame.writeString("event: desk\nid: \(desk.version)\ndata: ")
            frame.writeBytes(try JSON.encoder.encode(desk))
            frame.writeString("\n\n")
            try await writer.write(frame)
            timing.note(desk.calls, known: &measured, now: now())
        }
    }

    /// The picture for a session that still is one.
    private func current(_ session: Session) async throws -> Desk? {
        guard now().timeIntervalSince(session.signedInAt) < Limits.sessionSeconds else {
            return nil
        }
        return try await picture(for: session)
    }

    private func picture(for session: Session) async throws -> Desk? {
        let now = now()
        var desk = try await painter.desk(
            of: session.agent.id, signedInAt: session.signedInAt, now: now)
        desk?.version = feed.nextVersion(now: now)
        return desk
    }

    private struct PreferencesInput: Decodable {
        let filter: RelatedScope?
        let sound: Bool?
        let notifications: Bool?
    }

    @Sendable func setPreferences(_ request: Request, context: DeskContext) async throws -> Reply {
        let session = try context.signedIn()
        let input = try await request.json(PreferencesInput.self)
        var preferences = session.agent.preferences
        preferences.filter = input.filter ?? preferences.filter
        preferences.sound = input.sound ?? preferences.sound
        preferences.notifications = input.notifications ?? preferences.notifications
        try await organisation.setPreferences(preferences, of: session.agent.id)
        return .nothing
    }
}
