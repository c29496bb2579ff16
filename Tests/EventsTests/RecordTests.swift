import Base
import Foundation
import Routing
import TestSupport
import Testing

@testable import Events
@testable import Frames

/// Records are read from the journal's bytes as they were written, with their words apart.
@Suite struct RecordTests {
  private func records(_ batch: Batch, words: [UInt8]? = nil) throws -> [Record] {
    var reader = FrameReader(firstSeq: 1, body: batch.body, words: words ?? batch.words)
    var records: [Record] = []
    while let entry = try reader.next() { records.append(try Record(entry, at: reader.step.at)) }
    return records
  }

  /// A detail with every text there is.
  private static var full: Detail {
    Detail.Name.allCases.reduce(Detail()) { $0.with($1, "the \($1)") }
  }

  private static let shellEvents: [ShellEvent] = [
    .planAdopted("{}"), .draining(true), .draining(false), .amended(isDocumented: true),
    .amended(isDocumented: false), .restored(epoch: "e1"), .note("some.thing"),
    .offerExplained(offer: 300),
    .textForgotten(through: 7, from: .distantPast, to: Instant(seconds: 9)),
    .historyClosed(
      through: 300,
      ClosedDay(
        from: .distantPast, to: Instant(seconds: 9),
        queues: [.init(id: 1, figures: [0, -1, .max])],
        reps: [
          .init(id: 300, figures: [], notReady: ["lunch": 5, "pausa caff\u{E8}": .min]),
          .init(id: 0, figures: [7]),
        ])),
  ]

  private func sample() -> Batch {
    var batch = Batch()
    batch.begin(.command, at: Instant(seconds: 5), asking: [])
    for (_, event) in EventDeclarations.samples() { batch.add(event) }
    for (_, event) in EventDeclarations.samples() { batch.add(event, Self.full) }
    for event in Self.shellEvents { batch.add(event, Self.full) }
    return batch
  }

  @Test("Every event and every detail comes back whole")
  func roundTrip() throws {
    let batch = sample()
    let events = EventDeclarations.samples().map(\.event)
    let read = try records(batch)
    let expected: [Record.Content] =
      events.map { .event($0, Detail()) } + events.map { .event($0, Self.full) }
      + Self.shellEvents.map { .shell($0, Self.full) }
    #expect(read.map(\.content) == expected)
    #expect(Set(Self.shellEvents.map(\.kind)).count == ShellEvent.Kind.allCases.count)
  }

  @Test("Words lie apart: without them a record says what happened, and none of it is in the body")
  func withoutWords() throws {
    let batch = sample()
    let words = Detail.Name.allCases.filter(\.isWord)
    #expect(
      words == [
        .from, .to, .name, .who, .about, .client, .order, .callBack, .notes, .by, .people, .other,
        .explanation,
      ])
    for name in words {
      #expect(Data(batch.body).range(of: Data("the \(name)".utf8)) == nil, "\(name)")
    }
    let rest = Detail(call: "the call").with(.category, "the category")
      .with(.disposition, "the disposition").with(.feed, "the feed").with(.cause, "the cause")
      .with(.ref, "the ref")
    for record in try records(batch, words: []).suffix(Self.shellEvents.count) {
      guard case .shell(_, let detail) = record.content else {
        Issue.record("\(record)")
        continue
      }
      #expect(detail == rest)
    }
  }

  @Test("Texts are in the order of their numbers, however they were given; nil is none")
  func details() {
    var detail = Detail().with(.notes, "n").with(.call, "c").with(.from, "f").with(.to, nil)
    var seen: [String] = []
    detail.forEach { name, text in seen.append("\(name.word)=\(text)") }
    #expect(seen == ["call=c", "from=f", "notes=n"])
    detail[.from] = nil
    detail[.call] = "d"
    #expect(detail == Detail(call: "d").with(.notes, "n"))
    #expect(
      detail.merging(Detail().with(.call, "e").with(.who, "w"))
        == Detail(call: "e").with(.who, "w").with(.notes, "n"))
    #expect(Set(Detail.Name.allCases.map(\.word)).count == Detail.Name.allCases.count)
    #expect(Detail.Name.callBack.word == "call-back")
  }

  @Test(
    "The vocabulary is raised with each new kind of record: what belongs to each is written here")
  func vocabulary() throws {
    // Raise `Record.vocabulary` with whatever makes this fail, and add a line: an earlier program must leave alone what
    // it cannot read.
    let kinds: [Int64: [Int]] = [
      1: [44, 5, 15, 29], 2: [49, 7, 18, 33], 3: [49, 8, 18, 33], 4: [49, 8, 19, 35],
    ]
    let counted = [
      try EventDeclarations.all().count, ShellEvent.Kind.allCases.count, Detail.Name.allCases.count,
      Command.Kind.allCases.count,
    ]
    #expect(kinds[Record.vocabulary] == counted)
    #expect(kinds.keys.max() == Record.vocabulary)
  }

  @Test("What no program of this vocabulary writes is no record")
  func impossible() {
    func entry(
      _ stream: RecordStream, _ kind: UInt8, _ payload: [UInt8], _ words: Entry.WordState = .none
    ) -> Entry {
      Entry(seq: 3, stream: stream, kind: kind, payload: payload[...], words: words)
    }
    let entries = [
      entry(.casework, 1, [], .absent), entry(.routing, 20, []), entry(.routing, 200, [0]),
      entry(.routing, 20, [1, 0, 99, 0]), entry(.routing, 20, [1, 0, 2, 1, 65]),
      entry(.routing, 20, [1, 0, 1, 9, 65]), entry(.shell, 9, []), entry(.shell, 2, [2]),
      entry(.shell, 1, [5, 65]),
      entry(.routing, 20, [1, 0], .present([Word(number: 1, text: "c")])),
      entry(.routing, 20, [1, 0], .present([Word(number: 77, text: "c")])),
    ]
    for entry in entries {
      #expect(throws: MalformedRecord(seq: 3)) { _ = try Record(entry, at: Instant(seconds: 1)) }
    }
  }
}
