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
