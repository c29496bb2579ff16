import Base
import Frames

/// What the shell records with an event: the names, numbers and notes of what the engine knows by number.
public struct Detail: Equatable, Sendable {
  /// What a text is. Raw values are the journal's numbers, never given a new meaning, and the order in which
  /// the texts are written.
  public enum Name: UInt8, CaseIterable, Sendable {
    /// The name of a call, chosen by whoever reports it.
    case call = 1
    /// The number of a caller.
    case from = 2
    /// Whom a call, or a consultation, is for: a number, or `agent:NAME`, `queue:NAME`, `number:NUMBER`.
    case to = 3
    /// The name of a caller.
    case name = 4
    /// Of a consultation: who is on the line.
    case who = 5
    /// Of a consultation: what it is about.
    case about = 6
    /// Of a write-up: the client.
    case client = 7
    /// Of a write-up: the number of the order.
    case order = 8
    /// Of a write-up: the number to call back.
    case callBack = 9
    /// Of a write-up: one of the configured categories.
    case category = 10
    /// Of a write-up: one of the configured dispositions.
    case disposition = 11
    /// Of a write-up: anything else.
    case notes = 12
    /// The Unix user who acted for the rep.
    case by = 13
    /// Of a plan: who the reps are, as JSON. Not written on the wire.
    case people = 14
    /// What a journal of an earlier schema had and nobody could place, as it stood there.
    case other = 15
    /// The name of a telephony side.
    case feed = 16
    /// Of a phone that cannot be reached: why, in the words of its telephony side.
    case cause = 17
    /// Of an offer that was refused: why, in the words of the rep.
    case explanation = 18
    /// What a telephony side calls a call in its own logs.
    case ref = 19

    /// Whether it may have to be forgotten one day, and so lies apart.
    ///
    /// The ids that telephony sides choose stay with the record: they are what other systems know a call by.
    /// Adapters must not put numbers of telephones into them; the protocol's page says so.
    var isWord: Bool {
      switch self {
      case .call, .category, .disposition, .feed, .cause, .ref: false
      case .from, .to, .name, .who, .about, .client, .order, .callBack, .notes, .by, .people,
        .other, .explanation:
        true
      }
    }

    /// Whether it is a part of what a rep writes up about a call.
    public var isOfWriteUp: Bool {
      switch self {
      case .client, .order, .callBack, .category, .disposition, .notes: true
      case .call, .from, .to, .name, .who, .about, .by, .people, .other, .feed, .cause,
        .explanation, .ref:
        false
      }
    }

    /// Whether clients are told: all but what is a part of a plan.
    public var isForClients: Bool {
      switch self {
      case .people: false
      case .call, .from, .to, .name, .who, .about, .client, .order, .callBack, .category,
        .disposition, .notes, .by, .other, .feed, .cause, .explanation, .ref:
        true
      }
    }

    /// Its name on the wire.
    public var word: String { Self.names[Int(rawValue)] }

    private static let names = [""] + allCases.map { CaseNames.hyphenated("\($0)") }
  }

  private struct Text: Equatable {
    var name: Name
    var text: String
  }

  /// In the order of their numbers.
  private var texts: [Text] = []

  /// Nothing.
  public init() {}

  /// The name of a call.
  public init(call: String) { texts = [Text(name: .call, text: call)] }

  /// Whether there is nothing.
  public var isEmpty: Bool { texts.isEmpty }

  /// The text called `name`, if there is one.
  public subscript(name: Name) -> String? {
    get {
      for text in texts where text.name == name { return text.text }
      return nil
    }
    set {
      let index = texts.firstIndex { $0.name.rawValue >= name.rawValue } ?? texts.endIndex
      let isThere = index < texts.endIndex && texts[index].name == name
      if let newValue {
        let text = Text(name: name, text: newValue)
        if isThere { texts[index] = text } else { texts.insert(text, at: index) }
      } else if isThere {
        texts.remove(at: index)
      }
    }
  }

  /// The same with another text; `nil` changes nothing.
  public func with(_ name: Name, _ text: String?) -> Detail {
    guard let text else { return self }
    var result = self
    result[name] = text
    return result
  }

  /// Both; where they differ, `other` counts.
  public func merging(_ other: Detail) -> Detail {
    if isEmpty { return other }
    return other.texts.reduce(self) { $0.with($1.name, $1.text) }
  }

  /// Calls `body` with each text, in the order of their numbers.
  public func forEach(_ body: (Name, String) throws -> Void) rethrows {
    for text in texts { try body(text.name, text.text) }
  }

  // MARK: The journal

  /// Those texts that lie apart.
  var words: [Word] {
    var words: [Word] = []
    for text in texts where text.name.isWord {
      words.append(Word(number: text.name.rawValue, text: text.text))
    }
    return words
  }

  /// Appends those texts that do not: number, length, UTF-8.
  func writePayload(to bytes: inout [UInt8]) {
    for text in texts where !text.name.isWord {
      bytes.append(text.name.rawValue)
      VariableInteger.writeUnsigned(UInt64(text.text.utf8.count), to: &bytes)
      bytes += text.text.utf8
    }
  }

  /// Reads what ``writePayload(to:)`` wrote, up to the end of `payload`, and takes in `words`.
  /// - Returns: `nil` if the bytes are nothing of the kind.
  init?(_ payload: ArraySlice<UInt8>, at start: Int, _ words: Entry.WordState) {
    var position = start
    while position < payload.endIndex {
      guard let name = Name(rawValue: payload[position]), !name.isWord else { return nil }
      position += 1
      guard let length = VariableInteger.readUnsigned(from: payload, at: &position),
        position <= payload.endIndex, length <= UInt64(payload.endIndex - position)
      else { return nil }
      let end = position + Int(length)
      self[name] = String(decoding: payload[position..<end], as: UTF8.self)
      position = end
    }
    switch words {
    case .none, .absent, .wrong: break
    case .present(let words):
      for word in words {
        guard let name = Name(rawValue: word.number), name.isWord else { return nil }
        self[name] = word.text
      }
    }
  }
}
