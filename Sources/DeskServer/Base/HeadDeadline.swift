import NIOCore
import NIOHTTPTypes

/// Ends a connection on which no request has begun in time: who holds many of them open keeps the others out.
///
/// Between two requests of one connection, the idle time is the limit.
final class HeadDeadline: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    private var limit: Scheduled<Void>?

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { start(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        start(context)
        context.fireChannelActive()
    }

    /// The decoder hands on nothing before a head is whole.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        limit?.cancel()
        context.fireChannelRead(data)
    }

    func channelInactive(context: ChannelHandlerContext) {
        limit?.cancel()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        limit?.cancel()
    }

    private func start(_ context: ChannelHandlerContext) {
        guard limit == nil else { return }
        let channel = context.channel
        limit = context.eventLoop.scheduleTask(in: .seconds(Limits.headSeconds)) {
            channel.close(promise: nil)
        }
    }
}
