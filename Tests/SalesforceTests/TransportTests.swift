import Foundation
import Testing

@testable import Salesforce

/// Whatever a host sends, or does not, is one request's trouble.
@Suite(.timeLimit(.minutes(1)))
struct TransportTests {
    private static let good = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"

    private static func answer(
        _ method: String = "GET", from host: RawHost, body: String? = nil, seconds: Double = 10,
        change: (inout OrgRequest) -> Void = { _ in }
    ) async -> Result<OrgReply, OrgFault> {
        var request = OrgRequest(host.url.appending(path: "a"))
        request.method = method
        request.body = body.map { Data($0.utf8) }
        request.isRepeatable = body == nil && method != "POST"
        change(&request)
        return await answer(to: request, by: OrgTransport(seconds: seconds))
    }

    private static func answer(
        to request: OrgRequest, by transport: OrgTransport
    ) async -> Result<OrgReply, OrgFault> {
        do throws(OrgFault) {
            return .success(try await transport.send(request))
        } catch {
            return .failure(error)
        }
    }

    private static func isUnanswered(_ answer: Result<OrgReply, OrgFault>) -> Bool {
        if case .failure(.unanswered) = answer { true } else { false }
    }

    private static func isGarbled(_ answer: Result<OrgReply, OrgFault>) -> Bool {
        if case .failure(.garbled) = answer { true } else { false }
    }

    @Test(arguments: ["GET", "POST", "PATCH", "DELETE", "HEAD"])
    func aRequestIsSentAsItIs(method: String) async throws {
        let host = try RawHost { _, _ in
            .answer(
                "HTTP/1.1 100 Continue\r\nX-Early: 1\r\n\r\nHTTP/1.1 201 Made\r\nX-Two:  a b \r\nx-two: c\r\n"
                    + "Content-Length: 2\r\n\r\n" + (method == "HEAD" ? "" : "{}"))
        }
        let hasBody = method == "POST" || method == "PATCH"
        let reply = try await Self.answer(method, from: host, body: hasBody ? "ä=1" : nil) {
            $0.headers = ["X-Own": "own", "X-Empty": ""]
        }.get()
        #expect(reply.status == 201)
        #expect(reply.headers == ["x-two": "a b", "content-length": "2"])
        #expect(reply.body == Data((method == "HEAD" ? "" : "{}").utf8))
        let request = try #require(host.requests.first)
        #expect(request.hasPrefix("\(method) /a HTTP/1.1\r\n"))
        #expect(request.contains("\r\nX-Own: own\r\n") && request.contains("\r\nX-Empty:"))
        #expect(request.hasSuffix(hasBody ? "\r\n\r\nä=1" : "\r\n\r\n"))
        #expect(!request.contains("Expect:") && !request.contains("Content-Type:"))
    }

    @Test(
        arguments: [
            "", "H", "HTTP/1.1 20", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Le",
            "HTTP/1.1 204 No Content\r\nX: 1\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n",
            "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
            "SSH-2.0-OpenSSH_9.2\r\n",
        ], ["GET", "PATCH"])
    func anAnswerThatIsCutIsNone(sent: String, method: String) async throws {
        let host = try RawHost { _, _ in .cut(sent) }
        let body = method == "PATCH" ? "{}" : nil
        let answer = await Self.answer(method, from: host, body: body)
        #expect(Self.isUnanswered(answer), "\(sent): \(answer)")
    }

    @Test func nobodyThereIsUnanswered() async throws {
        let request = OrgRequest(try #require(URL(string: "http://127.0.0.1:1/")))
        #expect(
            Self.isUnanswered(await Self.answer(to: request, by: OrgTransport(seconds: 10))))
        let file = OrgRequest(URL(filePath: "/etc/hostname"))
        #expect(Self.isUnanswered(await Self.answer(to: file, by: OrgTransport(seconds: 10))))
    }

