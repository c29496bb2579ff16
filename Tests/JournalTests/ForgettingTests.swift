import Base
import Foundation
import Frames
import Testing

@testable import Journal

/// Words that have been kept long enough: gone from the file, and everything else is as it was.
@Suite struct ForgettingTests {
  private let directory = FileManager.default.temporaryDirectory.appending(
    path: "rf-\(UUID().uuidString)")
  private var path: String { directory.appending(path: "journal.sqlite").path }

  init() throws {
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
  }

  private func open() throws -> Journal {
    try Journal(Journal.Opening(path: path, vocabulary: 1)) { UUID().uuidString }
  }

  /// A day each, with a number; the first is also of somebody who is kept.
  private func fill(_ journal: Journal, days: Int) throws {
    for day in 0..<days {
      var batch = Batch()
      batch.begin(.command, at: Instant(seconds: Int64(day) * 86_400))
      batch.add(.routing, 1, words: [Word(number: 2, text: "+1555000\(day)")]) { $0.append(7) }
      batch.add(.shell, 1, words: [Word(number: 14, text: "person \(day)")]) { $0.append(8) }
      try journal.append(batch)
    }
  }

  private func words(_ journal: Journal) throws -> [String] {
    var found: [String] = []
    _ = try journal.replay(after: 0, chain: 0) { entry, _ in
      switch entry.words {
      case .present(let words): found += words.map(\.text)
      case .absent: found.append("-")
      case .none, .wrong: found.append("?")
      }
    }
    return found
  }

  @Test("Frame by frame up to the cutoff, so many at a time; people are kept, and the chain holds")
  func forgets() throws {
    let journal = try open()
    try fill(journal, days: 5)
    let cutoff = Instant(seconds: 3 * 86_400)
    let first = try #require(
      try journal.search(after: 0, before: cutoff, frames: 2, keeping: 14).old)
    #expect(first.through == 4 && first.before == Instant(seconds: 86_400) + .microseconds(1))
    for (through, isAtEnd) in [(4, false), (6, true), (nil, true)] as [(UInt64?, Bool)] {
      let found = try journal.search(after: 0, before: cutoff, frames: 2, keeping: 14)
      #expect(found.old?.through == through && found.isAtEnd == isAtEnd)
      #expect(found.hasWords == (through != nil))
      guard let next = found.old else { continue }
      var batch = Batch()
      batch.begin(.command, at: Instant(seconds: 5 * 86_400))
      batch.forgetting = next
      batch.add(.shell, 9) { _ in }
      try journal.append(batch)
    }
    #expect(
      try words(journal) == [
        "-", "person 0", "-", "person 1", "-", "person 2", "+15550003", "person 3", "+15550004",
        "person 4", "?", "?",
      ])
    #expect(journal.forgotten?.through == 6)
  }

  @Test("What is forgotten is in no file; how far it went is known after the next start")
  func traces() throws {
    do {
      let journal = try open()
      try fill(journal, days: 40)
      let next = try #require(
        try journal.search(
          after: 0, before: Instant(seconds: 39 * 86_400), frames: 100, keeping: 14
        ).old)
      try journal.save(
        Snapshot(at: Instant(seconds: 9), plan: "{}", state: Array("+15550005".utf8)),
        at: journal.end)
      var batch = Batch()
      batch.forgetting = next
      batch.begin(.command, at: Instant(seconds: 40 * 86_400))
      batch.add(.shell, 9) { _ in }
      try journal.append(batch)
      #expect(try !journal.dropTraces(), "without a newer snapshot the old one is not given up")
      #expect(try journal.newestSnapshot { _ in true } != nil && journal.traces() != nil)
      try journal.save(Snapshot(at: Instant(seconds: 10), plan: "{}", state: []), at: journal.end)
      #expect(try journal.dropTraces() && journal.traces() == nil)
      for name in try FileManager.default.contentsOfDirectory(atPath: directory.path) {
        let data = try Data(contentsOf: directory.appending(path: name))
        #expect(data.range(of: Data("+15550005".utf8)) == nil, "\(name)")
        if name == "journal.sqlite" { #expect(data.range(of: Data("+155500039".utf8)) != nil) }
      }
    }
    let journal = try open()
    #expect(journal.forgotten?.through == 78)
    let again = try journal.search(
      after: 0, before: Instant(seconds: 39 * 86_400), frames: 9, keeping: 14)
    #expect(again == Journal.Search(isAtEnd: true))
    try? FileManager.default.removeItem(at: directory)
  }
}
