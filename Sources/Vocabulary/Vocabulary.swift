import Base

// What is said of each verb. To add one: a case in Verb.swift, its description here; the compiler asks for the
// handler.

private let call = Parameter.required(.call, .token, "the call's name")
private let agentName = Parameter.required(.agent, .agent, "the rep")
private let actingAgent = Parameter.optional(
  .agent, .agent, "the rep who acts; an agent may leave it out, and acts for nobody else")
private let phoneAgent = Parameter.required(.agent, .agent, "the rep whose phone it is")
private let presentOffer = Parameter.optional(
  .offer, .token, "only if this is still the offer")
private let transfer = Parameter.required(.transfer, .token, "the transfer's name, such as t-5")
private let queueName = Parameter.required(.queue, .queue, "the queue")
private let shortText = Parameter.TextForm.text(max: 200)
private let interval: [Parameter] = [
  .optional(.from, "the beginning; default: the beginning of the present day"),
  .optional(.to, "the end, not included; default: now"),
  .optional(.interval, 60...2_678_400, "one row for each so many seconds"),
]
private let writeUp: [Parameter] = [
  .optional(.client, shortText, "the caller's name or company"),
  .optional(.order, shortText, "the order number"),
  .optional(.callBack, shortText, "the best number to call back"),
  .optional(.category, shortText, "one of the configured categories"),
  .optional(.disposition, shortText, "how the call ended"),
  .optional(.notes, .text(max: 4_000), "anything else"),
]

extension SessionVerb {
  /// What is said of it.
  var declaration: VerbDeclaration {
    switch self {
    case .ping:
      .question(rawValue, roles: .all, "Answers, with the time and the last seq.")
    case .whoami:
      .question(rawValue, roles: .all, "Tells user, role and rep of the connection.")
    case .help:
      .question(
        rawValue, [.optional(.verb, .text(max: 64), "a verb")], roles: .all,
        "Lists the verbs this role may use, or explains one.")
    case .become:
      .question(
        rawValue, [.required(.role, Role.self, "the lesser role")],
        [.optional(.agent, .agent, "which rep, for the role agent")], roles: .leads,
        "Gives up rights for the rest of the connection.")
    case .quit:
      .question(rawValue, roles: .all, "Closes the connection after this reply.")
    case .subscribe:
      .question(
        rawValue, [.required(.name, .token, "what the client calls the subscription")],
        [
          .optional(.from, .text(max: 20), "a seq, `now` (default) or `snapshot`"),
          .optional(
            .epoch, .text(max: 36), "with a seq: the `epoch` of the greeting in which it was given"),
          .optional(.types, "event types such as call.offered or call.*"),
          .optional(.agents, "only events about these reps"),
          .optional(.queues, "only events about these queues"),
        ], roles: .all, "Sends events as they happen, from a point on.")
    case .unsubscribe:
      .question(
        rawValue, [.required(.name, .token, "the subscription")], roles: .all,
        "Ends a subscription.")
    case .attach:
      .question(
        rawValue, [.required(.name, .token, "the name of the telephony side")],
        [
          .optional(
            .grace, .seconds(1) ... .minutes(10), "how long it may be gone; default 3")
        ], roles: .telephony,
        "This connection rings phones under that name: calls and phones that it reports are its own."
      )
    case .status:
      .question(rawValue, roles: .all, "The daemon itself, in one row.")
    }
  }
}

extension BoardVerb {
  /// What is said of it.
  var declaration: VerbDeclaration {
    switch self {
    case .agentList:
      .question(
        rawValue, [], [.optional(.queue, .queue, "only this queue's")], roles: .all,
        "One row a rep: availability, activity, time in state.")
    case .agentShow:
      .question(rawValue, [agentName], roles: .all, "One rep, in full.")
    case .agentWhy:
      .question(
        rawValue, [agentName], roles: .all, "For each waiting call, why the rep is not offered it.")
    case .queueList:
      .question(rawValue, roles: .all, "One row a queue.")
    case .queueShow:
      .question(
        rawValue, [queueName], roles: .all, "One queue: its members, then its callers in order.")
    case .callList:
      .question(rawValue, roles: .all, "One row a live call.")
    case .callShow:
      .question(rawValue, [call], roles: .all, "One live call, in full.")
    case .callWhy:
      .question(rawValue, [call], roles: .all, "For each rep, why chosen or skipped for this call.")
    case .transferList:
      .question(rawValue, roles: .all, "One row a consultation in progress.")
    case .outboundList:
      .question(rawValue, roles: .all, "One row a waiting request, in order.")
    }
  }
}

