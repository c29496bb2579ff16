/// Something that has happened. The engine's state is the fold of its events.
///
/// Events are plain values without references, so that a million of them are a flat array. Text
/// that belongs to an event (numbers, names, notes) travels beside it in the journal.
///
/// The room Events describes each case: code, word, parties, fields. Nobody switches over events with a
/// `default:`, so that a new case does not compile until every reader has said what it is to them.
public enum Event: Equatable, Sendable, BitwiseCopyable {
  /// Of a call.
  case call(CallEvent)
  /// Of a rep.
  case agent(AgentEvent)
  /// Of the handing over of a call.
  case transfer(TransferEvent)
  /// Of a call out.
  case outbound(OutboundEvent)
  /// Of the time of day.
  case calendar(CalendarEvent)
  /// Of a telephony side.
  case feed(FeedEvent)
}
