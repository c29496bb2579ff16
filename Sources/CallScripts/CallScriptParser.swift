import Base
import LineProtocol
import Vocabulary

extension CallScript {
  /// Reads a script.
  public init(parsing text: String) throws(CallScriptError) {
    var parser = CallScriptParser()
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      try parser.parse(line, number: index + 1)
    }
    self = parser.script
  }
}

/// Reads one statement after another.
private struct CallScriptParser {
  var script = CallScript()
  private var lineNumber = 0
  private var last = TimeSpan.zero
  /// No script is longer: about thirty years.
  private static let limit = TimeSpan.seconds(1_000_000_000)

  mutating func parse(_ line: Substring, number lineNumber: Int) throws(CallScriptError) {
    self.lineNumber = lineNumber
    var words = Words(line)
    guard let keyword = words.next(), !keyword.hasPrefix("#") else { return }
    switch keyword {
    case "seed": script.seed = UInt64(try number(words.next(), "a seed"))
    case "actor": try parseActor(&words)
    case "at": try parseStep(&words)
    case "expect": try parseExpectation(&words)
    case "expect-event": try parseEventExpectation(&words)
    case "every": try parseRepetition(&words)
    case "when": try parseReaction(&words, isAdditional: false)
    case "also":
      guard words.next() == "when" else { throw failure("expected \"when\" after \"also\"") }
      try parseReaction(&words, isAdditional: true)
    case "end": script.end = try time(words.next())
    default:  // foreign: String
      let known = [
        "seed", "actor", "at", "expect", "expect-event", "every", "when", "also", "end",
      ]
      let hint = Suggestion.hint(for: keyword, in: known)
      throw failure("unknown statement \"\(keyword)\"\(hint)")
    }
  }

  private func failure(_ message: String) -> CallScriptError {
    CallScriptError(line: lineNumber, message: message)
  }

  private func number(_ word: String?, _ what: String) throws(CallScriptError) -> Int {
    guard let word, let value = Int(word), value >= 0 else {
      throw failure("expected \(what), not \"\(word ?? "")\"")
    }
    return value
  }

  private func span(_ word: String?) throws(CallScriptError) -> TimeSpan {
    guard let word else { throw failure("expected seconds, such as 12.5, 3m or 2h") }
    guard let span = TimeSpan(text: word) else {
      throw failure("expected seconds, such as 12.5, 3m or 2h, not \"\(word)\"")
    }
    guard span <= Self.limit else { throw tooLong() }
    return span
  }

  private func time(_ word: String?) throws(CallScriptError) -> TimeSpan {
    guard let word, word.hasPrefix("+") else { return try span(word) }
    let time = last + (try span(String(word.dropFirst())))
    guard time <= Self.limit else { throw tooLong() }
    return time
  }

  private func tooLong() -> CallScriptError { failure("expected a time of at most 1000000000 s") }

  private func delay(_ word: String?) throws(CallScriptError) -> CallScript.Delay {
    let ends = (word ?? "").split(separator: ".", omittingEmptySubsequences: false)
    guard let word, let range = word.firstRange(of: ".."), ends.count >= 3 else {
      let exact = try span(word)
      return CallScript.Delay(least: exact, most: exact)
    }
    let least = try span(String(word[..<range.lowerBound]))
    let most = try span(String(word[range.upperBound...]))
    guard least <= most else { throw failure("expected A..B with A not above B") }
    return CallScript.Delay(least: least, most: most)
  }

  private mutating func parseActor(_ words: inout Words) throws(CallScriptError) {
    guard let name = words.next(), words.next() == "role",
      let role = words.next().flatMap({ Role(rawValue: $0) })
    else { throw failure("expected: actor NAME role ROLE [agent REP]") }
    var agent: String?
    if words.next() == "agent" { agent = words.next() }
    script.actors.append(CallScript.Actor(name: name, role: role, agent: agent))
  }

  private mutating func parseStep(_ words: inout Words) throws(CallScriptError) {
    last = try time(words.next())
    let (actor, request) = try actorAndRequest(&words)
    script.steps.append(
      CallScript.Step(at: last, actor: actor, request: request, line: lineNumber))
  }

