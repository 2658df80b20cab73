import Foundation

/// Base64 as keys and signatures are written (RFC 4648): one text for one value, nothing tolerated.
package enum Base64 {
    /// With padding; `nil` for anything that this very function's counterpart would not have written.
    ///
    /// So a signature that was cut, extended or respelt is no signature. The comparison with `==` is of what
    /// the sender wrote with itself: it tells nothing that the sender does not know.
    static func bytes(_ text: some StringProtocol) -> [UInt8]? {
        let text = String(text)
        guard let data = Data(base64Encoded: text), data.base64EncodedString() == text else {
            return nil
        }
        return [UInt8](data)
    }

    static func text(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

    /// The alphabet that may stand in an address, without padding.
    package static func addressText(_ bytes: [UInt8]) -> String {
        text(bytes).replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    static func addressBytes(_ text: some StringProtocol) -> [UInt8]? {
        guard !text.utf8.contains(where: { "+/=".utf8.contains($0) }) else { return nil }
        let plain = String(text).replacing("-", with: "+").replacing("_", with: "/")
        return bytes(plain + String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4))
    }
}
