/// How often the changes of the org are asked for, so that its requests of the day do not run out: pure.
///
/// The day's allocation is the whole org's, over the last 24 hours. Up to half of our share there is a round each minute;
/// then the pauses grow; when the share is used up, one round an hour finds out whether there is room again. What is
/// above the share is left for calls.
package struct OrgBudget: Hashable, Sendable {
    /// Seconds where the share is used up.
    package static let longest: Double = 3600

    /// How much of the day's allocation may be used before the rounds stop, from 0 to 1.
    private let share: Double
    /// Seconds from one round to the next where nothing is scarce.
    private let usual: Double

    package init(dailyShare: Double, usual: Double = 60) {
        self.usual = usual
        share = dailyShare.isFinite ? min(max(dailyShare, 0), 1) : 0
    }

    /// Seconds until the next round.
    ///
    /// - Parameter usage: what the org said last; `nil` before its first answer.
    package func pause(usage: OrgUsage?) -> Double {
        guard let usage else { return usual }
        let allowed = Double(usage.most) * share
        guard Double(usage.used) < allowed else { return Self.longest }
        let left = 1 - Double(usage.used) / allowed
        // Half of the share left: a minute. A tenth: five minutes. A hundredth: 50 minutes.
        return min(Self.longest, max(usual, usual * 0.5 / left))
    }
}
