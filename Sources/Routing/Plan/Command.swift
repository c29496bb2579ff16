import Base

/// Something a rep, a lead, the telephony feed or the clock asks of the engine.
///
/// A command either yields events or is refused by the name of the rule it would break; it never
/// half-happens.
public enum Command: Equatable, Sendable, BitwiseCopyable {
  // MARK: Telephony

  /// A caller, whom `feed` announces, asks for `queue`. Higher `priority` goes first; `credit` counts as time already
  /// waited.
  case arrive(
    queue: QueueID, priority: UInt8, credit: TimeSpan, skills: SkillSet, feed: FeedID = .unnamed)
  /// One side of a call is gone.
  case hangUp(CallID, by: Party, cause: HangUpCause)
  /// The line of the rep who has the call is lost; the caller is still there.
  case reportLineLost(CallID)
  /// The caller asks for voicemail instead of waiting.
  case leaveForVoicemail(CallID)
  /// The caller accepts being called back instead of waiting or holding.
  case acceptCallBack(CallID)
  /// The rep's phone has begun to ring.
  case reportRinging(CallID, agent: AgentID)
  /// The rep's phone cannot be reached.
  case reportUnreachable(CallID, agent: AgentID)
  /// The party called by an outbound call answered.
  case reportOutboundAnswered(CallID)

  // MARK: Reps and calls

  /// The rep picks up. With `offer`, only if that offer is still the current one.
  case answer(CallID, agent: AgentID, offer: OfferID?)
  /// The rep presses the ignore button; a lead may take the call back from a phone that rings.
  case ignore(CallID, agent: AgentID, offer: OfferID?, by: Initiator = .agent)
  /// The rep puts the caller on hold.
  case hold(CallID, agent: AgentID)
  /// The rep takes the caller off hold.
  case resume(CallID, agent: AgentID)
  /// The rep records parts of the write-up.
  case writeUp(CallID, agent: AgentID, fields: WriteUpFields)

  // MARK: Transfers

  /// Asks for a blind transfer. Always refused.
  case blindTransfer(CallID, agent: AgentID)
  /// Consults `target`, having said who is on the line and what it is about.
  case consult(CallID, agent: AgentID, target: TransferTarget, briefing: Briefing)
  /// The target picks up; `nil`: the outside number did.
  case answerConsult(TransferID, agent: AgentID?)
  /// The target agrees to take the caller; for an outside number the holder or the feed (`nil`) says so.
  case confirmTransfer(TransferID, agent: AgentID?)
  /// The target declines or hangs up; `nil`: the outside number did.
  case declineTransfer(TransferID, agent: AgentID?)
  /// The target's phone cannot be reached; `nil`: the outside number cannot.
  case reportConsultUnreachable(TransferID, agent: AgentID?)
  /// The holder releases the caller to the confirmed target.
  case completeTransfer(TransferID, agent: AgentID)
  /// The holder takes the caller back.
  case cancelTransfer(TransferID, agent: AgentID)

  // MARK: Outbound

  /// Asks to place a call; with `patience`, waits that long for cover instead of being refused.
  case requestOutbound(AgentID, purpose: OutboundPurpose, patience: TimeSpan?)
  /// Withdraws a waiting request.
  case cancelOutbound(RequestID)

  // MARK: Reps

  /// The rep comes to work.
  case logIn(AgentID)
  /// The rep leaves work.
  case logOut(AgentID, by: Initiator = .agent)
  /// The rep takes queue calls: every reason not to, or only `reason`, or only those of `queue`, is taken
  /// away as far as `by` may. Without `reason` and `queue` it ends a wrap-up and a rest as well.
  case makeReady(
    AgentID, queue: QueueID? = nil, reason: NotReadyReason? = nil, by: Initiator = .agent)
  /// The rep takes no calls of `queue` (`nil`: of any) for one more reason, until `until`
  /// (``Instant/never``: until further notice). The same reason given again replaces its end.
  case makeNotReady(
    AgentID, reason: NotReadyReason, until: Instant, queue: QueueID? = nil, by: Initiator = .agent)
  /// Adds time to the running wrap-up.
  case extendWrapUp(AgentID, by: TimeSpan)
  /// Ends the running wrap-up.
  case endWrapUp(AgentID)

  // MARK: Feeds

  /// A telephony side begins to ring phones, or does again. It is the next new one, or one of before.
  case attachFeed(FeedID)
  /// A telephony side is gone: nothing is offered to its phones, and its callers wait.
  case loseFeed(FeedID)
  /// A telephony side says what the rep's phone is. The phone is that side's which said last that it is up.
  case reportPhone(AgentID, PhoneReport, feed: FeedID)
  /// The rep's phone is this telephony side's, and down until that says otherwise: the plan says so.
  case assignPhone(AgentID, feed: FeedID)

