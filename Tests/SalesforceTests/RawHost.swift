import Foundation
import Glibc
import Synchronization
import Testing

/// A host that answers byte for byte what a test says, and hangs up where it says so.
final class RawHost: Sendable {
    enum Turn {
        /// And the connection stays open.
        case answer(String)
        /// And the connection is closed.
        case cut(String)
        /// No answer, until the other side hangs up.
        case hang
    }

    /// What is seen from here.
    enum Event: Hashable, Sendable {
        case asked(String)
        case hungUp
    }

    let url: URL
    private let state: State
    private let socket: Int32

    /// - Parameter turn: what is done with a request (its head and body), of which there were so many before.
    init(_ turn: @escaping @Sendable (String, Int) -> Turn) throws {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.socket = socket
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, size) == 0 && listen(socket, 64) == 0
                    && getsockname(socket, $0, &size) == 0
            }
        }
        try #require(isBound)
        url = try #require(URL(string: "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))"))
        let state = State(turn)
        self.state = state
        Thread.detachNewThread {
            // Closed here alone: closed elsewhere, its number could be that of the next host, whose callers would be taken.
            defer { close(socket) }
            while true {
                let connection = accept(socket, nil, nil)
                guard connection >= 0 else { return }
                Thread.detachNewThread { state.serve(connection) }
            }
        }
    }

    deinit { shutdown(socket, Int32(SHUT_RDWR)) }

    var requests: [String] { state.seen.withLock { $0.requests } }
    var connections: Int { state.seen.withLock { $0.connections } }
    var mostAtOnce: Int { state.seen.withLock { $0.mostAtOnce } }

    /// As they come; for one listener.
    var events: AsyncStream<Event> { state.events }

    private final class State: Sendable {
        struct Seen {
            var requests: [String] = []
            var connections = 0
            var atOnce = 0
            var mostAtOnce = 0
        }

        let seen = Mutex(Seen())
        let events: AsyncStream<Event>
        private let tell: AsyncStream<Event>.Continuation
        private let turn: @Sendable (String, Int) -> Turn

        init(_ turn: @escaping @Sendable (String, Int) -> Turn) {
            self.turn = turn
            (events, tell) = AsyncStream.makeStream(of: Event.self)
        }

        func serve(_ connection: Int32) {
            defer { close(connection) }
            seen.withLock {
                $0.connections += 1
                $0.atOnce += 1
                $0.mostAtOnce = max($0.mostAtOnce, $0.atOnce)
            }
            defer { seen.withLock { $0.atOnce -= 1 } }
            while let request = Self.request(from: connection) {
                let number = seen.withLock { seen in
                    seen.requests.append(request)
                    return seen.requests.count - 1
                }
                tell.yield(.asked(request))
                switch turn(request, number) {
                case .answer(let text): Self.send(text, to: connection)
                case .cut(let text):
                    Self.send(text, to: connection)
                    return
                case .hang: break
                }
            }
            tell.yield(.hungUp)
        }

        private static func send(_ text: String, to connection: Int32) {
            var left = Array(text.utf8)[...]
            while !left.isEmpty {
                let count = left.withUnsafeBytes {
                    Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return }
                left = left.dropFirst(count)
            }
        }

        /// `nil` when the other side hung up.
        private static func request(from connection: Int32) -> String? {
            var bytes: [UInt8] = []
            var piece = [UInt8](repeating: 0, count: 4096)
            while true {
                let text = String(decoding: bytes, as: UTF8.self)
                let parts = text.components(separatedBy: "\r\n\r\n")
                if parts.count > 1 {
                    let length = parts[0].lowercased().components(separatedBy: "content-length: ")
                    let size = length.count > 1 ? Int(length[1].prefix { $0.isNumber }) ?? 0 : 0
                    if parts.dropFirst().joined(separator: "\r\n\r\n").utf8.count >= size {
                        return text
                    }
                }
                let count = recv(connection, &piece, piece.count, 0)
                guard count > 0 else { return nil }
                bytes += piece[..<count]
            }
        }
    }
}
