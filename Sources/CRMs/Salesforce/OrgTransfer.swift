import CCurl
import Foundation
import Glibc

/// One request on its way, and what came of its answer so far. Only the wire's thread has it.
final class OrgTransfer {
    let errand: OrgErrand
    /// libcurl's handle, which ends with this value.
    let easy: UnsafeMutableRawPointer

    private var sentHeaders: UnsafeMutablePointer<curl_slist>?
    private var headers: [String: String] = [:]
    private var body = Data()
    private var fault: OrgFault?
    private var hasHead = false
    private var headBytes = 0
    /// An address to which no connection was made.
    private var refusedAddress: IPAddress?

    private static let mostHeaders = 200
    private static let mostHeadBytes = 256 << 10

    /// - Throws: what of the request cannot be sent.
    init(_ errand: OrgErrand) throws(OrgFault) {
        guard let easy = curl_easy_init() else { throw .unanswered("libcurl has no memory") }
        self.errand = errand
        self.easy = easy
        let code = prepare()
        guard try addHeaders(), code == CURLE_OK,
            callmatch_curl_set_headers(easy, sentHeaders) == CURLE_OK
        else {
            throw .unanswered("libcurl does not take the request: \(Self.words(code))")
        }
    }

    deinit {
        curl_easy_cleanup(easy)
        curl_slist_free_all(sentHeaders)
    }

    // MARK: - The request

