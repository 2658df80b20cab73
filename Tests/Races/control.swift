// The control of script/races: what is under a lock that is waited for is no race, and what is under none is one.
import Dispatch
import Synchronization

final class Shared: Sendable {
    let locked = Mutex(0)
    // The race that must be reported: there is nothing to prove it safe.
    nonisolated(unsafe) var bare = 0
}

let shared = Shared()
let isBare = CommandLine.arguments.contains("bare")
DispatchQueue.concurrentPerform(iterations: 8) { _ in
    for _ in 0..<10_000 {
        if isBare { shared.bare += 1 } else { shared.locked.withLock { $0 += 1 } }
    }
}
print(isBare ? shared.bare : shared.locked.withLock { $0 })
