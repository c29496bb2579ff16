import Foundation

@testable import Routing

/// The cases of `Event`: as the source declares them, and as the journal's codes make them.
enum EventDeclarations {
  struct Declaration {
    var name: String
    var meaning: String
  }

  /// The cases in the order of the source, with what is written above them.
  static func all() throws -> [Declaration] {
    let url = TestDaemon.root.appending(path: "Sources/Routing/Event.swift")
    let text = try String(contentsOf: url, encoding: .utf8)
    var (comment, result): ([String], [Declaration]) = ([], [])
    for line in text.components(separatedBy: "\n") {
      if line == "}" { return result }
      let body = line.drop { $0 == " " }
      if body.hasPrefix("/// ") {
        comment.append(String(body.dropFirst(4)))
      } else if let match = body.firstMatch(of: /^case (\w+)/) {
        result.append(Declaration(name: String(match.1), meaning: plain(comment)))
      }
      if !body.hasPrefix("///") { comment = [] }
    }
    return result
  }

  /// Without what only means something in the source.
  private static func plain(_ comment: [String]) -> String {
    comment.joined(separator: " ").replacing(/``(?:\w+\/)?(\w+)``/) { String($0.1) }
  }

  /// Events of every kind that a journal can hold, with small numbers in all fields.
  static func samples() -> [(name: String, event: Event)] {
    var result: [(name: String, event: Event)] = []
    for kind in UInt8.min...UInt8.max {
      for value in 0..<4 as Range<Int64> {
        let code = EventCode(kind, value, value, value, value, value, value)
        for used in 0...6 {
          var shorter = code
          if used < 6 { shorter.fields.5 = 0 }
          if used < 5 { shorter.fields.4 = 0 }
          if used < 4 { shorter.fields.3 = 0 }
          if used < 3 { shorter.fields.2 = 0 }
          if used < 2 { shorter.fields.1 = 0 }
          if used < 1 { shorter.fields.0 = 0 }
          guard let event = Event(shorter) else { continue }
          result.append((String("\(event)".prefix { $0.isLetter }), event))
        }
      }
    }
    return result
  }
}
