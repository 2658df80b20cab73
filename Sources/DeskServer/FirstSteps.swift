import BuiltInCRM
import CallHandling
import Foundation
import Storage

/// What a new store is filled with, so that a newcomer sees something at once.
struct FirstSteps {
    let organisation: Organisation
    let crm: BuiltInCRM
    let now: @Sendable () -> Date

    /// Fills the sample organisation, once.
    ///
    /// - Parameter withPeople: its customers, too; without them where another CRM has its own.
    func fillSample(withPeople: Bool) async throws {
        guard organisation.agents.isEmpty else { return }
        if withPeople { try await crm.load(SampleOrganisation(now: now())) }
        for person in SampleOrganisation.agents {
            try await organisation.save(
                Agent(
                    id: person.id, displayName: person.displayName,
                    extensions: [person.extension]))
        }
        try await organisation.save(
            Agent(id: "admin", displayName: "Alex Admin", role: .administrator))
    }
}
