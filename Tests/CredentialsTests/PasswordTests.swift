import Dispatch
import Synchronization
import Testing

@testable import Credentials

@Suite("Passwords")
struct PasswordTests {
    private let cheap = PasswordHash.Cost(doublings: 14, blockSize: 8, passes: 1)

    @Test func storedForm() throws {
        let salt = Array("saltsaltsaltsalt".utf8)
        let hash = try PasswordHash(Password("correct horse"), salt: salt)
        #expect(hash.stored.hasPrefix("scrypt$15$8$3$c2FsdHNhbHRzYWx0c2FsdA$"))
        let read = try #require(PasswordHash(stored: hash.stored))
        #expect(read.stored == hash.stored)
        #expect(try read.matches(Password("correct horse")))
        #expect(try !read.matches(Password("correct horsf")))
    }

    @Test("each hash has its own salt")
    func salts() throws {
        let password = try Password("correct horse")
        let one = try PasswordHash(password, cost: cheap)
        let other = try PasswordHash(password, cost: cheap)
        #expect(one.stored != other.stored)
    }

    @Test("one character in two spellings is one password")
    func normalised() throws {
        let hash = try PasswordHash(Password("caf\u{E9} latte"), cost: cheap)
        #expect(try hash.matches(Password("cafe\u{301} latte")))
    }

    @Test(
        "a stored form that we would not have written, or that asks for too much, is none",
        arguments: [
            "", "scrypt", "scrypt$15$8$3$", "$15$8$3$c2FsdHNhbHRzYWx0c2FsdA$AAAA",
            storedExample.replacing("scrypt", with: "scrypt2"),
            storedExample.replacing("$15$", with: "$17$"),
            storedExample.replacing("$15$", with: "$2$"),
            storedExample.replacing("$15$", with: "$63$"),
            storedExample.replacing("$15$", with: "$-15$"),
            storedExample.replacing("$15$", with: "$015$"),
            storedExample.replacing("$15$", with: "$+15$"),
            storedExample.replacing("$15$", with: "$99999999999999999999$"),
            storedExample.replacing("$8$", with: "$16$"),
            storedExample.replacing("$3$", with: "$0$"),
            storedExample.replacing("$3$", with: "$5$"),
            storedExample.replacing("c2FsdHNhbHRzYWx0c2FsdA", with: ""),
            storedExample.replacing("c2FsdHNhbHRzYWx0c2FsdA", with: "c2FsdA"),
            storedExample + "A", storedExample + "=", storedExample + "$", storedExample + " ",
            String(storedExample.dropLast()), storedExample.replacing("AAAA$", with: "AA+/$"),
        ])
    func badStoredForms(text: String) {
        if text == storedExample { return }
        #expect(PasswordHash(stored: text) == nil)
    }

    @Test(
        arguments: [
            (7, Password.Refusal.tooShort), (8, nil), (256, nil), (257, .tooLong),
            (100_000, .tooLong),
        ] as [(Int, Password.Refusal?)])
    func lengths(count: Int, refusal: Password.Refusal?) {
        for character in ["a", "é", "🙂"] {
            let result = Result { () throws(Password.Refusal) in
                try Password(String(repeating: character, count: count))
            }
            switch result {
            case .success: #expect(refusal == nil)
            case .failure(let thrown): #expect(thrown == refusal)
            }
        }
    }

    @Test func verifying() async throws {
        let verifier = PasswordVerifier(atOnce: 2, waiting: 4)
        let hash = try await verifier.hash(Password("correct horse"))
        #expect(try await verifier.verify("correct horse", against: hash))
        #expect(try await !verifier.verify("Correct horse", against: hash))
        #expect(try await !verifier.verify("short", against: hash))
        #expect(try await !verifier.verify("correct horse", against: nil))
        #expect(verifier.admitted == 0)
    }

    @Test("two at once, three wait, the sixth is refused, and then there is room again")
    func bounded() async throws {
        let verifier = PasswordVerifier(atOnce: 2, waiting: 3)
        let work = GatedWork()
        let refused = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<5 {
                group.addTask {
                    try await verifier.run { () throws(NoRoomToHash) in work.run() }
                    return false
                }
            }
            while verifier.admitted < 5 || work.atOnce < 2 { await Task.yield() }
            group.addTask {
                do throws(NoRoomToHash) {
                    try await verifier.run { () throws(NoRoomToHash) in }
                    return false
                } catch {
                    work.open(5)
                    return true
                }
            }
            while verifier.admitted == 5 { await Task.yield() }
            work.open(5)
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(refused == 1)
        #expect(work.mostAtOnce == 2)
        #expect(verifier.admitted == 0)
        #expect(try await !verifier.verify("correct horse", against: nil))
    }
}

/// Work that waits until it is let through, and counts how many do so at the same time.
private final class GatedWork: Sendable {
    private let gate = DispatchSemaphore(value: 0)
    private let running = Mutex((now: 0, most: 0))

    var atOnce: Int { running.withLock { $0.now } }
    var mostAtOnce: Int { running.withLock { $0.most } }

    /// Lets so many through, now or later.
    func open(_ count: Int) {
        for _ in 0..<count { gate.signal() }
    }

    func run() {
        running.withLock {
            $0.now += 1
            $0.most = max($0.most, $0.now)
        }
        gate.wait()
        running.withLock { $0.now -= 1 }
    }
}
