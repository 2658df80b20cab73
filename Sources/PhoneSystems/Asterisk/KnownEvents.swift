/// The events of Asterisk that say nothing of a call that we do not learn otherwise: known, and passed over.
///
/// Those of the documentation that comes with Asterisk 16.28 and 22.10, and five that it leaves out and that were seen. A
/// test holds both documentations against the list.
enum KnownEvents {
    static func passOver(_ event: String) -> Bool { names.contains(event.lowercased()) }

    /// In small letters, as their spelling is uneven: `NewExten` is documented, `Newexten` is sent.
    private static let names = Set(
        list.lowercased().split(whereSeparator: \.isWhitespace).map(String.init))

    private static let list = """
        AgentComplete AgentConnect AgentDump AgentLogin AgentLogoff AgentRingNoAnswer Agents
        AgentsComplete AGIExecEnd AGIExecStart Alarm AlarmClear AOC-D AOC-E AOC-S AorDetail
        AorList AorListComplete AsyncAGIEnd AsyncAGIExec AsyncAGIStart AuthDetail AuthList
        AuthListComplete AuthMethodNotAllowed BridgeCreate BridgeDestroy BridgeInfoChannel
        BridgeInfoComplete BridgeListComplete BridgeListItem BridgeMerge BridgeVideoSourceUpdate
        Cdr CEL ChallengeResponseFailed ChallengeSent ChannelTalkingStart ChannelTalkingStop
        ChanSpyStart ChanSpyStop ConfbridgeEnd ConfbridgeJoin ConfbridgeLeave ConfbridgeList
        ConfbridgeListRooms ConfbridgeMute ConfbridgeRecord ConfbridgeStart ConfbridgeStopRecord
        ConfbridgeTalking ConfbridgeUnmute ContactList ContactListComplete ContactStatus
        ContactStatusDetail CoreShowChannel CoreShowChannelMapComplete CoreShowChannelsComplete
        DAHDIChannel DeadlockStart DeviceStateChange DeviceStateListComplete DNDState DTMFBegin
        DTMFEnd EndpointDetail EndpointDetailComplete EndpointList EndpointListComplete
        ExtensionStateListComplete ExtensionStatus FailedACL FAXSession FAXSessionsComplete
        FAXSessionsEntry FAXStats FAXStatus Flash FullyBooted HangupHandlerPop HangupHandlerPush
        HangupHandlerRun IdentifyDetail InboundRegistrationDetail InboundSubscriptionDetail
        InvalidAccountID InvalidPassword InvalidTransport Load LoadAverageLimit
        LocalOptimizationBegin LocalOptimizationEnd LogChannel MCID MeetmeEnd MeetmeJoin
        MeetmeLeave MeetmeList MeetmeListRooms MeetmeMute MeetmeTalking MeetmeTalkRequest
        MemoryLimit MessageWaiting MiniVoiceMail MixMonitorMute MixMonitorStart MixMonitorStop
        MonitorStart MonitorStop MusicOnHoldStart MusicOnHoldStop MWIGet MWIGetComplete
        NewAccountCode NewExten OriginateResponse OutboundRegistrationDetail
        OutboundSubscriptionDetail ParkedCall ParkedCallGiveUp ParkedCallSwap ParkedCallTimeOut
        PeerStatus Pickup PJSIPMaintenanceStatus PresenceStateChange PresenceStateListComplete
        PresenceStatus QueueCallerAbandon QueueCallerLeave QueueEntry QueueMember
        QueueMemberAdded QueueMemberPause QueueMemberPenalty QueueMemberRemoved
        QueueMemberRinginuse QueueMemberStatus QueueParams QueueStatusComplete ReceiveFAX
        Registry Reload Rename RequestBadFormat RequestNotAllowed RequestNotSupported
        ResourceListDetail RTCPReceived RTCPSent SendFAX SessionLimit SessionTimeout Shutdown
        SIPQualifyPeerDone SpanAlarm SpanAlarmClear Status StatusComplete SuccessfulAuth
        TestEvent TransportDetail UnexpectedAddress Unload UnParkedCall VarSet
        VoicemailPasswordChange Wink
        """
}
