import Base
import Foundation
import Testing

@testable import Frames

/// Steps, records and words are read as they were written; anything else is no frame.
@Suite struct FrameTests {
  private struct Read: Equatable {
    var entry: Entry
    var step: Step
  }

  private func read(_ body: [UInt8], _ words: [UInt8] = []) throws -> [Read] {
    var reader = FrameReader(firstSeq: 10, body: body, words: words)
    var result: [Read] = []
    while let entry = try reader.next() { result.append(Read(entry: entry, step: reader.step)) }
    return result
  }

  private func sample() -> Batch {
    var random = Fixed()
    var batch = Batch(salts: Salts(using: &random))
    batch.begin(.command, at: Instant(seconds: 100), actor: 0) { $0 += [9, 8] }
    batch.add(.routing, 7) { $0 += [1, 2, 3] }
    batch.add(.routing, 8, words: [Word(number: 2, text: "+1 312")]) { _ in }
    // What fell due before is a step of its own, and earlier.
    batch.begin(.time, at: Instant(seconds: 99))
    batch.add(.shell, 1, words: [Word(number: 1, text: ""), Word(number: 3, text: "ü")]) {
      $0 += Array(repeating: 5, count: 300)
    }
    batch.begin(.inferred, at: .never, actor: .max)
    batch.add(.casework, 255) { _ in }
    return batch
  }

  private struct Fixed: RandomNumberGenerator {
    var state: UInt64 = 1
    mutating func next() -> UInt64 {
      state &*= 6_364_136_223_846_793_005
      return state
    }
  }

  @Test("Steps and records come back as they were written, words with them")
  func roundTrip() throws {
    let batch = sample()
    let read = try read(batch.body, batch.words)
    #expect(batch.count == 4 && read.map(\.entry.seq) == [10, 11, 12, 13])
    #expect(read.map(\.step.seq) == [10, 10, 12, 13])
    #expect(read.map(\.step.cause) == [.command, .command, .time, .inferred])
    #expect(read.map(\.step.actor) == [0, 0, nil, .max])
    #expect(read[0].step.command == [9, 8] && read[2].step.command.isEmpty)
    #expect(
      read.map(\.step.at.microseconds) == [
        100_000_000, 100_000_000, 99_000_000, Instant.never.microseconds,
      ])
    #expect(read.map(\.entry.stream) == [.routing, .routing, .shell, .casework])
    #expect(read.map(\.entry.kind) == [7, 8, 1, 255])
    #expect(read[0].entry.payload == [1, 2, 3] && read[2].entry.payload.count == 300)
    #expect(read[0].entry.words == .none)
    #expect(read[1].entry.words == .present([Word(number: 2, text: "+1 312")]))
    #expect(
      read[2].entry.words
        == .present([Word(number: 1, text: ""), Word(number: 3, text: "ü")]))
  }

  @Test("The body holds no word: what is forgotten is gone, and the rest is read as before")
  func forgotten() throws {
    let batch = sample()
    #expect(Data(batch.body).range(of: Data("312".utf8)) == nil)
    #expect(Data(batch.words).range(of: Data("312".utf8)) != nil)
    let read = try read(batch.body)
    #expect(read.map(\.entry.words) == [.none, .absent, .absent, .none])
    #expect(read.map(\.entry.payload.count) == [3, 0, 300, 0])
  }

  @Test("The words of one record can go without the others'")
  func partly() throws {
    let batch = sample()
    // Index, salt, length and fields of the first: 1 + 16 + 1 + 8.
    let read = try read(batch.body, Array(batch.words.dropFirst(26)))
    #expect(read[1].entry.words == .absent)
    #expect(read[2].entry.words != .absent && read[2].entry.words != .wrong)
  }

  @Test("Words that belong to no record are passed over")
  func strangers() throws {
    let batch = sample()
    // Of the record with index 0, which has none.
    let stranger: [UInt8] = [0] + Array(repeating: 7, count: 16) + [2, 1, 0]
    let read = try read(batch.body, stranger + batch.words)
    #expect(read[1].entry.words == .present([Word(number: 2, text: "+1 312")]))
  }

  @Test("A word changed, or under another salt, is found; so is what is no row of words")
  func wrong() throws {
    let batch = sample()
    for index in 1..<26 {
      var words = batch.words
      words[index] ^= 1
      let found = (try? read(batch.body, words)).map { $0.map(\.entry.words) }
      #expect(found?[1] == .wrong || found?[1] == .absent, "byte \(index)")
    }
    #expect(try read(batch.body, [1, 2, 3])[1].entry.words == .wrong)
  }

  @Test("Salts are never the same twice, and the same words never under the same digest")
  func salts() throws {
    var random = Fixed()
    var salts = Salts(using: &random)
    var seen: Set<[UInt64]> = []
    for _ in 0..<1_000 {
      let (first, second) = salts.next()
      #expect(first != second)
      seen.insert([first, second])
    }
    #expect(seen.count == 1_000)
    var batch = Batch()
    batch.begin(.command, at: Instant(seconds: 1))
    for _ in 0..<2 { batch.add(.routing, 1, words: [Word(number: 1, text: "same")]) { _ in } }
    let digests = [batch.body.suffix(8), batch.body.dropLast(11).suffix(8)]
    #expect(digests[0] != digests[1])
    // Emptied, a batch goes on with other salts.
    let words = batch.words
    batch.removeAll()
    batch.begin(.command, at: Instant(seconds: 1))
    batch.add(.routing, 1, words: [Word(number: 1, text: "same")]) { _ in }
    #expect(!words.starts(with: batch.words))
  }

  @Test(
    "What no program writes is no frame",
    arguments: [
      // A record before any step, a step of an unknown cause, one that ends early, an unknown stream.
      [1, 1, 0], [0x7F, 9, 2, 0, 0], [0x7F, 1, 2, 0], [0x7F, 1, 2, 0, 5, 1],
      [0x7F, 1, 2, 0, 0, 3, 1, 0],
      // Before 1970, beyond all clocks, a user of more than 32 bits.
      [0x7F, 1, 1, 0, 0, 1, 1, 0],
      [
        0x7F, 1, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 0, 0, 0x7F, 1, 2, 0, 0, 1,
        1, 0,
      ],
      [0x7F, 1, 2, 0x82, 0x80, 0x80, 0x80, 0x10, 0, 1, 1, 0],
      // A payload and a digest that are not all there.
      [0x7F, 1, 2, 0, 0, 1, 1, 5, 1], [0x7F, 1, 2, 0, 0, 0x81, 1, 0, 1, 2, 3],
      [0x7F, 1, 2, 0, 0, 1, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1],
    ] as [[UInt8]])
  func impossible(_ body: [UInt8]) {
    #expect(throws: MalformedRecord.self) { _ = try read(body) }
  }

  @Test("A reply is not what was kept if anything of it is another")
  func replies() {
    let reply = KeyedReply(
      user: 7, key: "k", command: 1, reply: "+ 200 ok", at: Instant(seconds: 1))
    var others = Array(repeating: reply, count: 6)
    others[0].user = nil
    others[1].user = 0
    others[2].key = "k2"
    others[3].command = 2
    others[4].reply = "+ 201 ok"
    others[5].at = Instant(seconds: 2)
    #expect(Set((others + [reply]).map(\.digest)).count == 7)
  }
}
