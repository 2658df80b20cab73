/// The library's metadata: getting it ready, and telling one version from another.
public enum NumberMetadata {
    /// Raised when a rule of ours gives some number another key.
    static let rulesVersion = 1

    /// Loads the metadata, about 20 ms. To be called once when the process starts, before numbers
    /// are read on several threads; later calls return at once.
    public static func warmUp() {
        NumberLibrary.warmUp()
    }

    /// Says which metadata and which rules made the keys of an index: an index with another stamp
    /// must be built again, and nodes that share a database must have the same.
    ///
    /// The C++ library cannot say its version, and a system upgrade replaces it under the same name.
    /// So this is a hash over what it makes of fixed texts in every region, computed once (about
    /// 60 ms). Metadata that gives the same answers has the same stamp.
    public static let stamp: String = makeStamp()

    private static func makeStamp() -> String {
        var hash = StableHash()
        for region in NumberLibrary.regions() {
            for text in probes {
                let parsed = NumberLibrary.parse(text, region: region)
                let answer = parsed.map { "\($0.digits) \($0.isValid) \($0.reach)" } ?? "none"
                hash.add("\(region) \(text) \(answer)\n".utf8)
            }
        }
        let digits = String(hash.value, radix: 16)
        return "\(rulesVersion)-" + String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Read in every region: trunk prefixes in common use, and the texts whose keys are known to
    /// differ between versions 8.12.57 and 9.0.35 (MX, XK, UZ, NG, CO, QA, SV).
    private static let probes = [
        "0212345678", "8912375326", "12345678", "012221234574", "38380001026", "018909234",
        "03211484075", "9748655740", "5038098659",
    ]
}
