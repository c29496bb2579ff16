import Base

// Every verb. To add one, add it here and give it a handler in the daemon.

private let call = Parameter.required("call", .token, "the call's name")
private let agentWord = Parameter.required("agent", .agent, "the rep")
private let actingAgent = Parameter.optional(
  "agent", .agent, "the rep who acts; an agent may leave it out, and acts for nobody else")
private let phoneAgent = Parameter.required("agent", .agent, "the rep whose phone it is")
private let transfer = Parameter.required("transfer", .token, "the transfer's name, such as t-5")
private let queueWord = Parameter.required("queue", .queue, "the queue")
private let shortText = Parameter.Kind.text(max: 200)
private let interval: [Parameter] = [
  .optional("from", .time, "the beginning; default: the beginning of the present day"),
  .optional("to", .time, "the end, not included; default: now"),
  .optional("interval", .integer(60...2_678_400), "one row for each so many seconds"),
]
private let writeUp: [Parameter] = [
  .optional("client", shortText, "the caller's name or company"),
  .optional("order", shortText, "the order number"),
  .optional("call-back", shortText, "the best number to call back"),
  .optional("category", shortText, "one of the configured categories"),
  .optional("disposition", shortText, "how the call ended"),
  .optional("notes", .text(max: 4_000), "anything else"),
]

extension Verb {
  /// The words for the purposes of outbound calls, in the order in which they are served.
  public static let purposes = ["dropped-call", "voicemail", "call-back", "follow-up", "other"]

  /// Every verb, by subject.
  public static let all: [Verb] =
    session + agents + queues + telephony + conversation + transfers + outbound + reports + admin

  private static let session: [Verb] = [
    Verb("ping", roles: .all, isCommand: false, "Answers, with the time and the last seq."),
    Verb("whoami", roles: .all, isCommand: false, "Tells user, role and rep of the connection."),
    Verb(
      "help", [.optional("verb", .text(max: 64), "a verb")], roles: .all, isCommand: false,
      "Lists the verbs this role may use, or explains one."),
    Verb(
      "become", [.required("role", .choice(Role.allCases.map(\.rawValue)), "the lesser role")],
      [.optional("agent", .agent, "which rep, for the role agent")], roles: .leads,
      isCommand: false, "Gives up rights for the rest of the connection."),
    Verb("quit", roles: .all, isCommand: false, "Closes the connection after this reply."),
    Verb(
      "subscribe", [.required("name", .token, "what the client calls the subscription")],
      [
        .optional("from", .text(max: 20), "a seq, `now` (default) or `snapshot`"),
        .optional("types", .list, "event types such as call.offered or call.*"),
        .optional("agent", .list, "only events about these reps"),
        .optional("queue", .list, "only events about these queues"),
      ], roles: .all, isCommand: false, "Sends events as they happen, from a point on."),
    Verb(
      "unsubscribe", [.required("name", .token, "the subscription")], roles: .all,
      isCommand: false, "Ends a subscription."),
  ]

  private static let agents: [Verb] = [
    Verb(
      "agent.list", [], [.optional("queue", .queue, "only this queue's")], roles: .all,
      isCommand: false, "One row a rep: availability, activity, time in state."),
    Verb("agent.show", [agentWord], roles: .all, isCommand: false, "One rep, in full."),
    Verb(
      "agent.why", [agentWord], roles: .all, isCommand: false,
      "For each waiting call, why the rep is not offered it."),
    Verb("agent.login", [agentWord], roles: .reps, "The rep comes to work, not yet ready."),
    Verb("agent.logout", [agentWord], roles: .reps, "The rep leaves work."),
    Verb(
      "agent.ready", [agentWord],
      [
        .optional("queue", .queue, "takes away only the reasons for this queue"),
        .optional("reason", .token, "takes away only this reason"),
      ], roles: .reps,
      "The rep takes queue calls: takes away every reason the rep has set; ends a wrap-up and a rest."
    ),
    Verb(
      "agent.not-ready", [agentWord],
      [
        .required("reason", .token, "one of the configured reasons"),
        .optional(
          "for", .span(.seconds(1) ... .hours(24)), "this reason ends by itself after this time"),
        .optional("queue", .queue, "only for this queue; default: for all"),
      ], roles: .reps, "The rep takes no queue calls, for one more reason."),
    Verb(
      "agent.dnd", [agentWord, .required("switch", .choice(["on", "off"]), "on or off")],
      [
        .optional("for", .span(.seconds(1) ... .hours(24)), "off again after this time"),
        .optional("queue", .queue, "only for this queue; default: for all"),
      ], roles: .reps,
      "Sets Don't Accept Queue Calls, a reason of its own beside the others."),
    Verb(
      "agent.wrap-up", [agentWord, .required("action", .choice(["end", "extend"]), "what to do")],
      [.optional("by", .span(.seconds(1) ... .hours(24)), "how much longer; default 60")],
      roles: .reps,
      "Ends or extends the rep's wrap-up."),
  ]

