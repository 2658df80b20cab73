import CallWebhooks
import Calls
import Foundation
import PhoneNumbers

/// The recorded bodies and what they say, one line for each event.
enum Fixtures {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Fixtures")

    /// Names without their ending, in order.
    static func names(in folder: String, ending: String) -> [String] {
        let files = try? FileManager.default.contentsOfDirectory(
            atPath: self.folder.appending(path: folder).path)
        return (files ?? []).filter { $0.hasSuffix(ending) }.sorted()
            .map { String($0.dropLast(ending.count)) }
    }

    static func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appending(path: path)))
    }

    static func lines(_ path: String) throws -> [String] {
        String(decoding: try bytes(path), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// A header line, an empty line, the body. A multipart body gets the line ends of the network, which a
    /// text file might lose.
    static func request(_ path: String) throws -> (contentType: String?, body: [UInt8]) {
        let file = try bytes(path)
        let end = file.firstIndex(of: 0x0A) ?? file.endIndex
        let header = String(decoding: file[..<end], as: UTF8.self)
        let type = header.isEmpty ? nil : String(header.dropFirst("Content-Type: ".count))
        var body = Array(file[(end + (type == nil ? 1 : 2))...])
        if body.last == 0x0A { body.removeLast() }
        if type?.hasPrefix("multipart") == true {
            body = body.flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] }
        }
        return (type, body)
    }
}

extension CallEvent {
    /// Everything it says, in one line; the time as it differs from `start`.
    func line(from start: Date) -> String {
        var words = [kind.rawValue, "call=\(call)"]
        func add(_ name: String, _ value: String?) {
            if let value { words.append("\(name)=\(value)") }
        }
        add("leg", leg?.value)
        add("at", String(Int((at.timeIntervalSince(start) * 1000).rounded())))
        add("direction", direction?.rawValue)
        add("from", from.map { $0.number.line })
        add("name", from?.name)
        add("attestation", from?.attestation)
        add("to", to?.line)
        add("extension", self.extension)
        add("queue", queue)
        add("sequence", sequence.map(String.init))
        add("cause", cause.map { "\($0.kind.rawValue)(\($0.raw ?? ""))" })
        if !isTimed { words.append("untimed") }
        if isReconstructed { words.append("reconstructed") }
        return words.joined(separator: " ").replacing("\0", with: "NUL")
    }
}

extension PhoneNumber {
    fileprivate var line: String { "\(presented)(\(e164 ?? kind.rawValue))" }
}