  // MARK: Calendar

  /// Sets the office hours in force, or the next ones. Always open: `distantPast` to `never`.
  case setOfficeHours(QueueID, opens: Instant, closes: Instant)
  /// A new day: counters of the day start from zero.
  case startDay
}

/// A side of a call.
public enum Party: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  /// The caller, or the party called by an outbound call.
  case caller
  /// The rep who holds the call.
  case agent
  /// Neither: a lead ends it.
  case lead
}

/// What a rep's phone is.
public enum PhoneState: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  /// It can ring.
  case up
  /// In use for something else.
  case busy
  /// It cannot be reached.
  case down
}

/// What a telephony side says of a rep's phone.
public enum PhoneReport: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  /// It can ring, here.
  case up
  /// In use for something else.
  case busy
  /// It cannot be reached.
  case down
  /// No longer in use for something else. Unlike ``up`` it takes no phone from another side.
  case idle
}

/// Who caused something to happen to a rep. A rep is charged for the rep's own acts only.
public enum Initiator: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  /// The rep.
  case agent
  /// A lead, or somebody else who may act for reps.
  case lead
  /// The engine, by one of its rules.
  case system
}

/// What the telephony side says of a hang-up.
public enum HangUpCause: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  /// Somebody hung up.
  case normal
  /// The line was lost.
  case dropped
  /// Outbound: nobody answered.
  case noAnswer
  /// Outbound: busy.
  case busy
  /// The call could not be completed.
  case failed
  /// The telephony side no longer knows the call.
  case lost
}

/// What the holder tells the target of a transfer. Both parts are mandatory.
public struct Briefing: OptionSet, Sendable, BitwiseCopyable {
  /// The bits.
  public var rawValue: UInt8
  /// The parts whose bits are set in `rawValue`.
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  /// Who is on the line.
  public static let who = Briefing(rawValue: 1)
  /// What it is about.
  public static let about = Briefing(rawValue: 2)
  /// Both.
  public static let complete: Briefing = [.who, .about]
}

/// What became of a command.
public enum Outcome: Equatable, Sendable, BitwiseCopyable {
  /// Done.
  case done
  /// Nothing to do: it was so already.
  case unchanged
  /// The caller is in the system as this call.
  case entered(CallID)
  /// The consultation has begun.
  case consulting(TransferID)
  /// Cover is there; the outbound call is being placed.
  case granted(RequestID, call: CallID)
  /// No cover now; the request waits.
  case waiting(RequestID)
  /// Nothing happened, because `rule` forbids it. `queue` is the queue that lacks cover, if it is that.
  case refused(Rule, queue: QueueID? = nil)
}

/// The rules a command can break. The names are stable: clients match on them.
public enum Rule: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  /// The call is over, or never was.
  case unknownCall
  /// No such rep in the plan, or no longer employed.
  case unknownAgent
  /// No such queue in the plan.
  case unknownQueue
  /// The transfer is over, or never was.
  case unknownTransfer
  /// The request is over, or never was.
  case unknownRequest
  /// The offer has ended, or was made to somebody else.
  case staleOffer
  /// The rep is not logged in.
  case notLoggedIn
  /// The rep is on a call, ringing or consulting.
  case agentBusy
  /// The rep does not hold this call.
  case notYourCall
  /// The call is not in a state for this.
  case wrongCallState
  /// The caller is on hold already, or is not.
  case wrongHoldState
  /// The transfer is not in a state for this.
  case wrongTransferState
  /// The rep is not in wrap-up.
  case notInWrapUp
  /// Wrap-up may not be extended any further.
  case wrapUpExtensionUsedUp
  /// A caller is never released unannounced: consult, wait for the confirmation, then complete.
  case noBlindTransfer
  /// A consultation says who is on the line and what it is about.
  case briefingRequired
  /// The target has not confirmed: a pick-up is not a confirmation.
  case confirmationRequired
  /// The rep cannot take a consultation now.
  case targetNotAvailable
  /// No rep of the queue is free for a consultation.
  case noFreeAgent
  /// Too few other reps are free in a queue that this rep serves.
  case noCover
  /// A caller waits in a queue that this rep serves: inbound calls come first.
  case callerWaiting
  /// The rep has asked already, and waits for cover.
  case alreadyRequested
  /// Office hours end before they begin.
  case badOfficeHours
  /// The rep takes no queue calls, so may not leave the desk to others either.
  case notReady
  /// The rep does not serve that queue.
  case notMember
  /// The telephony side that rings the rep's phone is gone.
  case phonesLost
  /// The rep's phone cannot ring.
  case phoneDown
  /// There is no such telephony side.
  case unknownFeed
}
