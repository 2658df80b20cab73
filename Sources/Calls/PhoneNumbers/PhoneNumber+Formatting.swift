extension PhoneNumber {
    /// For people, in the country it was read in: national form within it, international form
    /// for others, the presented text when there is nothing better. Safe to show as text: no
    /// control or bidirectional characters.
    public var formatted: String { formatted(country: region ?? "") }

    /// For people in this country (ISO code in upper case).
    public func formatted(country: String) -> String {
        switch kind {
        case .subscriber: return formattedSubscriber(country)
        case .internal: return `extension` ?? PresentedText.displayable(presented)
        case .short, .emergency, .service, .textSender, .withheld, .unusable:
            return PresentedText.displayable(presented)
        }
    }

    private func formattedSubscriber(_ country: String) -> String {
        guard isValid, let e164, let digits = subscriberDigits else {
            return PresentedText.displayable(presented)
        }
        let code = NumberLibrary.callingCode(ofRegion: country)
        let isNational = code.map { digits.hasPrefix(String($0)) } ?? false
        let number =
            NumberLibrary.format(e164, as: isNational ? .national : .international) ?? e164
        return `extension`.map { number + " ext. " + $0 } ?? number
    }

    /// For logs: `+49…12`. Shows the country and two digits of a subscriber, and of all else only
    /// what says nothing about a person.
    public var masked: String {
        switch kind {
        case .subscriber:
            guard let digits = subscriberDigits else { return "…" }
            let code = isComplete ? callingCode(of: digits) : nil
            return (code.map { "+" + $0 } ?? "") + "…" + digits.suffix(2)
        case .internal:
            let digits = `extension` ?? ""
            return "…" + digits.suffix(digits.utf8.count > 2 ? 2 : 0)
        case .short, .emergency, .service, .textSender, .withheld, .unusable: return kind.rawValue
        }
    }

    /// The one to three digits at the beginning that are a calling code: codes are prefix-free.
    private func callingCode(of digits: String) -> String? {
        (1...3).lazy.map { String(digits.prefix($0)) }.first { code in
            Int(code).flatMap(NumberLibrary.mainRegion(ofCallingCode:)) != nil
        }
    }
}
