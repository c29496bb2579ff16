import Base
import LineProtocol
import Vocabulary

/// A call script: timed protocol lines with expectations, played as telephony feed and as reps.
///
/// One statement a line; `#` begins a comment. Times are seconds of the daemon's clock.
///
///     seed 7
///     actor NAME role ROLE [agent REP]
///     at TIME ACTOR REQUEST                    TIME: 12.5, or +3 after the statement before
///     expect CODE [name=value ...]             of the reply to the request before
///     expect-event TYPE [name=value ...] within SECONDS
///     every A..B until TIME ACTOR REQUEST      again and again, A to B seconds apart
///     when TYPE [name=value ...] [chance P] [times N] after A..B ACTOR REQUEST
///     also when ...                            does not keep later rules from the same event
///     end TIME
///
/// In the request of `every`, `$n` counts from 1. In that of `when`, `$name` is the event's value.
/// For each event the first `when` that matches, and whose chance comes up, is carried out; `REQUEST`
/// may be `nothing`.
public struct CallScript: Equatable, Sendable {
  /// A span from which a time is drawn.
  public struct Delay: Equatable, Sendable {
    /// The shortest.
    public var least: TimeSpan
    /// The longest.
    public var most: TimeSpan
  }

  /// Who asks.
  public struct Actor: Equatable, Sendable {
    /// The name in the script.
    public var name: String
    /// The role it takes.
    public var role: Role
    /// The rep it acts as.
    public var agent: String?

    /// Somebody who asks.
    public init(name: String, role: Role, agent: String?) {
      self.name = name
      self.role = role
      self.agent = agent
    }
  }

  /// What a reply must be like.
  public struct Expectation: Equatable, Sendable {
    /// The code.
    public var code: Int
    /// Values that must be there.
    public var fields: [Field]
    /// The line of the script.
    public var line: Int
  }

  /// A request at a time.
  public struct Step: Equatable, Sendable {
    /// When, from the beginning.
    public var at: TimeSpan
    /// Who.
    public var actor: String
    /// What: a protocol line.
    public var request: String
    /// What is expected of the reply.
    public var expectation: Expectation?
    /// The line of the script.
    public var line: Int
  }

  /// An event that must come.
  public struct EventExpectation: Equatable, Sendable {
    /// From when, from the beginning.
    public var from: TimeSpan
    /// Until when.
    public var until: TimeSpan
    /// The type.
    public var type: String
    /// Values that must be there.
    public var fields: [Field]
    /// The line of the script.
    public var line: Int
  }

  /// A request that is repeated.
  public struct Repetition: Equatable, Sendable {
    /// The time between two.
    public var every: Delay
    /// The end, from the beginning.
    public var until: TimeSpan
    /// Who.
    public var actor: String
    /// What, with `$n`.
    public var request: String
    /// The line of the script.
    public var line: Int
  }

  /// A request that answers an event.
  public struct Reaction: Equatable, Sendable {
    /// The event's type.
    public var type: String
    /// Values that the event must have.
    public var fields: [Field]
    /// The probability, from 0 to 1.
    public var chance: Double
    /// At most so often.
    public var times: Int
    /// How long after the event.
    public var after: Delay
    /// Who; may be a variable such as `$agent`.
    public var actor: String
    /// What, with `$name`; empty: nothing.
    public var request: String
    /// Whether later rules may answer the same event too.
    public var isAdditional: Bool
    /// The line of the script.
    public var line: Int
  }

  /// Seed of all draws.
  public var seed: UInt64 = 1
  /// Who takes part; others are reps of the same name.
  public var actors: [Actor] = []
  /// Requests by time.
  public var steps: [Step] = []
  /// Repeated requests.
  public var repetitions: [Repetition] = []
  /// Answers to events, in order.
  public var reactions: [Reaction] = []
  /// Events that must come.
  public var eventExpectations: [EventExpectation] = []
  /// When it ends; `nil`: after the last step.
  public var end: TimeSpan?

  /// An empty script.
  public init() {}
}

/// What is wrong with a call script, and where.
public struct CallScriptError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The line, from 1.
  public var line: Int
  /// What is wrong and what was expected.
  public var message: String

  /// `line N: message`.
  public var description: String { "line \(line): \(message)" }
}
