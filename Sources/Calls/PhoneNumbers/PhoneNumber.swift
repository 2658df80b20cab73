/// A phone number: the text as it was presented, and what it was read as.
///
/// Two numbers are equal when their kinds and keys are, however they were written: `030 123456`
/// read in Germany equals `+49 30 123456`. Extensions do not count. Numbers without a key are equal
/// when their texts are.
///
/// Reading costs about 50 µs, never fails, and is bounded for any text. The raw text and the region
/// are kept, so a number can be read again when the metadata changes.
public struct PhoneNumber: Sendable {
    public enum Kind: String, Codable, Sendable, CaseIterable {
        /// A line in the public network.
        case subscriber
        /// An extension of this phone system.
        case `internal`
        /// A service that a country reaches by a few digits.
        case short
        case emergency
        /// A star code.
        case service
        /// A sender that is a text, as in messages.
        case textSender
        /// The caller asked for privacy, or the network had no number to give.
        case withheld
        /// Nothing that can be read.
        case unusable
    }

    /// The text as received, at most ``longestPresented`` Unicode scalars of it, otherwise
    /// unchanged. May hold control characters: show ``formatted``.
    public let presented: String
    public let kind: Kind
    /// What it shares with all other forms of the same number; nil for withheld and unusable ones.
    public let key: NumberKey?
    /// Beside a subscriber's number: its extension. Of kind internal: the extension itself. Digits.
    public let `extension`: String?
    /// The country whose rules it was read by (the assumed one, if the text named none).
    public let region: String?
    /// The library knows the number's range; for short numbers, the very number. Metadata ages, so a
    /// real number may be invalid; nothing is refused for that.
    public let isValid: Bool

    let isComplete: Bool
    let otherKeys: [NumberIndexEntry]
    let localDigits: String?

    public static let longestPresented = PresentedText.longestKept

    /// A number that a phone system reports, caller's or dialled, by all rules of the plan.
    public init(_ presented: String, plan: NumberingPlan) {
        self.init(presented: presented, plan: plan, NumberReader(plan: plan).read(presented))
    }

    /// A number from a field of a CRM: without the rules for trunks, as people wrote it. Of several
    /// numbers in the field the first; see ``split(_:plan:)``.
    public init(stored field: String, plan: NumberingPlan) {
        self.init(field, plan: plan.fields)
    }

    /// A number in canonical form, as ``e164`` gives it: a plus and up to 15 digits, which are
    /// trusted. Nil for any other text and for what is no subscriber's number.
    public init?(e164: String) {
        guard (2...16).contains(e164.utf8.count), e164.hasPrefix("+"),
            e164.utf8.dropFirst().allSatisfy({ (48...57).contains($0) })
        else { return nil }
        let plan = NumberingPlan(country: "").fields
        let reading = NumberReader(plan: plan).readCanonical(String(e164.dropFirst()))
        guard let reading else { return nil }
        self.init(presented: e164, plan: plan, reading)
    }

    /// A caller about whom nothing may be known: for adapters that learn of the presentation
    /// otherwise than by the number (Privacy header, `prohib`). The real number must not be kept.
    public static let withheld = PhoneNumber(
        presented: "", plan: NumberingPlan(country: ""), .withheld)

    private init(presented: String, plan: NumberingPlan, _ reading: NumberReading) {
        self.presented = PresentedText.kept(presented)
        kind = reading.kind
        key = reading.key
        `extension` = reading.extension
        region = plan.country.isEmpty ? nil : plan.country
        isValid = reading.isValid
        isComplete = reading.isComplete
        otherKeys = reading.otherKeys
        localDigits = reading.localDigits
    }

    /// The numbers in one field of a CRM, in order. `030/123456` is one, `030/123456-78/79` are
    /// two; a field without any gives one number, withheld or unusable.
    public static func split(_ field: String, plan: NumberingPlan) -> [PhoneNumber] {
        let rules = plan.fields
        let parts = NumberReader(plan: rules).parts(of: field)
        if parts.count < 2 { return [PhoneNumber(field, plan: rules)] }
        return parts.map { PhoneNumber($0, plan: rules) }
    }
}

extension PhoneNumber {
    /// `+493012345678`. Only of kind subscriber, and not for a number that lacks its area code or
    /// has an impossible length in the assumed country: that one has a key, but nobody can dial it.
    public var e164: String? {
        guard isComplete, let digits = subscriberDigits else { return nil }
        return "+" + digits
    }

    /// Whether a person may be found by this number. A text sender only by exactly this text;
    /// withheld, internal, emergency, short, service and unusable numbers never.
    public var isLookedUp: Bool {
        switch kind {
        case .subscriber, .textSender: true
        case .internal, .short, .emergency, .service, .withheld, .unusable: false
        }
    }

    var subscriberDigits: String? {
        guard kind == .subscriber, let key else { return nil }
        return String(key.content)
    }
}

extension PhoneNumber: Hashable {
    public static func == (a: PhoneNumber, b: PhoneNumber) -> Bool {
        guard a.kind == b.kind, a.key == b.key else { return false }
        return a.key != nil || a.presented == b.presented
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(kind)
        hasher.combine(key)
        if key == nil { hasher.combine(presented) }
    }
}

extension PhoneNumber: Codable {
    private enum CodingKeys: String, CodingKey {
        case presented, kind, key, `extension`, region, isValid, isComplete, otherKeys, localDigits
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        presented = PresentedText.kept(try values.decode(String.self, forKey: .presented))
        kind = try values.decode(Kind.self, forKey: .kind)
        key = try values.decodeIfPresent(NumberKey.self, forKey: .key)
        `extension` = try values.decodeIfPresent(String.self, forKey: .extension)
        region = try values.decodeIfPresent(String.self, forKey: .region)
        isValid = try values.decodeIfPresent(Bool.self, forKey: .isValid) ?? false
        isComplete = try values.decodeIfPresent(Bool.self, forKey: .isComplete) ?? false
        otherKeys = try values.decodeIfPresent([NumberIndexEntry].self, forKey: .otherKeys) ?? []
        localDigits = try values.decodeIfPresent(String.self, forKey: .localDigits)
    }

    /// What is absent or false is left out.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(presented, forKey: .presented)
        try values.encode(kind, forKey: .kind)
        try values.encodeIfPresent(key, forKey: .key)
        try values.encodeIfPresent(`extension`, forKey: .extension)
        try values.encodeIfPresent(region, forKey: .region)
        if isValid { try values.encode(isValid, forKey: .isValid) }
        if isComplete { try values.encode(isComplete, forKey: .isComplete) }
        if !otherKeys.isEmpty { try values.encode(otherKeys, forKey: .otherKeys) }
        try values.encodeIfPresent(localDigits, forKey: .localDigits)
    }
}
