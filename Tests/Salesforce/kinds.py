"""The kinds of records of the org and their fields, as describe tells them.

A line is: name | type, length and flags | label | for a reference > its kinds : its relationship, for a picklist = its
values, for a number # digits, precision and scale, and last * the default. The flags of what is recorded in CumulusCI
(BSD-3) are compared with the recordings in test_fake_org_describes.py; Task, User and the others are from the
documentation.
"""

# The letter of each flag.
FLAGS = {
    "C": "createable", "U": "updateable", "N": "nillable", "D": "defaultedOnCreate", "F": "filterable",
    "S": "sortable", "G": "groupable", "P": "permissionable", "I": "idLookup", "M": "nameField",
    "A": "autoNumber", "R": "restrictedPicklist", "p": "polymorphicForeignKey",
}  # fmt: skip

# Prefix of the ids, label, plural; then what cannot be done with it.
KINDS = {
    "Account": ("001", "Account", "Accounts", ""),
    "Contact": ("003", "Contact", "Contacts", ""),
    "Lead": ("00Q", "Lead", "Leads", ""),
    "Opportunity": ("006", "Opportunity", "Opportunities", "mergeable"),
    "OpportunityContactRole": (
        "00K", "Opportunity Contact Role", "Opportunity Contact Roles",
        "mergeable searchable undeletable feedEnabled mruEnabled",
    ),
    "Case": ("500", "Case", "Cases", "mergeable"),
    "Task": ("00T", "Task", "Tasks", "mergeable"),
    "User": ("005", "User", "Users", "mergeable deletable undeletable"),
    "Group": ("00G", "Group", "Groups", "mergeable searchable undeletable feedEnabled"),
    "RecordType": ("012", "Record Type", "Record Types", "mergeable searchable undeletable feedEnabled deletable"),
    "Organization": (
        "00D", "Organization", "Organizations",
        "createable deletable searchable mergeable undeletable triggerable layoutable feedEnabled mruEnabled",
    ),
    "UserRecordAccess": (
        None, "User Record Access", "User Record Access",
        "createable updateable deletable searchable mergeable undeletable triggerable replicateable retrieveable"
        " layoutable feedEnabled mruEnabled",
    ),
}  # fmt: skip

SYSTEM = """
Id | id 18 DFSGI | Record ID
IsDeleted | boolean 0 DFSG | Deleted
CreatedDate | datetime 0 DFS | Created Date
CreatedById | reference 18 DFSG | Created By ID | >User:CreatedBy
LastModifiedDate | datetime 0 DFS | Last Modified Date
LastModifiedById | reference 18 DFSG | Last Modified By ID | >User:LastModifiedBy
SystemModstamp | datetime 0 DFS | System Modstamp
"""

# Child relationships that a subquery may name: the parent, the name, the child and its field.
CHILDREN = [
    ("Account", "Contacts", "Contact", "AccountId"),
    ("Account", "Opportunities", "Opportunity", "AccountId"),
    ("Account", "Cases", "Case", "AccountId"),
    ("Account", "Tasks", "Task", "AccountId"),
    ("Contact", "Cases", "Case", "ContactId"),
    ("Contact", "OpportunityContactRoles", "OpportunityContactRole", "ContactId"),
    ("Contact", "Tasks", "Task", "WhoId"),
    ("Lead", "Tasks", "Task", "WhoId"),
    ("Opportunity", "OpportunityContactRoles", "OpportunityContactRole", "OpportunityId"),
    ("Opportunity", "Tasks", "Task", "WhatId"),
    ("Case", "Tasks", "Task", "WhatId"),
]

FIELDS = {}

FIELDS["Contact"] = """
MasterRecordId | reference 18 NFSG | Master Record ID | >Contact:MasterRecord
AccountId | reference 18 CUNFSGP | Account ID | >Account:Account
LastName | string 80 CUFSG | Last Name
FirstName | string 40 CUNFSG | First Name
Salutation | picklist 40 CUNFSG | Salutation | =Mr.;Ms.;Mrs.;Dr.;Prof.
Name | string 121 FSGM | Full Name
MailingStreet | textarea 255 CUNFSGP | Mailing Street
MailingCity | string 40 CUNFSGP | Mailing City
MailingPostalCode | string 20 CUNFSGP | Mailing Zip/Postal Code
MailingCountry | string 80 CUNFSGP | Mailing Country
Phone | phone 40 CUNFSGP | Business Phone
Fax | phone 40 CUNFSGP | Business Fax
MobilePhone | phone 40 CUNFSGP | Mobile Phone
HomePhone | phone 40 CUNFSGP | Home Phone
OtherPhone | phone 40 CUNFSGP | Other Phone
AssistantPhone | phone 40 CUNFSGP | Asst. Phone
ReportsToId | reference 18 CUNFSGP | Reports To ID | >Contact:ReportsTo
Email | email 80 CUNFSGPI | Email
Title | string 128 CUNFSGP | Title
Department | string 80 CUNFSGP | Department
AssistantName | string 40 CUNFSGP | Assistant's Name
LeadSource | picklist 255 CUNFSGP | Lead Source | =Web;Phone Inquiry;Partner Referral;Purchased List;Other
Birthdate | date 0 CUNFSGP | Birthdate
Description | textarea 32000 CUNP | Contact Description
OwnerId | reference 18 CUDFSG | Owner ID | >User:Owner
LastActivityDate | date 0 NFSG | Last Activity
LastViewedDate | datetime 0 NFS | Last Viewed Date
LastReferencedDate | datetime 0 NFS | Last Referenced Date
"""

