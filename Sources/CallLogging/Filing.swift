package import Foundation

/// How a delivery goes on after the CRM's answer: pure, so that every schedule can be tested.
package struct FilingSchedule: Sendable {
    /// Seconds before each further try; the last one is used from then on.
    package static let delays: [Double] = [1, 2, 5, 15, 30, 60, 120, 300, 600, 1800]
    /// Tries before a delivery that keeps failing for an unknown reason is parked.
    package static let mostAttempts = 60
    /// The longest wait in seconds that a CRM can ask for one log. Until the moment that it named nothing is asked of it
    /// by this process (`CRMPulse`); the next process asks with one log.
    package static let longestAsked: Double = 3600
    /// No log waits longer for its next try.
    static let longestWait = longestAsked * (1 + spread)
    private static let spread = 0.2
    /// Seconds for which a claimed delivery belongs to its worker.
    package static let leaseSeconds: Double = 60

    /// The next try after `attempts` failures.
    ///
    /// - Parameter jitter: between 0 and 1; spreads the tries of many logs over a fifth of the delay.
    package static func next(after attempts: Int, asked: Int?, now: Date, jitter: Double) -> Date {
        let planned = delays[min(max(attempts - 1, 0), delays.count - 1)]
        let delay = max(planned, min(Double(asked ?? 0), longestAsked))
        return now.addingTimeInterval(delay * (1 + spread * jitter))
    }
}
