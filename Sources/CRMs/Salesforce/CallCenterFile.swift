import Foundation

/// The file by which an org learns that the panel is its telephone: what *Setup*, *Call Centers*, *Import* takes.
///
/// Source: Salesforce, Open CTI Developer Guide, "Call Center Definition Files". An org counts the items from 0 and
/// wants no number left out; without the last one the panel is shown in the old pages only.
package struct CallCenterFile: Hashable, Sendable {
    /// The pixels that Lightning allows.
    package static let heights = 240...2560
    package static let widths = 200...1920
    private static let longestInternalName = 40
    /// In bytes of UTF-8.
    private static let longestDisplayName = 1000

    /// What the org knows it by; no other call center of the org may have it.
    package let internalName: String
    /// What people read.
    package let displayName: String
    /// The panel: `https://calls.example.com/`.
    package let address: String
    package let height: Int
    package let width: Int

    /// - Parameter address: the address under which people open the panel, with or without a slash at its end.
    package init(
        internalName: String = "CallMatch", displayName: String = "CallMatch", address: String,
        height: Int = 500, width: Int = 400
    ) throws(CallCenterFault) {
        guard Self.isInternalName(internalName) else { throw .internalName(internalName) }
        let display = displayName.trimmingCharacters(in: .whitespaces)
        guard Self.isDisplayName(display) else { throw .displayName }
        guard Self.heights.contains(height) else { throw .height(height) }
        guard Self.widths.contains(width) else { throw .width(width) }
        self.internalName = internalName
        self.displayName = display
        self.address = try Self.page(address)
        self.height = height
        self.width = width
    }

    /// ASCII only, so that no program on the way can read it as another encoding.
    package var xml: String {
        let items: [(name: String, label: String, value: String)] = [
            ("reqInternalName", "Internal Name", internalName),
            ("reqDisplayName", "Display Name", displayName),
            ("reqAdapterUrl", "Adapter URL", address),
            ("reqUseApi", "Use API", "true"),
            ("reqSoftphoneHeight", "Height", "\(height)"),
            ("reqSoftphoneWidth", "Width", "\(width)"),
            ("reqSalesforceCompatibilityMode", "Mode", "Lightning"),
        ]
        let lines = items.indices.map { order -> String in
            let item = items[order]
            let about = "sortOrder=\"\(order)\" name=\"\(item.name)\" label=\"\(item.label)\""
            return "    <item \(about)>\(Self.escaped(item.value))</item>"
        }
        return """
            <callCenter>
              <section sortOrder="0" name="reqGeneralInfo" label="General Information">
            \(lines.joined(separator: "\n"))
              </section>
            </callCenter>

            """
    }

    private static func isInternalName(_ text: String) -> Bool {
        guard let first = text.utf8.first, isLetter(first) else { return false }
        return text.utf8.count <= longestInternalName
            && text.utf8.allSatisfy { isLetter($0) || isDigit($0) }
    }

    private static func isDisplayName(_ text: String) -> Bool {
        // Neither has a place in XML.
        let isWritable = text.unicodeScalars.allSatisfy {
            $0.properties.generalCategory != .control && $0 != "\u{FFFE}" && $0 != "\u{FFFF}"
        }
        return !text.isEmpty && text.utf8.count <= longestDisplayName && isWritable
    }

    /// The panel's page at this address. Read strictly: whoever imports the file cannot see what became of it.
    private static func page(_ text: String) throws(CallCenterFault) -> String {
        guard let mark = text.firstRange(of: "://") else { throw .noAddress(text) }
        guard text[..<mark.lowerBound].lowercased() == "https" else { throw .notEncrypted(text) }
        let rest = text[mark.upperBound...]
        let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
        let parts = rest[..<end].split(separator: ":", omittingEmptySubsequences: false)
        guard let host = parts.first, isHost(host), parts.count <= 2 else { throw .noAddress(text) }
        guard ["", "/"].contains(rest[end...]) else { throw .hasPath(text) }
        guard parts.count == 2 else { return "https://\(host)/" }
        guard let port = Int(parts[1]), (1...65535).contains(port) else { throw .noAddress(text) }
        return "https://\(host):\(port)/"
    }

    private static func isHost(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, isLetter(first) || isDigit(first) else { return false }
        return text.utf8.allSatisfy {
            isLetter($0) || isDigit($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-")
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func escaped(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { written, scalar in
            switch scalar {
            case "&": written += "&amp;"
            case "<": written += "&lt;"
            case ">": written += "&gt;"
            case "\"": written += "&quot;"
            case "'": written += "&apos;"
            default:
                written += scalar.isASCII ? String(scalar) : "&#\(scalar.value);"
            }
        }
    }
}

/// Why no call center file can be made of these values, and what would help.
package enum CallCenterFault: Error, Hashable, Sendable, CustomStringConvertible {
    case internalName(String)
    case displayName
    case noAddress(String)
    case notEncrypted(String)
    case hasPath(String)
    case height(Int)
    case width(Int)

    package var description: String {
        switch self {
        case .internalName(let text):
            """
            The name “\(text.prefix(60))” cannot be one: use at most 40 letters and digits (A to Z, 0 to 9), the \
            first one a letter.
            """
        case .displayName:
            "The display name cannot be one: use 1 to 1000 characters on one line."
        case .noAddress(let text):
            """
            The address “\(text.prefix(60))” is none: give the one under which agents open the panel, such as \
            https://calls.example.com.
            """
        case .notEncrypted(let text):
            """
            The address “\(text.prefix(60))” is not encrypted: Lightning frames only pages with https://. Put a \
            proxy that speaks HTTPS before the server.
            """
        case .hasPath(let text):
            """
            The address “\(text.prefix(60))” goes on after the host: the panel is at the top, such as \
            https://calls.example.com.
            """
        case .height(let pixels):
            "The height \(pixels) is not allowed: Lightning takes 240 to 2560 pixels."
        case .width(let pixels):
            "The width \(pixels) is not allowed: Lightning takes 200 to 1920 pixels."
        }
    }
}
