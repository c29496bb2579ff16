/// What happened to the telephony sides.
public enum FeedEvent: Equatable, Sendable, BitwiseCopyable {
  /// It rings phones from now on, or does again.
  case attached(FeedID)
  /// It is gone. Nothing is offered to its phones, and its callers wait.
  case lost(FeedID)
}