  private func actorAndRequest(
    _ words: inout Words
  ) throws(CallScriptError) -> (String, String) {
    guard let actor = words.next() else { throw failure("expected an actor and a request") }
    let request = String(words.rest)
    if request == "nothing" { return (actor, "") }
    do {
      // Variables stand for bare words.
      let plain = request.split(separator: "$", omittingEmptySubsequences: false).joined()
      guard try LineParser.request(Array(plain.utf8)[...]) != nil else {
        throw failure("expected a request after \"\(actor)\"")
      }
    } catch let error as LineError {
      throw failure("the request: \(error.text)")
    } catch let error as CallScriptError {
      throw error
    } catch {
      throw failure("\(error)")
    }
    return (actor, request)
  }

  private mutating func parseExpectation(_ words: inout Words) throws(CallScriptError) {
    guard !script.steps.isEmpty else { throw failure("nothing has been asked yet") }
    let code = try number(words.next(), "a reply code")
    script.steps[script.steps.count - 1].expectation = CallScript.Expectation(
      code: code, fields: fields(words.rest), line: lineNumber)
  }

  private func fields(_ text: Substring) -> [Field] { LineParser.options(" " + text) }

  private mutating func parseEventExpectation(_ words: inout Words) throws(CallScriptError) {
    guard let type = words.next(), let range = words.rest.firstRange(of: "within ") else {
      throw failure("expected: expect-event TYPE [name=value ...] within SECONDS")
    }
    let limit = try span(String(words.rest[range.upperBound...]))
    let conditions = words.rest[..<range.lowerBound]
    script.eventExpectations.append(
      CallScript.EventExpectation(
        from: last, until: last + limit, type: type, fields: fields(trimmed(conditions)),
        line: lineNumber))
  }

  private func trimmed(_ text: Substring) -> Substring {
    var text = text
    while text.last == " " { text = text.dropLast() }
    return text
  }

  private mutating func parseRepetition(_ words: inout Words) throws(CallScriptError) {
    let every = try delay(words.next())
    guard every.most > .zero, words.next() == "until" else {
      throw failure("expected: every A..B until TIME ACTOR REQUEST")
    }
    let until = try time(words.next())
    let (actor, request) = try actorAndRequest(&words)
    script.repetitions.append(
      CallScript.Repetition(
        every: every, until: until, actor: actor, request: request, line: lineNumber))
  }

  private mutating func parseReaction(
    _ words: inout Words, isAdditional: Bool
  ) throws(CallScriptError) {
    guard let type = words.next() else { throw failure("expected an event type") }
    var reaction = CallScript.Reaction(
      type: type, fields: [], chance: 1, times: .max,
      after: CallScript.Delay(least: .zero, most: .zero), actor: "", request: "",
      isAdditional: isAdditional, line: lineNumber)
    while let word = words.next() {
      switch word {
      case "chance":
        let text = words.next() ?? ""
        guard let percent = Double(text.split(separator: "%").first ?? ""), (0...100) ~= percent
        else { throw failure("expected a chance such as 85%, not \"\(text)\"") }
        reaction.chance = percent / 100
      case "times": reaction.times = try number(words.next(), "how often")
      case "after":
        reaction.after = try delay(words.next())
        (reaction.actor, reaction.request) = try actorAndRequest(&words)
        script.reactions.append(reaction)
        return
      default:  // foreign: String
        let condition = fields(Substring(word))
        if condition.isEmpty { throw failure("expected name=value, chance, times or after") }
        reaction.fields += condition
      }
    }
    throw failure("expected: when TYPE ... after A..B ACTOR REQUEST")
  }
}

/// Splits a line at spaces, a word at a time.
private struct Words {
  private(set) var rest: Substring

  init(_ line: Substring) {
    rest = line
    if rest.last == "\r" { rest.removeLast() }
    skipSpaces()
  }

  mutating func next() -> String? {
    if rest.isEmpty { return nil }
    let word = rest.prefix { $0 != " " && $0 != "\t" }
    rest = rest.dropFirst(word.count)
    skipSpaces()
    return String(word)
  }

  private mutating func skipSpaces() { rest = rest.drop { $0 == " " || $0 == "\t" } }
}
