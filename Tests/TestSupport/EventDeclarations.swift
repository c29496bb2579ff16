internal import Events
internal import Foundation
package import Routing

/// The cases of the families of events: as the source declares them, and as the journal's codes make them.
package enum EventDeclarations {
  package struct Declaration {
    /// The family and the case, such as `call.offered`.
    package var name: String
    package var meaning: String
  }

  /// The families, as ``Event`` names them.
  private static let families = ["call", "agent", "transfer", "outbound", "calendar", "feed"]

  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The cases in the order of the source, with what is written above them.
  package static func all() throws -> [Declaration] {
    try families.flatMap { family in
      let file = "Sources/Routing/Events/\(family.capitalized)Event.swift"
      let text = try String(contentsOf: root.appending(path: file), encoding: .utf8)
      return declarations(in: text, of: family)
    }
  }

  private static func declarations(in text: String, of family: String) -> [Declaration] {
    var (comment, result): ([String], [Declaration]) = ([], [])
    for line in text.components(separatedBy: "\n") {
      if line == "}" { return result }
      let body = line.drop { $0 == " " }
      if body.hasPrefix("/// ") {
        comment.append(String(body.dropFirst(4)))
      } else if let match = body.firstMatch(of: /^case (\w+)/) {
        result.append(Declaration(name: "\(family).\(match.1)", meaning: plain(comment)))
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
  package static func samples() -> [(name: String, event: Event)] {
    var result: [(name: String, event: Event)] = []
    for kind in UInt8.min...UInt8.max {
      for value in 0..<4 as Range<Int64> {
        for used in 0...EventCode.capacity {
          let code = EventCode(kind, fields: Array(repeating: value, count: used))
          guard let event = Event(code) else { continue }
          result.append((name(of: event), event))
        }
      }
    }
    return result
  }

  private static func name(of event: Event) -> String {
    switch event {
    case .call(let event): "call.\(event.kind)"
    case .agent(let event): "agent.\(event.kind)"
    case .transfer(let event): "transfer.\(event.kind)"
    case .outbound(let event): "outbound.\(event.kind)"
    case .calendar(let event): "calendar.\(event.kind)"
    case .feed(let event): "feed.\(event.kind)"
    }
  }
}
