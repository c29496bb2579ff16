import Base
import Testing

@testable import LineProtocol

private func parse(_ text: String) throws -> Request? {
  try LineParser.request(Array(text.utf8)[...])
}

private func error(_ bytes: [UInt8]) -> LineError? {
  do throws(LineError) {
    _ = try LineParser.request(bytes[...])
    return nil
  } catch {
    return error
  }
}

@Suite struct LineParserTests {
  @Test func parts() throws {
    let request = try parse(
      "#17 call.note c-1 client=\"Acme \\\"Gold\\\"\" notes=\"a\\nb\" order=88")
    #expect(request?.tag == "17")
    #expect(request?.verb == "call.note")
    #expect(request?.words == ["c-1"])
    #expect(request?["client"] == "Acme \"Gold\"")
    #expect(request?["notes"] == "a\nb")
    #expect(request?["order"] == "88")
    #expect(request?["missing"] == nil)
  }

  @Test(
    "Odd but right",
    arguments: [
      "x zażółć", "x \"é\\u{e9}\"", "#a-1 ping", "call.dial *72 to=#31#48225550101",
      "x a=\"\" b=c,d", "ping  ", "ping\r", "x \"\\u{1F4DE}\" a", "x   y    z=1",
    ])
  func accepted(line: String) throws {
    #expect(try parse(line) != nil)
  }

  @Test(
    "Wrong",
    arguments: [
      "agent.login 1001 \"unterminated", "Agent.login 1", "#t  x", "a..b", "a b=", "x \"\\x\"",
      "x =a", "x a==b", "x \"ok\"y", "#", "# x", "x \"\\u{110000}\"", "x \"\\u{}\"", " x",
      "x a=\"b\"c", "x \\", "#ab$ x", "x \"\\u{D800}\"",
    ])
  func refused(line: String) {
    #expect(throws: LineError.self) { try parse(line) }
  }

  @Test func empty() throws {
    #expect(try parse("") == nil)
    #expect(try parse("\r") == nil)
  }

  @Test("Control characters are refused anywhere, also inside quotes")
  func controlCharacters() {
    for bytes: [UInt8] in [[0], [7], [0x1B], [0x7F], [9]] {
      #expect(error(Array("x \"".utf8) + bytes + [0x22]) == .controlCharacter(column: 4))
    }
    #expect(error(Array("x ".utf8) + [0xC2, 0x85]) == .controlCharacter(column: 3))
  }

  @Test func encoding() {
    #expect(error(Array("x ".utf8) + [0xE9]) == .badEncoding)
    #expect(error(Array("x ".utf8) + [0xED, 0xA0, 0x80]) == .badEncoding)
    #expect(error(Array("x ".utf8) + [0xC0, 0xAF]) == .badEncoding)
  }

  @Test func tooLong() {
    let longest = Array(("x " + String(repeating: "y", count: Limits.maxLine - 3)).utf8)
    #expect(error(longest) == nil)
    #expect(error(longest + [0x79]) == .lineTooLong)
  }

