package import Storage

// The tables of the built-in CRM. What must always be true is written here and nowhere else: an account
// is the person account of at most one contact, a converted lead names its contact, a closed case says when,
// an activity names at most one person and is about at most one record, a call has one activity.

extension BuiltInCRM {
    /// Every step of this room's schema, in order.
    package static let migrations: [Migration] = [
        Migration(id: "0300-crm-records", sql: people + records + bookkeeping),
        Migration(id: "0301-crm-activities", sql: activities),
        searchMigration,
    ]

    private static let people: [SQL] = [
        """
        create table crm_import (
            id text not null primary key, name text not null, kind text not null,
            started_at integer not null, undone_at integer)
        """,
        """
        create table crm_account (
            id text not null primary key, version integer not null check (version >= 1),
            name text not null check (name <> ''), phone text, website text, industry text,
            type text, city text, country text, owner text, description text,
            external_id text unique, import_id text references crm_import (id),
            created_at integer not null, changed_at integer not null, sort_key text not null)
        """,
        """
        create table crm_contact (
            id text not null primary key, version integer not null check (version >= 1),
            salutation text, first_name text, last_name text not null check (last_name <> ''),
            account_id text references crm_account (id), title text, department text, email text,
            phone text, mobile_phone text, home_phone text, other_phone text,
            mailing_city text, mailing_country text, owner text, description text,
            person_account_id text unique references crm_account (id),
            external_id text unique, import_id text references crm_import (id),
            created_at integer not null, changed_at integer not null, sort_key text not null,
            check (person_account_id is null or person_account_id = account_id))
        """,
        """
        create table crm_lead (
            id text not null primary key, version integer not null check (version >= 1),
            salutation text, first_name text, last_name text not null check (last_name <> ''),
            company text, title text, status text not null, email text,
            phone text, mobile_phone text, home_phone text, other_phone text,
            city text, country text, owner text, description text,
            converted_contact_id text references crm_contact (id), converted_at integer,
            external_id text unique, import_id text references crm_import (id),
            created_at integer not null, changed_at integer not null, sort_key text not null,
            check ((converted_contact_id is null) = (converted_at is null)))
        """,
        "create index crm_account_by_change on crm_account (changed_at, id)",
        "create index crm_account_by_name on crm_account (sort_key, id)",
        "create index crm_account_by_import on crm_account (import_id)",
        "create index crm_contact_by_change on crm_contact (changed_at, id)",
        "create index crm_contact_by_name on crm_contact (sort_key, id)",
        "create index crm_contact_by_account on crm_contact (account_id)",
        "create index crm_contact_by_import on crm_contact (import_id)",
        "create index crm_lead_by_change on crm_lead (changed_at, id)",
        "create index crm_lead_by_name on crm_lead (sort_key, id)",
        "create index crm_lead_by_contact on crm_lead (converted_contact_id)",
        "create index crm_lead_by_import on crm_lead (import_id)",
    ]

    private static let records: [SQL] = [
        """
        create table crm_opportunity (
            id text not null primary key, version integer not null check (version >= 1),
            name text not null check (name <> ''), stage text not null, amount real,
            currency text, close_date text, account_id text references crm_account (id),
            contact_id text references crm_contact (id), owner text, description text,
            closed_at integer, external_id text unique,
            import_id text references crm_import (id),
            created_at integer not null, changed_at integer not null, sort_key text not null)
        """,
        """
        create table crm_case (
            id text not null primary key, version integer not null check (version >= 1),
            number text not null unique, subject text not null check (subject <> ''),
            status text not null, priority text, account_id text references crm_account (id),
            contact_id text references crm_contact (id), owner text, description text,
            closed_at integer, external_id text unique,
            import_id text references crm_import (id),
            created_at integer not null, changed_at integer not null, sort_key text not null)
        """,
        "create index crm_opportunity_by_name on crm_opportunity (sort_key, id)",
        "create index crm_opportunity_by_account on crm_opportunity (account_id, closed_at)",
        "create index crm_opportunity_by_contact on crm_opportunity (contact_id, closed_at)",
        "create index crm_opportunity_by_import on crm_opportunity (import_id)",
        "create index crm_case_by_name on crm_case (sort_key, id)",
        "create index crm_case_by_subject on crm_case (subject)",
        "create index crm_case_by_account on crm_case (account_id, closed_at)",
        "create index crm_case_by_contact on crm_case (contact_id, closed_at)",
        "create index crm_case_by_import on crm_case (import_id)",
    ]

    private static let bookkeeping: [SQL] = [
        // What is gone, for those who follow the changes.
        """
        create table crm_removed (
            id text not null primary key, kind text not null, changed_at integer not null)
        """,
        "create index crm_removed_by_change on crm_removed (changed_at, id)",
        "create table crm_counter (name text not null primary key, value integer not null)",
        "insert into crm_counter (name, value) values ('stamp', 0)",
        "insert into crm_counter (name, value) values ('case', 1000)",
    ]

    private static let activities: [SQL] = [
        """
        create table crm_activity (
            id text not null primary key, version integer not null check (version >= 1),
            kind text not null, subject text not null, notes text, at integer not null,
            agent text, agent_name text,
            contact_id text references crm_contact (id), lead_id text references crm_lead (id),
            account_id text references crm_account (id),
            about_opportunity_id text references crm_opportunity (id),
            about_case_id text references crm_case (id),
            about_account_id text references crm_account (id),
            disposition text, seconds integer, direction text, outcome text, number text,
            follow_up_on text, follow_up_text text, call_key text unique,
            created_at integer not null, changed_at integer not null,
            check (contact_id is null or lead_id is null),
            check (contact_id is null or account_id is null),
            check (lead_id is null or account_id is null),
            check (about_opportunity_id is null or about_case_id is null),
            check (about_opportunity_id is null or about_account_id is null),
            check (about_case_id is null or about_account_id is null))
        """,
        "create index crm_activity_by_contact on crm_activity (contact_id, at)",
        "create index crm_activity_by_lead on crm_activity (lead_id, at)",
        "create index crm_activity_by_account on crm_activity (account_id, at)",
        "create index crm_activity_about_opportunity on crm_activity (about_opportunity_id, at)",
        "create index crm_activity_about_case on crm_activity (about_case_id, at)",
        "create index crm_activity_about_account on crm_activity (about_account_id, at)",
    ]
}
