/// What a request to a CRM is for.
package enum CRMPurpose: Hashable, Sendable {
    /// A caller whom our own index does not know.
    case lookUp
    /// What an agent may see of people, and what belongs to them.
    case people
    /// The log of a call.
    case log
    /// Everything that no call is the reason of: changes, checks, consents, the audit.
    case upkeep
}

/// Requests that this process sent to a CRM since its start, by what they were for. Signing in is none of them.
package struct CRMRequests: Hashable, Sendable {
    package private(set) var lookUps = 0
    package private(set) var people = 0
    package private(set) var logs = 0
    package private(set) var upkeep = 0

    package init() {}

    package var total: Int { lookUps + people + logs + upkeep }

    package mutating func count(_ purpose: CRMPurpose) {
        switch purpose {
        case .lookUp: lookUps += 1
        case .people: people += 1
        case .log: logs += 1
        case .upkeep: upkeep += 1
        }
    }

    /// Those that were sent after an earlier count.
    package func since(_ earlier: CRMRequests) -> CRMRequests {
        var more = self
        more.lookUps -= earlier.lookUps
        more.people -= earlier.people
        more.logs -= earlier.logs
        more.upkeep -= earlier.upkeep
        return more
    }
}
