import Foundation
import PhoneSystem

/// What is known of the connection, for *Connections* and `callmatch doctor`.
struct AsteriskState {
    /// By more than this many seconds clocks must not differ: the log would show it.
    private static let mostClockDifference = 3.0
    /// Older versions of the interface than that of Asterisk 16 are not known to us.
    private static let oldestInterface = 5

    private var banner: String?
    private var rights: Set<String> = []
    private var loss: AMILoss?
    /// When the last connection was lost, by our clock; `nil` while there is one, or never was one.
    private(set) var lostAt: Date?
    private var isConnected = false
    private var isRunning = false
    /// Agents' phones that it does not have.
    var missing: [MissingPhone] = []
    /// Something was told since the last connect.
    var hasHeardEvent = false
    /// Calls go on of which nothing is told.
    var isDeaf = false
    private var events = 0
    private var lastEventAt: Date?
    /// Connections given up because more arrived than could be stored.
    private(set) var floods = 0
    /// The phone system's clock minus ours, in seconds.
    var clockDifference = 0.0

    mutating func started() { isRunning = true }

    mutating func connected(_ banner: String?, rights: Set<String>) {
        self.banner = banner
        self.rights = rights
        isConnected = true
        loss = nil
        lostAt = nil
        hasHeardEvent = false
        isDeaf = false
    }

    mutating func lost(_ loss: AMILoss, at time: Date) {
        if isConnected { lostAt = time }
        isConnected = false
        self.loss = loss
        if loss == .flooded { floods += 1 }
    }

    mutating func told(_ count: Int, at time: Date) {
        events += count
        lastEventAt = time
    }

    func may(_ action: String) -> Bool { rights.contains(action) }

    func condition(
        of settings: AsteriskSettings, calls: AsteriskCalls, strange: StrangeMessages, waiting: Int
    ) -> PhoneSystemCondition {
        let faults = faults(settings, calls)
        var texts = faults
        let place = "\(settings.host):\(settings.port)"
        if faults.isEmpty { texts.append("Connected to \(place), \(banner ?? "Asterisk").") }
        if isConnected, let words = strange.words { texts.append(words) }
        return PhoneSystemCondition(
            product: "Asterisk", isGood: faults.isEmpty,
            text: texts.joined(separator: " "),
            missing: isConnected ? missing : [], lastEventAt: lastEventAt, events: events,
            unknown: strange.count, waiting: waiting)
    }

    private func faults(_ settings: AsteriskSettings, _ calls: AsteriskCalls) -> [String] {
        guard isRunning else { return ["Not connected: the server is not running."] }
        guard isConnected else { return [loss.map { "\($0)" } ?? "Connecting…"] }
        var faults: [String] = []
        if let version = interfaceVersion, version < Self.oldestInterface {
            faults.append(
                "This Asterisk is older than 16, the oldest version that is known to work.")
        }
        if isDeaf && !hasHeardEvent {
            faults.append(
                "It tells nothing of its calls: add “read = call,agent,user” in manager.conf.")
        }
        if !may("Hangup") {
            faults.append(
                "Its user may not end calls: add “write = call” to its section in manager.conf.")
        }
        if settings.canDial && !may("Originate") {
            faults.append("Click-to-dial is on: add “originate” to its “write” in manager.conf.")
        }
        if settings.usesNotify && !may("PJSIPNotify") {
            faults.append("Answer or Hold is set to notify: add “system” to its “write”.")
        }
        if calls.untimedEvents > 0 {
            faults.append(
                "Its events have no time: set “timestampevents = yes” in manager.conf, [general].")
        }
        if calls.unknownPresentations > 0 {
            faults.append(
                """
                It does not say which numbers are withheld, so none is shown: set “channelvars = \
                CALLERID(num-pres),CONNECTEDLINE(num-pres)” in manager.conf, [general].
                """)
        }
        if abs(clockDifference) > Self.mostClockDifference {
            let seconds = Int(clockDifference.rounded())
            faults.append(
                "Its clock differs from ours by \(seconds) s: let both follow the same time server."
            )
        }
        return faults
    }

    /// `Asterisk Call Manager/5.0.4`: 5 is Asterisk 16, 11 is Asterisk 22.
    private var interfaceVersion: Int? {
        banner?.split(separator: "/").last?.split(separator: ".").first.flatMap { Int($0) }
    }
}
