import CRM
import CallHandling
import CallLogging
import CallerLookup
import Foundation

/// How the connection to a CRM stands, for *Connections*.
struct CRMConnectionView: Encodable {
    let name: String
    let product: String
    /// green, red, or loading while the first people come in.
    let state: String
    let text: String
    /// People that are in the directory; while the first ones come in, those that did. And how many there are in all
    /// where the CRM said so.
    let people: Int
    let expected: Int?
    let loading: Bool
    let lastCompleteAt: Date?
    /// Seconds since everything was in last; below `everySeconds` and a little in good health.
    let lagSeconds: Int?
    let everySeconds: Int
    /// Requests that this process sent since its start.
    let requests: Int
    /// Of them, what the calls that were done last have taken.
    let callRequests: CRMCallCosts.Summary
    /// Of the day's allocation, by everybody who asks this CRM.
    let usedToday: Int?
    let allowedToday: Int?
    /// Agents without a user in the CRM: they see nobody, and their logs are owned by the connection's user.
    let withoutUser: [String]

    init(_ link: CRMLink, known: Int, now: Date) async {
        let condition = await link.crm.condition()
        let sync = await link.sync.state
        name = link.crm.crm
        product = link.crm.product
        let isGood = condition.isGood && sync.fault == nil
        state = isGood ? (sync.isLoading ? "loading" : "green") : "red"
        text = sync.fault ?? condition.text
        people = sync.isLoading ? sync.taken : known
        expected = sync.isLoading ? sync.expected : nil
        loading = sync.isLoading
        lastCompleteAt = sync.completeAt
        lagSeconds = sync.completeAt.map { max(0, Int(now.timeIntervalSince($0))) }
        everySeconds = Int(link.crm.freshness)
        requests = link.crm.requests.total
        callRequests = link.costs.summary
        usedToday = condition.usedToday
        allowedToday = condition.allowedToday
        withoutUser = condition.withoutUser
    }
}