FIELDS["Lead"] = """
MasterRecordId | reference 18 NFSG | Master Record ID | >Lead:MasterRecord
LastName | string 80 CUFSG | Last Name
FirstName | string 40 CUNFSG | First Name
Salutation | picklist 40 CUNFSG | Salutation | =Mr.;Ms.;Mrs.;Dr.;Prof.;Mx.
Name | string 121 FSGM | Full Name
Title | string 128 CUNFSGP | Title
Company | string 255 CUFSG | Company
Street | textarea 255 CUNFSGP | Street
City | string 40 CUNFSGP | City
PostalCode | string 20 CUNFSGP | Zip/Postal Code
Country | string 80 CUNFSGP | Country
Phone | phone 40 CUNFSGP | Phone
MobilePhone | phone 40 CUNFSGP | Mobile Phone
Fax | phone 40 CUNFSGP | Fax
Email | email 80 CUNFSGPI | Email
Website | url 255 CUNFSGP | Website
Description | textarea 32000 CUNP | Description
LeadSource | picklist 255 CUNFSGP | Lead Source | =Web;Phone Inquiry;Partner Referral;Purchased List;Other
Status | picklist 255 CUDFSG | Status | =Open - Not Contacted;Working - Contacted;Closed - Converted;Closed - Not Converted *Open - Not Contacted
Industry | picklist 255 CUNFSGP | Industry | =Agriculture;Banking;Construction;Consulting;Education;Electronics;Engineering;Finance;Healthcare;Manufacturing;Retail;Technology;Other
Rating | picklist 255 CUNFSGP | Rating | =Hot;Warm;Cold
OwnerId | reference 18 CUDFSGp | Owner ID | >Group,User:Owner
IsConverted | boolean 0 CDFSG | Converted
ConvertedDate | date 0 NFSG | Converted Date
ConvertedAccountId | reference 18 NFSG | Converted Account ID | >Account:ConvertedAccount
ConvertedContactId | reference 18 NFSG | Converted Contact ID | >Contact:ConvertedContact
ConvertedOpportunityId | reference 18 NFSG | Converted Opportunity ID | >Opportunity:ConvertedOpportunity
IsUnreadByOwner | boolean 0 CUDFSG | Unread By Owner
LastActivityDate | date 0 NFSG | Last Activity
LastViewedDate | datetime 0 NFS | Last Viewed Date
LastReferencedDate | datetime 0 NFS | Last Referenced Date
"""

FIELDS["Account"] = """
MasterRecordId | reference 18 NFSG | Master Record ID | >Account:MasterRecord
Name | string 255 CUFSGM | Account Name
Type | picklist 40 CUNFSGP | Account Type | =Prospect;Customer - Direct;Customer - Channel;Channel Partner / Reseller;Installation Partner;Technology Partner;Other
RecordTypeId | reference 18 CUNFSG | Record Type ID | >RecordType:RecordType
ParentId | reference 18 CUNFSGP | Parent Account ID | >Account:Parent
BillingStreet | textarea 255 CUNFSGP | Billing Street
BillingCity | string 40 CUNFSGP | Billing City
BillingPostalCode | string 20 CUNFSGP | Billing Zip/Postal Code
BillingCountry | string 80 CUNFSGP | Billing Country
Phone | phone 40 CUNFSGP | Account Phone
Fax | phone 40 CUNFSGP | Account Fax
AccountNumber | string 40 CUNFSGP | Account Number
Website | url 255 CUNFSGP | Website
Industry | picklist 40 CUNFSGP | Industry | =Agriculture;Banking;Construction;Consulting;Education;Electronics;Engineering;Finance;Healthcare;Manufacturing;Retail;Technology;Other
AnnualRevenue | currency 0 CUNFSP | Annual Revenue | #0,18,0
NumberOfEmployees | int 0 CUNFSGP | Employees | #8,0,0
Description | textarea 32000 CUNP | Account Description
OwnerId | reference 18 CUDFSG | Owner ID | >User:Owner
LastActivityDate | date 0 NFSG | Last Activity
LastViewedDate | datetime 0 NFS | Last Viewed Date
LastReferencedDate | datetime 0 NFS | Last Referenced Date
"""

