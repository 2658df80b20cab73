package import Calls
package import Foundation
package import PhoneNumbers

/// A phone system that we connect to, rather than being called by it: it tells of calls, takes commands, and says
/// how its connection stands.
package protocol ConnectedPhoneSystem: CallFeed, CallControl, PhoneSystemReport {
    /// Listens until it is cancelled, as `CallFeed` says, and says after each connect which calls there are. It may be run
    /// again, and then knows nothing of the calls that went on before.
    ///
    /// - Parameters:
    ///   - unknown: told what of it is not understood, a part of it where it comes often; returns once that is stored.
    ///   - stock: told after the events of the calls that go on, and before any later one; returns once that is stored.
    func run(
        _ receive: @escaping @Sendable ([CallEvent]) async throws -> Void,
        unknown: @escaping @Sendable ([UnknownReport]) async throws -> Void,
        stock: @escaping @Sendable (CallStock) async throws -> Void
    ) async throws

    /// Which phones take part in calls now: asked anew, and compared with nothing that we know; `nil` while there is no
    /// connection, or where the phone system cannot say.
    func stock() async throws -> CallStock?

    /// Which extensions are agents' phones, and how numbers are read: told before `run`, and again whenever
    /// that changes.
    func serve(extensions: Set<String>, plan: NumberingPlan) async
}

/// Says how the connection to a phone system stands.
package protocol PhoneSystemReport: Sendable {
    var system: String { get }

    /// How it stands now.
    func condition() async -> PhoneSystemCondition
}

/// Which phones take part in calls of a phone system at a moment: what is not among them is over.
package struct CallStock: Hashable, Sendable {
    package let system: String
    package let legs: [Call.ID: Set<Leg.ID>]
    /// By the phone system's clock.
    package let at: Date

    package init(system: String, legs: [Call.ID: Set<Leg.ID>], at: Date) {
        self.system = system
        self.legs = legs
        self.at = at
    }

    package func has(_ leg: Leg.ID, of call: Call.ID) -> Bool { legs[call]?.contains(leg) ?? false }
}

/// What a phone system told and we do not know.
package struct UnknownReport: Hashable, Sendable {
    /// Of the event, as it is called there; empty where it has none.
    package let name: String
    /// As it stood there, but for what may not be shown.
    package let text: String

    package init(name: String, text: String) {
        self.name = name
        self.text = text
    }
}

extension ConnectedPhoneSystem {
    package func stock() async throws -> CallStock? { nil }

    package func run(
        _ receive: @escaping @Sendable ([CallEvent]) async throws -> Void
    ) async throws {
        try await run(receive, unknown: { _ in }, stock: { _ in })
    }
}

/// How a connection to a phone system stands, in words for the administrator.
package struct PhoneSystemCondition: Hashable, Codable, Sendable {
    /// The vendor's name for it, as people know it.
    package let product: String
    package private(set) var isGood: Bool
    /// What is wrong and what would help; where nothing is wrong, what it is connected to. No secrets.
    package private(set) var text: String
    /// Agents' phones that it does not have. Another one may have them: see `all`.
    package let missing: [MissingPhone]
    /// When it last told something of a call, by our clock.
    package let lastEventAt: Date?
    /// Events of calls since the start.
    package let events: Int
    /// Messages of no known kind, since this server listens to it.
    package let unknown: Int?
    /// Messages and events that were read and are not stored yet.
    package let waiting: Int?

    package init(
        product: String, isGood: Bool, text: String, missing: [MissingPhone] = [],
        lastEventAt: Date?, events: Int, unknown: Int? = nil, waiting: Int? = nil
    ) {
        self.product = product
        self.isGood = isGood
        self.text = text
        self.missing = missing
        self.lastEventAt = lastEventAt
        self.events = events
        self.unknown = unknown
        self.waiting = waiting
    }
}

/// A phone of an agent that a phone system should have, and has not.
package struct MissingPhone: Hashable, Codable, Sendable {
    package let `extension`: String
    /// What it is called there.
    package let name: String

    package init(extension: String, name: String) {
        self.extension = `extension`
        self.name = name
    }
}

extension PhoneSystemCondition {
    /// How all of them stand together: an agent's phone may be at any of them, so it is missing where none has it.
    /// That is said of each.
    package static func all(
        of systems: [any PhoneSystemReport]
    ) async -> [(system: String, condition: PhoneSystemCondition)] {
        var all: [(system: String, condition: PhoneSystemCondition)] = []
        for each in systems { all.append((each.system, await each.condition())) }
        let nowhere = nowhere(among: all.map(\.condition))
        return all.map { ($0.system, $0.condition.lacking(nowhere)) }
    }

    /// The extensions whose phone none of these has.
    package static func nowhere(among conditions: [PhoneSystemCondition]) -> Set<String> {
        guard let first = conditions.first else { return [] }
        return conditions.dropFirst().reduce(Set(first.missing.map(\.extension))) {
            $0.intersection($1.missing.map(\.extension))
        }
    }

    private func lacking(_ extensions: Set<String>) -> PhoneSystemCondition {
        let names = missing.filter { extensions.contains($0.extension) }.map(\.name)
        guard !names.isEmpty else { return self }
        var faulty = self
        let some = names.prefix(10).joined(separator: ", ")
        let fault = "It has no phones named \(some): compare People and lines with its endpoints."
        faulty.text = isGood ? fault : "\(text) \(fault)"
        faulty.isGood = false
        return faulty
    }
}
