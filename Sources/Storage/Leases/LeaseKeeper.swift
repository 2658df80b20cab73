package import Logging

/// Does what one process at a time may do, for as long as this one has the lease.
package struct LeaseKeeper: Sendable {
    private let leases: Leases
    private let mayBegin: @Sendable () -> Bool
    private let logger: Logger

    /// A third of the length: two renewals may be late.
    private static let pause = Duration.seconds(Leases.length / 3)
    /// Between two looks whether the lease is free.
    private static let look = Duration.seconds(1)

    /// - Parameter mayBegin: whether a new term may begin here now; one that has begun goes on.
    package init(
        leases: Leases, mayBegin: @escaping @Sendable () -> Bool = { true }, logger: Logger
    ) {
        self.leases = leases
        self.mayBegin = mayBegin
        self.logger = logger
    }

    /// Waits for the lease, works, and gives it back when the task is cancelled. A term that is lost is waited for again.
    ///
    /// With a store that no other process can have, nobody is asked.
    ///
    /// - Parameter work: is cancelled when the term ends. Its fence is to be checked in everything that it writes; `nil`
    ///   where nobody else can write.
    package func run(
        _ name: String, _ work: @escaping @Sendable (Fence?) async throws -> Void
    ) async {
        while !Task.isCancelled {
            if !leases.database.kind.isShared {
                try? await work(nil)
            } else if mayBegin(), let fence = try? await leases.acquire(name) {
                logger.notice("This server takes over.", metadata: ["lease": "\(name)"])
                await hold(fence, work)
                try? await leases.release(fence)
            }
            if !Task.isCancelled { await wait() }
        }
    }

    private func hold(
        _ fence: Fence, _ work: @escaping @Sendable (Fence?) async throws -> Void
    ) async {
        await withTaskGroup(of: String.self) { group in
            group.addTask {
                do {
                    try await work(fence)
                    return "it ended by itself"
                } catch {
                    return "\(error)"
                }
            }
            group.addTask { await keep(fence) }
            let end = await group.next() ?? ""
            group.cancelAll()
            guard !Task.isCancelled else { return }
            logger.warning(
                "This server stops.", metadata: ["lease": "\(fence.lease)", "reason": "\(end)"])
        }
    }

    /// Renews the term until somebody else has the lease; says so in words.
    ///
    /// While the store is away nothing is given up: nobody may be able to take over, and what is heard meanwhile is kept
    /// until it can be stored. Where somebody has taken over, the fence lets none of it in.
    private func keep(_ fence: Fence) async -> String {
        while true {
            do {
                try await ContinuousClock().sleep(for: Self.pause)
                guard try await leases.renew(fence) else {
                    return "\(LeaseLost(lease: fence.lease))"
                }
            } catch is CancellationError {
                return "it is told to"
            } catch {
                continue
            }
        }
    }

    /// Until some lease is given back, and a second at most.
    private func wait() async {
        let freed = leases.database.changes(topic: Leases.freed)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in freed { return } }
            group.addTask { try? await ContinuousClock().sleep(for: Self.look) }
            await group.next()
            group.cancelAll()
        }
    }
}
