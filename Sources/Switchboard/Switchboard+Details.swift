import Events
import Routing

// The text that goes with what the engine has decided.

extension Switchboard {
  /// The text recorded with an event: what was given with the command for the events that open
  /// something, and what the book knows for the rest.
  func detail(of event: Event, _ given: Detail) -> Detail {
    switch event {
    case .call(let event): detail(of: event, given)
    case .agent(let event): detail(of: event, given)
    case .transfer(let event): detail(of: event, given)
    case .outbound(let event): detail(of: event, given)
    case .calendar: Detail()
    case .feed(let event): detail(of: event, given)
    }
  }

  private func detail(of event: CallEvent, _ given: Detail) -> Detail {
    switch event {
    case .arrived, .writtenUp: given
    case .offered(_, let call, _, _, _, _):
      named(call).with(.from, book[call]?.from).with(.name, book[call]?.callerName)
    case .offerEnded(_, let call, _, let outcome, _):
      named(call).with(.cause, outcome == .unreachable ? given[.cause] : nil)
    case .ringing(_, let call, _), .answered(_, let call, _),
      .diverted(let call, _, _, _), .tierEscalated(let call, _), .held(let call, _),
      .resumed(let call, _), .holdReminded(let call, _, _),
      .leftUndocumented(let call, _), .returnedToQueue(let call, _, _, _), .foundStale(let call, _):
      named(call)
    case .ended(let call, _, let reason):
      // The number of a promised call-back.
      named(call).with(.callBack, reason == .callBackAgreed ? given[.callBack] : nil)
    }
  }

  private func detail(of event: FeedEvent, _ given: Detail) -> Detail {
    switch event {
    case .attached(let feed): Detail().with(.feed, book.name(of: feed) ?? given[.feed])
    case .lost(let feed): Detail().with(.feed, book.name(of: feed))
    }
  }

  private func detail(of event: AgentEvent, _ given: Detail) -> Detail {
    switch event {
    case .phoneUp(_, let feed), .phoneBusy(_, let feed): Detail().with(.feed, book.name(of: feed))
    case .phoneDown(_, let feed):
      Detail().with(.feed, book.name(of: feed)).with(.cause, given[.cause])
    case .wrapUpStarted(_, let call, _): named(call)
    case .loggedIn, .loggedOut, .becameReady, .becameNotReady, .reasonEnded, .leftQueue,
      .rejoinedQueue, .spared, .rested, .wrapUpExtended, .wrapUpEnded:
      Detail()
    }
  }

  private func detail(of event: TransferEvent, _ given: Detail) -> Detail {
    switch event {
    case .consultStarted(_, let call, _, _): return named(call).merging(given)
    case .consultOffered(let id, _, _):
      // From the book, not the engine: that is at the end of the step already, and this is its middle.
      let briefing = book.briefings[id.rawValue]
      let call = briefing.map { book.name(of: CallID(rawValue: $0.call)) }
      return Detail().with(.call, call).with(.who, briefing?.who ?? "")
        .with(.about, briefing?.about ?? "")
    case .ended(_, let call, _, let outcome, _):
      return named(call).with(.cause, outcome == .unreachable ? given[.cause] : nil)
    case .consultRefused(_, _, _, let outcome):
      return Detail().with(.cause, outcome == .unreachable ? given[.cause] : nil)
    case .completed(_, let call, _, _), .blindPrevented(let call, _, _): return named(call)
    case .consultAnswered, .consultConfirmed: return Detail()
    }
  }

  private func detail(of event: OutboundEvent, _ given: Detail) -> Detail {
    switch event {
    case .requested, .refused: given
    case .granted(let id, _, _, _):
      // A request that waited has its number in the book; the command at hand may be another's.
      Detail(call: "out-\(id.rawValue)").with(.to, book.numbers[id.rawValue] ?? given[.to])
    case .connected(let call, _): named(call)
    case .requestEnded: Detail()
    }
  }

  private func named(_ call: CallID) -> Detail { Detail(call: book.name(of: call)) }
}
