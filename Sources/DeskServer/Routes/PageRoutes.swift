import CPanelFiles
import Credentials
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// The pages and their files, which are built into the program.
struct PageRoutes {
    private let files: [String: PanelFile]

    init() {
        files = Dictionary(
            uniqueKeysWithValues: (0..<callmatch_panel_count()).map { index in
                let file = PanelFile(callmatch_panel_at(index))
                return (file.name, file)
            })
    }

    /// A file that was built in.
    static func file(named name: String) -> [UInt8]? {
        (0..<callmatch_panel_count()).lazy.map { callmatch_panel_at($0) }
            .first { String(cString: $0.name) == name }
            .map { Array(UnsafeBufferPointer(start: $0.bytes, count: $0.size)) }
    }

    /// Which file a path shows. `crm` and `admin` find their own way below.
    private static let pages: [(path: String, file: String)] = [
        ("", "panel.html"), ("sign-in", "sign-in.html"), ("crm", "crm.html"),
        ("crm/**", "crm.html"), ("admin", "admin.html"), ("admin/**", "admin.html"),
        (CRMRoutes.tabPath, "connect.html"),
    ]

    func add(to router: Router<DeskContext>) {
        for (path, file) in Self.pages {
            router.get(RouterPath(path)) { request, _ in try answer(file, to: request) }
        }
        router.get("panel/:file") { request, context in
            try answer(try context.parameter("file"), to: request)
        }
        router.get("favicon.ico") { request, _ in try answer("icon.svg", to: request) }
    }

    private func answer(_ name: String, to request: Request) throws -> Response {
        guard let file = files[name] else { throw Problem.notFound }
        let headers: HTTPFields = [
            .contentType: file.mediaType, .cacheControl: "no-cache", .eTag: file.tag,
        ]
        // The type stays: a browser takes the headers of this answer for its stored page, and by the type
        // they are those of a page.
        if request.headers[.ifNoneMatch] == file.tag {
            return Response(status: .notModified, headers: headers)
        }
        return Response(
            status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: file.bytes)))
    }
}

private struct PanelFile: Sendable {
    let name: String
    let bytes: [UInt8]
    let tag: String
    let mediaType: String

    init(_ file: callmatch_panel_file) {
        name = String(cString: file.name)
        bytes = Array(UnsafeBufferPointer(start: file.bytes, count: file.size))
        tag = "\"\(Digest(of: bytes).hex.prefix(24))\""
        mediaType =
            switch name.split(separator: ".").last {
            case "html": "text/html; charset=utf-8"
            case "css": "text/css; charset=utf-8"
            case "js": "text/javascript; charset=utf-8"
            case "svg": "image/svg+xml; charset=utf-8"
            default: "application/octet-stream"
            }
    }
}

/// Small pages of the server itself.
enum Pages {
    /// A page that only says something. Its text may be from outside: it is escaped.
    ///
    /// - Parameter next: where a link below leads, and what it says; `nil` for none.
    static func text(
        status: HTTPResponse.Status, title: String, body: String,
        next: (path: String, text: String)? = ("/sign-in", "Sign in with a password")
    ) -> Response {
        let (title, body) = (escaped(title), escaped(body))
        let link = next.map { "<p><a href=\"\($0.path)\">\($0.text)</a></p>" } ?? ""
        let page = """
            <!doctype html><html lang="en"><head><meta charset="utf-8">\
            <meta name="viewport" content="width=device-width, initial-scale=1">\
            <title>\(title)</title><link rel="stylesheet" href="/panel/tokens.css">\
            <link rel="stylesheet" href="/panel/base.css">\
            <link rel="stylesheet" href="/panel/components.css">\
            <link rel="stylesheet" href="/panel/sign-in.css"></head>\
            <body class="sign-in"><main class="card sign-in-card"><h1>\(title)</h1><p>\(body)</p>\
            \(link)</main></body></html>
            """
        return Response(
            status: status, headers: [.contentType: "text/html; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: page)))
    }
    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
            .replacing(">", with: "&gt;").replacing("\"", with: "&quot;")
    }
}
