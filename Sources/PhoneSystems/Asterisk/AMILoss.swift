import Glibc
import NIOCore
import NIOPosix

/// Why there is no connection, in words for the administrator.
package enum AMILoss: Error, Hashable, Sendable, CustomStringConvertible {
    case unreachable(String)
    case closed
    /// We did not keep up: what was lost is made good by the next snapshot.
    case flooded
    case unanswered(String)
    case garbled(AMIFault)
    /// It is there, and not who it should be, or does not encrypt.
    case insecure(TLSFault)
    /// Connected, and not greeted.
    case mute
    case wrongPassword
    case refused(action: String, reason: String)

    package var description: String {
        switch self {
        case .unreachable(let why):
            "Asterisk does not answer: \(why). Compare host and port with manager.conf, and see that it runs."
        case .closed: "Asterisk closed the connection."
        case .flooded: "More arrived than could be stored; a new connection takes stock."
        case .unanswered(let action): "Asterisk did not answer “\(action)” in time."
        case .garbled(let fault): "What arrived is not the manager interface: \(fault)."
        case .insecure(let fault):
            """
            No encrypted connection: \(fault). Compare “tls-ca” and “tls-name” with its certificate, and “port” \
            with “tlsbindaddr” in manager.conf.
            """
        case .mute:
            """
            The other side says nothing. Is it the encrypted port? Then set “tls: true”. Else compare “port” with \
            manager.conf.
            """
        case .wrongPassword: "Asterisk refused user name or secret. Compare both with manager.conf."
        case .refused(let action, let reason): "Asterisk refused “\(action)”: \(reason)."
        }
    }
}

extension AMILoss {
    /// What a failed connection means, in the words of the system.
    init(noConnection error: any Error) {
        switch error {
        case let loss as AMILoss: self = loss
        case let fault as TLSFault: self = .insecure(fault)
        case let error as NIOConnectionError:
            if let first = error.connectionErrors.first {
                self = AMILoss(noConnection: first.error)
            } else {
                self = .unreachable("nobody knows the name \(error.host)")
            }
        case let error as IOError:
            self = .unreachable(String(cString: strerror(error.errnoCode)).lowercased())
        case ChannelError.connectTimeout:
            self = .unreachable("nothing came within \(AMIConnection.connectSeconds) s")
        default: self = .unreachable("\(error)")
        }
    }
}
