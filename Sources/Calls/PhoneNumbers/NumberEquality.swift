/// How two numbers are one number: the tiers of a lookup, in their order.
///
/// A lookup stops at the first tier with a hit, returns all hits of that tier, and says which tier
/// it was. There is no tier for "the last digits are the same".
public enum NumberEquality: String, Codable, Sendable, CaseIterable, Comparable {
    /// The same number; the extensions are equal or both are absent.
    case exact
    /// The same number; an extension on one side only, or two different ones.
    case `extension`
    /// Two numbers of one line: Argentina's mobile 9, Brazil's ninth digit, Italy's zero,
    /// renumbering, a German or Austrian direct-dial number written as an extension.
    case alias
    /// Impossible as a national number, valid as an international one without its plus.
    case reading
    /// A caller from a block of direct-dial numbers whose head (`…-0`) is stored; DE and AT only.
    case switchboard
    /// A local number, taken to be of the site's own area.
    case assumedArea = "assumed-area"

    /// The closer equality is the smaller one.
    public static func < (a: NumberEquality, b: NumberEquality) -> Bool { a.tier < b.tier }

    /// Place in the order, from 1.
    public var tier: Int {
        switch self {
        case .exact: 1
        case .extension: 2
        case .alias: 3
        case .reading: 4
        case .switchboard: 5
        case .assumedArea: 6
        }
    }
}
