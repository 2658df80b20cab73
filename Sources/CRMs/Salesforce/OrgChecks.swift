package import CRM
package import Foundation

/// Each step of the set-up in its order, with words on what would help: what `callmatch doctor` and *Connections* show.
///
/// It reads and writes nothing of the org but descriptions, the day's limits and the rights to one contact. No text
/// holds a secret. Where a step fails on which all others stand, the others are left out.
package struct OrgChecks: Sendable {
    private let connection: OrgConnection
    private let signIn: OrgSignIn
    private let users: OrgUsers
    private let sink: SalesforceSink
    private let settings: SalesforceSettings
    private let agents: @Sendable () async -> [String]
    private let now: @Sendable () -> Date
    private let transport: OrgTransport

    /// In seconds: a claim is good for three minutes.
    private static let mostSkew: Double = 60
    /// Of a hundred requests of the day: above it little is left for others.
    private static let muchUsed = 80

    package init(
        _ connection: OrgConnection, signIn: OrgSignIn, users: OrgUsers, sink: SalesforceSink,
        settings: SalesforceSettings, agents: @escaping @Sendable () async -> [String],
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.connection = connection
        self.signIn = signIn
        self.users = users
        self.sink = sink
        self.settings = settings
        self.agents = agents
        self.now = now
        transport = OrgTransport(seconds: 20, reach: settings.reach)
    }

    package func checks() async -> [CRMCheck] {
        let (host, skew) = await host()
        guard host.isGood else { return [host] }
        let entry = await entry(skew)
        guard entry.isGood else { return [host, entry] }
        var found = [host, entry, await usage()]
        for (name, object) in [
            ("Contacts", OrgName.contact), ("Leads", .lead), ("Accounts", .account),
        ] {
            found.append(await people(name, object))
        }
        found += await tasks()
        return found + [await rights(), await withoutUser(), Self.panel]
    }

    // MARK: - The way in

    private func host() async -> (CRMCheck, skew: Double?) {
        let name = "Salesforce host"
        do throws(OrgFault) {
            let request = OrgRequest(signIn.login.appending(path: "services/data/"))
            let reply = try await transport.send(request)
            let versions = JSONValue(reply.body)?.array.compactMap { $0["version"]?.text } ?? []
            guard reply.status == 200, !versions.isEmpty else {
                return (
                    bad(
                        name,
                        "\(place) answers, but not as Salesforce does (\(reply.status)). Is it the org's My Domain, such as https://acme.my.salesforce.com?"
                    ), nil
                )
            }
            guard versions.contains(connection.version) else {
                return (
                    bad(
                        name,
                        "\(place) has no version \(connection.version) of the API; its latest one is \(versions.last ?? "?"). Set that one."
                    ), nil
                )
            }
            let date = reply.headers["date"].flatMap(Self.date)
            let skew = date.map { now().timeIntervalSince($0) }
            return (
                good(name, "\(place) answers, and has version \(connection.version) of the API."),
                skew
            )
        } catch {
            return (
                bad(
                    name,
                    "\(place): \(error) Check the address in the settings, the name server and the firewall."
                ), nil
            )
        }
    }

    private func entry(_ skew: Double?) async -> CRMCheck {
        let name = "Sign-in"
        do throws(OrgFault) {
            _ = try await connection.ask("GET", "limits")
            return good(name, "The integration user \(signIn.user) is let in.")
        } catch {
            guard case .needsConsent(let why) = error else { return bad(name, "\(error)") }
            return bad(name, "\(why) — \(hint(why, skew))")
        }
    }

    private func hint(_ why: String, _ skew: Double?) -> String {
        let clock = skew.flatMap { skew -> String? in
            guard abs(skew) > Self.mostSkew else { return nil }
            return
                "This machine's clock is \(Int(abs(skew))) seconds \(skew > 0 ? "ahead" : "behind"): set it right."
        }
        let text = why.lowercased()
        if text.contains("approved") {
            return
                "In the app's policies choose “Admin approved users are pre-authorized”, and give \(signIn.user) the permission set of the app. If the user is there, check the spelling of the user name."
        }
        if text.contains("client identifier") || text.contains("invalid_client") {
            return
                "The org knows no app with this consumer key. Copy the key from the app; a new app takes up to ten minutes."
        }
        if text.contains("audience") {
            return
                "It was said to be for \(signIn.audience). A sandbox wants https://test.salesforce.com, every other org https://login.salesforce.com."
        }
        if text.contains("assertion") || text.contains("expired") {
            return clock
                ?? "The app must have the certificate that belongs to our private key, and this machine's clock must be right."
        }
        if text.contains("inactive") { return "The user \(signIn.user) is not active in the org." }
        return clock ?? "Look at the user's login history in Salesforce: it says why."
    }

    private func usage() async -> CRMCheck {
        let name = "Requests of the day"
        guard let usage = await connection.usage else {
            return good(name, "Salesforce did not say how many requests were used.")
        }
        let text =
            "\(usage.used) of \(usage.most) requests of the last 24 hours are used, by everybody together."
        guard usage.used * 100 < usage.most * Self.muchUsed else {
            return bad(
                name,
                "\(text) When none are left, calls are filed later and callers are looked up in our copy only. Find out who uses so many, or buy more."
            )
        }
        return good(name, text)
    }

    // MARK: - What is read and written

    private func people(_ name: String, _ object: OrgName) async -> CRMCheck {
        do throws(OrgFault) {
            let phones = try await connection.describe(object)
                .phones(and: settings.morePhones[object] ?? [])
            guard !phones.isEmpty else {
                return bad(
                    name,
                    "They can be read, but no field with a telephone number is seen. Give \(signIn.user) the right to read these fields."
                )
            }
            return good(name, "Numbers are in: \(phones.map(\.label).joined(separator: ", ")).")
        } catch {
            return bad(name, "\(error) Give \(signIn.user) the right to read \(object)s.")
        }
    }

    private func tasks() async -> [CRMCheck] {
        let name = "Call logs"
        let about: OrgDescribe
        do throws(OrgFault) {
            about = try await connection.describe(.task)
        } catch {
            return [
                bad(
                    name,
                    "\(error) Give \(signIn.user) the right to read and create activities (Tasks).")
            ]
        }
        let right =
            if !about.isCreateable {
                bad(
                    name,
                    "\(signIn.user) may not create activities: no call would be filed. Give the right “Edit Tasks”."
                )
            } else if !about.isUpdateable {
                bad(
                    name,
                    "\(signIn.user) may create activities but not change them: a later edit of a call would not arrive."
                )
            } else { good(name, "Activities may be created and changed.") }
        return [right, key(about), status(about), await fields(about)]
    }

    private func key(_ about: OrgDescribe) -> CRMCheck {
        let name = "Key field"
        let help =
            "Make a text field of 64 characters on the object Activity, “External ID” and “Unique”, and let the integration user read and edit it."
        guard let key = settings.keyField else {
            return bad(
                name,
                "None is set: calls are found again by their Call Object, which is slower and leaves a small risk of a second activity. \(help)"
            )
        }
        guard let field = about.fields[key] else {
            return bad(name, "\(key) is not there, or \(signIn.user) may not see it. \(help)")
        }
        guard field.isExternalID else { return bad(name, "\(key) is no external id. \(help)") }
        guard field.isUnique else {
            return bad(name, "\(key) is not unique: a call could be there twice. \(help)")
        }
        guard field.isCreateable, (field.length ?? 64) >= 64 else {
            return bad(name, "\(key) cannot be written, or is shorter than 64 characters. \(help)")
        }
        return good(name, "\(key) is an external id, and unique.")
    }

    private func status(_ about: OrgDescribe) -> CRMCheck {
        let name = "Status of a call"
        let status = TaskFields.closed(about, settings)
        let choices = about.fields[OrgName(known: "Status")]?.choices ?? []
        guard choices.isEmpty || choices.contains(status) else {
            return bad(
                name,
                "“\(status)” is no status of activities here. Set one of: \(choices.joined(separator: ", "))."
            )
        }
        return good(
            name, "Calls are filed as “\(status)”. It must be a status that closes an activity.")
    }

    private func fields(_ about: OrgDescribe) async -> CRMCheck {
        let name = "Fields of a call"
        let wanted =
            [
                "Subject", "Description", "WhoId", "WhatId", "OwnerId", "ActivityDate",
                "TaskSubtype", "CallType", "CallDurationInSeconds", "CallDisposition", "CallObject",
            ] + (settings.versionField.map { [$0.description] } ?? [])
        let missing = wanted.filter { name in
            guard let field = OrgName(name).flatMap({ about.fields[$0] }) else { return true }
            return !field.isCreateable
        }
        let dropped = Set(missing).union(await sink.droppedFields()).sorted()
        guard dropped.isEmpty else {
            return bad(
                name,
                "Left out of each call, because they are not there or may not be written: \(dropped.joined(separator: ", ")). Give \(signIn.user) the right to edit them."
            )
        }
        return good(name, "All fields of a call can be written.")
    }

    // MARK: - Agents

    private func rights() async -> CRMCheck {
        let name = "What agents may see"
        do throws(OrgFault) {
            guard let user = try await connection.knownIdentity()?.user else {
                return good(name, "Not tried: Salesforce did not say who we are.")
            }
            let any: SOQL = "SELECT Id FROM Contact LIMIT 1"
            let (_, some) = try await connection.ask("GET", "query", query: ["q": any.description])
            guard let id = some?["records"]?.array.first?["Id"]?.text else {
                return good(name, "Not tried: the org has no contact yet.")
            }
            let query: SOQL = """
                SELECT RecordId, HasReadAccess, MaxAccessLevel FROM UserRecordAccess \
                WHERE UserId = \(user.description) AND RecordId IN \(list: [id])
                """
            _ = try await connection.ask("GET", "query", query: ["q": query.description])
            return good(name, "Salesforce can be asked what a user may see.")
        } catch {
            return bad(
                name,
                "\(error) Without it nobody is shown anything: give \(signIn.user) the right “View Setup and Configuration”."
            )
        }
    }

    private func withoutUser() async -> CRMCheck {
        let name = "Agents' users"
        let without = await users.withoutUser(among: await agents())
        guard without.isEmpty else {
            return bad(
                name,
                "No user of Salesforce: \(without.joined(separator: ", ")). They see nothing of it, and their calls are owned by \(signIn.user). Set their user names, or let them connect."
            )
        }
        return good(name, "Every agent has a user of Salesforce.")
    }

    private static let panel = CRMCheck(
        name: "Panel in Salesforce", isGood: true,
        text: """
            Cannot be seen from here. In Setup look at “Call Centers” (our definition file, and the agents as its \
            members), at the utility item “Open CTI Softphone” of the app, and at the softphone layout of the profile.
            """)

    private var place: String { signIn.login.host() ?? "the org" }

    private func good(_ name: String, _ text: String) -> CRMCheck {
        CRMCheck(name: name, isGood: true, text: text)
    }

    private func bad(_ name: String, _ text: String) -> CRMCheck {
        CRMCheck(name: name, isGood: false, text: text)
    }

    /// `Wed, 25 Nov 2026 23:40:16 GMT` (RFC 9110, 5.6.7).
    static func date(_ text: String) -> Date? {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = .gmt
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return format.date(from: text)
    }
}
