import Events
import LineProtocol
import Routing

/// A request that will not be done: code, rule and words.
struct Refusal: Error {
  var code: ReplyCode
  var text: String
  var options: [Field] = []

  init(_ code: ReplyCode, _ text: String, _ options: [Field] = []) {
    self.code = code
    self.text = text
    self.options = options
  }

  /// The engine's refusal, explained.
  init(_ rule: Rule, queue: String?) {
    code = rule.replyCode
    text = rule.explanation(queue: queue)
    options = [Field("rule", rule.word)]
    if let queue { options.append(Field("queue", queue)) }
  }

  /// Whether it will be so again: 4xx may be tried again with the same key, so those replies are not kept.
  var isLasting: Bool { code.rawValue >= 500 }

  /// Writes the whole reply line.
  func write(_ tag: String?, to writer: inout LineWriter) {
    writer.reply(tag, code)
    writer.append(options: options)
    writer.option("text", text)
    writer.end()
  }
}

extension Refusal {
  /// What is written now about a call of so long ago would be kept for ever.
  static func forgotten(_ subject: String) -> Refusal {
    Refusal(
      .wrongState,
      "\(subject) is older than keep: words says; nothing is written about it any more")
  }
}

extension Refusal {
  /// The read model does not know what is asked for.
  /// - Parameter archived: The last record that is in an archive file: what is in those is no longer looked up.
  static func unknown(_ subject: String, _ field: Field, archived: UInt64) -> Refusal {
    if archived == 0 { return Refusal(.notFound, "\(subject) never was", [field]) }
    return Refusal(
      .notFound,
      "\(subject) never was, or is of a time whose records are in archive files: nothing is written about it any more",
      [field, Field("archived", "\(archived)")])
  }

  /// A telephony side always says whose phone it speaks of: a call may be in other hands by now.
  static let whosePhone = Refusal(
    .badArgument, "option \"agent\" is missing: whose phone?")

  /// What is asked for is in an archive file.
  static func archived(through seq: UInt64) -> Refusal {
    Refusal(
      .notFound,
      "what came before record \(seq + 1) is in archive files: begin there, or with from=snapshot",
      [Field("rule", "archived"), Field("through", "\(seq)")])
  }
}

extension Rule {
  fileprivate var replyCode: ReplyCode {
    switch self {
    case .unknownCall, .unknownAgent, .unknownQueue, .unknownTransfer, .unknownRequest,
      .unknownFeed:
      .notFound
    case .staleOffer: .stale
    case .wrapUpExtensionUsedUp: .limit
    case .noBlindTransfer, .briefingRequired, .confirmationRequired, .noCover, .callerWaiting,
      .phonesLost, .phoneDown:
      .notAllowed
    case .notLoggedIn, .agentBusy, .notYourCall, .wrongCallState, .wrongHoldState,
      .wrongTransferState, .notInWrapUp, .targetNotAvailable, .noFreeAgent, .alreadyRequested,
      .badOfficeHours, .notReady, .notMember:
      .wrongState
    }
  }

  /// What is wrong and what to do instead.
  fileprivate func explanation(queue: String?) -> String {
    switch self {
    case .unknownCall: "the call is over, or never was"
    case .unknownAgent: "there is no such rep"
    case .unknownQueue: "there is no such queue"
    case .unknownTransfer: "the transfer is over, or never was"
    case .unknownRequest: "the request is over, or never was"
    case .staleOffer: "that offer has ended; the phone no longer rings for this call"
    case .notLoggedIn: "the rep is not logged in; agent.login first"
    case .agentBusy: "the rep is busy with a call or a transfer; end that first"
    case .notYourCall: "the call is not in this rep's hands"
    case .wrongCallState: "the call is not in a state for this; see call.show"
    case .wrongHoldState: "the caller is on hold already, or is not on hold"
    case .wrongTransferState: "the transfer is not in a state for this; see transfer.list"
    case .notInWrapUp: "the rep is not in wrap-up"
    case .wrapUpExtensionUsedUp: "this wrap-up has been extended as far as it may be"
    case .noBlindTransfer:
      "a caller is never released unannounced: transfer.consult, wait for the confirmation, then transfer.complete"
    case .briefingRequired: "say who= is on the line and what it is about="
    case .confirmationRequired:
      "the target has not confirmed; a pick-up is not a confirmation: wait for transfer.confirm"
    case .targetNotAvailable: "that rep cannot take a consultation now; see agent.list"
    case .noFreeAgent:
      "no rep of queue \(queue ?? "") is free; try later, or promise the caller a call-back"
    case .noCover:
      "too few other reps are free in queue \(queue ?? ""); outbound.wait grants the call when cover returns"
    case .callerWaiting:
      "a caller waits in queue \(queue ?? ""); inbound calls come first; outbound.wait grants the call later"
    case .alreadyRequested: "the rep has a request waiting already; outbound.cancel it first"
    case .badOfficeHours: "office hours end before they begin"
    case .notReady: "the rep is not ready; agent.ready first, or outbound.wait until then"
    case .notMember: "the rep does not serve queue \(queue ?? "")"
    case .phonesLost:
      "the telephony side that rings this rep's phone is gone; outbound.wait grants the call when it is back"
    case .phoneDown:
      "the rep's phone cannot be reached; outbound.wait grants the call when it can"
    case .unknownFeed: "there is no such telephony side; feed.attach first"
    }
  }
}
