import Foundation
import Glibc
import Testing

@testable import Salesforce

/// Which addresses are inner ones, at the edges of each range, and who may connect to them.
struct ReachTests {
    private static let inner = [
        "0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255",
        "127.0.0.1", "127.255.255.255", "169.254.0.0", "169.254.169.254", "169.254.255.255",
        "172.16.0.0", "172.31.255.255", "192.0.0.0", "192.0.0.255", "192.0.2.1", "192.168.0.0",
        "192.168.255.255", "198.18.0.0", "198.19.255.255", "198.51.100.1", "203.0.113.1",
        "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
        "64:ff9b::10.0.0.1", "64:ff9b:1::808:808", "100::1", "2001::1", "2001:1ff:ffff::",
        "2001:db8::1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "3fff::1", "5f00::1", "fc00::",
        "fdff:ffff::1", "fe80::1", "febf::1", "fec0::1", "feff::1", "ff02::1",
    ]
    private static let outer = [
        "1.0.0.0", "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255",
        "100.128.0.0", "126.255.255.255", "128.0.0.0", "169.253.255.255", "169.255.0.0",
        "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.0.3.0", "192.167.255.255",
        "192.169.0.0", "198.17.255.255", "198.20.0.0", "198.51.99.255", "198.51.101.0",
        "203.0.112.255", "203.0.114.0", "223.255.255.255",
        "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2001:200::1", "2001:4860:4860::8888",
        "2002:808:808::1", "2606:4700::1111", "3ffe::1", "fbff::1", "fe7f::1",
    ]

    @Test func innerAddressesAreKnown() throws {
        for text in Self.inner {
            #expect(try #require(IPAddress(text)).isInner, "\(text)")
        }
        for text in Self.outer {
            #expect(try !#require(IPAddress(text)).isInner, "\(text)")
        }
        for text in ["127.1", "0x7f.1", "localhost", "", "1.2.3.4.5", "::1%lo"] {
            #expect(IPAddress(text) == nil, "\(text)")
        }
    }

    @Test(arguments: [
        ("127.0.0.1", true, false), ("127.9.9.9", true, false), ("::1", true, false),
        ("::ffff:127.0.0.1", true, false), ("0.0.0.0", false, false), ("10.0.0.1", false, false),
        ("::", false, false), ("8.8.8.8", false, true), ("2606:4700::1111", false, true),
    ])
    func onlyThisMachineIsAskedInTheClear(address: String, inTheClear: Bool, encrypted: Bool) {
        let address = IPAddress(address)
        #expect(OrgReach.checked.allows(address, isEncrypted: false) == inTheClear)
        #expect(OrgReach.checked.allows(address, isEncrypted: true) == encrypted)
        #expect(OrgReach.anywhere.allows(address, isEncrypted: false))
        #expect(OrgReach.anywhere.allows(address, isEncrypted: true))
        #expect(!OrgReach.checked.allows(nil, isEncrypted: true))
    }

    @Test(arguments: [
        ([:], true), (["https_proxy": ""], true), (["http_proxy": "http://10.0.0.1:3128"], true),
        (["https_proxy": "http://10.0.0.1:3128"], false), (["HTTPS_PROXY": "p"], false),
        (["all_proxy": "p"], false), (["ALL_PROXY": "p"], false),
    ])
    func aProxyIsAskedWhereverItIs(environment: [String: String], isChecked: Bool) {
        let reach = OrgReach(isPrivate: false, environment: environment)
        #expect(reach.allows(IPAddress("10.0.0.1"), isEncrypted: true) != isChecked)
        let own = OrgReach(isPrivate: true, environment: environment)
        #expect(own.allows(IPAddress("10.0.0.1"), isEncrypted: true))
    }

    /// As the system hands it over, and no more of it than there is.
    @Test func anAddressOfASocketIsRead() throws {
        var short = sockaddr_in()
        short.sin_family = sa_family_t(AF_INET)
        short.sin_addr.s_addr = inet_addr("10.1.2.3")
        var long = sockaddr_in6()
        long.sin6_family = sa_family_t(AF_INET6)
        #expect(inet_pton(AF_INET6, "fe80::7", &long.sin6_addr) == 1)
        let size = (MemoryLayout<sockaddr_in>.size, MemoryLayout<sockaddr_in6>.size)
        #expect(IPAddress(&short, size: size.0)?.description == "10.1.2.3")
        #expect(IPAddress(&long, size: size.1)?.description == "fe80::7")
        #expect(IPAddress(&long, size: size.1 - 1) == nil)
        #expect(IPAddress(&short, size: 2) == nil)
        short.sin_family = sa_family_t(AF_UNIX)
        #expect(IPAddress(&short, size: size.0) == nil)
    }
}
