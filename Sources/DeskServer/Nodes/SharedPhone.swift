import CallHandling
import Calls
import Foundation
import Logging
import PhoneSystem
import Storage
import Synchronization

/// A phone system as every server has it: the one that holds its lease is connected and tells it what to do, the others read
/// its board and send errands.
final class SharedPhone: CallControl, PhoneSystemReport {
    let system: String
    private let local: any CallControl
    private let report: (any PhoneSystemReport)?
    private let database: Database
    private let errands: PhoneErrands
    private let carryOut: @Sendable (PhoneErrand) async throws(ControlRefusal) -> String?
    private let board = Mutex(PhoneBoard())
    private let isHere: Atomic<Bool>
    /// From the end of a term until the board was looked at: what this server believes is newer than the board that it read
    /// before the term.
    private let hasLeft = Atomic(false)
    /// Ends of terms, for `follow`.
    private let ends: AsyncStream<Void>
    private let ended: AsyncStream<Void>.Continuation
    /// Of the term, where there are terms.
    private let fence = Mutex<Fence?>(nil)
    /// Wakes the writer of the board, in a term.
    private let waker = Mutex<AsyncStream<Void>.Continuation?>(nil)

    /// Seconds between two looks at what the phones can do, where no event tells that it changed.
    private static let look: Duration = .seconds(1)

    /// - Parameter carryOut: what can be asked of it beside the commands of every phone system.
    init(
        _ local: any CallControl, report: (any PhoneSystemReport)?, database: Database,
        carryOut: @escaping @Sendable (PhoneErrand) async throws(ControlRefusal) -> String? = {
            _ throws(ControlRefusal) in throw .notSupported("This phone system has no such thing.")
        }
    ) {
        system = local.system
        self.local = local
        self.report = report
        self.database = database
        self.carryOut = carryOut
        errands = PhoneErrands(database: database)
        isHere = Atomic(!database.kind.isShared)
        (ends, ended) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Whether this server is connected to it.
    var isConnectedHere: Bool { isHere.load(ordering: .acquiring) }

    private var knowsBest: Bool { isConnectedHere || hasLeft.load(ordering: .acquiring) }

    // MARK: - What every server may ask

    func abilities(for line: String, in call: Call) async -> Set<CallAbility> {
        if knowsBest { return await local.abilities(for: line, in: call) }
        let key = PhoneBoard.Key(call: call.id.publicID, extension: line)
        return board.withLock { $0.calls[key] ?? [] }
    }

    func canDial(from line: String) async -> Bool {
        if knowsBest { return await local.canDial(from: line) }
        return board.withLock { $0.dialable.contains(line) }
    }

    func outage() async -> String? {
        if isConnectedHere { return await local.outage() }
        return board.withLock { $0.outage }
    }

    func condition() async -> PhoneSystemCondition {
        if isConnectedHere, let report { return await report.condition() }
        return board.withLock { $0.condition }
            ?? PhoneSystemCondition(
                product: "", isGood: false, text: "No server is connected to it yet.",
                lastEventAt: nil, events: 0)
    }

    func perform(_ command: CallCommand) async throws(ControlRefusal) {
        _ = try await ask(.command(command))
    }

    /// Does it here, or has it done.
    func ask(_ errand: PhoneErrand) async throws(ControlRefusal) -> String? {
        try await isHolder() ? try await done(errand) : try await errands.ask(errand, of: system)
    }

    private func done(_ errand: PhoneErrand) async throws(ControlRefusal) -> String? {
        defer { heard() }
        guard case .command(let command) = errand else { return try await carryOut(errand) }
        try await local.perform(command)
        return nil
    }

    /// Whether this server is connected to it, and is to be: one that stood still may not know yet that another one has
    /// taken over.
    private func isHolder() async throws(ControlRefusal) -> Bool {
        guard isConnectedHere else { return false }
        guard let fence = fence.withLock({ $0 }) else { return true }
        do {
            try await database.read { try fence.check(in: $0) }
            return true
        } catch is LeaseLost {
            return false
        } catch {
            throw .unreachable("This cannot be handed on to the phone system now. Try again.")
        }
    }

    // MARK: - One term

    /// Something was heard of its calls.
    func heard() { waker.withLock { _ = $0?.yield() } }

    /// Listens for as long as this server has the lease, and serves the others meanwhile.
    func hold(
        under fence: Fence?, roster: NodeRoster,
        for extensions: @escaping @Sendable () -> Set<String>,
        drawAnew: @escaping @Sendable (Set<String>?) -> Void,
        _ listen: @escaping @Sendable () async throws -> Void
    ) async throws {
        self.fence.withLock { $0 = fence }
        isHere.store(true, ordering: .releasing)
        defer {
            hasLeft.store(fence != nil, ordering: .releasing)
            isHere.store(fence == nil, ordering: .releasing)
            ended.yield()
        }
        guard database.kind.isShared else { return try await listen() }
        let writer = PhoneBoardWriter(
            database: database, phone: local, report: report, extensions: extensions,
            isRead: { roster.hasOthers }, drawAnew: drawAnew)
        let looks = looks()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await listen() }
            group.addTask { await writer.run(under: fence, wakes: looks) }
            group.addTask { await self.tick() }
            group.addTask {
                await self.errands.serve(
                    self.system, under: fence, isReady: { await self.local.outage() == nil }
                ) { errand throws(ControlRefusal) in
                    guard try await self.isHolder() else {
                        throw .unreachable("Another server has taken over. Try again.")
                    }
                    return try await self.done(errand)
                }
            }
            try await group.next()
            group.cancelAll()
        }
    }

    /// At each change, and each second, for which `tick` is to be run.
    private func looks() -> AsyncStream<Void> {
        let (looks, continuation) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        waker.withLock { $0 = continuation }
        return looks
    }

    private func tick() async {
        while !Task.isCancelled {
            heard()
            try? await ContinuousClock().sleep(for: Self.look)
        }
    }

    // MARK: - The others

    /// Follows the board while another server writes it; to be called once.
    ///
    /// - Parameter drawAnew: told of extensions whose buttons may have changed; of `nil` for all.
    func follow(_ drawAnew: @escaping @Sendable (Set<String>?) -> Void) async {
        guard database.kind.isShared else { return }
        let notices = database.changes(topic: PhoneBoard.changed)
        await read(drawAnew)
        await withDiscardingTaskGroup { group in
            // What was written during the term was not looked at.
            group.addTask { for await _ in self.ends { await self.read(drawAnew) } }
            for await notice in notices where [system, "*"].contains(notice.subject) {
                await read(drawAnew)
            }
            group.cancelAll()
        }
    }

    private func read(_ drawAnew: @Sendable (Set<String>?) -> Void) async {
        guard !isConnectedHere,
            let new = try? await database.read({ [system] in try PhoneBoard(of: system, in: $0) })
        else { return }
        let old = board.withLock { board in
            defer { board = new }
            return board
        }
        hasLeft.store(false, ordering: .releasing)
        let changed = new.differs(from: old)
        if changed?.isEmpty != true { drawAnew(changed) }
    }
}

/// A phone system that this process can connect to, and what all servers have of it.
struct HeldPhone: Sendable {
    let local: any ConnectedPhoneSystem
    let shared: SharedPhone

    init(_ local: any ConnectedPhoneSystem, database: Database) {
        self.local = local
        shared = SharedPhone(local, report: local, database: database)
    }
}
