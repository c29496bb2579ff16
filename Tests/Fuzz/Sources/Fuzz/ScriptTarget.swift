import Base
import CallScripts
import LineProtocol

/// Call scripts.
enum ScriptTarget {
  static func run(_ input: [UInt8]) {
    let text = String(decoding: input, as: UTF8.self)
    do {
      let script = try CallScript(parsing: text)
      let again = try CallScript(parsing: text)
      require(script == again, "read twice, two scripts")
      check(script)
    } catch {
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).count
      require((1...lines).contains(error.line), "no such line: \(error)")
      require(!error.message.isEmpty, "no message in line \(error.line)")
    }
  }

  private static func check(_ script: CallScript) {
    for step in script.steps {
      require(step.at >= .zero, "line \(step.line): before the beginning")
      check(step.request, step.line)
    }
    for expectation in script.eventExpectations {
      require(expectation.from <= expectation.until, "line \(expectation.line): ends too soon")
    }
    for repetition in script.repetitions {
      require(
        repetition.every.least >= .zero && repetition.every.least <= repetition.every.most
          && repetition.every.most > .zero, "line \(repetition.line): no time between two")
      check(repetition.request, repetition.line)
    }
    for reaction in script.reactions {
      require(
        reaction.after.least >= .zero && reaction.after.least <= reaction.after.most,
        "line \(reaction.line): answers before it is asked")
      require((0...1).contains(reaction.chance), "line \(reaction.line): no probability")
      check(reaction.request, reaction.line)
    }
  }

  /// Variables stand for bare words; without them every request is one.
  private static func check(_ request: String, _ line: Int) {
    if request.isEmpty { return }
    let plain = Array(request.utf8.filter { $0 != UInt8(ascii: "$") })
    require((try? LineParser.request(plain[...])) != nil, "line \(line): no request: \(request)")
  }
}
