import Base
import Foundation
import Routing
import Testing

@testable import Events

/// Commands are read from the headers of steps as they were written.
@Suite struct CommandCodeTests {
  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The cases that the source declares.
  private func declared() throws -> Set<String> {
    let file = Self.root.appending(path: "Sources/Routing/Plan/Command.swift")
    let text = try String(contentsOf: file, encoding: .utf8)
    let body = text.prefix(upTo: try #require(text.range(of: "\n}\n")).lowerBound)
    return Set(body.matches(of: /\n  case (\w+)/).map { String($0.1) })
  }

  @Test("Every command that the source declares has a number, and comes back whole")
  func everyCommand() throws {
    #expect(Set(Command.Kind.allCases.map { "\($0)" }) == (try declared()))
    for kind in Command.Kind.allCases {
      var seen: Set<String> = []
      for fields in Self.patterns {
        for count in 0...EventCode.capacity {
          let code = EventCode(kind.rawValue, fields: Array(fields.prefix(count)))
          guard let command = Command(code) else { continue }
          #expect("\(command)".hasPrefix("\(kind)"))
          #expect(command.code == code)
          var bytes: [UInt8] = []
          command.write(to: &bytes)
          #expect(Command.list(from: bytes[...]) == [command])
          seen.insert("\(command)")
        }
      }
      #expect(!seen.isEmpty, "\(kind)")
    }
  }

  /// Different values in all fields, so that none changes places with another; and such that words know them.
  private static let patterns: [[Int64]] = [
    [7, 5, 3, 1, 2, 6], [7, 4, 1, 0, 2], [7, 2, 1], [7, 1, 0, 2, 1], [7, 3, 9, 4, 1], [],
  ]

  @Test("What may be left out is told from what is 0")
  func optional() {
    let call = CallID(slot: 3, generation: 1)
    let commands: [Command] = [
      .answer(call, agent: AgentID(0), offer: nil),
      .answer(call, agent: AgentID(0), offer: OfferID(1)),
      .answerConsult(TransferID(1), agent: nil), .answerConsult(TransferID(1), agent: AgentID(0)),
      .makeReady(AgentID(2)), .makeReady(AgentID(2), queue: QueueID(0)),
      .makeReady(AgentID(2), reason: .dontAcceptQueueCalls, by: .lead),
      .requestOutbound(AgentID(1), purpose: .followUp, patience: nil),
      .requestOutbound(AgentID(1), purpose: .followUp, patience: .zero),
      .makeNotReady(AgentID(0), reason: .missedCalls, until: .never),
      .consult(call, agent: AgentID(1), target: .queue(QueueID(0)), briefing: .complete),
      .consult(call, agent: AgentID(1), target: .outside, briefing: []),
      .setOfficeHours(QueueID(0), opens: .distantPast, closes: .never),
    ]
    var bytes: [UInt8] = []
    for command in commands { command.write(to: &bytes) }
    #expect(Command.list(from: bytes[...]) == commands)
  }

  @Test(
    "Bytes that are no commands are none",
    arguments: [[1], [0, 22, 0], [1, 99, 0], [1, 2, 3, 0, 8, 0], [1, 22, 1, 0x80, 0x80, 0x08]]
      as [[UInt8]])
  func impossible(_ bytes: [UInt8]) {
    #expect(Command.list(from: bytes[...]) == nil)
  }
}
