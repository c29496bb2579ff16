import Base
import LineProtocol
import Vocabulary

/// Client lines, server lines, and the values in them.
enum LineTarget {
  static func run(_ input: [UInt8]) {
    checkRequest(input)
    checkServerLine(input)
    let text = String(decoding: input, as: UTF8.self)
    checkOptions(text)
    checkVisible(text)
    checkValue(text)
  }

  private static func checkRequest(_ input: [UInt8]) {
    guard let request = try? LineParser.request(input[...]) else { return }
    let printed = request.line
    checkPrinted(printed)
    // Escapes are longer than what they stand for.
    guard printed.utf8.count < Limits.maxLine else { return }
    let again = try? LineParser.request(Array(printed.utf8)[...])
    require(again == request, "a request is not what was printed: \(printed)")
    require(
      again?.line.utf8.elementsEqual(printed.utf8) ?? false, "printed in two ways: \(printed)")
    do throws(ArgumentError) {
      _ = try Verb.named(request.verb)?.declaration.arguments(of: request)
    } catch {
      require(!error.text.isEmpty, "a complaint without words: \(printed)")
    }
    for word in request.words { checkValue(word) }
  }

  private static func checkServerLine(_ input: [UInt8]) {
    guard let line = try? LineParser.serverLine(input[...]) else { return }
    let printed = line.line
    checkPrinted(printed)
    let again = try? LineParser.serverLine(Array(printed.utf8)[...])
    require(again == line, "a server line is not what was printed: \(printed)")
    require(
      again?.line.utf8.elementsEqual(printed.utf8) ?? false, "printed in two ways: \(printed)")
  }

  /// What the journal keeps beside an event, and what recovery makes of it.
  private static func checkOptions(_ text: String) {
    // The parser cannot know the empty character; the writer makes it the replacement character.
    let value = String(text.unicodeScalars.map { $0.value == 0 ? "\u{FFFD}" : Character($0) })
    var writer = LineWriter()
    let fields = [Field("name", value), Field("call", "c-1"), Field("notes", value)]
    writer.append(options: fields)
    let printed = String(decoding: writer.bytes, as: UTF8.self)
    checkPrinted(printed)
    let again = LineParser.options(printed)
    require(again == fields, "options are not what was printed: \(printed)")
    require(
      zip(again, fields).allSatisfy { $0.value.utf8.elementsEqual($1.value.utf8) },
      "options differ in their bytes: \(printed)")
    _ = LineParser.options(text)
  }

  private static func checkPrinted(_ line: String) {
    require(Visible.text(line) == line, "a line may drive a terminal: \(Visible.text(line))")
  }

  private static func checkVisible(_ text: String) {
    let shown = Visible.text(text)
    require(Visible.text(shown) == shown, "not made visible at once: \(shown)")
  }

  private static func checkValue(_ text: String) {
    if let time = Timestamp.parse(text) {
      let printed = Timestamp.text(time)
      require(Timestamp.parse(printed) == time, "\(text) was printed as \(printed)")
    }
    if let span = TimeSpan(text: text) {
      require(span >= .zero, "a negative span: \(text)")
    }
  }
}
