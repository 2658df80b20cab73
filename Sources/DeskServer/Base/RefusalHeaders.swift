import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Puts the security headers on what the HTTP decoder answers by itself: a request that it cannot read never
/// reaches the router with its middleware.
final class RefusalHeaders: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    func write(
        context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?
    ) {
        guard case .head(var head) = unwrapOutboundIn(data),
            head.headerFields[.contentSecurityPolicy] == nil
        else { return context.write(data, promise: promise) }
        SecurityHeaders.add(to: &head.headerFields)
        context.write(wrapOutboundOut(.head(head)), promise: promise)
    }
}
