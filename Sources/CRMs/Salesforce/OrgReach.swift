import CCurl
import Foundation
import Glibc

/// Where a connection to an org may lead. It is asked of the address that is connected to, and not of the name: what a
/// name leads to can be changed at any time, by others (DNS rebinding).
package enum OrgReach: Sendable {
    /// Over TLS the internet, without it this machine.
    case checked
    /// A private link to the org was set, or a proxy stands in between, and it asks for the name itself.
    case anywhere

    /// - Parameters:
    ///   - isPrivate: the org is reached over an inner network, as an administrator said.
    ///   - environment: whose proxies libcurl uses.
    init(
        isPrivate: Bool, environment: [String: String] = ProcessInfo.processInfo.environment
    ) {
        let proxies = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
        self =
            isPrivate || proxies.contains { environment[$0]?.isEmpty == false }
            ? .anywhere : .checked
    }

    func allows(_ address: IPAddress?, isEncrypted: Bool) -> Bool {
        switch self {
        case .anywhere: true
        case .checked:
            // What is of no known family leads nowhere.
            address.map { isEncrypted ? !$0.isInner : $0.isLoopback } ?? false
        }
    }
}

/// An address of IPv4 or IPv6.
struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    /// 4 or 16, in the network's order.
    private let bytes: [UInt8]

    /// - Parameter size: in bytes, of the `sockaddr` at that place.
    /// - Returns: `nil` for another family.
    init?(_ place: UnsafeRawPointer, size: Int) {
        guard size >= MemoryLayout<sockaddr>.size,
            let family = MemoryLayout<sockaddr>.offset(of: \.sa_family)
        else { return nil }
        let kind = (place + family).loadUnaligned(as: sa_family_t.self)
        let (part, count, whole) =
            switch Int32(kind) {
            case AF_INET:
                (
                    MemoryLayout<sockaddr_in>.offset(of: \.sin_addr), 4,
                    MemoryLayout<sockaddr_in>.size
                )
            case AF_INET6:
                (
                    MemoryLayout<sockaddr_in6>.offset(of: \.sin6_addr), 16,
                    MemoryLayout<sockaddr_in6>.size
                )
            default: (nil, 0, 0)
            }
        guard let part, size >= whole else { return nil }
        bytes = Array(UnsafeRawBufferPointer(start: place + part, count: count))
    }

    /// - Parameter text: `192.0.2.1` or `2001:db8::1`.
    init?(_ text: String) {
        var short = in_addr()
        var long = in6_addr()
        if inet_pton(AF_INET, text, &short) == 1 {
            bytes = withUnsafeBytes(of: short) { Array($0) }
        } else if inet_pton(AF_INET6, text, &long) == 1 {
            bytes = withUnsafeBytes(of: long) { Array($0) }
        } else {
            return nil
        }
    }

    private init(bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

    var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        guard inet_ntop(family, bytes, &text, socklen_t(text.count)) != nil else { return "?" }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    var isLoopback: Bool {
        if let inside { return inside.isLoopback }
        return bytes.count == 4 ? bytes[0] == 127 : self == IPAddress("::1")
    }

    /// Of this machine or its networks, or nobody's alone: what the internet does not lead to.
    ///
    /// Source: IANA, special-purpose address registries for IPv4 and IPv6, "Globally reachable: False"; multicast.
    var isInner: Bool {
        if let inside { return inside.isInner }
        let ranges = bytes.count == 4 ? Self.innerRanges : Self.longInnerRanges
        return ranges.contains { range in
            bytes.count == range.bytes.count
                && (0..<range.bits).allSatisfy { bit in
                    (bytes[bit / 8] ^ range.bytes[bit / 8]) & (0x80 >> (bit % 8)) == 0
                }
        }
    }

    /// The address of IPv4 that one of IPv6 stands for. Source: RFC 4291 (mapped), RFC 6052 (translated), RFC 3056 (6to4).
    private var inside: IPAddress? {
        guard bytes.count == 16 else { return nil }
        if bytes.starts(with: [0x20, 0x02]) { return IPAddress(bytes: bytes[2..<6]) }
        let fronts: [[UInt8]] = [
            [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF],
            [0x00, 0x64, 0xFF, 0x9B] + [UInt8](repeating: 0, count: 8),
        ]
        return fronts.contains { bytes.starts(with: $0) } ? IPAddress(bytes: bytes[12...]) : nil
    }

    private typealias Range = (bytes: [UInt8], bits: Int)

    private static let innerRanges = ranges([
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15",
        "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
    ])
    private static let longInnerRanges = ranges([
        "::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20",
        "5f00::/16", "fc00::/7", "fe80::/9", "ff00::/8",
    ])

    private static func ranges(_ texts: [String]) -> [Range] {
        texts.compactMap { text in
            let parts = text.split(separator: "/")
            guard parts.count == 2, let first = IPAddress(String(parts[0])),
                let bits = Int(parts[1])
            else { return nil }
            return (first.bytes, bits)
        }
    }
}

extension IPAddress {
    /// Of libcurl's `curl_sockaddr`, which ends with an address of any family.
    init?(_ address: UnsafePointer<curl_sockaddr>) {
        guard let offset = MemoryLayout<curl_sockaddr>.offset(of: \.addr) else { return nil }
        self.init(UnsafeRawPointer(address) + offset, size: Int(address.pointee.addrlen))
    }
}
