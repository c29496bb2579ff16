public import Base

/// How long a rep did what. Time not ready and not busy is in none of these, and neither is a phone that rings
/// while its rep is not ready, or that is in use elsewhere.
public struct RepTimes: Equatable, Sendable, BitwiseCopyable {
  /// Talking to callers, not on hold.
  public var talking: TimeSpan = .zero
  /// With a caller on hold.
  public var holding: TimeSpan = .zero
  /// Talking to a colleague about a caller. Ringing for that is ringing.
  public var consulting: TimeSpan = .zero
  /// On calls out, from dialling on.
  public var outbound: TimeSpan = .zero
  /// After-call work.
  public var wrapUp: TimeSpan = .zero
  /// Ready and free: waiting for a call, resting included.
  public var idle: TimeSpan = .zero
  /// Ready, while the phone rings.
  public var ringing: TimeSpan = .zero

  /// No time.
  public init() {}

  /// Talk, hold, consulting, calls out from dialling on, and wrap-up.
  public var busy: TimeSpan { talking + holding + consulting + outbound + wrapUp }

  /// The rest of the time while ready, ringing and resting included.
  public var ready: TimeSpan { idle + ringing }

  /// The share of the time busy or ready that is busy.
  public var occupancy: Share { Share(busy, of: busy + ready) }
}

/// The time that calls take their reps: talk, hold and wrap-up of exactly the calls that are counted.
public struct HandleTimes: Equatable, Sendable, BitwiseCopyable {
  /// Calls whose talk and wrap-up are over.
  public var calls: Int64 = 0
  /// Talk, hold and wrap-up of these.
  public var time: TimeSpan = .zero

  /// No calls.
  public init() {}

  /// AHT.
  public var average: MeanSpan { MeanSpan(time, over: calls) }
}
