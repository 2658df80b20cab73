/// What went wrong, in words for people: which org, what it was asked for, what it said, and what would help.
package struct OrgTrouble: Error, Hashable, Sendable, CustomStringConvertible {
    /// `acme.my.salesforce.com`.
    let host: String
    /// "a page of Contact".
    let call: String
    let fault: OrgFault

    package var description: String { "\(host), asked for \(call): \(fault) \(help)" }

    private var help: String {
        switch fault {
        case .unanswered: "It is tried again by itself."
        case .garbled:
            "It is tried again by itself; where that goes on, check what stands between here and the org, such as a proxy."
        case .needsConsent: "callmatch doctor says which step of the set-up to look at."
        case .refused(let refusal):
            if case .retry = Remedy(refusal) {
                "It is tried again by itself."
            } else {
                "Check what the connection's own user may do: callmatch doctor says what is missing."
            }
        }
    }
}
