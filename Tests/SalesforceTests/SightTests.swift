import CRM
import CallerLookup
import Foundation
import Records
import Testing

@testable import Salesforce

/// What an agent may see of people is the org's to say.
struct SightTests {
    private static let all: HiddenFields = [.title, .email, .owner]

    @Test func onePersonAndWhatBelongsToItAreOneRequest() async throws {
        let org = try Org()
        let records = try await org.records()
        let now = try Org.now
        let ada = try await org.person(.contact, "Ada Lovelace")
        #expect(
            try await records.sight(of: [ada.id], by: "own", now: now)
                == [ada.id: .visible(without: [])])
        #expect(try await org.requests().count == 2, "a start costs the descriptions")

        try await org.forgetRequests()
        let charles = try await org.person(.contact, "Charles Babbage")
        let later = now.addingTimeInterval(10_000)
        let sight = try await records.sight(of: [charles.id], by: "own", now: later)
        let related = try await records.related(
            to: charles, scope: .account, agent: "own", now: later)
        #expect(sight == [charles.id: .visible(without: [])])
        #expect(related.openOpportunities.map(\.name) == ["Difference Engine"])
        #expect(related.asOf == nil)
        #expect(try await org.requests() == ["/services/data/v67.0/composite"])

        let after = later.addingTimeInterval(31)
        _ = try await records.related(to: charles, scope: .account, agent: "own", now: after)
        #expect(try await org.requests().count == 2, "it is good for 30 seconds")
        #expect(try await org.mistakes().isEmpty)
    }

    @Test func whoIsHiddenFromTheAgentIsHidden() async throws {
        let org = try Org()
        let records = try await org.records()
        let now = try Org.now
        let ada = try await org.ref(.contact, "Ada Lovelace")
        let charles = try await org.ref(.contact, "Charles Babbage")
        let tariq = try await org.ref(.lead, "Tariq Khan")
        let nord = try await org.ref(.account, "Kontor Nord KG")
        try await org.restrict(hide: [ada, nord])
        #expect(try await records.sight(of: [ada], by: "own", now: now) == [ada: .hidden])
        let people = [ada, charles, tariq, nord]
        for (agent, without) in [("own", HiddenFields()), ("asked", Self.all)] {
            try await org.forgetRequests()
            #expect(
                try await records.sight(of: people, by: agent, now: now) == [
                    ada: .hidden, charles: .visible(without: without),
                    tariq: .visible(without: without), nord: .hidden,
                ], "\(agent)")
            #expect(try await org.requests().count == 1, "\(agent)")
        }
        #expect(try await org.mistakes().isEmpty)
    }

    @Test func fieldsThatTheAgentMayNotReadAreNamed() async throws {
        let org = try Org()
        let records = try await org.records()
        let now = try Org.now
        let ada = try await org.ref(.contact, "Ada Lovelace")
        let charles = try await org.ref(.contact, "Charles Babbage")
        try await org.restrict(fields: ["Contact.Title", "Contact.MobilePhone"])
        for people in [[ada], [ada, charles]] {
            let sights = try await records.sight(of: people, by: "own", now: now)
            #expect(sights[ada] == .visible(without: [.title, .numbers]))
        }
        try await org.restrict(
            fields: ["Contact.Email", "Contact.OwnerId", "Contact.AccountId", "Lead.Company"])
        let later = now.addingTimeInterval(301)
        #expect(
            try await records.sight(of: [ada], by: "own", now: later)[ada]
                == .visible(without: [.title, .numbers, .email, .owner, .company]))
        let tariq = try await org.ref(.lead, "Tariq Khan")
        #expect(
            try await records.sight(of: [tariq], by: "own", now: later)[tariq]
                == .visible(without: [.company]))
    }

    /// Whose company may not be known, must not be known by its opportunities.
    @Test func withoutTheCompanyOnlyWhatNamesThePersonIsShown() async throws {
        let org = try Org()
        let records = try await org.records()
        let now = try Org.now
        let charles = try await org.person(.contact, "Charles Babbage")
        try await org.restrict(fields: ["Contact.AccountId"])
        let sights = try await records.sight(of: [charles.id], by: "own", now: now)
        #expect(sights[charles.id] == .visible(without: [.company]))
        for later in [now, now.addingTimeInterval(60)] {
            let related = try await records.related(
                to: charles, scope: .account, agent: "own", now: later)
            #expect(related == RelatedRecords(), "Charles has no opportunity of his own")
        }
        let other = try await org.records()
        let first = try await other.related(
            to: charles, scope: .account, agent: "own", now: now)
        #expect(first == RelatedRecords(), "nor at the first question, which is a guess")
    }

    @Test func theAdministratorSaysWhatIsShownWithoutAnOwnToken() async throws {
        let org = try Org()
        let records = try await org.records { $0.shownFields = [.title, .owner] }
        let ada = try await org.ref(.contact, "Ada Lovelace")
        #expect(
            try await records.sight(of: [ada], by: "asked", now: try Org.now)
                == [ada: .visible(without: [.email])])
    }

    @Test func whoHasNoUserSeesNothingAndAsksNothing() async throws {
        let org = try Org()
        let records = try await org.records()
        let ada = try await org.person(.contact, "Ada Lovelace")
        let now = try Org.now
        #expect(try await records.sight(of: [ada.id], by: "guest", now: now) == [:])
        let related = try await records.related(
            to: ada, scope: .account, agent: "guest", now: now)
        #expect(related == RelatedRecords())
        let deal = try await org.ref(.opportunity, "Difference Engine")
        #expect(try await records.matter(deal, agent: "guest", now: now) == nil)
        let others = [
            RecordID(crm: "other", kind: .contact, value: ada.id.value),
            RecordID(crm: "acme", kind: .lead, value: ada.id.value),
            RecordID(crm: "acme", kind: .contact, value: "' OR Name LIKE '%"),
        ]
        #expect(try await records.sight(of: others, by: "own", now: now) == [:])
        #expect(try await org.requests().isEmpty)
    }

    @Test func rightsAreBelievedForFiveMinutes() async throws {
        let org = try Org()
        let records = try await org.records()
        let now = try Org.now
        let ada = try await org.ref(.contact, "Ada Lovelace")
        _ = try await records.sight(of: [ada], by: "own", now: now)
        _ = try await records.sight(of: [ada], by: "asked", now: now)
        try await org.restrict(fields: ["Contact.Title"])
        try await org.forgetRequests()
        let soon = now.addingTimeInterval(299)
        let late = now.addingTimeInterval(301)
        #expect(
            try await records.sight(of: [ada], by: "own", now: soon)
                == [ada: .visible(without: [])])
        #expect(
            try await records.sight(of: [ada], by: "own", now: late)
                == [ada: .visible(without: [.title])])
        #expect(try await org.requests().count == 2, "the descriptions come along")

        try await org.restrict(hide: [ada])
        try await org.forgetRequests()
        #expect(
            try await records.sight(of: [ada], by: "asked", now: soon)
                == [ada: .visible(without: Self.all)])
        #expect(try await org.requests().isEmpty)
        #expect(try await records.sight(of: [ada], by: "asked", now: late) == [ada: .hidden])
    }

    /// The org answers for at most 200 records a query, and refuses the whole of a longer one.
    @Test func recordsAreAskedForTwoHundredAtOnce() async throws {
        let org = try Org("--contacts", "450")
        let records = try await org.records()
        let hidden = try await org.ref(.contact, "Ada Lovelace")
        try await org.restrict(hide: [hidden])
        let ids = try await org.records("Contact").compactMap { $0["Id"]?.text.flatMap(OrgID.init) }
        let readable = try await records.readable(
            ids, by: try await org.user("ben@callmatch.example"), now: try Org.now)
        #expect(readable == Set(ids.filter { $0.description != hidden.value }))
        #expect(try await org.requests().count == 1, "three queries in one request")
        #expect(try await org.mistakes().isEmpty)
    }

    @Test func anOrgThatIsAwayOrSlowIsSaid() async throws {
        let org = try Org()
        let records = try await org.records { $0.patience = 0.5 }
        let now = try Org.now
        let ada = try await org.ref(.contact, "Ada Lovelace")
        try await org.command(
            "fault", ["kind": .text("latency"), "seconds": .number(25), "path": .text("composite")])
        let clock = ContinuousClock()
        let start = clock.now
        let slow = await fault { () throws(OrgFault) in
            try await records.sight(of: [ada], by: "own", now: now)
        }
        #expect(slow == .unanswered("it takes longer than 0.5 seconds"))
        #expect(clock.now - start < .seconds(20), "it is not waited for")
        let patient = try await org.records()
        try await org.command("outage", ["how": .text("html")])
        let away = await fault { () throws(OrgFault) in
            try await patient.sight(of: [ada], by: "asked", now: now)
        }
        #expect(away?.isAway == true)
    }

    /// What comes back may be anything: nobody is seen by it, and nothing falls over.
    @Test func aHostileAnswerShowsNobody() async throws {
        let org = try Org()
        let records = try await org.records()
        let now = try Org.now
        let ada = try await org.ref(.contact, "Ada Lovelace")
        let charles = try await org.ref(.contact, "Charles Babbage")
        _ = try await records.sight(of: [ada], by: "own", now: now)
        let deep = String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000)
        let bodies = [
            "", "null", "[]", "{}", "<html>", deep, #"{"compositeResponse":null}"#,
            #"{"compositeResponse":{"who":1}}"#, #"{"compositeResponse":[1,null,"x",[]]}"#,
            #"{"compositeResponse":[{"referenceId":"who","httpStatusCode":"200"}]}"#,
            #"{"compositeResponse":[{"referenceId":"who","httpStatusCode":200}]}"#,
            #"{"compositeResponse":[{"referenceId":"who","httpStatusCode":200,"body":[]}]}"#,
            """
            {"compositeResponse":[{"referenceId":"Contact","httpStatusCode":200,\
            "body":{"records":[{"Id":5},{"Id":"x"},null]}},\
            {"referenceId":"who","httpStatusCode":200,"body":{"Id":"003000000000001AAA"}},\
            {"referenceId":"access0","httpStatusCode":200,"body":{"records":[{"RecordId":\
            "\(ada.value)","HasReadAccess":"true"}]}}]}
            """,
        ]
        for body in bodies {
            for (people, agent) in [([ada], "own"), ([ada, charles], "own"), ([ada], "asked")] {
                try await org.command(
                    "fault",
                    ["kind": .text("reply"), "body": .text(body), "path": .text("composite")])
                let late = now.addingTimeInterval(10_000)
                let sights = try? await records.sight(of: people, by: agent, now: late)
                #expect(
                    sights?.values.allSatisfy { $0 == .hidden } ?? true,
                    "\(agent): \(body.prefix(80))")
                try await org.command("mend")
                await records.forget("own")
            }
        }
        for how in ["numbers_as_text", "text_as_numbers", "nulls", "wrapped", "unwrapped"] {
            try await org.command(
                "fault",
                ["kind": .text("mangle"), "how": .text(how), "path": .text("composite")])
            let later = now.addingTimeInterval(20_000)
            let sights = try? await records.sight(of: [ada], by: "own", now: later)
            #expect(sights?.values.allSatisfy { $0 == .hidden } ?? true, "\(how)")
            try await org.command("mend")
        }
        #expect(
            try await records.sight(of: [ada], by: "own", now: now.addingTimeInterval(30_000))
                == [ada: .visible(without: [])])
    }
}