  @Test("Errors point at the place")
  func columns() {
    #expect(error(Array("abc D".utf8)) == nil)
    #expect(
      error(Array("ab cd=".utf8)) == .badLine(column: 7, expected: "a value; an empty one is \"\""))
  }

  @Test("Writing and reading give the same request, whatever the text")
  func roundTrip() throws {
    var random = SystemRandomNumberGenerator()
    let alphabet: [Character] = Array("aZ0 \"\\=\n\t\u{7F}\u{85}\u{202E}é漢📞#*%+-!.")
    for _ in 0..<2_000 {
      func text(_ most: Int) -> String {
        String(
          (0..<Int.random(in: 0...most, using: &random)).map { _ in alphabet.randomElement() ?? "a"
          })
      }
      let request = Request(
        tag: Bool.random() ? "t-\(Int.random(in: 0..<99))" : nil, verb: "call.note",
        arguments: [.word(text(8)), .option(name: "notes", value: text(30)), .word(text(3))])
      #expect(try parse(request.line) == request)
      let event = ServerLine.event(
        seq: 7, type: "call.arrived", options: [Field("from", text(20)), Field("a", text(5))])
      #expect(try LineParser.serverLine(Array(event.line.utf8)[...]) == event)
    }
  }

  @Test("What the server prints can drive no terminal")
  func escaping() {
    var writer = LineWriter()
    writer.row(nil)
    writer.option("name", "\u{1B}[2J\u{202E}evil\u{0}")
    let text = String(decoding: writer.bytes, as: UTF8.self)
    #expect(text == "* name=\"\\u{1B}[2J\\u{202E}evil\\u{FFFD}\"")
    #expect(Visible.text("a\u{1B}[2J\u{2066}b") == "a\\u{1B}[2J\\u{2066}b")
  }

  @Test(
    "A code or number that is none is not taken for another one",
    arguments: [
      "! 18446744073709551616 x", "! 0 x", "! 007 x", "+ 20 ok", "+ 2000 ok", "- 999 no",
      "+ 300 no",
      "+ 99999999999999999999 ok",
    ])
  func wrongNumbers(line: String) {
    #expect(throws: LineError.self) { try LineParser.serverLine(Array(line.utf8)[...]) }
  }

  @Test("The greatest sequence number is printed as it is")
  func greatestNumber() throws {
    let line = ServerLine.event(seq: .max, type: "call.ended", options: [])
    #expect(line.line == "! 18446744073709551615 call.ended")
    #expect(try LineParser.serverLine(Array(line.line.utf8)[...]) == line)
  }

  @Test("No bytes crash the parser")
  func hostileBytes() {
    var random = SystemRandomNumberGenerator()
    let interesting =
      Array("#x =\"\\u{1F}.\r\n*+-!% 210 a=b".utf8) + [0, 0x1B, 0x80, 0xC2, 0xE2, 0xF0, 0xFF]
    for _ in 0..<20_000 {
      let count = Int.random(in: 0...40, using: &random)
      let bytes = (0..<count).map { _ in interesting.randomElement(using: &random) ?? 0 }
      _ = try? LineParser.request(bytes[...])
      _ = try? LineParser.serverLine(bytes[...])
    }
  }
}

@Suite struct ServerLineTests {
  @Test func kinds() throws {
    func line(_ text: String) throws -> ServerLine {
      try LineParser.serverLine(Array(text.utf8)[...])
    }
    #expect(try line("% hello proto=1") == .notice(name: "hello", options: [Field("proto", "1")]))
    #expect(
      try line("*#q a=1 b=\"x y\"")
        == .row(tag: "q", options: [Field("a", "1"), Field("b", "x y")]))
    #expect(
      try line("-#q 556 not-allowed rule=no-cover")
        == .reply(tag: "q", code: 556, name: "not-allowed", options: [Field("rule", "no-cover")]))
    #expect(
      try line("! 12 call.offered agent=bob")
        == .event(seq: 12, type: "call.offered", options: [Field("agent", "bob")]))
    #expect(throws: LineError.self) { try line("hello") }
  }

  @Test("Codes: 2xx is done, 4xx may be repeated, 5xx may not; words are distinct")
  func codes() {
    #expect(Set(ReplyCode.allCases.map(\.word)).count == ReplyCode.allCases.count)
    for code in ReplyCode.allCases {
      #expect([2, 4, 5].contains(code.rawValue / 100))
      #expect(code.isPositive == (code.rawValue < 300))
      #expect(!code.meaning.isEmpty)
    }
  }
}

