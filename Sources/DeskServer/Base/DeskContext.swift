import Foundation
import Hummingbird
import Logging
import NIOCore

/// What a request carries through the server.
struct DeskContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// Who is signed in; set by `SessionMiddleware`.
    var session: Session?
    /// The address at the other end of the connection, never one from a header.
    let peer: String

    init(source: Source) {
        coreContext = .init(source: source)
        peer = source.channel.remoteAddress?.ipAddress ?? "local"
    }

    /// JSON bodies; imports have a limit of their own.
    var maxUploadSize: Int { Limits.body }

    /// The session of a request that needs one.
    func signedIn() throws -> Session {
        guard let session else { throw Problem.signInNeeded }
        return session
    }

    /// The session of an administrator. Others are not told that there is anything.
    func administrator() throws -> Session {
        let session = try signedIn()
        guard session.isAdministrator else { throw Problem.notFound }
        return session
    }

    /// A path parameter as text, at most 256 bytes.
    func parameter(_ name: String) throws -> String {
        guard let value = parameters.get(name), !value.isEmpty, value.utf8.count <= 256 else {
            throw Problem.notFound
        }
        return value
    }
}

/// Every limit of the server: a name and a reason for each. Hummingbird leaves them open.
enum Limits {
    /// A webhook or a command; notes have 32,000 characters, which fit.
    static let body = 160 * 1024
    /// What phone systems send.
    static let webhookBody = 64 * 1024
    /// A file to import: about 200,000 contacts.
    static let importBody = 32 * 1024 * 1024
    static let headerField = 8 * 1024
    static let headerList = 16 * 1024
    static let headerCount = 64
    /// Idle connections are closed; event streams send a ping before.
    static let idleSeconds: Int64 = 60
    /// In which the first head on a connection must be whole.
    static let headSeconds: Int64 = 10
    static let pingSeconds: Int64 = 15
    /// Fewer where the system gives fewer file descriptors (`Descriptors`).
    static let connections = 1024
    /// Requests under way that may change something; more are refused with a time to come again. Three quarters of the
    /// connections: while the disk stands still, who only looks finds a place.
    static let changesAtOnce = 768
    /// Programs of this machine that watch the server.
    static let administrationConnections = 16
    static let backlog = 1024
    /// Depth of JSON from outside.
    static let jsonDepth = 16
    /// Sessions end after so long, and after so long without use.
    static let sessionSeconds: TimeInterval = 12 * 3600
    static let sessionIdleSeconds: TimeInterval = 8 * 3600
    /// Sign-in links.
    static let linkSeconds: TimeInterval = 600
    /// A ticket begins a consent; a flow lasts as long as the CRM's own page may.
    static let consentTicketSeconds: TimeInterval = 120
    static let consentFlowSeconds: TimeInterval = 600
    /// Failed sign-ins of one name, and from one address, within `signInWindow` seconds.
    static let signInsOfName = 10
    static let signInsOfPeer = 50
    static let signInWindow: TimeInterval = 300
}
