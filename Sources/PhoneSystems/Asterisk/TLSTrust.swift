import CTLS

/// Whose certificates are believed, and what name one must bear.
///
/// `@unchecked`, because OpenSSL's context is a C pointer: it is not changed after `init`, and OpenSSL counts its
/// references under a lock of its own.
package final class TLSTrust: @unchecked Sendable {
    /// The name, or address, that the certificate must be made out to.
    let name: String
    private let context: OpaquePointer

    /// - Parameters:
    ///   - name: a host name or an IP address.
    ///   - authorities: a PEM file of certificates that may sign; `nil` for those of the system.
    /// - Throws: `TLSFault.authorities` when the file holds no certificate.
    package init(name: String, authorities: String?) throws(TLSFault) {
        guard let context = SSL_CTX_new(TLS_client_method()) else { throw .broken(Self.reason) }
        self.name = name
        self.context = context
        guard callmatch_tls_at_least_1_2(context) == 1 else { throw .broken(Self.reason) }
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        let isRead =
            if let authorities {
                SSL_CTX_load_verify_locations(context, authorities, nil)
            } else {
                SSL_CTX_set_default_verify_paths(context)
            }
        guard isRead == 1 else {
            _ = Self.reason
            throw .authorities
        }
    }

    deinit { SSL_CTX_free(context) }

    /// A new connection that will believe this name only.
    func connection() throws(TLSFault) -> OpaquePointer {
        guard let tls = SSL_new(context) else { throw .broken(Self.reason) }
        SSL_set_connect_state(tls)
        let parameters = SSL_get0_param(tls)
        let isAddress = X509_VERIFY_PARAM_set1_ip_asc(parameters, name) == 1
        if !isAddress {
            SSL_set_hostflags(tls, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
            guard SSL_set1_host(tls, name) == 1, callmatch_tls_ask_for_name(tls, name) == 1 else {
                SSL_free(tls)
                throw .broken(Self.reason)
            }
        }
        return tls
    }

    /// What OpenSSL says of the last error on this thread; clears it.
    static var reason: String {
        let code = ERR_get_error()
        ERR_clear_error()
        guard code != 0, let text = ERR_reason_error_string(code) else { return "no reason given" }
        return String(cString: text)
    }
}

/// Why there is no encrypted connection.
package enum TLSFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file of authorities cannot be read.
    case authorities
    /// The certificate is not believed, in OpenSSL's words.
    case untrusted(String)
    /// The other side does not speak TLS, or no version of it that we do.
    case handshake(String)
    case broken(String)

    package var description: String {
        switch self {
        case .authorities: "there is no certificate in this file"
        case .untrusted(let why): "its certificate is not trusted: \(why)"
        case .handshake(let why): "no encryption could be agreed on: \(why)"
        case .broken(let why): "the encryption failed: \(why)"
        }
    }
}
