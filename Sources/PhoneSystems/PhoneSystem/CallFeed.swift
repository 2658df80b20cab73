package import Calls

/// Where call events come from: a phone system that we listen to.
///
/// An adapter that is called (a webhook) has no feed of its own; its pure translation is used by the server.
package protocol CallFeed: Sendable {
    /// The phone system's name in the settings: the first half of every call id from it.
    var system: String { get }

    /// Listens until it is cancelled, and hands each batch of events on in the order of receipt.
    ///
    /// - Parameter receive: returns once the events are stored; when it throws, they are not, and the feed
    ///   offers them again or, where it cannot, reconciles after its next connect.
    func run(_ receive: @escaping @Sendable ([CallEvent]) async throws -> Void) async throws
}
