import Foundation

/// Reads the facts of one call in order and says what each leg did.
struct LegScan {
    private(set) var legs: [Leg] = []
    private let direction: CallDirection

    init(facts: [CallEvent], direction: CallDirection, endedAt: Date?) {
        self.direction = direction
        for fact in facts where !fact.endsConversation {
            apply(fact)
        }
        settleDoubleAnswers()
        settleElsewhere()
        if let endedAt { close(at: endedAt, cause: facts.first(where: \.endsConversation)?.cause) }
    }

    private mutating func apply(_ event: CallEvent) {
        guard let index = index(of: event) else { return }
        if legs[index].extension == nil { legs[index].extension = event.extension }
        switch event.kind {
        case .offered: offer(index, at: event.at)
        case .answered: answer(index, at: event.at)
        case .held: hold(index, at: event.at)
        case .retrieved: retrieve(index, at: event.at)
        case .transferred: end(index, at: event.at, as: .transferred)
        case .declined: decline(index, at: event.at)
        case .ended: end(index, at: event.at, as: legs[index].outcome(for: event.cause))
        }
    }

    /// The leg of an event, made when it is new. An offer to nobody in particular (a queue, a trunk) is
    /// about the conversation; anything else without a leg is about one that we do not know by name.
    private mutating func index(of event: CallEvent) -> Int? {
        if event.leg == nil && event.kind == .offered { return nil }
        if event.leg == nil && event.kind == .declined { return nil }
        let id = event.leg ?? Leg.ID("")
        if let known = legs.firstIndex(where: { $0.id == id }) { return known }
        legs.append(Leg(id: id, state: .ended))
        return legs.count - 1
    }

    private mutating func offer(_ index: Int, at time: Date) {
        guard !legs[index].isLive else { return }
        legs[index].offeredAt = legs[index].offeredAt ?? time
        legs[index].lastOfferedAt = time
        legs[index].state = direction == .outbound ? .dialling : .ringing
        legs[index].outcome = nil
        legs[index].endedAt = nil
    }

    private mutating func answer(_ index: Int, at time: Date) {
        guard legs[index].state != .talking, legs[index].state != .held else { return }
        legs[index].answeredAt = legs[index].answeredAt ?? time
        legs[index].state = .talking
        legs[index].outcome = nil
        legs[index].endedAt = nil
        legs[index].talks.append(.init(start: time))
    }

    private mutating func hold(_ index: Int, at time: Date) {
        guard legs[index].state == .talking else { return }
        legs[index].state = .held
        legs[index].holds.append(.init(start: time))
    }

    private mutating func retrieve(_ index: Int, at time: Date) {
        guard legs[index].state == .held else { return }
        legs[index].state = .talking
        legs[index].closeHold(at: time)
    }

    private mutating func decline(_ index: Int, at time: Date) {
        guard legs[index].state != .talking, legs[index].state != .held else { return }
        end(index, at: time, as: .declined)
    }

    private mutating func end(_ index: Int, at time: Date, as outcome: Leg.Outcome) {
        if legs[index].state == .ended, legs[index].outcome != nil { return }
        legs[index].close(at: time)
        legs[index].outcome = outcome
    }

    /// Two phones that rang together cannot both take the call: the earliest answer has it, then the lower
    /// id. A phone that was rung later (a transfer) is not in question.
    private mutating func settleDoubleAnswers() {
        let answers = legs.filter(\.wasAnswered).sorted {
            ($0.answeredAt ?? .distantPast, $0.id) < ($1.answeredAt ?? .distantPast, $1.id)
        }
        for (place, winner) in answers.enumerated() {
            for loser in answers.dropFirst(place + 1) where Self.isSameRing(winner, loser) {
                guard let index = legs.firstIndex(where: { $0.id == loser.id }) else { continue }
                legs[index].loseAnswer(to: winner)
            }
        }
    }

    private static func isSameRing(_ winner: Leg, _ loser: Leg) -> Bool {
        guard let taken = winner.answeredAt, let rung = loser.offeredAt,
            let claimed = loser.answeredAt
        else { return false }
        let stillTalking = winner.talks.contains {
            $0.start <= claimed && claimed < $0.end ?? .distantFuture
        }
        return rung <= taken && stillTalking
    }

    /// A phone that rang when another took the call has stopped ringing, whether we were told or not.
    private mutating func settleElsewhere() {
        guard direction != .outbound else { return }
        let answers = legs.compactMap { leg in leg.answeredAt.map { (leg.id, $0) } }
        for index in legs.indices where !legs[index].wasAnswered {
            let others = answers.filter { $0.0 != legs[index].id }.map(\.1)
            switch legs[index].state {
            case .ringing, .dialling:
                let rung = legs[index].lastOfferedAt ?? .distantPast
                guard let taken = others.filter({ $0 >= rung }).min() else { continue }
                legs[index].close(at: taken)
                legs[index].outcome = .answeredElsewhere
            case .ended:
                if !others.isEmpty, legs[index].outcome == .notAnswered {
                    legs[index].outcome = .answeredElsewhere
                }
            case .talking, .held:
                continue
            }
        }
    }

    private mutating func close(at time: Date, cause: HangupCause?) {
        for index in legs.indices {
            if legs[index].isLive {
                let outcome = legs[index].outcome(for: cause)
                legs[index].close(at: time)
                legs[index].outcome = outcome
            }
            legs[index].clip(to: time)
        }
    }
}

extension Leg {
    fileprivate init(id: ID, state: State) {
        self.init(
            id: id, extension: nil, state: state, outcome: nil, offeredAt: nil, lastOfferedAt: nil,
            answeredAt: nil, endedAt: nil)
    }

    /// What an end means for a leg in its present state.
    fileprivate func outcome(for cause: HangupCause?) -> Outcome {
        if state == .talking || state == .held || wasAnswered { return .completed }
        switch cause?.kind {
        case .answeredElsewhere: return .answeredElsewhere
        case .declined: return .declined
        case .busy: return .busy
        case .unreachable, .blocked: return .failed
        case .completed, .callerCancelled, .notAnswered, .forwarded, .voicemail, .unknown, nil:
            return .notAnswered
        }
    }

    fileprivate mutating func close(at time: Date) {
        closeHold(at: time)
        if let last = talks.indices.last, talks[last].end == nil { talks[last].end = time }
        state = .ended
        endedAt = time
    }

    fileprivate mutating func closeHold(at time: Date) {
        if let last = holds.indices.last, holds[last].end == nil { holds[last].end = time }
    }

    /// Nothing of a leg lasts longer than its conversation; clocks that disagree give no negative time.
    fileprivate mutating func clip(to time: Date) {
        if let end = endedAt, end > time { endedAt = time }
        for index in talks.indices {
            let end = min(talks[index].end ?? time, time)
            talks[index].end = max(end, talks[index].start)
        }
    }

    fileprivate mutating func loseAnswer(to winner: Leg) {
        answeredAt = nil
        talks = []
        holds = []
        state = .ended
        endedAt = winner.answeredAt
        outcome = .answeredElsewhere
    }
}