FIELDS["Opportunity"] = """
AccountId | reference 18 CUNFSGP | Account ID | >Account:Account
IsPrivate | boolean 0 CUDFSGP | Private
Name | string 120 CUFSGIM | Name
Description | textarea 32000 CUNP | Description
StageName | picklist 255 CUFSG | Stage | =Prospecting;Qualification;Needs Analysis;Value Proposition;Id. Decision Makers;Perception Analysis;Proposal/Price Quote;Negotiation/Review;Closed Won;Closed Lost
Amount | currency 0 CUNFSP | Amount | #0,18,2
Probability | percent 0 CUNDFSP | Probability (%) | #0,3,0
CloseDate | date 0 CUFSG | Close Date
Type | picklist 255 CUNFSGP | Opportunity Type | =Existing Customer - Upgrade;Existing Customer - Replacement;Existing Customer - Downgrade;New Customer
NextStep | string 255 CUNFSGP | Next Step
LeadSource | picklist 255 CUNFSGP | Lead Source | =Web;Phone Inquiry;Partner Referral;Purchased List;Other
IsClosed | boolean 0 DFSG | Closed
IsWon | boolean 0 DFSG | Won
OwnerId | reference 18 CUDFSG | Owner ID | >User:Owner
LastActivityDate | date 0 NFSG | Last Activity
LastViewedDate | datetime 0 NFS | Last Viewed Date
LastReferencedDate | datetime 0 NFS | Last Referenced Date
ContactId | reference 18 CNFSG | Contact ID | >Contact:
"""

FIELDS["OpportunityContactRole"] = """
OpportunityId | reference 18 CFSG | Opportunity ID | >Opportunity:Opportunity
ContactId | reference 18 CUFSG | Contact ID | >Contact:Contact
Role | picklist 40 CUNFSG | Role | =Business User;Decision Maker;Economic Buyer;Economic Decision Maker;Evaluator;Executive Sponsor;Influencer;Technical Buyer;Other
IsPrimary | boolean 0 CUDFSG | Primary
"""

FIELDS["Case"] = """
MasterRecordId | reference 18 NFSG | Master Record ID | >Case:MasterRecord
CaseNumber | string 30 DFSIMA | Case Number
ContactId | reference 18 CUNFSGP | Contact ID | >Contact:Contact
AccountId | reference 18 CUNFSGP | Account ID | >Account:Account
ParentId | reference 18 CUNFSGP | Parent Case ID | >Case:Parent
SuppliedName | string 80 CUNFSGP | Name
SuppliedEmail | email 80 CUNFSGP | Email Address
SuppliedPhone | string 40 CUNFSGP | Phone
SuppliedCompany | string 80 CUNFSGP | Company
Type | picklist 40 CUNFSGP | Case Type | =Mechanical;Electrical;Electronic;Structural;Other
Status | picklist 40 CUNDFSG | Status | =New;Working;Escalated;Closed *New
Reason | picklist 40 CUNFSGP | Case Reason | =Installation;Equipment Complexity;Performance;Breakdown;Equipment Design;Feedback;Other
Origin | picklist 40 CUNFSGP | Case Origin | =Phone;Email;Web
Subject | string 255 CUNFSGP | Subject
Priority | picklist 40 CUNDFSGP | Priority | =High;Medium;Low *Medium
Description | textarea 32000 CUNP | Description
IsClosed | boolean 0 DFSG | Closed
ClosedDate | datetime 0 NFSP | Closed Date
IsEscalated | boolean 0 CUDFSGP | Escalated
OwnerId | reference 18 CUDFSGp | Owner ID | >Group,User:Owner
ContactPhone | phone 40 NFSG | Contact Phone
ContactMobile | phone 40 NFSG | Contact Mobile
ContactEmail | email 80 NFSG | Contact Email
ContactFax | phone 40 NFSG | Contact Fax
LastViewedDate | datetime 0 NFS | Last Viewed Date
LastReferencedDate | datetime 0 NFS | Last Referenced Date
"""

