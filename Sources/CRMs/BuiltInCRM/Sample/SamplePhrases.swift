/// What the sample organisation sells, mends and talks about: it rents and services coffee machines and
/// water dispensers for offices.
enum SamplePhrases {
    static let products = [
        "Barista One", "Barista Pro", "Filter Station", "Water Bar", "Bean subscription",
        "Service contract Plus", "Service contract Basic", "Milk cooler", "Vending corner",
        "Descaling kit",
    ]

    static let occasions = [
        "new office", "renewal", "pilot", "second floor", "canteen", "reception", "trade fair",
        "replacement", "framework agreement", "extra site",
    ]

    static let caseSubjects = [
        "Machine shows error 14", "Invoice has the wrong address", "Milk is not frothed",
        "Delivery of beans is late", "Water leaks under the machine", "Cancel the service visit",
        "Request for a duplicate invoice", "Display stays dark", "Grinder is very loud",
        "Wrong beans were delivered", "Card reader rejects cards", "Change of delivery day",
        "Question about the contract end", "Technician did not come", "Machine switches itself off",
        "Credit note is missing", "Descaling fails at step 3", "New contact for invoices",
    ]

    static let callSubjects = [
        "Asked about the delivery date", "Wanted a quote", "Confirmed the service visit",
        "Question about the last invoice", "Talked through the offer", "Reported a fault",
        "Asked for a call back", "Introduced the new machine", "Agreed on next steps",
        "Left a message with the front desk", "Price of beans from January", "Changed the order",
    ]

    static let mailSubjects = [
        "Offer sent", "Order confirmation", "Minutes of our call", "Price list 2027",
        "Invitation to a tasting",
        "Contract for signature", "Reply to your question", "Dates for the service visit",
    ]

    static let taskSubjects = [
        "Call back about the offer", "Send the contract", "Check stock of milk coolers",
        "Prepare the yearly review", "Ask for the signed order", "Plan the installation",
    ]

    static let notes = [
        "Is happy with the machine, wants to talk about a second one in spring.",
        "Will decide after the board meeting. Asked me to call again in two weeks.",
        "Needs the delivery before 9 am: the loading bay is closed later.",
        "The technician should ring at reception and ask for the key.",
        "Compares our offer with another one. The service contract matters most.",
        "Wants the invoice by mail, not on paper.",
        "Error comes back after each descaling. Sent the video of the display to service.",
        "Nobody in the office on Fridays.",
        "Asked for twelve kilos of the dark roast with the next delivery.",
        "Was in a hurry, I sent a summary by mail.",
        "Budget is approved, the order follows this week.",
        "Moves to a new building; address and billing will change.",
    ]

    static let dispositions = [
        "Resolved", "Follow-up needed", "Quote requested", "Left message", "Not interested",
    ]

    static let unreadable = [
        "call me", "siehe Webseite", "n/a", "ask at reception", "030 23125 ???", "only by mail",
    ]
}
