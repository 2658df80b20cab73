import Calls

/// Everything that happens in one run, as data: what is not in it does not happen. It can be written down, shortened and
/// played again.
struct Scenario: Codable, Hashable, Sendable {
    var seed: UInt64
    var steps: [Step]
}

/// One thing that happens. Calls, agents and people are named by number.
enum Step: Codable, Hashable, Sendable {
    /// The phone system tells of a call, and the message goes this way.
    case say(Saying, Way)
    /// What was not acknowledged is sent again.
    case resend
    /// Seconds go by, and what is due by then is done.
    case pass(Double)
    /// Logs that are due are brought to the CRM, which answers like this.
    case deliver([Trouble])
    /// The CRM answers nothing, or does again.
    case crmIsAway(Bool)
    /// Logs are claimed by a worker that then stands still.
    case freeze
    /// The workers that stood still go on, and know nothing of it.
    case wake
    case note(agent: Int, call: Int, text: Int)
    case choose(agent: Int, call: Int, person: Int)
    case back(agent: Int, call: Int)
    case done(agent: Int, call: Int)
    case retry(agent: Int, call: Int)
    /// The phone system connects anew and says which phones are in a call.
    case reconnect
    /// Our clock is set forward or back.
    case jump(Double)
    case fillDisk
    case emptyDisk
    /// The process ends at the n-th write or sync from now; with a number the power is cut too.
    case end(after: Int, power: UInt64?)
    /// A sync from the n-th operation on fails.
    case failSync(after: Int, power: UInt64)
}

/// What the phone system says of a phone.
struct Saying: Codable, Hashable, Sendable {
    var call: Int
    var kind: CallEvent.Kind
    var phone: Int?
}

/// What becomes of a message on its way.
enum Way: String, Codable, Hashable, Sendable, CaseIterable {
    case fine
    /// Neither is it taken, nor does the sender hear anything.
    case lost
    /// It is taken, and the sender hears nothing.
    case unanswered
    case twice
}

/// What goes wrong at the CRM with one log.
enum Trouble: String, Codable, Hashable, Sendable, CaseIterable {
    /// It is kept, and we do not hear of it.
    case unanswered
    case busy
    /// "Come back in a minute."
    case tooMany
    case refused
}

extension Scenario {
    static let agents = 3
    static let people = 4

    /// Some calls, what agents do meanwhile, and what goes wrong: all of it by the seed.
    init(seed: UInt64, calls: Int = 8) {
        self.seed = seed
        var chance = Chance(seed: seed)
        var plan = Plan()
        for call in 0..<calls { plan.add(call: call, &chance) }
        for _ in 0..<(2 + chance.below(8)) { plan.addFault(&chance) }
        steps = plan.steps(&chance)
    }
}

/// Steps and their times, before they are put in order.
private struct Plan {
    static let span = 240.0

    var timed: [(at: Double, step: Step)] = []

    mutating func add(_ at: Double, _ step: Step) { timed.append((at, step)) }

    mutating func say(
        _ at: Double, _ kind: CallEvent.Kind, _ call: Int, _ phone: Int?, _ chance: inout Chance
    ) {
        let way: Way = chance.happens(75) ? .fine : chance.one(of: [.lost, .unanswered, .twice])
        add(at, .say(Saying(call: call, kind: kind, phone: phone), way))
    }

    /// The life of one call, from its ring to what the agent does after it.
    mutating func add(call: Int, _ chance: inout Chance) {
        var at = chance.between(0, Self.span)
        let first = chance.below(Scenario.agents)
        let second = (first + 1 + chance.below(Scenario.agents - 1)) % Scenario.agents
        let rings = chance.happens(40) ? [first, second] : [first]
        for phone in rings { say(at + Double(phone) / 100, .offered, call, phone, &chance) }
        at += chance.between(1, 12)
        if chance.happens(20) {
            say(at, .ended, call, nil, &chance)
            act(first, on: call, from: at, &chance)
            return
        }
        if rings.count == 2, chance.happens(30) {
            say(at, .declined, call, second, &chance)
            at += chance.between(0, 3)
        }
        say(at, .answered, call, first, &chance)
        act(first, on: call, from: at, &chance)
        if chance.happens(25) {
            say(at + chance.between(1, 3), .held, call, first, &chance)
            say(at + chance.between(3, 6), .retrieved, call, first, &chance)
        }
        at += chance.between(6, 60)
        if chance.happens(30) {
            say(at, .transferred, call, first, &chance)
            say(at + 0.02, .offered, call, second, &chance)
            say(at + 0.03, .ended, call, first, &chance)
            at += chance.between(1, 8)
            say(at, .answered, call, second, &chance)
            act(second, on: call, from: at, &chance)
            at += chance.between(2, 30)
            say(at, .ended, call, second, &chance)
        } else {
            say(at, .ended, call, first, &chance)
        }
        if chance.happens(70) { say(at + 0.01, .ended, call, nil, &chance) }
    }

    /// What an agent does while the call lasts and after it.
    mutating func act(_ agent: Int, on call: Int, from: Double, _ chance: inout Chance) {
        for _ in 0..<chance.below(4) {
            let at = from + chance.between(0, 80)
            switch chance.below(6) {
            case 0...2: add(at, .note(agent: agent, call: call, text: chance.below(1000)))
            case 3:
                add(
                    at,
                    .choose(agent: agent, call: call, person: chance.below(Scenario.people)))
            case 4: add(at, .back(agent: agent, call: call))
            default: add(at, .retry(agent: agent, call: call))
            }
        }
        if chance.happens(50) {
            add(from + chance.between(10, 100), .done(agent: agent, call: call))
        }
    }

    mutating func addFault(_ chance: inout Chance) {
        let at = chance.between(0, Self.span + 60)
        switch chance.below(10) {
        case 0, 1: add(at, .end(after: 1 + chance.below(40), power: nil))
        case 2, 3: add(at, .end(after: 1 + chance.below(40), power: chance.next()))
        case 4: add(at, .failSync(after: 1 + chance.below(20), power: chance.next()))
        case 5:
            add(at, .fillDisk)
            add(at + chance.between(1, 40), .emptyDisk)
        case 6:
            add(at, .freeze)
            add(at + chance.between(1, 150), .wake)
        case 7:
            let jump = chance.one(of: [-3600.0, -30, 45, 7200])
            add(at, .jump(jump))
            add(at + chance.between(1, 60), .jump(-jump))
        case 8:
            add(at, .crmIsAway(true))
            add(at + chance.between(1, 200), .crmIsAway(false))
        default: add(at, .reconnect)
        }
    }

    /// In order of time, with time passing in between, and deliveries and repeats every few seconds.
    func steps(_ chance: inout Chance) -> [Step] {
        var all = timed
        var beat = 0.0
        while beat < Self.span + 120 {
            beat += chance.between(0.5, 8)
            all.append((beat, .resend))
            let trouble = (0..<4).compactMap { _ in
                chance.happens(40) ? chance.one(of: Trouble.allCases) : nil
            }
            all.append((beat, .deliver(trouble)))
        }
        let sorted = all.enumerated().sorted {
            ($0.element.at, $0.offset) < ($1.element.at, $1.offset)
        }.map(\.element)
        var steps: [Step] = []
        var now = 0.0
        for (at, step) in sorted {
            let gone = ((at - now) * 1000).rounded() / 1000
            if gone > 0 { steps.append(.pass(gone)) }
            now += gone
            steps.append(step)
        }
        return steps
    }
}
