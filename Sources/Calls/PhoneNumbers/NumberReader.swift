/// Reads a text as a phone number: the steps in their order.
///
/// Each step may decide; what it leaves is the next one's. The order is what keeps a withheld
/// number, a service or an extension from ever becoming somebody's number.
struct NumberReader {
    let plan: NumberingPlan

    func read(_ text: String) -> NumberReading {
        // 1. The identity: an address's user part. No number at all is decided here.
        guard let readable = PresentedText.readable(text) else { return .unusable }
        let identity = CallerIdentity(readable)
        if identity.isWithheld || plan.isPseudoNumber(identity.text) { return .withheld }
        // 2. The trunk's declared rewrites and the digit for an outside line.
        let number = plan.rewritten(identity.text)
        return readOutsideLine(number) ?? readDialled(number)
    }

    /// Digits that are an E.164 number already. The library would strip a zero behind the calling
    /// code once more; here every digit counts. Nil for what is no subscriber's.
    func readCanonical(_ digits: String) -> NumberReading? {
        let reading = readDialled("+" + digits)
        guard reading.kind == .subscriber, !digits.hasPrefix("0") else { return nil }
        let key = NumberKey(subscriber: CountryRules.canonical(digits) ?? digits)
        if reading.key == key { return reading }
        var trusted = NumberReading(kind: .subscriber, key: key)
        trusted.isComplete = true
        return trusted
    }

    /// The texts of the single numbers in a field; empty when there is none to read.
    func parts(of field: String) -> [String] {
        guard let readable = PresentedText.readable(field) else { return [] }
        let identity = CallerIdentity(readable)
        if identity.isWithheld { return [] }
        return NumberField(plan: plan).parts(of: ServiceCode.withoutCallerIDCode(identity.text))
    }

    /// Cuts a declared outside-line prefix where what remains is certainly a number, so that
    /// area code 914 survives the prefix 9, and 911 survives it too.
    private func readOutsideLine(_ text: String) -> NumberReading? {
        if plan.outsideLinePrefixes.isEmpty || readDialled(text).kind == .emergency { return nil }
        for prefix in plan.outsideLinePrefixes {
            guard let rest = NumberingPlan.remainder(of: text, after: prefix) else { continue }
            let reading = readDialled(rest)
            if reading.isValid { return reading }
        }
        return nil
    }

    private func readDialled(_ text: String) -> NumberReading {
        // 3. Star codes: those about the caller ID are cut, all others are services.
        let dialled = ServiceCode.withoutCallerIDCode(text)
        if let code = ServiceCode.code(in: dialled) {
            return NumberReading(kind: .service, key: NumberKey(serviceCode: code))
        }
        // 4. The first number of a list, without words, its extension beside it.
        let first = NumberField(plan: plan).parts(of: dialled).first ?? dialled
        guard let written = WrittenNumber(first) else { return textSender(dialled) }
        if written.isExtensionAlone {
            return NumberReading(extensionAlone: written.extension ?? "")
        }
        // 5. Extensions, emergency and short numbers, before any subscriber.
        if let own = internalOrShort(written) { return own }
        // 6. The subscriber: country rules, the library, other readings.
        let subscriber = SubscriberReader(plan: plan).read(written)
        guard let subscriber, !isText(dialled, written, subscriber) else {
            return textSender(dialled)
        }
        return subscriber
    }

    private func internalOrShort(_ written: WrittenNumber) -> NumberReading? {
        guard !written.hasPlus, !written.isOneWordWithDigits else { return nil }
        let digits = written.digits
        if written.isPlainDigits, plan.ownExtensions.contains(digits) {
            return NumberReading(extensionAlone: digits)
        }
        if digits.utf8.count <= ShortNumbers.longest,
            let code = NumberLibrary.callingCode(ofRegion: plan.country),
            let kind = ShortNumbers.kind(of: digits, callingCode: code, region: plan.country)
        {
            return NumberReading(kind, digits: digits, callingCode: code)
        }
        if written.isPlainDigits, let lengths = plan.extensionLengths,
            lengths.contains(digits.utf8.count)
        {
            return NumberReading(extensionAlone: digits)
        }
        return nil
    }

    /// `O2`, `INFO24`, `12 MICROSOFT`: letters and a few digits that are no valid number.
    private func isText(
        _ text: String, _ written: WrittenNumber, _ reading: NumberReading
    ) -> Bool {
        guard !reading.isValid else { return false }
        let isSender = written.isOneWordWithDigits && written.digits.utf8.count <= 4
        let isSentence = written.isFollowedByWords && reading.kind == .short
        return isSender || isSentence
    }

    /// Longest sender that is taken for one, in scalars; GSM allows 11, SIP user names are longer.
    private static let longestSender = 32

    private func textSender(_ text: String) -> NumberReading {
        guard text.contains(where: \.isLetter), text.unicodeScalars.count <= Self.longestSender
        else { return .unusable }
        return NumberReading(kind: .textSender, key: NumberKey(textSender: text))
    }
}

/// What a text turned out to be.
struct NumberReading: Hashable {
    var kind: PhoneNumber.Kind
    var key: NumberKey?
    var `extension`: String?
    /// The library calls it valid; for short numbers, that it is a known one.
    var isValid = false
    /// Has all its digits: as written abroad, or of a possible national length.
    var isComplete = false
    /// Other keys under which this number is known, and how.
    var otherKeys: [NumberIndexEntry] = []
    /// The digits of a number that may lack its area code.
    var localDigits: String?

    static let withheld = NumberReading(kind: .withheld)
    static let unusable = NumberReading(kind: .unusable)

    init(kind: PhoneNumber.Kind, key: NumberKey? = nil) {
        self.kind = kind
        self.key = key
    }

    init(extensionAlone digits: String) {
        self.init(kind: .internal, key: NumberKey(extension: digits))
        `extension` = digits
    }

    init(_ short: ShortNumbers.Kind, digits: String, callingCode: Int) {
        self.init(
            kind: short == .emergency ? .emergency : .short,
            key: NumberKey(shortNumber: digits, callingCode: callingCode))
        isValid = true
    }
}
