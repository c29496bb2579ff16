public import Base
public import Frames
public import Routing

/// One numbered entry of the journal.
public struct Record: Equatable, Sendable {
  /// What was recorded.
  public enum Content: Equatable, Sendable {
    /// A change of the engine's state, and what the shell knows about it.
    case event(Event, Detail)
    /// A change of another engine's state, which alone knows what it says.
    case companion(kind: UInt8, payload: [UInt8])
    /// Something that does not concern an engine.
    case shell(ShellEvent, Detail)
  }

  /// Its number: 1, 2, 3, ... without gaps over the life of the journal.
  public var seq: UInt64
  /// When it happened.
  public var at: Instant
  /// What was recorded.
  public var content: Content

  /// Record number `seq`.
  public init(seq: UInt64, at: Instant, content: Content) {
    self.seq = seq
    self.at = at
    self.content = content
  }

  /// The type of the line, such as `call.offered`.
  public var type: String {
    switch content {
    case .event(let event, _): event.type
    case .companion: "companion"
    case .shell(let event, _): event.type
    }
  }

  /// The seed of every daemon's engine: whoever replays a journal begins with the same.
  public static let engineSeed: UInt64 = 1

  /// Which kinds of records there are: raised with each new kind, of event, shell event, command or detail, so
  /// that an earlier program leaves alone what it cannot read. `EventDescriptionTests` knows what belongs to it.
  public static let vocabulary: Int64 = 4
}

extension Record {
  /// What an entry of the journal says.
  /// - Throws: ``MalformedRecord`` for what no program of this ``vocabulary`` writes.
  public init(_ entry: Entry, at instant: Instant) throws(MalformedRecord) {
    guard let content = Content(entry) else { throw MalformedRecord(seq: entry.seq) }
    self.init(seq: entry.seq, at: instant, content: content)
  }
}

extension Record.Content {
  fileprivate init?(_ entry: Entry) {
    var position = entry.payload.startIndex
    switch entry.stream {
    case .routing:
      guard
        let code = EventCode.read(kind: entry.kind, from: entry.payload, at: &position),
        let event = Event(code), let detail = Detail(entry.payload, at: position, entry.words)
      else { return nil }
      self = .event(event, detail)
    case .shell:
      guard let kind = ShellEvent.Kind(rawValue: entry.kind),
        let event = ShellEvent(kind, entry.payload, at: &position),
        let detail = Detail(entry.payload, at: position, entry.words)
      else { return nil }
      self = .shell(event, detail)
    case .casework:
      guard entry.words == .none else { return nil }
      self = .companion(kind: entry.kind, payload: Array(entry.payload))
    }
  }
}

extension Batch {
  /// Begins a step that follows from these commands to the engine.
  public mutating func begin(
    _ cause: Cause, at instant: Instant, actor: UInt32? = nil, asking commands: [Command]
  ) {
    begin(cause, at: instant, actor: actor) { bytes in
      for command in commands { command.write(to: &bytes) }
    }
  }

  /// Adds an event.
  public mutating func add(_ event: Event, _ detail: Detail = Detail()) {
    let code = event.code
    add(.routing, code.kind, words: detail.words) { bytes in
      code.writeFields(to: &bytes)
      detail.writePayload(to: &bytes)
    }
  }

  /// Adds what concerns no engine.
  public mutating func add(_ event: ShellEvent, _ detail: Detail = Detail()) {
    add(.shell, event.kind.rawValue, words: detail.words) { bytes in
      event.write(to: &bytes)
      detail.writePayload(to: &bytes)
    }
  }

  /// Adds a record; its step has begun.
  public mutating func add(_ record: Record) {
    switch record.content {
    case .event(let event, let detail): add(event, detail)
    case .companion(let kind, let payload): add(.casework, kind) { $0 += payload }
    case .shell(let event, let detail): add(event, detail)
    }
  }
}
