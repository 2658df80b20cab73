import Asterisk
import Calls
import Foundation
import PhoneNumbers

/// What a phone system says, read and understood: recorded streams again and again, in pieces as they come from
/// a socket. The comparison splits the same text with Foundation and understands nothing.
struct AMIStreams {
    private static let rounds = 5
    private static let repeats = 20
    /// Bytes that one read of a socket gives.
    private static let piece = 2048

    func run() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../AsteriskTests/Fixtures/recordings/16").standardized
        let files = try FileManager.default.contentsOfDirectory(
            at: folder, includingPropertiesForKeys: nil)
        let streams = try files.filter { $0.lastPathComponent.hasSuffix(".ami.txt") }
            .map { [UInt8](try Data(contentsOf: $0)) }
        precondition(!streams.isEmpty, "there are no recordings in \(folder.path)")
        var ours: [Double] = []
        var other: [Double] = []
        for _ in 1...Self.rounds {
            ours.append(try rate { try streams.reduce(0) { try $0 + understood($1) } })
            other.append(rate { streams.reduce(0) { $0 + split($1) } })
        }
        try Figure(
            "events of a phone system, parsed and understood", unit: "events/s", ours: ours.median,
            other: other.median, moreIsBetter: true, n: Self.rounds,
            notes: """
                one core, \(streams.count) recorded streams; other: split into lines with Foundation and not \
                understood; an Asterisk with 88 calls/s tells about 2,200 events/s
                """
        ).show()
    }

    /// Messages a second.
    private func rate(_ work: () throws -> Int) rethrows -> Double {
        let clock = ContinuousClock()
        let began = clock.now
        var count = 0
        for _ in 1...Self.repeats { count += try work() }
        return Double(count) / ((clock.now - began).milliseconds / 1000)
    }

    private func understood(_ stream: [UInt8]) throws -> Int {
        var parser = AMIParser()
        var calls = AsteriskCalls(
            system: "bench", lines: AsteriskLines(named: ["1001", "1002", "1003"]),
            plan: NumberingPlan(country: "DE"))
        var count = 0
        for start in stride(from: 0, to: stream.count, by: Self.piece) {
            try parser.feed(stream[start..<min(start + Self.piece, stream.count)])
            for message in parser.drain() {
                _ = calls.apply(message)
                count += 1
            }
        }
        return count
    }

    private func split(_ stream: [UInt8]) -> Int {
        let text = String(decoding: stream, as: UTF8.self)
        var fields = 0
        let blocks = text.components(separatedBy: "\r\n\r\n").filter { !$0.isEmpty }
        for block in blocks {
            for line in block.components(separatedBy: "\r\n") {
                fields += line.components(separatedBy: ": ").count
            }
        }
        precondition(fields >= blocks.count)
        return blocks.count
    }
}
