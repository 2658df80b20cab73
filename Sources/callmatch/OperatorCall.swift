import DeskServer
import Foundation
import Storage

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Carries a command out: through the running server where there is one, else on the store itself.
enum OperatorCall {
    /// - Parameter needsServer: for what makes no sense without a running server.
    static func perform(
        _ command: OperatorCommand, settings: Settings, needsServer: Bool = false
    ) async throws -> OperatorReply {
        let presence = Presence(folder: settings[.data])
        if let notice = presence.notice(), let reply = try await ask(notice, command) {
            return reply
        }
        guard !needsServer else {
            throw CommandFailure(
                text: "No server is running on \(settings[.data]). Start it: callmatch serve")
        }
        return try await performHere(command, settings: settings)
    }

    /// An import of a long file takes minutes. `URLSession.shared` would end a silent request after 60 s,
    /// whatever the request itself says.
    private static let session: URLSession = {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = 3600
        return URLSession(configuration: configuration)
    }()

    /// `nil` when the server that left the notice is gone: nobody listens there.
    private static func ask(_ notice: Presence.Notice, _ command: OperatorCommand) async throws
        -> OperatorReply?
    {
        guard let url = URL(string: notice.address + "/api/v1/operator") else { return nil }
        var request = URLRequest(url: url)
        request.httpMethod = "POST"
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        request.setValue("1", forHTTPHeaderField: "X-CallMatch")
        request.setValue("Bearer \(notice.token)", forHTTPHeaderField: "Authorization")
        request.httpBody = try JSONEncoder().encode(command)
        let data: Data
        let response: URLResponse
        do {
            (data, response) = try await session.data(for: request)
        } catch let error as URLError where error.code == .cannotConnectToHost {
            return nil
        } catch {
            throw CommandFailure(
                text: """
                    The running server did not answer to the end: \(error.localizedDescription). What it \
                    had begun may be done; look at the panel or ask again.
                    """)
        }
        if (response as? HTTPURLResponse)?.statusCode == 200 {
            return try JSONDecoder().decode(OperatorReply.self, from: data)
        }
        struct Problem: Decodable {
            let title: String
            let detail: String?
        }
        let problem = try? JSONDecoder().decode(Problem.self, from: data)
        throw CommandFailure(
            text: problem?.detail ?? problem?.title ?? "The running server refused the command.")
    }

    private static func performHere(_ command: OperatorCommand, settings: Settings) async throws
        -> OperatorReply
    {
        let isThere =
            !settings[.database].isEmpty
            || FileManager.default.fileExists(atPath: settings[.data] + "/callmatch.sqlite")
        guard isThere else {
            throw CommandFailure(
                text: """
                    \(settings[.data]): there is no store. Start one with “callmatch serve”, or name its \
                    folder with --data.
                    """)
        }
        do {
            let app = try await CallMatch.open(
                try settings.serverOptions(), logger: settings.logger())
            let result: Result<OperatorReply, any Error>
            do {
                result = .success(try await Operator(app).perform(command))
            } catch {
                result = .failure(error)
            }
            await app.database.close()
            return try result.get()
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure(text: "\(error)")
        }
    }
}
