/// Which user of the org an agent is, and by which way the agent's questions go.
package protocol OrgAgents: Sendable {
    /// The agent's own way to the org: what comes back over it, that user may see. `nil` where the agent let us not act
    /// for the agent.
    func connection(of agent: String) async -> OrgConnection?

    /// The agent's user; `nil` for an agent who has none, and who may see nothing of the org.
    func user(of agent: String) async -> OrgID?
}