@Suite struct VerbTests {
  @Test("Names are unique, of the grammar, and every argument is explained")
  func declarations() throws {
    #expect(Set(Verb.all.map(\.name)).count == Verb.all.count)
    for verb in Verb.all {
      #expect(try parse(verb.name)?.verb == verb.name)
      #expect(!verb.summary.isEmpty && verb.summary.hasSuffix("."))
      #expect(!verb.roles.roles.isEmpty)
      #expect(verb.roles.contains(.admin))
      for parameter in verb.words + verb.allOptions { #expect(!parameter.summary.isEmpty) }
      #expect(Set(verb.allOptions.map(\.name)).count == verb.allOptions.count)
    }
  }

  @Test("Complaints say what was expected and what was probably meant")
  func complaints() throws {
    func complaint(_ line: String) throws -> String? {
      guard let request = try parse(line) else { return nil }
      return Verb.named(request.verb)?.complaint(about: request)
    }
    #expect(
      try complaint("agent.not-ready alice reson=lunch")
        == "unknown option \"reson\"; did you mean \"reason\"?")
    #expect(
      try complaint("agent.not-ready alice")
        == "option \"reason\" is missing: one of the configured reasons")
    #expect(
      try complaint("agent.dnd alice onn")
        == "switch: expected one of on, off, not \"onn\"; did you mean \"on\"?")
    #expect(
      try complaint("call.arrive c-1 queue=q priority=10")
        == "priority: expected a whole number from 0 to 9, not \"10\"")
    #expect(try complaint("agent.login") == "agent is missing; agent.login AGENT")
    #expect(try complaint("agent.login a b") == "unexpected argument \"b\"; agent.login AGENT")
    #expect(try complaint("call.arrive c queue=a queue=b") == "option \"queue\" is given twice")
    #expect(try complaint("agent.ready alice key=k-1 within=2.5 if-seq=7") == nil)
    #expect(try complaint("ping key=k") == "unknown option \"key\"")
  }

  @Test func suggestions() {
    #expect(Suggestion.nearest(to: "agnet.list", in: Verb.all.map(\.name)) == "agent.list")
    #expect(Suggestion.nearest(to: "xyz", in: ["rotating", "random"]) == nil)
  }
}

@Suite struct CallScriptTests {
  @Test func statements() throws {
    let script = try CallScript(
      parsing: """
        # a comment
        seed 9
        actor feed role feed
        at 1.5 feed call.arrive c-1 queue=support from="+1 312"
        expect 201 state=ringing
        at +2m alice call.accept c-1
        expect-event call.answered agent=alice within 5
        every 10..20 until 1h feed call.arrive x-$n queue=support
        when call.offered agent=bob chance 20% times 3 after 2..9 bob call.ignore $call
        also when call.offered after 1 $agent nothing
        end 2h
        """)
    #expect(script.seed == 9)
    #expect(script.steps.map(\.at) == [.microseconds(1_500_000), .microseconds(121_500_000)])
    #expect(script.steps[0].expectation?.code == 201)
    #expect(script.steps[0].expectation?.fields == [Field("state", "ringing")])
    #expect(script.eventExpectations[0].until == .microseconds(126_500_000))
    #expect(
      script.repetitions[0].every == CallScript.Delay(least: .seconds(10), most: .seconds(20)))
    #expect(script.reactions[0].chance == 0.2)
    #expect(script.reactions[0].times == 3)
    #expect(script.reactions[1].isAdditional && script.reactions[1].request.isEmpty)
    #expect(script.end == .hours(2))
  }

  @Test(
    "Wrong statements say line and reason",
    arguments: [
      ("foo", "line 1: unknown statement \"foo\""),
      ("\nexpet 200", "line 2: unknown statement \"expet\"; did you mean \"expect\"?"),
      ("expect 200", "line 1: nothing has been asked yet"),
      ("at x feed ping", "line 1: expected seconds, such as 12.5, 3m or 2h, not \"x\""),
      (
        "at 1 feed ping a==",
        "line 1: the request: column 8: expected a value; an empty one is \"\""
      ),
      (
        "when call.offered chance 120% after 1 a ping",
        "line 1: expected a chance such as 85%, not \"120%\""
      ),
      ("every 9..3 until 5 feed ping", "line 1: expected A..B with A not above B"),
      ("actor x role king", "line 1: expected: actor NAME role ROLE [agent REP]"),
      // Found by fuzzing: the sum, and the product with the unit, did not fit.
      ("at 999999999999h a ping", "line 1: expected a time of at most 1000000000 s"),
      ("at 1 a ping\nat +999999999999 a ping", "line 2: expected a time of at most 1000000000 s"),
      ("expect-event x within 999999999999m", "line 1: expected a time of at most 1000000000 s"),
    ])
  func errors(text: String, message: String) {
    #expect(throws: CallScriptError.self) { try CallScript(parsing: text) }
    do {
      _ = try CallScript(parsing: text)
    } catch {
      #expect(error.description == message)
    }
  }
}
