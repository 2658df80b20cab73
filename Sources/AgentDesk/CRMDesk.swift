package import CRM
package import CallHandling
import Foundation

/// What the desk shows of the CRM as a whole.
package struct CRMDesk: Sendable {
    /// The CRM's name for people.
    private let name: String
    private let newContact: String
    private let newLead: String
    private let connected: (any ConnectedCRM)?
    /// How its people come in.
    private let sync: DirectorySync?
    package let sights: SightKeeper?

    /// The built-in CRM, whose pages are ours.
    package init(name: String, newContact: String, newLead: String) {
        self.name = name
        self.newContact = newContact
        self.newLead = newLead
        connected = nil
        sync = nil
        sights = nil
    }

    /// A CRM that we connect to.
    ///
    /// - Parameter newRecord: our own address that leads to its page for a new record, to which the kind is added.
    package init(
        _ connected: any ConnectedCRM, sync: DirectorySync, sights: SightKeeper, newRecord: String
    ) {
        name = connected.product
        newContact = "\(newRecord)/contact"
        newLead = "\(newRecord)/lead"
        self.connected = connected
        self.sync = sync
        self.sights = sights
    }

    func view(of agent: String) async -> OrganisationView.CRMView {
        guard let connected, let sync else {
            return .init(
                name: name, newContact: newContact, newLead: newLead, addsNumbers: true,
                openCTI: nil, notice: nil, asOf: nil, consent: nil)
        }
        let state = await sync.state
        return .init(
            name: name, newContact: newContact, newLead: newLead, addsNumbers: false,
            openCTI: connected.frameVersion.map(OrganisationView.CRMView.OpenCTI.init),
            notice: notice(state, agent: agent), asOf: state.completeAt,
            consent: .init(await connected.consent(of: agent)))
    }

    /// What an agent should know of it while it is not as usual.
    private func notice(_ state: SyncState, agent: String) -> String? {
        if state.isLoading && state.fault == nil {
            let done = state.expected.map { "\(state.taken) of about \($0)" } ?? "\(state.taken)"
            return
                "People are coming in from \(name): \(done) so far. Callers may not be known yet."
        }
        if state.fault != nil {
            return "\(name) does not answer as it should. Names are as it told them last."
        }
        if sights?.fault(of: agent) != nil {
            return "\(name) cannot say now whom you may see. Names come back by themselves."
        }
        return nil
    }
}

extension OrganisationView {
    package struct CRMView: Encodable, Sendable {
        /// A page of the CRM may frame the panel, and speaks this version of Open CTI.
        package struct OpenCTI: Encodable, Sendable {
            let version: Int
        }

        package let name: String
        package let newContact: String
        package let newLead: String
        /// A number can be added to a person from the desk.
        let addsNumbers: Bool
        let openCTI: OpenCTI?
        /// What is not as usual with the CRM, in words.
        let notice: String?
        /// When all of its people had come in last.
        let asOf: Date?
        let consent: ConsentView?
    }
}

/// Whether the agent lets us act for the agent in the CRM.
package struct ConsentView: Encodable, Sendable {
    package enum State: String, Encodable, Sendable { case notNeeded, given, missing, expired }

    package let state: State
    /// The user in the CRM.
    let user: String?
    let text: String?

    package init(_ consent: AgentConsent) {
        switch consent {
        case .notNeeded: (state, user, text) = (.notNeeded, nil, nil)
        case .given(let name): (state, user, text) = (.given, name, nil)
        case .missing(let why): (state, user, text) = (.missing, nil, why)
        case .expired(let why): (state, user, text) = (.expired, nil, why)
        }
    }
}
