import BuiltInCRM
import CPanelFiles
import CallHandling
import Credentials
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// The way in for the commands of this machine: a token that only who may read the data folder knows.
struct OperatorRoutes {
    let `operator`: Operator
    let token: Token

    static let path = "api/v1/operator"

    func add(to router: Router<DeskContext>) {
        router.post(RouterPath(Self.path), use: perform)
    }

    @Sendable func perform(_ request: Request, context: DeskContext) async throws -> Reply {
        let given = request.headers[.authorization]?.split(separator: " ").last.flatMap {
            Token($0)
        }
        guard let given, given == token else { throw Problem.notFound }
        let command = try await request.json(OperatorCommand.self, limit: Limits.importBody)
        do {
            return try .json(try await `operator`.perform(command))
        } catch let failure as ImportFailure {
            throw Problem.invalid("file", "\(failure)")
        }
    }
}

/// What this API is, as a document.
struct DescriptionRoutes {
    func add(to router: Router<DeskContext>) {
        router.get("api/v1/openapi.json") { _, _ in
            guard let file = PageRoutes.file(named: "openapi.json") else { throw Problem.notFound }
            return Response(
                status: .ok, headers: [.contentType: "application/json; charset=utf-8"],
                body: .init(byteBuffer: ByteBuffer(bytes: file)))
        }
    }
}
