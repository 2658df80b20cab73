import Foundation
import Glibc
import Testing

@testable import Credentials

@Suite("Secrets that are kept")
struct SealedTests {
    /// Test cases 14 to 16 of McGrew and Viega, "The Galois/Counter Mode of Operation", for AES-256.
    private struct Vector: Sendable {
        let key, nonce, text, associated, sealed, tag: String
    }

    private static let vectors = [
        Vector(
            key: String(repeating: "0", count: 64), nonce: String(repeating: "0", count: 24),
            text: String(repeating: "0", count: 32), associated: "",
            sealed: "cea7403d4d606b6e074ec5d3baf39d18", tag: "d0d1c8a799996bf0265b98b5d48ab919"),
        Vector(
            key: "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
            nonce: "cafebabefacedbaddecaf888",
            text: """
                d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72\
                1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39
                """,
            associated: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            sealed: """
                522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa\
                8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662
                """,
            tag: "76fc6ece0f4e1768cddf8853bb2d551b"),
    ]

    @Test func vectors() throws {
        for vector in Self.vectors {
            let key = try #require(SealingKey(bytes(hex: vector.key)))
            let found = key.encrypt(
                bytes(hex: vector.text), nonce: bytes(hex: vector.nonce),
                with: bytes(hex: vector.associated))
            #expect(hex(found.sealed) == vector.sealed)
            #expect(hex(found.tag) == vector.tag)
        }
    }

    @Test(arguments: ["", "x", "a refresh token that is longer than one block of sixteen bytes"])
    func whatIsSealedIsOpened(text: String) throws {
        let key = SealingKey.random()
        let sealed = key.seal(Array(text.utf8), for: "acme/ada")
        #expect(try key.open(sealed, for: "acme/ada") == Array(text.utf8))
        #expect(key.seal(Array(text.utf8), for: "acme/ada") != sealed, "a nonce is used once")
        #expect(sealed.count == text.utf8.count + 33)
    }

    @Test func ofAnotherAgentItIsNothing() {
        let key = SealingKey.random()
        let sealed = key.seal(Array("token".utf8), for: "acme/ada")
        for purpose in ["acme/ben", "acme/ad", "acme/adaa", "", "other/ada"] {
            #expect(throws: SealFault.changed) { try key.open(sealed, for: purpose) }
        }
        #expect(throws: SealFault.otherKey) {
            try SealingKey.random().open(sealed, for: "acme/ada")
        }
    }

    @Test func everyBitCounts() {
        let key = SealingKey.random()
        let sealed = key.seal(Array("token".utf8), for: "acme/ada")
        for place in sealed.indices {
            for bit in 0..<8 {
                var changed = sealed
                changed[place] ^= UInt8(1) << UInt8(bit)
                #expect(throws: SealFault.self) { try key.open(changed, for: "acme/ada") }
            }
        }
        for count in 0..<sealed.count {
            #expect(throws: SealFault.self) {
                try key.open(Array(sealed.prefix(count)), for: "acme/ada")
            }
        }
        #expect(throws: SealFault.self) { try key.open(sealed + [0], for: "acme/ada") }
    }

    @Test func aKeyDoesNotShow() throws {
        let key = try #require(SealingKey(Array("canary-4711-canary-4711-canary-4".utf8)))
        var dumped = ""
        dump(key, to: &dumped)
        #expect("\(key)" == "•••" && !dumped.contains("99"))
        #expect(SealingKey([]) == nil && SealingKey(Array(repeating: 0, count: 33)) == nil)
        let sealed = key.seal([1], for: "")
        #expect(!hex(sealed).contains(hex(Array("canary".utf8))))
    }

    private func place(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.appending(path: "secrets.key"))
    }

    private func mode(_ file: URL) -> mode_t {
        var about = stat()
        stat(file.path(percentEncoded: false), &about)
        return about.st_mode & 0o777
    }

    @Test func theFileIsMadeOnceForUsAlone() throws {
        try place { file in
            let sealed = try SealingKeyFile.key(at: file).seal([7], for: "a")
            #expect(mode(file) == 0o600)
            #expect(try SealingKeyFile.key(at: file).open(sealed, for: "a") == [7])
            let folder = file.deletingLastPathComponent().path(percentEncoded: false)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 1)
        }
    }

    @Test(arguments: [0o640, 0o604, 0o660, 0o644] as [mode_t])
    func aFileThatOthersMayReadIsRefused(rights: mode_t) throws {
        try place { file in
            _ = try SealingKeyFile.key(at: file)
            let path = file.path(percentEncoded: false)
            chmod(path, rights)
            #expect(throws: SealingKeyFileFault.open(path)) { try SealingKeyFile.key(at: file) }
            #expect(mode(file) == rights, "it is not mended in silence")
        }
    }

    @Test(arguments: [0, 16, 31, 33, 64])
    func aFileOfAnotherSizeIsRefused(size: Int) throws {
        try place { file in
            try Data(repeating: 1, count: size).write(to: file)
            let path = file.path(percentEncoded: false)
            chmod(path, 0o600)
            #expect(throws: SealingKeyFileFault.wrongSize(path, size)) {
                try SealingKeyFile.key(at: file)
            }
        }
    }

    @Test func whatIsNoFileIsRefused() throws {
        try place { file in
            try FileManager.default.createDirectory(at: file, withIntermediateDirectories: false)
            #expect(throws: SealingKeyFileFault.self) { try SealingKeyFile.key(at: file) }
        }
        try place { file in
            let other = file.appendingPathExtension("real")
            _ = try SealingKeyFile.key(at: other)
            try FileManager.default.createSymbolicLink(at: file, withDestinationURL: other)
            #expect(throws: SealingKeyFileFault.self) { try SealingKeyFile.key(at: file) }
        }
        let nowhere = URL(filePath: "/nowhere/at/all.key")
        #expect(throws: SealingKeyFileFault.self) { try SealingKeyFile.key(at: nowhere) }
    }

    @Test func twoWhoBeginAtOnceHaveOneKey() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "secrets.key")
        let sealed = try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for _ in 0..<8 {
                group.addTask { try SealingKeyFile.key(at: file).seal([7], for: "a") }
            }
            return try await group.reduce(into: [[UInt8]]()) { $0.append($1) }
        }
        let key = try SealingKeyFile.key(at: file)
        for each in sealed { #expect(try key.open(each, for: "a") == [7]) }
    }
}