extension ReportVerb {
  /// What is said of it.
  var declaration: VerbDeclaration {
    switch self {
    case .performance:
      .question(
        rawValue, [], interval + [.optional(.agent, .agent, "only this rep")],
        roles: RoleSet(.monitor, .agent, .lead, .admin),
        "One row a rep (and interval): offered, answered, refused, times.")
    case .queue:
      .question(
        rawValue, [], interval + [.optional(.queue, .queue, "only this queue")],
        roles: RoleSet(.monitor, .agent, .lead, .admin),
        "One row a queue (and interval): service level in four variants, waits, abandonment.")
    case .calls:
      .question(
        rawValue, [],
        [
          .optional(.from, "the beginning"), .optional(.to, "the end"),
          .optional(.limit, 1...10_000, "newest so many; default 100"),
          .optional(.undocumented, YesNo.self, "only calls without a write-up"),
        ], roles: RoleSet(.monitor, .agent, .lead, .admin), "One row a call, newest first.")
    case .callBacks:
      .question(
        rawValue, [],
        [
          .optional(.from, "the beginning; default: 30 days ago"),
          .optional(.to, "the end, not included; default: now"),
        ], roles: RoleSet(.monitor, .agent, .lead, .admin),
        "One row a caller who is owed a call-back, longest owed first.")
    }
  }
}

extension JournalVerb {
  /// What is said of it.
  var declaration: VerbDeclaration {
    switch self {
    case .backup:
      .question(
        rawValue, [.required(.file, .text(max: 1_000), "the file to write; must not exist")],
        roles: RoleSet(.admin), "Writes a copy of the journal while it is in use.")
    case .verify:
      .question(
        rawValue, roles: .leads,
        "Checks the whole journal with its archive files, if they are there: chain, replay, state.")
    }
  }
}

extension AgentVerb {
  /// What is said of it.
  var declaration: VerbDeclaration {
    switch self {
    case .login:
      .command(
        rawValue, [agentName], roles: .repsAndPhones, "The rep comes to work, not yet ready.")
    case .logout:
      .command(rawValue, [agentName], roles: .repsAndPhones, "The rep leaves work.")
    case .ready:
      .command(
        rawValue, [agentName],
        [
          .optional(.queue, .queue, "takes away only the reasons for this queue"),
          .optional(.reason, .token, "takes away only this reason"),
        ], roles: .repsAndPhones,
        "The rep takes queue calls: takes away every reason the rep has set; ends a wrap-up and a rest."
      )
    case .notReady:
      .command(
        rawValue, [agentName],
        [
          .required(.reason, .token, "one of the configured reasons"),
          .optional(
            .duration, .seconds(1) ... .hours(24), "this reason ends by itself after this time"),
          .optional(.queue, .queue, "only for this queue; default: for all"),
        ], roles: .repsAndPhones, "The rep takes no queue calls, for one more reason.")
    case .dnd:
      .command(
        rawValue, [agentName, .required(.onOff, OnOff.self, "on or off")],
        [
          .optional(.duration, .seconds(1) ... .hours(24), "off again after this time"),
          .optional(.queue, .queue, "only for this queue; default: for all"),
        ], roles: .repsAndPhones,
        "Sets Don't Accept Queue Calls, a reason of its own beside the others.")
    case .wrapUp:
      .command(
        rawValue, [agentName, .required(.action, WrapUpAction.self, "what to do")],
        [.optional(.more, .seconds(1) ... .hours(24), "how much longer; default 60")],
        roles: .repsAndPhones,
        "Ends or extends the rep's wrap-up.")
    case .phone:
      .command(
        rawValue, [agentName, .required(.phone, PhoneWord.self, "what the phone is")],
        [.optional(.cause, shortText, "why it is down")], roles: .telephony,
        "The rep's phone is up, down, or busy with something else.")
    }
  }
}

extension CallVerb {
  /// What is said of it.
  var declaration: VerbDeclaration {
    switch self {
    case .arrive:
      .command(
        rawValue, [call],
        [
          .required(.queue, .queue, "the queue called"),
          .optional(.from, shortText, "the caller's number"),
          .optional(.to, shortText, "the number called"),
          .optional(.name, shortText, "the caller's name, if known"),
          .optional(.priority, 0...9, "higher goes first; default 0"),
          .optional(.credit, .zero ... .hours(24), "counts as time waited; default 0"),
          .optional(.skills, "skills a rep must have"),
          .optional(.ref, shortText, "what the switch calls it: shown, and never looked at"),
        ], roles: .telephony, "A caller enters a queue.")
    case .ringing:
      .command(
        rawValue, [call], [phoneAgent, presentOffer], roles: .telephony, "The rep's phone rings.")
    case .unreachable:
      .command(
        rawValue, [call], [phoneAgent, presentOffer, .optional(.cause, shortText, "why")],
        roles: .telephony, "The rep's phone cannot be reached.")
    case .answered:
      .command(
        rawValue, [call], roles: .telephony, "The party called by an outbound call answered.")
    case .hangUp:
      .command(
        rawValue, [call],
        [
          .optional(
            .party, .choice(["caller", "agent", "lead"]),
            "which side; default: the rep who is named, a rep or a lead oneself, else the caller"),
          .optional(
            .cause, .choice(["normal", "dropped", "no-answer", "busy", "failed", "lost"]),
            "default normal"),
          actingAgent,
        ], roles: .repsAndTelephony, "One side of a call is gone.")
    case .voicemail:
      .command(rawValue, [call], roles: .telephony, "The caller asks for voicemail.")
    case .callBack:
      .command(
        rawValue, [call],
        [.optional(.number, shortText, "the number to call; default: the caller's"), actingAgent],
        roles: .repsAndTelephony, "The caller, waiting or on hold, agrees to be called back.")
    case .accept:
      .command(
        rawValue, [call],
        [.optional(.agent, .agent, "the rep who picks up"), presentOffer],
        roles: .repsAndTelephony, "The rep picks up.")
    case .ignore:
      .command(
        rawValue, [call],
        [
          .optional(.agent, .agent, "the rep who presses the button"), presentOffer,
        ], roles: .repsAndTelephony,
        "The rep ignores the call: it counts as refused, and the next rep's phone rings.")
    case .hold:
      .command(rawValue, [call], [actingAgent], roles: .repsAndPhones, "Puts the caller on hold.")
    case .resume:
      .command(rawValue, [call], [actingAgent], roles: .repsAndPhones, "Takes the caller off hold.")
    case .note:
      .command(
        rawValue, [call], [actingAgent] + writeUp, roles: .reps,
        "Writes the call up, during the call, in wrap-up, or later.")
    case .synchronise:
      .command(
        rawValue, [],
        [
          .required(.calls, .text(max: 7_000), "every call the feed knows; - for none"),
          .optional(.continues, YesNo.self, "yes: more names follow in another feed.sync"),
        ],
        roles: .telephony, "Ends the calls of this telephony side that it no longer knows.")
    }
  }
}