    /// Certificates are checked against the system's authorities, a proxy is taken from the environment, and cookies,
    /// redirects and credentials of a file are not used: libcurl's own defaults, the first and third said again.
    private func prepare() -> CURLcode {
        let request = errand.request
        let milliseconds = max(1, Int(min(errand.seconds, 86_400) * 1000))
        var numbers: [(CURLoption, Int)] = [
            (CURLOPT_TIMEOUT_MS, milliseconds), (CURLOPT_NOSIGNAL, 1),
            (CURLOPT_FOLLOWLOCATION, 0), (CURLOPT_SSL_VERIFYPEER, 1), (CURLOPT_SSL_VERIFYHOST, 2),
            (CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1)), (CURLOPT_HTTP09_ALLOWED, 0),
            (CURLOPT_SUPPRESS_CONNECT_HEADERS, 1), (CURLOPT_PATH_AS_IS, 1),
        ]
        if !request.isRepeatable {
            numbers += [(CURLOPT_FRESH_CONNECT, 1), (CURLOPT_FORBID_REUSE, 1)]
        }
        if request.method == "HEAD" { numbers.append((CURLOPT_NOBODY, 1)) }
        var texts = [
            (CURLOPT_URL, request.url.absoluteString), (CURLOPT_USERAGENT, "CallMatch"),
            (CURLOPT_ACCEPT_ENCODING, "gzip"),
        ]
        if request.method != "GET" && request.method != "HEAD" || request.body != nil {
            texts.append((CURLOPT_CUSTOMREQUEST, request.method))
        }
        var codes = [
            callmatch_curl_allow_http_only(easy), callmatch_curl_leave_lookups(easy), setBody(),
            listen(), askLeave(),
        ]
        codes += numbers.map { callmatch_curl_set_number(easy, $0.0, $0.1) }
        codes += texts.map { callmatch_curl_set_text(easy, $0.0, $0.1) }
        return codes.first { $0 != CURLE_OK } ?? CURLE_OK
    }

    private func setBody() -> CURLcode {
        let request = errand.request
        guard request.body != nil || ["POST", "PATCH", "PUT"].contains(request.method) else {
            return CURLE_OK
        }
        return (request.body ?? Data()).withUnsafeBytes {
            callmatch_curl_set_body(easy, $0.baseAddress, $0.count)
        }
    }

    /// - Returns: whether there was memory for them.
    private func addHeaders() throws(OrgFault) -> Bool {
        // libcurl would wait a second for leave to send a large body, and name a type that nobody said.
        var lines = ["Expect:"]
        let headers = errand.request.headers
        if !headers.keys.contains(where: { $0.lowercased() == "content-type" }) {
            lines.append("Content-Type:")
        }
        for (name, value) in headers {
            // A token that the org gave must not become a header of its own, or a request.
            guard (name + value).utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
                throw .garbled("a header of the request would have several lines")
            }
            lines.append(value.isEmpty ? "\(name);" : "\(name): \(value)")
        }
        for line in lines {
            guard let longer = curl_slist_append(sentHeaders, line) else { return false }
            sentHeaders = longer
        }
        return true
    }

    /// What libcurl calls, in the wire's thread, before each connection.
    private func askLeave() -> CURLcode {
        callmatch_curl_ask_leave(
            easy,
            { context, _, address in
                guard let context, let address else { return CURL_SOCKET_BAD }
                return Unmanaged<OrgTransfer>.fromOpaque(context).takeUnretainedValue()
                    .connection(to: address)
            },
            Unmanaged.passUnretained(self).toOpaque())
    }

    private func connection(to place: UnsafeMutablePointer<curl_sockaddr>) -> curl_socket_t {
        let address = IPAddress(place)
        guard errand.reach.allows(address, isEncrypted: errand.request.isEncrypted) else {
            refusedAddress = address
            return CURL_SOCKET_BAD
        }
        let kind = place.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue)
        return socket(place.pointee.family, kind, place.pointee.protocol)
    }

    // MARK: - The answer

    /// What libcurl calls, in the wire's thread, while this value is on its way.
    private func listen() -> CURLcode {
        callmatch_curl_listen(
            easy,
            { bytes, size, count, context in
                OrgTransfer.taken(bytes, size * count, context) { $0.head($1) }
            },
            { bytes, size, count, context in
                OrgTransfer.taken(bytes, size * count, context) { $0.piece($1) }
            },
            Unmanaged.passUnretained(self).toOpaque())
    }

    /// - Returns: how many bytes were taken; where it is not all of them, libcurl ends the transfer.
    private static func taken(
        _ bytes: UnsafeMutablePointer<CChar>?, _ count: Int, _ context: UnsafeMutableRawPointer?,
        by take: (OrgTransfer, UnsafeRawBufferPointer) -> OrgFault?
    ) -> Int {
        guard let context else { return 0 }
        let transfer = Unmanaged<OrgTransfer>.fromOpaque(context).takeUnretainedValue()
        guard let fault = take(transfer, UnsafeRawBufferPointer(start: bytes, count: count)) else {
            return count
        }
        transfer.fault = fault
        transfer.body = Data()
        return count == 0 ? 1 : 0
    }

    /// One line of a head. There can be several heads: each "100 Continue" is one.
    private func head(_ line: UnsafeRawBufferPointer) -> OrgFault? {
        headBytes += line.count
        guard headBytes <= Self.mostHeadBytes, headers.count < Self.mostHeaders else {
            return .garbled("its head is too long")
        }
        let text = String(decoding: line, as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        if text.hasPrefix("HTTP/") {
            hasHead = false
            headers = [:]
        } else if text.isEmpty {
            hasHead = true
        } else if !hasHead, let colon = text.firstIndex(of: ":") {
            // What comes after the body is not looked at.
            let name = text[..<colon].lowercased()
            let value = text[text.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            if headers[name] == nil { headers[name] = value }
        }
        return nil
    }

    private func piece(_ bytes: UnsafeRawBufferPointer) -> OrgFault? {
        let most = errand.request.mostBytes
        guard body.count + bytes.count <= most else {
            return .garbled("it is longer than \(most >> 20) MiB")
        }
        // In place: to copy what came so far for each piece would take a minute for a long answer.
        body.append(contentsOf: bytes)
        return nil
    }

    /// What it is worth, when libcurl is done with it.
    func answer(_ code: CURLcode) -> Result<OrgReply, OrgFault> {
        if let fault { return .failure(fault) }
        if code == CURLE_COULDNT_CONNECT, let refusedAddress {
            return .failure(.unanswered(words(refusedAddress)))
        }
        guard code == CURLE_OK else { return .failure(.unanswered(Self.words(code))) }
        // libcurl is content with a head that only began.
        guard hasHead else {
            return .failure(.unanswered("the connection was closed in the head of the answer"))
        }
        return .success(
            OrgReply(status: callmatch_curl_status(easy), headers: headers, body: body))
    }

    private func words(_ address: IPAddress) -> String {
        let host = errand.request.url.host() ?? ""
        return errand.request.isEncrypted
            ? "\(host) leads to \(address), which is an inner address; if it is meant to, set private-network: true"
            : "\(host) leads to \(address), which is not this machine; elsewhere only https:// is spoken"
    }

    private static func words(_ code: CURLcode) -> String {
        curl_easy_strerror(code).map { String(cString: $0) } ?? "libcurl's \(code.rawValue)"
    }
}
