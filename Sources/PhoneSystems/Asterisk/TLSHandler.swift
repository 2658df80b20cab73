import CTLS
import NIOCore

/// Encrypts one connection: OpenSSL between the socket and the reader, through two buffers in memory.
///
/// `@unchecked`, because a channel calls its handlers on its own event loop only, which the compiler cannot see:
/// what changes here is touched by nobody else.
final class TLSHandler: ChannelDuplexHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// The most that one record of TLS carries (RFC 8446, 5.1).
    private static let recordSize = 16_384

    private let tls: OpaquePointer
    private let arrived: OpaquePointer
    private let leaving: OpaquePointer
    private let agreed: EventLoopPromise<Void>
    private var isAgreed = false
    private var isOver = false

    /// - Parameter agreed: succeeds when the other side has proved who it is; nothing may be written before.
    init(_ trust: TLSTrust, agreed: EventLoopPromise<Void>) throws(TLSFault) {
        tls = try trust.connection()
        guard let arrived = BIO_new(BIO_s_mem()), let leaving = BIO_new(BIO_s_mem()) else {
            SSL_free(tls)
            throw .broken(TLSTrust.reason)
        }
        self.arrived = arrived
        self.leaving = leaving
        self.agreed = agreed
        // The connection owns both buffers from here on.
        SSL_set_bio(tls, arrived, leaving)
    }

    deinit { SSL_free(tls) }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { agree(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        agree(context)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver else { return }
        let bytes = unwrapInboundIn(data)
        bytes.withUnsafeReadableBytes { bytes in
            // A buffer in memory takes everything.
            _ = BIO_write(arrived, bytes.baseAddress, Int32(bytes.count))
        }
        if !isAgreed { agree(context) }
        if isAgreed { decrypt(context) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if !isAgreed { agreed.fail(TLSFault.handshake("the other side closed the connection")) }
        isOver = true
        context.fireChannelInactive()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard isAgreed, !isOver else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        let bytes = unwrapOutboundIn(data)
        let written = bytes.withUnsafeReadableBytes { bytes in
            bytes.isEmpty ? 1 : SSL_write(tls, bytes.baseAddress, Int32(bytes.count))
        }
        guard written > 0 else {
            promise?.fail(TLSFault.broken(TLSTrust.reason))
            return
        }
        send(context, promise: promise)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if isAgreed, !isOver {
            isOver = true
            SSL_shutdown(tls)
            send(context, promise: nil)
            context.flush()
        }
        context.close(mode: mode, promise: promise)
    }

    private func agree(_ context: ChannelHandlerContext) {
        guard !isAgreed, !isOver else { return }
        let result = SSL_do_handshake(tls)
        let state = SSL_get_error(tls, result)
        send(context, promise: nil)
        context.flush()
        if result == 1 {
            isAgreed = true
            agreed.succeed()
        } else if state != SSL_ERROR_WANT_READ {
            fail(context, handshakeFault)
        }
    }

    private var handshakeFault: TLSFault {
        let verdict = SSL_get_verify_result(tls)
        let reason = TLSTrust.reason
        guard verdict != Int(X509_V_OK) else { return .handshake(reason) }
        return .untrusted(String(cString: X509_verify_cert_error_string(verdict)))
    }

    private func decrypt(_ context: ChannelHandlerContext) {
        while !isOver {
            var plain = context.channel.allocator.buffer(capacity: Self.recordSize)
            let count = plain.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.recordSize) {
                max(0, Int(SSL_read(tls, $0.baseAddress, Int32(Self.recordSize))))
            }
            let state = count > 0 ? SSL_ERROR_NONE : SSL_get_error(tls, 0)
            // A change of keys is answered too.
            send(context, promise: nil)
            context.flush()
            if count > 0 {
                context.fireChannelRead(wrapInboundOut(plain))
            } else if SSL_get_shutdown(tls) & SSL_RECEIVED_SHUTDOWN != 0 {
                context.close(promise: nil)
                return
            } else if state == SSL_ERROR_SSL {
                fail(context, .broken(TLSTrust.reason))
            } else {
                return
            }
        }
    }

    /// Hands what OpenSSL has written to the socket.
    private func send(_ context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
        let waiting = BIO_ctrl_pending(leaving)
        guard waiting > 0 else {
            promise?.succeed()
            return
        }
        var bytes = context.channel.allocator.buffer(capacity: waiting)
        bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: waiting) {
            max(0, Int(BIO_read(leaving, $0.baseAddress, Int32(waiting))))
        }
        context.write(wrapOutboundOut(bytes), promise: promise)
    }

    private func fail(_ context: ChannelHandlerContext, _ fault: TLSFault) {
        isOver = true
        agreed.fail(fault)
        context.fireErrorCaught(fault)
        context.close(promise: nil)
    }
}
