import CallHandling
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Synchronization

/// Writes down who asked for what is not there, or is not theirs (answered 404): a count, and a line in the log that names
/// who, what and from where.
///
/// The two are not told apart: the answer does not, and what makes it does not ask whether there is such a thing. Where the
/// id is a call's, `callmatch export` and the store say whose it is. Queries and bodies are not written.
struct RefusalLog: RouterMiddleware {
    typealias Context = DeskContext

    let tally: RefusalTally
    let now: @Sendable () -> Date

    /// In bytes: what of an address is written.
    private static let longestPath = 300

    func handle(
        _ request: Request, context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            let response = try await next(request, context)
            if response.status == .notFound { note(request, context) }
            return response
        } catch {
            if Problem(error).status == .notFound { note(request, context) }
            throw error
        }
    }

    private func note(_ request: Request, _ context: Context) {
        // Pages and their files are everybody's.
        let path = request.uri.path
        guard path.hasPrefix("/api/") || path == "/metrics" else { return }
        let who = context.session?.agent.id
        let line = tally.note(who, now: now())
        guard line != .none else { return }
        context.logger.notice(
            line == .last
                ? "Asked for what is not there, or not theirs; more of it within this minute is only counted."
                : "Asked for what is not there, or not theirs.",
            metadata: [
                "agent": "\(who ?? "nobody who is signed in")", "method": "\(request.method)",
                "path": "\(Self.shown(SecurityHeaders.place(of: request)))",
                "address": "\(context.peer)",
            ])
    }

    private static func shown(_ path: String) -> String {
        String(decoding: path.utf8.prefix(longestPath).map { $0 < 0x20 ? 0x3F : $0 }, as: UTF8.self)
    }
}

/// How often somebody asked for what is not there, or not theirs.
final class RefusalTally: Sendable {
    /// What is written about one more.
    enum Line: Hashable, Sendable {
        case one
        /// And for the rest of the minute none.
        case last
        case none
    }

    /// Lines for one agent in a minute; whoever is not signed in is one, too.
    static let linesInMinute = 60
    private static let minute: TimeInterval = 60

    private struct State {
        var ofAgents = 0
        var ofOthers = 0
        var began: Date?
        /// In this minute, by who asked: no more than there are agents.
        var recent: [String: Int] = [:]
    }

    private let state = Mutex(State())

    /// Since the start: of those who are signed in, and of others.
    var counts: (agents: Int, others: Int) { state.withLock { ($0.ofAgents, $0.ofOthers) } }

    /// - Parameter agent: `nil` for whoever is not signed in.
    func note(_ agent: String?, now: Date) -> Line {
        state.withLock { state in
            if agent == nil { state.ofOthers += 1 } else { state.ofAgents += 1 }
            let who = agent ?? ""
            if let began = state.began, abs(now.timeIntervalSince(began)) < Self.minute {
                state.recent[who, default: 0] += 1
            } else {
                state.began = now
                state.recent = [who: 1]
            }
            let count = state.recent[who, default: 0]
            return count < Self.linesInMinute ? .one : count == Self.linesInMinute ? .last : .none
        }
    }
}
