import BuiltInCRM
import Foundation
import HTTPTypes
import Hummingbird
import Records

/// Import of contacts and leads by an administrator: preview, start, progress, report.
struct ImportRoutes {
    let imports: Imports
    let crm: BuiltInCRM
    let threads: ThreadReserve

    func add(to router: Router<DeskContext>) {
        router.post("api/v1/imports", use: add)
        router.get("api/v1/imports/:id", use: show)
        router.post("api/v1/imports/:id/start", use: start)
        router.post("api/v1/imports/:id/undo", use: undo)
        router.get("api/v1/imports/:id/refused.csv", use: refused)
    }

    private struct File: Decodable {
        let name: String
        let kind: RecordID.Kind?
        let text: String
    }

    @Sendable func add(_ request: Request, context: DeskContext) async throws -> Reply {
        _ = try context.administrator()
        try threads.admit()
        let file = try await request.json(File.self, limit: Limits.importBody)
        do {
            let report = try await imports.add(
                name: String(file.name.prefix(255)), kind: file.kind, file: Array(file.text.utf8))
            return try .json(report, status: .created)
        } catch let failure as ImportFailure {
            throw Problem.invalid("text", "\(failure)")
        }
    }

    @Sendable func show(_ request: Request, context: DeskContext) async throws -> Reply {
        _ = try context.administrator()
        guard let report = await imports.report(try context.parameter("id")) else {
            throw Problem.notFound
        }
        return try .json(report)
    }

    @Sendable func start(_ request: Request, context: DeskContext) async throws -> Reply {
        _ = try context.administrator()
        try threads.admit()
        do {
            guard let report = try await imports.start(try context.parameter("id")) else {
                throw Problem.notFound
            }
            return try .json(report, status: .accepted)
        } catch let failure as ImportFailure {
            throw Problem(status: .conflict, title: "Not possible now", detail: "\(failure)")
        }
    }

    private struct Undone: Encodable {
        let removed: Int
        let kept: Int
    }

    @Sendable func undo(_ request: Request, context: DeskContext) async throws -> Reply {
        _ = try context.administrator()
        guard let undone = try await crm.undo(import: try context.parameter("id")) else {
            throw Problem.notFound
        }
        return try .json(Undone(removed: undone.removed, kept: undone.keptCount))
    }

    @Sendable func refused(_ request: Request, context: DeskContext) async throws -> Reply {
        _ = try context.administrator()
        guard let csv = await imports.refusedCSV(try context.parameter("id")) else {
            throw Problem.notFound
        }
        var headers: HTTPFields = [.contentType: "text/csv; charset=utf-8"]
        headers[.contentDisposition] = "attachment; filename=\"refused.csv\""
        return Reply(status: .ok, headers: headers, data: Data(csv.utf8))
    }
}