FIELDS["Task"] = """
WhoId | reference 18 CUNFSGPp | Name ID | >Contact,Lead:Who
WhatId | reference 18 CUNFSGPp | Related To ID | >Account,Opportunity,Case:What
Subject | combobox 255 CUNFSM | Subject | =Call;Email;Send Letter;Send Quote;Other
ActivityDate | date 0 CUNFSG | Due Date Only
Status | picklist 255 CUDFSG | Status | =Not Started;In Progress;Completed;Waiting on someone else;Deferred *Not Started
Priority | picklist 255 CUDFSG | Priority | =High;Normal;Low *Normal
IsHighPriority | boolean 0 DFSG | High Priority
OwnerId | reference 18 CUDFSGp | Assigned To ID | >Group,User:Owner
Description | textarea 32000 CUNP | Description
Type | picklist 255 CUNFSGP | Type | =Email;Meeting;Other
IsClosed | boolean 0 DFSG | Closed
AccountId | reference 18 NFSG | Account ID | >Account:Account
CallDurationInSeconds | int 0 CUNFSG | Call Duration | #8,0,0
CallType | picklist 40 CUNFSGR | Call Type | =Internal;Inbound;Outbound
CallDisposition | string 255 CUNFSG | Call Result
CallObject | string 255 CUNFSG | Call Object Identifier
ReminderDateTime | datetime 0 CUNFS | Reminder Date/Time
IsReminderSet | boolean 0 CUDFSG | Reminder Set
IsArchived | boolean 0 DFSG | Archived
TaskSubtype | picklist 40 CNDFSGR | Task Subtype | =Task;Email;ListEmail;Cadence;Call *Task
CompletedDateTime | datetime 0 NFS | Completed Date
"""

FIELDS["User"] = """
Username | string 80 CUFSGI | Username
LastName | string 80 CUFSG | Last Name
FirstName | string 40 CUNFSG | First Name
Name | string 121 FSGM | Full Name
Title | string 80 CUNFSGP | Title
Email | email 128 CUFSGI | Email
Phone | phone 40 CUNFSG | Phone
MobilePhone | phone 40 CUNFSG | Mobile Phone
Extension | phone 40 CUNFSG | Extension
Alias | string 8 CUFSG | Alias
IsActive | boolean 0 CUDFSG | Active
UserType | picklist 40 NDFSGR | User Type | =Standard;PowerPartner;Guest *Standard
"""

FIELDS["Group"] = """
Name | string 40 CUFSGM | Name
DeveloperName | string 80 CUFSG | Developer Name
Type | picklist 40 CFSGR | Type | =Regular;Queue
"""

FIELDS["RecordType"] = """
Name | string 80 CUFSGM | Name
DeveloperName | string 80 CUFSG | Record Type Name
SobjectType | picklist 40 CFSGR | Object Type Name | =Account
IsActive | boolean 0 CUDFSG | Active
IsPersonType | boolean 0 NDFSG | Is Person Type
"""

FIELDS["Organization"] = """
Name | string 80 UFSGM | Name
IsSandbox | boolean 0 DFSG | Is Sandbox
OrganizationType | picklist 40 NFSGR | Edition | =Developer Edition;Enterprise Edition;Unlimited Edition
InstanceName | string 5 NFSG | Instance Name
"""

FIELDS["UserRecordAccess"] = """
UserId | reference 18 FG | User ID | >User:User
RecordId | reference 18 FSG | Record ID | >Account,Contact,Lead,Opportunity,Case,Task:Record
HasReadAccess | boolean 0 F | Has Read Access
HasEditAccess | boolean 0 F | Has Edit Access
HasDeleteAccess | boolean 0 F | Has Delete Access
HasTransferAccess | boolean 0 F | Has Transfer Access
HasAllAccess | boolean 0 F | Has All Access
MaxAccessLevel | picklist 40 F | Maximum Access Level | =None;Read;Edit;Delete;Transfer;All
"""

# What an org with person accounts has besides.
PERSON_ACCOUNT = """
FirstName | string 40 CUNFSGM | First Name
LastName | string 80 CUNFSGM | Last Name
Salutation | picklist 40 CUNFSG | Salutation | =Mr.;Ms.;Mrs.;Dr.;Prof.
IsPersonAccount | boolean 0 DFSG | Is Person Account
PersonContactId | reference 18 NFSG | Contact ID | >Contact:PersonContact
PersonMobilePhone | phone 40 CUNFSGP | Mobile
PersonHomePhone | phone 40 CUNFSGP | Home Phone
PersonOtherPhone | phone 40 CUNFSGP | Other Phone
PersonAssistantPhone | phone 40 CUNFSGP | Asst. Phone
PersonEmail | email 80 CUNFSGP | Email
PersonTitle | string 80 CUNFSGP | Title
"""
PERSON_CONTACT = """
IsPersonAccount | boolean 0 DFSG | Is Person Account
"""
