import Foundation
import HTTPTypes
import Hummingbird
import Logging

/// Puts the security headers on every response, errors included, and turns errors into problems: it is the
/// outermost middleware, and nothing is answered past it.
struct SecurityHeaders: RouterMiddleware {
    typealias Context = DeskContext

    /// Exact origins that may frame the panel, such as a CRM's.
    let frameAncestors: [String]

    func handle(
        _ request: Request, context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            response = try await next(request, context)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            let problem = Problem(error)
            if problem.status.code >= 500 {
                context.logger.error(
                    "A request failed.",
                    metadata: [
                        "method": "\(request.method)", "path": "\(Self.place(of: request))",
                        "error": "\(error)",
                    ])
            }
            response = problem.response(from: request, context: context)
        }
        add(to: &response, path: request.uri.path)
        return response
    }

    /// The path for the log, without what is secret in it.
    static func place(of request: Request) -> String {
        let parts = request.uri.path.split(separator: "/").map(String.init)
        if parts.count > 3, parts[2] == "cti" { return "/api/v1/cti/•••" }
        if parts.count > 2, parts[0] == "sign-in" { return "/sign-in/link/•••" }
        return "/" + parts.joined(separator: "/")
    }

    private func add(to response: inout Response, path: String) {
        Self.add(to: &response.headers, policy: policy(for: response, path: path))
    }

    /// What stands on every answer, whoever gives it.
    static func add(to headers: inout HTTPFields, policy: String = dataPolicy) {
        headers[.strictTransportSecurity] = "max-age=31536000; includeSubDomains"
        headers[.xContentTypeOptions] = "nosniff"
        headers[.referrerPolicy] = "no-referrer"
        if headers[.cacheControl] == nil { headers[.cacheControl] = "no-store" }
        headers[.contentSecurityPolicy] = policy
    }

    private static let dataPolicy = """
        default-src 'none'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox
        """

    private func policy(for response: Response, path: String) -> String {
        let isPage = response.headers[.contentType]?.hasPrefix("text/html") ?? false
        guard isPage else { return Self.dataPolicy }
        let isPanel = path == "/"
        let ancestors = isPanel ? (["'self'"] + frameAncestors).joined(separator: " ") : "'none'"
        let form = path.hasPrefix("/sign-in") ? "'self'" : "'none'"
        return """
            default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
            connect-src 'self'; form-action \(form); base-uri 'none'; object-src 'none'; \
            frame-ancestors \(ancestors); require-trusted-types-for 'script'; \
            trusted-types 'none'
            """
    }
}

extension HTTPField.Name {
    static let referrerPolicy = Self.known("Referrer-Policy")
    static let clearSiteData = Self.known("Clear-Site-Data")
    static let secFetchSite = Self.known("Sec-Fetch-Site")
    static let antiForgery = Self.known("X-CallMatch")

    /// A name that is written in this file and is a valid token.
    private static func known(_ name: String) -> HTTPField.Name {
        guard let field = HTTPField.Name(name) else { preconditionFailure("\(name) is no field") }
        return field
    }
}

/// Refuses writes that another site made a browser send: a header that only our own pages can set, and
/// what the browser itself says of the origin.
struct AntiForgery: RouterMiddleware {
    typealias Context = DeskContext

    func handle(
        _ request: Request, context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        // Only what can change something; another method is answered 405 by its address.
        let isWrite = [.post, .put, .patch, .delete].contains(request.method)
        let isIntake =
            request.uri.path.hasPrefix("/api/v1/cti/")
            || request.uri.path.hasPrefix("/api/v1/events/")
        if isWrite && !isIntake {
            let site = request.headers[.secFetchSite]
            let isOwn = site == nil || site == "same-origin" || site == "none"
            guard isOwn, request.headers[.antiForgery] == "1" else {
                throw Problem(
                    status: .forbidden, title: "Not from our own pages",
                    detail: "Send the header X-CallMatch: 1 from the same origin.")
            }
        }
        return try await next(request, context)
    }
}
