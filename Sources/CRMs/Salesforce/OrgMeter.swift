package import CRM
import Synchronization

/// Counts the requests of every connection to one org, the integration user's and agents' own, where they are sent.
package final class OrgMeter: Sendable {
    /// What the requests of this task and of its children are for.
    @TaskLocal private static var purpose = CRMPurpose.upkeep

    private let sent = Mutex(CRMRequests())

    package init() {}

    package var requests: CRMRequests { sent.withLock { $0 } }

    func count() {
        sent.withLock { $0.count(Self.purpose) }
    }

    /// What is sent by this work counts for this purpose.
    static func counting<Value: Sendable, Fault: Error>(
        for purpose: CRMPurpose, _ work: () async throws(Fault) -> Value
    ) async throws(Fault) -> Value {
        let result = await $purpose.withValue(purpose) { () async -> Result<Value, Fault> in
            do throws(Fault) {
                return .success(try await work())
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}
