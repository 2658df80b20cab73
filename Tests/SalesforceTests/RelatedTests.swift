import CallLogging
import CallerLookup
import Foundation
import Records
import Testing
import WrittenSettings

@testable import Salesforce

/// What belongs to a person, as the agent may see it.
struct RelatedTests {
    private func shown(
        _ org: Org, _ records: OrgRecords, _ person: Person, _ scope: RelatedScope = .account,
        by agent: String = "own", after seconds: Double = 0
    ) async throws -> RelatedRecords {
        try await records.related(
            to: person, scope: scope, agent: agent,
            now: try Org.now.addingTimeInterval(seconds))
    }

    private func add(_ org: Org, _ kind: String, _ fields: [String: String]) async throws {
        try await org.command(
            "add", fields.mapValues { .text($0) }.merging(["kind": .text(kind)]) { $1 })
    }

    @Test func anAccountHasAllOfIt() async throws {
        let org = try Org()
        let records = try await org.records()
        let account = try await org.ref(.account, "Analytical Engines GmbH").value
        for (name, stage, day) in [
            ("Later", "Prospecting", "2027-05-01"), ("Sooner", "Prospecting", "2026-12-01"),
            ("Lost", "Closed Lost", "2026-03-01"), ("Long ago", "Closed Won", "2025-11-01"),
        ] {
            try await add(
                org, "Opportunity",
                ["Name": name, "StageName": stage, "CloseDate": day, "AccountId": account])
        }
        for (agent, count) in [("own", 1), ("asked", 2)] {
            try await org.forgetRequests()
            let charles = try await org.person(.contact, "Charles Babbage")
            let related = try await shown(org, records, charles, by: agent)
            #expect(
                related.openOpportunities.map(\.name) == ["Sooner", "Difference Engine", "Later"])
            #expect(related.closedOpportunities.map(\.name) == ["Lost", "Spare parts"])
            #expect(related.openCases.map(\.subject) == ["Broken gear"])
            #expect(related.closedCases.map(\.subject) == ["Invoice copy"])
            let call = try #require(related.activity.first)
            #expect(call.kind == .call && call.seconds == 182 && call.agent == "Ada Agent")
            #expect(call.person?.kind == .contact && call.related?.kind == .opportunity)
            let deal = try #require(related.openOpportunities.dropFirst().first)
            #expect(deal.amount == 48000 && deal.closesOn == "2027-03-31")
            #expect(deal.accountName == "Analytical Engines GmbH")
            #expect(deal.url.hasSuffix("/lightning/r/Opportunity/\(deal.id.value)/view"))
            #expect(related.openCases.first?.number.isEmpty == false)
            let asked = try await org.requests().count
            // The very first question of a process asks for the descriptions.
            #expect(asked == count + (agent == "own" ? 1 : 0), "\(agent)")
        }
        #expect(try await org.mistakes().isEmpty)
    }

    @Test func aContactHasWhatNamesIt() async throws {
        let org = try Org()
        let records = try await org.records()
        let ada = try await shown(
            org, records, try await org.person(.contact, "Ada Lovelace"), .contact)
        #expect(ada.openOpportunities.map(\.name) == ["Difference Engine"])
        #expect(ada.openCases.map(\.subject) == ["Broken gear"] && ada.activity.count == 1)
        #expect(ada.closedCases.isEmpty && ada.closedOpportunities.isEmpty)
        let charles = try await shown(
            org, records, try await org.person(.contact, "Charles Babbage"), .contact)
        #expect(charles == RelatedRecords())
        let olga = try await org.person(.contact, "Olga Kowalski")
        #expect(olga.account == nil)
        #expect(try await shown(org, records, olga) == RelatedRecords())
    }

    @Test func aLeadHasActivityOnly() async throws {
        let org = try Org()
        let records = try await org.records()
        let tariq = try await org.person(.lead, "Tariq Khan")
        try await add(
            org, "Task",
            [
                "Subject": "Asked for a price", "Status": "Completed",
                "WhoId": tariq.id.value,
            ])
        try await add(
            org, "Task", ["Subject": "To do", "Status": "Not Started", "WhoId": tariq.id.value])
        let related = try await shown(org, records, tariq)
        #expect(related.activity.map(\.subject) == ["Asked for a price"])
        #expect(related.activity.first?.kind == .task)
        #expect(related.activity.first?.person == tariq.id)
    }

    @Test func aPersonAccountHasBothItsSides() async throws {
        let org = try Org()
        try await org.command("enable_person_accounts")
        let account = try #require(
            try await org.command(
                "add",
                [
                    "kind": .text("Account"), "LastName": .text("Solo"),
                    "FirstName": .text("Han"),
                ]
            ).text)
        try await add(org, "Case", ["Subject": "By account", "AccountId": account])
        let contact = try await org.person(.contact, "Han Solo")
        try await add(
            org, "Task",
            [
                "Subject": "By contact", "Status": "Completed",
                "WhoId": contact.id.value,
            ])
        try await add(
            org, "Task", ["Subject": "By account", "Status": "Completed", "WhatId": account])
        let records = try await org.records()
        for scope in RelatedScope.allCases {
            let related = try await shown(org, records, contact, scope)
            #expect(related.openCases.map(\.subject) == ["By account"], "\(scope)")
            #expect(Set(related.activity.map(\.subject)) == ["By contact", "By account"])
        }
    }

    /// A part of the question that fails is empty, and the rest is there.
    @Test func aPartThatFailsIsEmpty() async throws {
        let org = try Org()
        let records = try await org.records()
        let ada = try await org.person(.contact, "Ada Lovelace")
        try await org.restrict(
            fields: ["Opportunity.Amount", "Opportunity.CloseDate", "Task.Description"],
            forbid: ["Case.read"])
        let related = try await shown(org, records, ada)
        #expect(related.openCases.isEmpty && related.closedCases.isEmpty)
        #expect(related.openOpportunities.map(\.name) == ["Difference Engine"])
        #expect(related.openOpportunities.first?.amount == nil)
        #expect(related.activity.count == 1)
        // From one question to the next, before the rights are asked for again.
        try await org.restrict(fields: ["Opportunity.StageName"])
        let next = try await shown(org, records, ada, after: 10)
        #expect(next.openOpportunities.isEmpty && next.activity.count == 1)
        let healed = try await shown(org, records, ada, after: 20)
        #expect(healed.openOpportunities.map(\.stage) == [""])
        #expect(try await org.mistakes().isEmpty)
    }

    @Test func whatTheUserMayNotReadIsLeftOut() async throws {
        let org = try Org()
        let records = try await org.records()
        let ada = try await org.person(.contact, "Ada Lovelace")
        let account = try #require(ada.account)
        try await add(
            org, "Task", ["Subject": "Other call", "Status": "Completed", "WhoId": ada.id.value])
        let gear = try await org.ref(.case, "Broken gear")
        let deal = try await org.ref(.opportunity, "Difference Engine")
        try await org.restrict(hide: [deal])
        for agent in ["own", "asked"] {
            let related = try await shown(org, records, ada, by: agent)
            #expect(related.openOpportunities.isEmpty, "\(agent)")
            #expect(related.openCases.map(\.id) == [gear])
        }
        let asked = try await shown(org, records, ada, by: "asked")
        #expect(asked.activity.map(\.subject) == ["Other call"], "the other is about the deal")
        try await org.forgetRequests()
        _ = try await shown(org, records, ada, by: "asked", after: 299)
        #expect(try await org.requests().count == 1, "who may read is known")

        try await org.restrict(hide: [account, gear])
        let later = try await shown(org, records, ada, by: "asked", after: 301)
        #expect(later.openCases.isEmpty && later.closedOpportunities.first?.accountName == nil)
        try await org.restrict(hide: [ada.id])
        #expect(try await shown(org, records, ada, by: "asked", after: 700) == RelatedRecords())
    }

    @Test func whenTheOrgIsAwayTheLastAnswerStands() async throws {
        let org = try Org()
        let records = try await org.records { $0.patience = 8 }
        let ada = try await org.person(.contact, "Ada Lovelace")
        let fresh = try await shown(org, records, ada)
        _ = try await shown(org, records, ada, by: "asked")
        try await org.command("fault", ["kind": .text("lost_request"), "times": .null])
        let stale = try await shown(org, records, ada, after: 600)
        #expect(stale.openOpportunities == fresh.openOpportunities)
        #expect(stale.asOf == (try Org.now))
        let other = await fault { () throws(OrgFault) in
            try await records.related(
                to: ada, scope: .contact, agent: "own", now: (try? Org.now) ?? Date())
        }
        #expect(other?.isAway == true, "of another question nothing is known")
        let late = (try Org.now).addingTimeInterval(901)
        let over = await fault { () throws(OrgFault) in
            try await records.related(to: ada, scope: .account, agent: "own", now: late)
        }
        #expect(over?.isAway == true, "after 15 minutes it is not shown any more")
        await records.forget("own")
        let forgotten = await fault { () throws(OrgFault) in
            try await records.related(
                to: ada, scope: .account, agent: "own", now: (try? Org.now) ?? Date())
        }
        #expect(forgotten != nil)

        try await org.command("mend")
        try await org.command(
            "fault", ["kind": .text("latency"), "seconds": .number(20), "path": .text("composite")])
        #expect(try await shown(org, records, ada, by: "asked", after: 60).asOf != nil)
    }

    @Test func aMatterIsWhatTheAgentMaySee() async throws {
        let org = try Org()
        let records = try await org.records()
        let now = try Org.now
        let deal = try await org.ref(.opportunity, "Difference Engine")
        let gear = try await org.ref(.case, "Broken gear")
        let engines = try await org.ref(.account, "Analytical Engines GmbH")
        let ada = try await org.person(.contact, "Ada Lovelace")
        for agent in ["own", "asked"] {
            for (id, name) in [
                (deal, "Difference Engine"), (gear, "Broken gear"),
                (engines, "Analytical Engines GmbH"),
            ] {
                let matter = try await records.matter(id, agent: agent, now: now)
                #expect(matter?.name == name && matter?.id == id)
                #expect(matter?.url.hasSuffix("/\(id.value)/view") == true)
            }
            #expect(try await records.matter(ada.id, agent: agent, now: now) == nil)
        }
        try await org.restrict(hide: [deal])
        let later = now.addingTimeInterval(301)
        for agent in ["own", "asked"] {
            #expect(try await records.matter(deal, agent: agent, now: later) == nil)
            _ = try await shown(org, records, ada, by: agent, after: 301)
            try await org.forgetRequests()
            #expect(try await records.matter(gear, agent: agent, now: later) != nil)
            #expect(try await org.requests().isEmpty, "it was shown just now")
        }
    }

    /// Anything may stand in a row.
    @Test func aRowOfAnythingIsLeftOut() throws {
        let rows = RelatedRows(settings: try Org.settings(), contact: nil)
        let deep = (0..<200).reduce(JSONValue.null) { inner, _ in .object(["Id": inner]) }
        let body: JSONValue = .object([
            "records": .array([
                .null, .text("x"), .number(1), deep, .object(["Id": .text("003000000000001AAA")]),
                .object(["Id": .text("006000000000001AAA"), "LastModifiedDate": .number(5)]),
                .object([
                    "Id": .text("006000000000002AAA"), "Name": .array([]), "Amount": .text("1"),
                    "LastModifiedDate": .text("2026-11-25T10:00:00.000+0000"),
                    "CloseDate": .text("2026-02-31"), "AccountId": .text("003000000000001"),
                    "Account": .text("x"), "CurrencyIsoCode": .text("EUROS"),
                ]),
            ])
        ])
        let parts = try OrgParts(
            .object([
                "compositeResponse": .array([
                    .object([
                        "referenceId": .text("openOpportunities"), "httpStatusCode": .number(200),
                        "body": body,
                    ]),
                    .object([
                        "referenceId": .text("openCases"), "httpStatusCode": .number(200),
                        "body": .text("x"),
                    ]),
                    .object([
                        "referenceId": .text("activity"), "httpStatusCode": .number(200),
                        "body": body,
                    ]),
                ])
            ]))
        let related = rows.records(parts)
        let only = try #require(related.openOpportunities.first)
        #expect(related.openOpportunities.count == 1 && related.activity.isEmpty)
        #expect(only.name == "" && only.amount == nil && only.closesOn == nil)
        #expect(only.account == nil && only.accountName == nil && only.currency == nil)
    }

    /// An org of one currency does not say it with its rows.
    @Test func anAmountIsInTheCurrencyOfItsRowOrOfTheSettings() throws {
        var settings = try Org.settings()
        settings.currency = "EUR"
        let least: [String: JSONValue] = [
            "Amount": .number(48_000), "LastModifiedDate": .text("2026-11-25T10:00:00.000+0000"),
        ]
        let silent: [String: JSONValue] = ["Id": .text("006000000000001AAA")]
        let says: [String: JSONValue] = [
            "Id": .text("006000000000002AAA"), "CurrencyIsoCode": .text("USD"),
        ]
        let deals = [silent, says].map { JSONValue.object(least.merging($0) { $1 }) }
        let parts = try OrgParts(
            .object([
                "compositeResponse": .array([
                    .object([
                        "referenceId": .text("openOpportunities"), "httpStatusCode": .number(200),
                        "body": .object(["records": .array(deals)]),
                    ])
                ])
            ]))
        let related = RelatedRows(settings: settings, contact: nil).records(parts)
        #expect(related.openOpportunities.map(\.currency) == ["EUR", "USD"])
    }

    @Test func aCurrencyOfTheSettingsIsItsCode() async throws {
        let org = try Org()
        let fault = await #expect(throws: SettingFault.self) {
            _ = try await org.crm(["currency": "euro"])
        }
        #expect(
            fault?.description
                == "crm: acme: currency must be three capital letters, such as EUR.")
    }
}
