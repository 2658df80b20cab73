package import Foundation
package import Logging
import Records
import ServiceLifecycle
import Storage

/// Runs the delivery for as long as the process lives: at once when a log becomes ready, and again when a
/// retry is due.
package struct DeliveryService: Service {
    private let delivery: Delivery
    private let logger: Logger
    private let now: @Sendable () -> Date

    /// The longest wait between two looks at the store: what a missed notice can cost.
    private static let longestWait: Double = 2

    package init(
        delivery: Delivery, logger: Logger, now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.delivery = delivery
        self.logger = logger
        self.now = now
    }

    package func run() async throws {
        let notices = delivery.database.changes(topic: "delivery")
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                let (wakes, waker) = AsyncStream.makeStream(
                    of: Void.self, bufferingPolicy: .bufferingNewest(1))
                group.addTask {
                    for await notice in notices {
                        if notice == Delivery.retry { delivery.askAnew() }
                        waker.yield()
                    }
                }
                group.addTask {
                    while !Task.isCancelled {
                        try? await ContinuousClock().sleep(for: .seconds(Self.longestWait))
                        waker.yield()
                    }
                }
                for await _ in wakes {
                    if Task.isCancelled { break }
                    await drain()
                }
                group.cancelAll()
            }
        }
    }

    private func drain() async {
        do {
            while try await delivery.pass(now: now(), jitter: .random(in: 0...1)) > 0 {}
        } catch {
            logger.error("The delivery could not go on.", metadata: ["error": "\(error)"])
        }
    }
}