    @Test func onlyAuthoritiesAreBelieved() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        let key = folder.appending(path: "key.pem").path(percentEncoded: false)
        let certificate = folder.appending(path: "own.pem")
        let own = try Org.openssl(
            "req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 -days 2 -keyout '\(key)'"
        )
        try own.write(to: certificate, atomically: true, encoding: .utf8)
        let org = try Org(
            "--certificate", certificate.path(percentEncoded: false), "--key", key)
        #expect(org.url.scheme == "https")
        let answer = await Self.answer(
            to: OrgRequest(org.url.appending(path: "services/data/")),
            by: OrgTransport(seconds: 10, reach: .anywhere))
        guard case .failure(.unanswered(let why)) = answer else {
            Issue.record("\(answer)")
            return
        }
        #expect(why.contains("certificate"))
    }

    /// Whatever the name is: what counts is the address that it leads to now.
    @Test(arguments: [
        ("https://127.0.0.1", "127.0.0.1, which is an inner address"),
        ("https://localhost", ", which is an inner address"),
        ("https://[::ffff:127.0.0.1]", "127.0.0.1, which is an inner address"),
        ("http://0.0.0.0", "0.0.0.0, which is not this machine"),
    ])
    func noConnectionLeadsToAnInnerAddress(place: String, why: String) async throws {
        let host = try RawHost { _, _ in .answer(Self.good) }
        let port = try #require(host.url.port)
        let request = OrgRequest(try #require(URL(string: "\(place):\(port)/a")))
        let answer = await Self.answer(to: request, by: OrgTransport(seconds: 10))
        guard case .failure(.unanswered(let words)) = answer else {
            Issue.record("\(answer)")
            return
        }
        #expect(words.contains(why))
        #expect(try await Self.answer(from: host).get().status == 200)
        #expect(host.connections == 1, "the last one alone")
    }

    @Test(arguments: [(1 << 20, true), ((1 << 20) + 1, false)])
    func anAnswerHasAMebibyteAtMost(bytes: Int, isTaken: Bool) async throws {
        let host = try RawHost { _, _ in
            .answer(
                "HTTP/1.1 200 OK\r\nContent-Length: \(bytes)\r\n\r\n"
                    + String(repeating: "x", count: bytes))
        }
        let answer = await Self.answer("PATCH", from: host, body: "{}")
        #expect(isTaken == ((try? answer.get())?.body.count == bytes))
        #expect(isTaken != Self.isGarbled(answer))
    }

    @Test func tooMuchIsCutOff() async throws {
        let long = try RawHost { _, _ in
            .answer(
                "HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n"
                    + String(repeating: "x", count: 3_000_000))
        }
        let answer = await Self.answer(from: long) { $0.mostBytes = 2 << 20 }
        #expect(throws: OrgFault.garbled("it is longer than 2 MiB")) { try answer.get() }
        let lines = (0..<300).map { "X-\($0): 1\r\n" }.joined()
        let many = try RawHost { _, _ in .answer("HTTP/1.1 200 OK\r\n\(lines)\r\n") }
        #expect(Self.isGarbled(await Self.answer(from: many)))
        let line = "X: " + String(repeating: "x", count: 40_000) + "\r\n"
        let wide = try RawHost { _, _ in
            .answer("HTTP/1.1 200 OK\r\n" + String(repeating: line, count: 8) + "\r\n")
        }
        guard case .failure = await Self.answer(from: wide) else {
            Issue.record("a head of 320,000 bytes is too long")
            return
        }
    }

    @Test func silenceEndsInTime() async throws {
        let host = try RawHost { _, _ in .hang }
        #expect(Self.isUnanswered(await Self.answer(from: host, seconds: 0.3)))
    }

    @Test(arguments: [1, 20])
    func whatIsCalledOffEnds(count: Int) async throws {
        let host = try RawHost { _, _ in .hang }
        let transport = OrgTransport(seconds: 600)
        let request = OrgRequest(host.url)
        try await withThrowingTaskGroup(of: Result<OrgReply, OrgFault>?.self) { group in
            for _ in 0..<count {
                group.addTask { await Self.answer(to: request, by: transport) }
            }
            // Some are on their way by then, the others wait for their turn.
            var events = host.events.makeAsyncIterator()
            for _ in 0..<min(count, 8) { #expect(await events.next() != .hungUp) }
            group.cancelAll()
            for try await answer in group {
                #expect(Self.isUnanswered(try #require(answer)))
            }
            // One that waited may have got a free place before it was called off, too: it ends like the others.
            var ended = 0
            while ended < min(count, 8) { ended += await events.next() == .hungUp ? 1 : 0 }
        }
    }

    /// While all places are taken by others who hang.
    @Test func whatIsCalledOffWhileItWaitsEndsAtOnceAndIsNotSent() async throws {
        let host = try RawHost { _, _ in .hang }
        let transport = OrgTransport(seconds: 600)
        let request = OrgRequest(host.url)
        await withTaskGroup(of: Void.self) { places in
            for _ in 0..<OrgTransport.requestsAtOnce {
                places.addTask { _ = await Self.answer(to: request, by: transport) }
            }
            var events = host.events.makeAsyncIterator()
            for _ in 0..<OrgTransport.requestsAtOnce { #expect(await events.next() != .hungUp) }
            await withTaskGroup(of: Void.self) { waiting in
                waiting.addTask {
                    #expect(Self.isUnanswered(await Self.answer(to: request, by: transport)))
                }
                waiting.cancelAll()
            }
            #expect(host.requests.count == OrgTransport.requestsAtOnce)
            places.cancelAll()
        }
    }

    /// While the wire looks who is called off, more are.
    @Test func nobodyWhoIsCalledOffIsForgotten() async throws {
        var ended = 0
        for _ in 0..<20 {
            let host = try RawHost { _, _ in .hang }
            let transport = OrgTransport(seconds: 600)
            let request = OrgRequest(host.url)
            await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<500 {
                    group.addTask {
                        Self.isUnanswered(await Self.answer(to: request, by: transport))
                    }
                }
                var events = host.events.makeAsyncIterator()
                for _ in 0..<OrgTransport.requestsAtOnce { _ = await events.next() }
                group.cancelAll()
                for await isUnanswered in group { ended += isUnanswered ? 1 : 0 }
            }
        }
        #expect(ended == 10_000)
    }

    @Test func eightAreOnTheirWayAtOnce() async throws {
        let host = try RawHost { _, _ in .answer(Self.good) }
        let transport = OrgTransport(seconds: 10)
        let request = OrgRequest(host.url)
        let isGood = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<100 {
                group.addTask { (try? await transport.send(request))?.status == 200 }
            }
            return await group.allSatisfy { $0 }
        }
        #expect(isGood)
        #expect(host.mostAtOnce <= 8)
        // Other tests share the wire, and what it keeps: one or the other may be made anew.
        #expect(host.connections < 50, "they are used again")
        #expect(host.requests.count == 100)
    }

    /// On a connection that was used before, and that the host closes when it is used again.
    @Test func onlyWhatMayBeRepeatedIsSentTwice() async throws {
        let host = try RawHost { request, number in
            number == 0 || number == 2 ? .answer(Self.good) : .cut("")
        }
        let transport = OrgTransport(seconds: 10)
        let get = OrgRequest(host.url)
        #expect(try await transport.send(get).status == 200)
        #expect(try await transport.send(get).status == 200)
        #expect(host.requests.count == 3, "the second one was sent again")
        #expect(host.connections == 2)
        for method in ["POST", "PATCH"] {
            var change = OrgRequest(host.url)
            change.method = method
            change.body = Data("{}".utf8)
            change.isRepeatable = false
            #expect(Self.isUnanswered(await Self.answer(to: change, by: transport)))
            #expect(host.requests.count { $0.hasPrefix(method) } == 1)
        }
        #expect(host.connections == 4, "each had its own")
    }

    @Test func aTokenDoesNotFollowARedirect() async throws {
        let other = try RawHost { _, _ in .answer(Self.good) }
        let place = other.url.absoluteString
        let host = try RawHost { _, _ in
            .answer("HTTP/1.1 302 Found\r\nLocation: \(place)\r\nContent-Length: 0\r\n\r\n")
        }
        #expect(try await Self.answer(from: host).get().status == 302)
        #expect(other.requests.isEmpty)
    }

    @Test(arguments: ["a\r\nX-Evil: 1", "a\nb", "a\0b"])
    func aHeaderIsOneLine(value: String) async throws {
        let host = try RawHost { _, _ in .answer(Self.good) }
        let answer = await Self.answer(from: host) { $0.headers["Authorization"] = value }
        #expect(Self.isGarbled(answer))
        #expect(host.requests.isEmpty)
    }
}