  private static let queues: [Verb] = [
    Verb("queue.list", roles: .all, isCommand: false, "One row a queue."),
    Verb(
      "queue.show", [queueWord], roles: .all, isCommand: false,
      "One queue: its members, then its callers in order."),
  ]

  private static let telephony: [Verb] = [
    Verb(
      "call.arrive", [call],
      [
        .required("queue", .queue, "the queue called"),
        .optional("from", shortText, "the caller's number"),
        .optional("to", shortText, "the number called"),
        .optional("name", shortText, "the caller's name, if known"),
        .optional("priority", .integer(0...9), "higher goes first; default 0"),
        .optional("credit", .span(.zero ... .hours(24)), "counts as time waited; default 0"),
        .optional("skills", .list, "skills a rep must have"),
      ], roles: .telephony, "A caller enters a queue."),
    Verb("call.ringing", [call], [phoneAgent], roles: .telephony, "The rep's phone rings."),
    Verb(
      "call.unreachable", [call], [phoneAgent], roles: .telephony,
      "The rep's phone cannot be reached."),
    Verb(
      "call.answered", [call], roles: .telephony, "The party called by an outbound call answered."),
    Verb(
      "call.hang-up", [call],
      [
        .optional(
          "by", .choice(["caller", "agent", "lead"]),
          "which side; default: a rep or a lead oneself, else the caller"),
        .optional(
          "cause", .choice(["normal", "dropped", "no-answer", "busy", "failed", "lost"]),
          "default normal"),
        actingAgent,
      ], roles: RoleSet(.feed, .agent, .lead, .admin), "One side of a call is gone."),
    Verb(
      "call.voicemail", [call], roles: .telephony, "The caller asks for voicemail."),
    Verb(
      "call.call-back", [call], [actingAgent], roles: RoleSet(.feed, .agent, .lead, .admin),
      "The caller, waiting or on hold, agrees to be called back."),
    Verb(
      "feed.sync", [],
      [.required("calls", .text(max: 7_000), "every call the feed knows; - for none")],
      roles: .telephony, "Ends the calls that the telephony side no longer knows."),
  ]

  private static let conversation: [Verb] = [
    Verb("call.list", roles: .all, isCommand: false, "One row a live call."),
    Verb("call.show", [call], roles: .all, isCommand: false, "One live call, in full."),
    Verb(
      "call.why", [call], roles: .all, isCommand: false,
      "For each rep, why chosen or skipped for this call."),
    Verb(
      "call.accept", [call],
      [
        .optional("agent", .agent, "the rep who picks up"),
        .optional("offer", .token, "only if this is still the offer"),
      ], roles: RoleSet(.feed, .agent, .lead, .admin), "The rep picks up."),
    Verb(
      "call.ignore", [call],
      [
        .optional("agent", .agent, "the rep who presses the button"),
        .optional("offer", .token, "only if this is still the offer"),
      ], roles: RoleSet(.feed, .agent, .lead, .admin), "The rep ignores the call: refused."),
    Verb("call.hold", [call], [actingAgent], roles: .reps, "Puts the caller on hold."),
    Verb("call.resume", [call], [actingAgent], roles: .reps, "Takes the caller off hold."),
    Verb(
      "call.note", [call], [actingAgent] + writeUp, roles: .reps,
      "Writes the call up, during the call, in wrap-up, or later."),
  ]