extension TransferVerb {
  /// What is said of it.
  var declaration: VerbDeclaration {
    switch self {
    case .blind:
      .command(
        rawValue, [call], [.optional(.to, shortText, "to whom"), actingAgent],
        roles: .repsAndPhones,
        "Always refused: a caller is never released unannounced.")
    case .consult:
      .command(
        rawValue, [call],
        [
          .required(.to, shortText, "agent:NAME, queue:NAME or number:NUMBER"),
          .optional(.who, shortText, "who is on the line (mandatory: no-blind-transfer)"),
          .optional(.about, .text(max: 1_000), "what it is about (mandatory: no-blind-transfer)"),
          actingAgent,
        ], roles: .repsAndPhones,
        "Rings the target and tells who is on the line and what it is about.")
    case .answer:
      .command(
        rawValue, [transfer], [actingAgent], roles: .repsAndTelephony, "The target picks up.")
    case .confirm:
      .command(
        rawValue, [transfer], [actingAgent], roles: .repsAndTelephony,
        "The target agrees to take the caller.")
    case .decline:
      .command(
        rawValue, [transfer], [actingAgent], roles: .repsAndTelephony,
        "The target does not take the caller.")
    case .unreachable:
      .command(
        rawValue, [transfer],
        [
          .optional(.agent, .agent, "the rep whose phone it is; not for an outside number"),
          .optional(.cause, shortText, "why"),
        ], roles: .telephony, "The target's phone cannot be reached: nobody has declined.")
    case .complete:
      .command(
        rawValue, [transfer], [actingAgent], roles: .repsAndPhones,
        "The holder releases the caller to the confirmed target.")
    case .cancel:
      .command(
        rawValue, [transfer], [actingAgent], roles: .repsAndPhones,
        "The holder takes the caller back.")
    }
  }
}

extension OutboundVerb {
  /// What is said of it.
  var declaration: VerbDeclaration {
    switch self {
    case .request:
      .command(
        rawValue, [],
        [
          .required(.to, shortText, "the number to call"),
          .optional(.purpose, .choice(VerbDeclaration.purposes), "default other"), actingAgent,
        ], roles: .repsAndPhones, "Places a call if there is cover; refused otherwise.")
    case .wait:
      .command(
        rawValue, [],
        [
          .required(.to, shortText, "the number to call"),
          .optional(.purpose, .choice(VerbDeclaration.purposes), "default other"),
          .optional(.duration, .seconds(1) ... .hours(24), "how long to wait; default 900"),
          actingAgent,
        ], roles: .repsAndPhones, "Places a call as soon as there is cover.")
    case .cancel:
      .command(
        rawValue, [.required(.request, .token, "the request, such as r-3")],
        [actingAgent], roles: .repsAndPhones, "Withdraws a waiting request.")
    }
  }
}

extension RecordVerb {
  /// What is said of it.
  var declaration: VerbDeclaration {
    switch self {
    case .explain:
      .command(
        rawValue, [.required(.offer, .token, "the offer's name, such as o-5")],
        [
          .required(.reason, shortText, "why it was not taken"),
          .optional(.agent, .agent, "the rep who was rung; a rep explains its own only"),
        ], roles: .reps, "Says why a call that rang was refused; it stays counted.")
    }
  }
}

extension AdminVerb {
  /// What is said of it.
  var declaration: VerbDeclaration {
    switch self {
    case .reload:
      .command(rawValue, roles: .leads, "Puts the configuration file into force, or says why not.")
    case .drain:
      .command(
        rawValue, [.required(.onOff, OnOff.self, "on or off")], roles: .leads,
        "Takes no new calls, or does again.")
    }
  }
}

extension VerbDeclaration {
  /// The words for the purposes of outbound calls, in the order in which they are served.
  public static let purposes = ["dropped-call", "voicemail", "call-back", "follow-up", "other"]
}
