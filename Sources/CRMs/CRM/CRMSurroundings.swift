package import Foundation
package import PhoneNumbers

/// What a CRM that we connect to is given.
package struct CRMSurroundings: Sendable {
    package let vault: any AgentVault
    /// How numbers are read; asked each time, as an administrator may change it.
    package let plan: @Sendable () -> NumberingPlan
    /// The sign-in names of those who may sign in.
    package let agents: @Sendable () -> [String]
    package let now: @Sendable () -> Date

    package init(
        vault: any AgentVault, plan: @escaping @Sendable () -> NumberingPlan,
        agents: @escaping @Sendable () -> [String], now: @escaping @Sendable () -> Date
    ) {
        self.vault = vault
        self.plan = plan
        self.agents = agents
        self.now = now
    }
}
