import CallHandling
import CallWebhooks
import Calls
import Credentials
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Storage

/// Where phone systems tell us of calls. They are answered 2xx after the commit, and not before.
struct IntakeRoutes {
    let flow: CallFlow
    let sources: EventSources
    let now: @Sendable () -> Date

    func add(to router: Router<DeskContext>) {
        router.post("api/v1/events/:source", use: takeSigned)
        router.post("api/v1/cti/:token", use: takeZammad)
    }

    /// Our own signed events. Refusals look alike: which check failed is for our log alone.
    @Sendable func takeSigned(_ request: Request, context: DeskContext) async throws -> Reply {
        let name = try context.parameter("source")
        let body = try await request.bytes(limit: Limits.webhookBody)
        let delivery = try await verified(body, name: name, request, context)
        let reader = OwnEvents(system: name, plan: flow.organisation.settings.plan)
        let batch: EventBatch
        do {
            batch = try reader.read(body)
        } catch {
            sources.count(name) {
                $0.refused += 1; $0.lastRefusal = error.detail
            }
            throw Problem(
                status: .init(code: error.status), title: "This event cannot be read",
                detail: error.detail, field: error.field)
        }
        let unknown = batch.unknown.map {
            UnknownMessage(source: name, reason: "unknown event \($0.name)", body: $0.raw)
        }
        let receipt = try await flow.receive(
            batch.events, unknown: unknown, message: MessageID(source: name, value: delivery.id))
        if receipt == .taken {
            note(batch.events.count, unknown: unknown.count, from: name)
        }
        return try .json(["status": receipt == .taken ? "accepted" : "known"])
    }

    private func verified(
        _ body: [UInt8], name: String, _ request: Request, _ context: DeskContext
    ) async throws -> StandardWebhook.Delivery {
        let refusal = Problem(
            status: .init(code: StandardWebhook.refusalAnswer.status), title: "Not accepted",
            detail: StandardWebhook.refusalAnswer.detail)
        guard let source = try await sources.source(named: name), source.dialect == .callmatch,
            let current = try? WebhookKey(source.secret)
        else { throw refusal }
        let keys = WebhookKeys(
            current: current, previous: source.previousSecret.flatMap { try? WebhookKey($0) })
        do {
            return try StandardWebhook.verify(body: body, keys: keys, now: now()) { field in
                HTTPField.Name(field).map { request.headers[values: $0] } ?? []
            }
        } catch {
            sources.count(name) {
                $0.refused += 1; $0.lastRefusal = Self.words(for: error)
            }
            context.logger.warning(
                "An event was refused.", metadata: ["source": "\(name)", "why": "\(error)"])
            throw refusal
        }
    }

    /// For the administrator: what the sender is not told.
    private static func words(for refusal: StandardWebhook.Refusal) -> String {
        if case .clockDiffers(let seconds) = refusal {
            return "The sender's clock differs by \(seconds) seconds."
        }
        return "The signature is missing or wrong: compare the secret on both sides."
    }

    /// The generic CTI dialect: the token in the address is all that proves the sender.
    @Sendable func takeZammad(_ request: Request, context: DeskContext) async throws -> Reply {
        let text = try context.parameter("token")
        guard let token = Token(text), let source = try await sources.source(token: token),
            source.dialect == .zammad
        else { return Self.reply(status: 401, ZammadRefusal.badToken.json) }
        let body: [UInt8]
        do {
            body = try await request.bytes(limit: Limits.webhookBody)
        } catch is Problem {
            return Self.reply(status: 413, ZammadRefusal.tooLong.json)
        }
        do {
            let message = try ZammadCTI.Message(body, contentType: request.headers[.contentType])
            try await take(message, body: body, from: source)
        } catch let refusal as ZammadRefusal {
            sources.count(source.name) {
                $0.refused += 1; $0.lastRefusal = refusal.message
            }
            return Self.reply(status: refusal.status, refusal.json)
        }
        return Self.reply(status: 200, ZammadReply.accepted.json)
    }

    private func take(
        _ message: ZammadCTI.Message, body: [UInt8], from source: EventSource
    ) async throws {
        let organisation = flow.organisation
        let reader = ZammadCTI(system: source.name, plan: organisation.settings.plan) { user in
            organisation.extension(forUser: user)
        }
        let previous = try await flow.newestCall(
            system: source.name, id: message.id,
            laterPrefix: ZammadCTI.laterCallPrefix(of: message.id))
        let events = reader.events(of: message, previous: previous, now: now())
        var unknown: [UnknownMessage] = []
        if case .unknown = message.event {
            let raw = String(decoding: body, as: UTF8.self)
            unknown = [UnknownMessage(source: source.name, reason: "unknown event", body: raw)]
        }
        try await flow.receive(events, unknown: unknown)
        note(events.count, unknown: unknown.count, from: source.name)
    }

    private func note(_ count: Int, unknown: Int, from source: String) {
        let now = now()
        sources.count(source) { tally in
            tally.events += count
            tally.unknown += unknown
            tally.lastEventAt = now
        }
    }

    private static func reply(status: Int, _ json: String) -> Reply {
        Reply(
            status: .init(code: status), headers: [.contentType: "application/json; charset=utf-8"],
            data: Data(json.utf8))
    }
}
