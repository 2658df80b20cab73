import NIOCore
import NIOPosix
import Synchronization

/// One connection to the manager interface: it sends actions, pairs answers with them, and keeps everything
/// else until somebody takes it.
///
/// The reader never waits. Whoever reads slowly harms the phone system (measured: from 3 MB on, Asterisk stalls
/// its other clients and then new calls), so what arrives goes into a bounded inbox, and a connection whose inbox
/// is full is closed: the next one begins with a snapshot.
final class AMIConnection: Sendable {
    /// Messages that wait at most: 40 s of 25 calls a second.
    static let mostWaiting = 20_000
    static let connectSeconds: Int64 = 5

    private struct State {
        var waiting: [AMIMessage] = []
        var asked: [String: Asked] = [:]
        var lost: AMILoss?
    }

    private struct Asked {
        let continuation: CheckedContinuation<[AMIMessage], any Error>
        var answer: [AMIMessage] = []
        let limit: Scheduled<Void>
    }

    private let channel: any NIOCore.Channel
    private let state = Mutex(State())
    /// The first line that the server says; set before the first answer.
    private let greeting = Mutex<String?>(nil)
    /// Yields when something waits, and ends when the connection does.
    let wakes: AsyncStream<Void>
    private let waker: AsyncStream<Void>.Continuation

    private init(channel: any NIOCore.Channel) {
        self.channel = channel
        (wakes, waker) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// - Parameter trust: `nil` for a connection that is not encrypted.
    /// - Throws: `AMILoss`: it cannot be reached, or is not who it should be.
    static func open(host: String, port: Int, trust: TLSTrust?) async throws -> AMIConnection {
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(connectSeconds))
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            // Nothing is read before there is somebody who takes it.
            .channelOption(.autoRead, value: false)
        let channel: any NIOCore.Channel
        do {
            channel = try await bootstrap.connect(host: host, port: port).get()
        } catch {
            throw AMILoss(noConnection: error)
        }
        let connection = AMIConnection(channel: channel)
        do {
            let agreed = try await connection.encrypt(trust)
            try await channel.pipeline.addHandler(AMIReader(connection))
            try await channel.setOption(.autoRead, value: true).get()
            channel.read()
            try await agreed?.get()
        } catch {
            let loss = AMILoss(noConnection: error)
            connection.close(loss)
            throw loss
        }
        return connection
    }

    /// - Returns: what succeeds when the other side has proved who it is; `nil` without encryption.
    private func encrypt(_ trust: TLSTrust?) async throws -> EventLoopFuture<Void>? {
        guard let trust else { return nil }
        let agreed = channel.eventLoop.makePromise(of: Void.self)
        let limit = channel.eventLoop.scheduleTask(in: .seconds(Self.connectSeconds)) {
            agreed.fail(TLSFault.handshake("it did not answer in time"))
        }
        agreed.futureResult.whenComplete { _ in limit.cancel() }
        do {
            try await channel.pipeline.addHandler(TLSHandler(trust, agreed: agreed))
        } catch {
            agreed.fail(error)
            throw error
        }
        return agreed.futureResult
    }

    /// What has arrived and was not taken yet, in order.
    func take() -> [AMIMessage] {
        state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
    }

    /// Messages that have arrived and were not taken yet.
    var waiting: Int { state.withLock { $0.waiting.count } }

    var banner: String? { greeting.withLock(\.self) }

    fileprivate func greeted(_ banner: String) { greeting.withLock { $0 = banner } }

    /// Why the connection is over; `nil` while it lives.
    var loss: AMILoss? { state.withLock(\.lost) }

    /// Sends an action and waits for its answer: one message, or the start, the items and the end of a list.
    func ask(_ action: AMIAction, seconds: Int64 = 5) async throws -> [AMIMessage] {
        let limit = channel.eventLoop.scheduleTask(in: .seconds(seconds)) { [weak self] in
            self?.answer(action.id, .failure(AMILoss.unanswered(action.name)))
            return
        }
        return try await withCheckedThrowingContinuation { continuation in
            let lost = state.withLock { state in
                if state.lost == nil {
                    state.asked[action.id] = Asked(continuation: continuation, limit: limit)
                }
                return state.lost
            }
            if let lost {
                limit.cancel()
                continuation.resume(throwing: lost)
                return
            }
            send(action)
        }
    }

    /// Sends an action whose answer nobody waits for.
    func send(_ action: AMIAction) {
        channel.writeAndFlush(ByteBuffer(bytes: action.bytes), promise: nil)
    }

    /// Ends the connection; the first reason counts.
    func close(_ reason: AMILoss) {
        let asked = state.withLock { state in
            guard state.lost == nil else { return [Asked]() }
            state.lost = reason
            defer { state.asked = [:] }
            return Array(state.asked.values)
        }
        for each in asked {
            each.limit.cancel()
            each.continuation.resume(throwing: reason)
        }
        waker.finish()
        channel.close(promise: nil)
    }

    fileprivate func received(_ messages: [AMIMessage]) {
        var finished: [(Asked, [AMIMessage])] = []
        let isFull = state.withLock { state in
            for message in messages {
                let asked = message.actionID.flatMap { state.asked[$0] }
                if let done = Self.pair(message, in: &state) { finished.append(done) }
                // Answers go on too, in their place among the events; the items of a list do not.
                if asked == nil || message.event == nil { state.waiting.append(message) }
            }
            return state.waiting.count > Self.mostWaiting
        }
        for (asked, answer) in finished {
            asked.limit.cancel()
            asked.continuation.resume(returning: answer)
        }
        if isFull { close(.flooded) } else { waker.yield() }
    }

    /// Gives a message to the action that it answers.
    ///
    /// - Returns: the action with its whole answer, when this message completes it.
    private static func pair(
        _ message: AMIMessage, in state: inout State
    ) -> (Asked, [AMIMessage])? {
        guard let id = message.actionID, var asked = state.asked[id] else { return nil }
        asked.answer.append(message)
        let list = message["EventList"]?.lowercased()
        let isWhole = message.event == nil ? list != "start" : list == "complete"
        state.asked[id] = isWhole ? nil : asked
        return isWhole ? (asked, asked.answer) : nil
    }

    private func answer(_ id: String, _ result: Result<[AMIMessage], any Error>) {
        let asked = state.withLock { $0.asked.removeValue(forKey: id) }
        asked?.continuation.resume(with: result)
    }
}

/// Reads and parses, and does nothing else.
///
/// `@unchecked`, because a channel calls its handlers on its own event loop only, which the compiler cannot see:
/// what changes here is touched by nobody else.
private final class AMIReader: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer

    private var parser = AMIParser()
    private var isGreeted = false
    private let connection: AMIConnection

    init(_ connection: AMIConnection) {
        self.connection = connection
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        do {
            defer {
                if !isGreeted, let banner = parser.banner {
                    isGreeted = true
                    connection.greeted(banner)
                }
                connection.received(parser.drain())
            }
            try parser.feed(unwrapInboundIn(data).readableBytesView)
        } catch {
            connection.close(.garbled(error))
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        connection.close(.closed)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        connection.close(AMILoss(noConnection: error))
    }
}