  private static let transfers: [Verb] = [
    Verb(
      "transfer.list", roles: .all, isCommand: false, "One row a consultation in progress."),
    Verb(
      "transfer.blind", [call], [.optional("to", shortText, "to whom"), actingAgent], roles: .reps,
      "Always refused: a caller is never released unannounced."),
    Verb(
      "transfer.consult", [call],
      [
        .required("to", shortText, "agent:NAME, queue:NAME or number:NUMBER"),
        .optional("who", shortText, "who is on the line (mandatory: no-blind-transfer)"),
        .optional("about", .text(max: 1_000), "what it is about (mandatory: no-blind-transfer)"),
        actingAgent,
      ], roles: .reps, "Rings the target and tells who is on the line and what it is about."),
    Verb(
      "transfer.answer", [transfer], [actingAgent], roles: RoleSet(.feed, .agent, .lead, .admin),
      "The target picks up."),
    Verb(
      "transfer.confirm", [transfer], [actingAgent], roles: RoleSet(.feed, .agent, .lead, .admin),
      "The target agrees to take the caller."),
    Verb(
      "transfer.decline", [transfer], [actingAgent], roles: RoleSet(.feed, .agent, .lead, .admin),
      "The target does not take the caller."),
    Verb(
      "transfer.complete", [transfer], [actingAgent], roles: .reps,
      "The holder releases the caller to the confirmed target."),
    Verb(
      "transfer.cancel", [transfer], [actingAgent], roles: .reps,
      "The holder takes the caller back."),
  ]

  private static let outbound: [Verb] = [
    Verb(
      "outbound.request", [],
      [
        .required("to", shortText, "the number to call"),
        .optional("purpose", .choice(purposes), "default other"), actingAgent,
      ], roles: .reps, "Places a call if there is cover; refused otherwise."),
    Verb(
      "outbound.wait", [],
      [
        .required("to", shortText, "the number to call"),
        .optional("purpose", .choice(purposes), "default other"),
        .optional("for", .span(.seconds(1) ... .hours(24)), "how long to wait; default 900"),
        actingAgent,
      ], roles: .reps, "Places a call as soon as there is cover."),
    Verb(
      "outbound.cancel", [.required("request", .token, "the request, such as r-3")],
      [actingAgent], roles: .reps, "Withdraws a waiting request."),
    Verb("outbound.list", roles: .all, isCommand: false, "One row a waiting request, in order."),
  ]

  private static let reports: [Verb] = [
    Verb(
      "report.performance", [], interval + [.optional("agent", .agent, "only this rep")],
      roles: RoleSet(.monitor, .agent, .lead, .admin), isCommand: false,
      "One row a rep (and interval): offered, answered, refused, times."),
    Verb(
      "report.queue", [], interval + [.optional("queue", .queue, "only this queue")],
      roles: RoleSet(.monitor, .agent, .lead, .admin), isCommand: false,
      "One row a queue (and interval): service level in four variants, waits, abandonment."),
    Verb(
      "report.calls", [],
      [
        .optional("from", .time, "the beginning"), .optional("to", .time, "the end"),
        .optional("limit", .integer(1...10_000), "newest so many; default 100"),
        .optional("undocumented", .choice(["yes", "no"]), "only calls without a write-up"),
      ], roles: RoleSet(.monitor, .agent, .lead, .admin), isCommand: false,
      "One row a call, newest first."),
  ]

  private static let admin: [Verb] = [
    Verb("admin.status", roles: .all, isCommand: false, "The daemon itself, in one row."),
    Verb(
      "admin.reload", roles: .leads, "Puts the configuration file into force, or says why not."),
    Verb(
      "admin.drain", [.required("switch", .choice(["on", "off"]), "on or off")], roles: .leads,
      "Takes no new calls, or does again."),
    Verb(
      "admin.backup", [.required("file", .text(max: 1_000), "the file to write; must not exist")],
      roles: RoleSet(.admin), isCommand: false, "Writes a copy of the journal while it is in use."),
    Verb(
      "admin.verify", roles: .leads, isCommand: false,
      "Checks the whole journal: chain, replay, state."),
  ]
}
