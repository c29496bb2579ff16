import Base
import Foundation
import Frames
import TestSupport
import Testing

@testable import Journal

private func open(_ path: String, vocabulary: Int64 = 1) throws -> Journal {
  try Journal(.init(path: path, vocabulary: vocabulary)) { "id-1" }
}

/// Steps of one record each, every second one with words.
private func batch(_ count: Int, at second: Int64 = 1) -> Batch {
  var batch = Batch()
  for i in 0..<count {
    batch.begin(.command, at: Instant(seconds: second) + .microseconds(Int64(i)), actor: 7) {
      $0 += [1, 2, 3]
    }
    let words = i % 2 == 0 ? [] : [Word(number: 3, text: "x \"y"), Word(number: 9, text: "")]
    batch.add(.routing, UInt8(20 + i % 9), words: words) { $0 += [UInt8(i % 256), 0x7F] }
  }
  return batch
}

private func records(_ journal: Journal, from seq: UInt64 = 1) throws -> [(Entry, Step)] {
  var result: [(Entry, Step)] = []
  try journal.read(from: seq) {
    result.append(($0, $1))
    return true
  }
  return result
}

@Suite struct JournalTests {
  @Test("What was appended is read back, numbered without gaps, also after opening again")
  func appendAndRead() throws {
    let scratch = try Scratch()
    do {
      let journal = try open(scratch.path())
      try journal.append(batch(3))
      var second = Batch()
      second.begin(.time, at: Instant(seconds: 2))
      second.add(.shell, 1) { $0 += [5] }
      second.add(.casework, 2, words: [Word(number: 1, text: "ü")]) { _ in }
      try journal.append(second)
    }
    let journal = try open(scratch.path())
    #expect(journal.lastSeq == 5)
    #expect(journal.identity == "id-1")
    let all = try records(journal)
    #expect(all.map(\.0.seq) == [1, 2, 3, 4, 5])
    let second = all[1]
    #expect(second.0.stream == .routing && second.0.kind == 21)
    #expect(second.0.payload == [1, 0x7F])
    #expect(
      second.0.words
        == .present([Word(number: 3, text: "x \"y"), Word(number: 9, text: "")]))
    #expect(second.1.at == Instant(seconds: 1) + .microseconds(1))
    #expect(second.1.cause == .command && second.1.actor == 7 && second.1.command == [1, 2, 3])
    #expect(all[3].0.stream == .shell && all[3].0.words == .none && all[3].1.seq == 4)
    #expect(all[4].0.words == .present([Word(number: 1, text: "ü")]))
    #expect(all[4].1.seq == 4 && all[4].1.actor == nil && all[4].1.command.isEmpty)
    try journal.append(batch(2))
    #expect(try records(journal, from: 6).map(\.0.seq) == [6, 7])
    #expect(try records(journal, from: 2).map(\.0.seq) == [2, 3, 4, 5, 6, 7])
  }

  @Test("Durability is what it should be")
  func pragmas() throws {
    let scratch = try Scratch()
    let database = try Database(path: scratch.path("probe"))
    _ = try open(scratch.path())
    #expect(try database.integer("PRAGMA user_version") == 0)
    let journal = try open(scratch.path())
    #expect(try journal.pragma("synchronous") == "2", "FULL")
    #expect(try journal.pragma("journal_mode") == "wal")
    #expect(try journal.pragma("locking_mode") == "exclusive")
    #expect(!FileManager.default.fileExists(atPath: scratch.path() + "-shm"))
  }

  @Test("A journal has one owner")
  func exclusive() throws {
    let scratch = try Scratch()
    let journal = try open(scratch.path())
    try journal.append(batch(1))
    #expect(throws: JournalError.inUse(path: scratch.path())) { try open(scratch.path()) }
    #expect(journal.lastSeq == 1)
  }

  @Test("A journal of a later version is left alone")
  func tooNew() throws {
    let scratch = try Scratch()
    do { _ = try open(scratch.path()) }
    do {
      let database = try Database(path: scratch.path())
      try database.execute("PRAGMA user_version=99")
    }
    #expect(throws: JournalError.tooNew(version: 99, supported: Journal.schemaVersion)) {
      try open(scratch.path())
    }
  }

  @Test("A journal of a higher vocabulary is left alone; a lower one is raised by who writes")
  func vocabulary() throws {
    let scratch = try Scratch()
    do { try open(scratch.path(), vocabulary: 3).append(batch(1)) }
    #expect(throws: JournalError.unknownVocabulary(version: 3, supported: 2)) {
      try open(scratch.path(), vocabulary: 2)
    }
    do { _ = try open(scratch.path(), vocabulary: 4) }
    #expect(throws: JournalError.unknownVocabulary(version: 4, supported: 3)) {
      try open(scratch.path(), vocabulary: 3)
    }
  }

  @Test("A copy says that it is one, until its first records begin a new epoch")
  func epoch() throws {
    let scratch = try Scratch()
    let journal = try open(scratch.path())
    try journal.append(batch(2))
    #expect(journal.epoch == "id-1" && !journal.isCopy)
    let backup = try journal.copy(to: scratch.path("copy.sqlite"))
    while try !backup.step(pages: 1) {}
    #expect(!journal.isCopy)
    do { #expect(try open(scratch.path("copy.sqlite")).isCopy) }
    do {
      let copy = try open(scratch.path("copy.sqlite"))
      #expect(copy.isCopy && copy.epoch == "id-1")
      var next = batch(1)
      next.epoch = "another"
      try copy.append(next)
      #expect(!copy.isCopy && copy.epoch == "another")
    }
    let copy = try open(scratch.path("copy.sqlite"))
    #expect(!copy.isCopy && copy.epoch == "another" && copy.lastSeq == 3)
  }

  @Test("Words taken out of a frame leave its chain whole; a changed one is found")
  func words() throws {
    let scratch = try Scratch()
    do { for _ in 0..<3 { try open(scratch.path()).append(batch(2)) } }
    do {
      let database = try Database(path: scratch.path())
      try database.execute("UPDATE frame SET words = NULL WHERE seq = 1")
      try database.execute("UPDATE frame SET words = x'0102' WHERE seq = 3")
    }
    var found: [Entry.WordState] = []
    _ = try open(scratch.path()).replay(after: 0, chain: 0) { entry, _ in
      if entry.seq % 2 == 0 { found.append(entry.words) }
    }
    #expect(found[0] == .absent && found[1] == .wrong)
    guard case .present = found[2] else { return #expect(Bool(false)) }
  }

  @Test("A reply that is not what was kept is not given")
  func changedReply() throws {
    let scratch = try Scratch()
    let now = Instant(seconds: 1_000_000)
    do {
      var batch = Batch()
      for key in ["a", "b"] {
        batch.add(KeyedReply(user: 1, key: key, command: 1, reply: "+ 200 ok", at: now))
      }
      try open(scratch.path()).append(batch)
    }
    do {
      let database = try Database(path: scratch.path())
      try database.execute("UPDATE reply SET reply = '+ 201 created' WHERE key = 'a'")
    }
    #expect(try open(scratch.path()).replies(now: now, after: now).map(\.key) == ["b"])
  }

  @Test("Replies lapse a day after they were given, and not while nobody is there")
  func lapse() throws {
    let scratch = try Scratch()
    let (given, hour) = (Instant(seconds: 1_000_000), TimeSpan.hours(1))
    do {
      var batch = Batch()
      batch.add(KeyedReply(user: 1, key: "a", command: 1, reply: "+ 200 ok", at: given))
      try open(scratch.path()).append(batch)
    }
    // A clock that was set ahead by years, twice, or a machine that was off for a week.
    for years in [Int64(30), 60] {
      let (last, now) = (given + hour, given + .days(365 * years))
      let replies = try open(scratch.path()).replies(now: now, after: last)
      #expect(replies.map(\.key) == ["a"] && replies.allSatisfy { $0.at <= now })
    }
    let later = given + .days(365 * 60)
    #expect(
      try open(scratch.path()).replies(now: later + hour * 2, after: later + hour * 2).count == 1)
    #expect(
      try open(scratch.path()).replies(now: later + hour * 25, after: later + hour * 25).isEmpty)
  }

  @Test(
    "A frame changed, lost or moved is found, and where",
    arguments: [
      "UPDATE frame SET body = CAST(substr(body, 1, length(body) - 1) || x'05' AS BLOB) WHERE seq = 4",
      "DELETE FROM frame WHERE seq = 4",
      "UPDATE frame SET chain = chain + 1 WHERE seq = 4",
      "UPDATE frame SET body = (SELECT body FROM frame WHERE seq = 1) WHERE seq = 4",
    ])
  func damage(sql: String) throws {
    let scratch = try Scratch()
    do {
      let journal = try open(scratch.path())
      for second in 1...3 { try journal.append(batch(3, at: Int64(second))) }
    }
    do {
      let database = try Database(path: scratch.path())
      try database.execute(sql)
    }
    let journal = try open(scratch.path())
    #expect(throws: JournalError.brokenChain(seq: 4)) {
      _ = try journal.replay(after: 0, chain: 0) { _, _ in }
    }
  }

  @Test(
    "A last frame that cannot be is said to be damage, not crashed on",
    arguments: [
      "UPDATE frame SET count = -7 WHERE seq = 4", "UPDATE frame SET count = 0 WHERE seq = 4",
      "UPDATE frame SET count = 9223372036854775807 WHERE seq = 4",
      "UPDATE frame SET count = -9223372036854775808 WHERE seq = 4",
      "UPDATE frame SET seq = 9223372036854775807 WHERE seq = 4",
      "UPDATE frame SET seq = -9 WHERE seq > 0",
    ])
  func impossibleEnd(_ damage: String) throws {
    let scratch = try Scratch()
    do {
      let journal = try open(scratch.path())
      try journal.append(batch(3))
      try journal.append(batch(2))
    }
    do {
      let database = try Database(path: scratch.path())
      try database.execute("DELETE FROM frame WHERE seq = 1 AND \(damage.contains("-9"))")
      try database.execute(damage)
    }
    #expect(throws: JournalError.self) { try open(scratch.path()) }
  }

  @Test("A frame with a number below all is damage, and no end to who reads from there")
  func impossibleNumber() throws {
    let scratch = try Scratch()
    do { for second in 1...2 { try open(scratch.path()).append(batch(3, at: Int64(second))) } }
    do { try Database(path: scratch.path()).execute("UPDATE frame SET seq = -5 WHERE seq = 1") }
    let journal = try open(scratch.path())
    var seen: [UInt64] = []
    try journal.read(from: 1) { entry, _ in
      seen.append(entry.seq)
      return true
    }
    #expect(seen.suffix(3) == [4, 5, 6])
    #expect(throws: JournalError.brokenChain(seq: 1)) {
      _ = try journal.replay(after: 0, chain: 0) { _, _ in }
    }
  }

  @Test("Replay goes on from where it was, in slices")
  func slices() throws {
    let scratch = try Scratch()
    let journal = try open(scratch.path())
    for second in 1...5 { try journal.append(batch(2, at: Int64(second))) }
    var seen: [UInt64] = []
    var frames = 0
    func goesOn() -> Bool {
      frames += 1
      return frames < 2
    }
    var end = try journal.replay(after: 0, chain: 0, while: goesOn) { entry, _ in
      seen.append(entry.seq)
    }
    #expect(!end.isAtEnd && end.seq == 4)
    end = try journal.replay(after: end.seq, chain: end.chain) { entry, _ in seen.append(entry.seq)
    }
    #expect(end.isAtEnd)
    #expect(seen == Array(1...10))
  }

  @Test("Replies of keyed commands are kept for a day, with whose key it is")
  func replies() throws {
    let scratch = try Scratch()
    let journal = try open(scratch.path())
    let now = Instant(seconds: 1_000_000)
    var batch = Batch()
    let first = now - .seconds(10)
    batch.add(.init(user: 7, key: "old", command: 1, reply: "+ 200 ok", at: now - .seconds(90_000)))
    batch.add(.init(user: nil, key: "new", command: 1, reply: "+ 200 ok", at: first))
    batch.add(.init(user: 7, key: "new", command: .max, reply: "+ 201 created", at: now))
    try journal.append(batch)
    #expect(
      try journal.replies(now: now, after: now) == [
        .init(user: nil, key: "new", command: 1, reply: "+ 200 ok", at: first),
        .init(user: 7, key: "new", command: .max, reply: "+ 201 created", at: now),
      ])
  }

  @Test("What is in an archive file is not passed over in silence, and files keep their names")
  func archived() throws {
    let scratch = try Scratch()
    let journal = try open(scratch.path())
    try journal.append(batch(3))
    try journal.append(batch(2, at: 50))
    let writer = try ArchiveWriter(try journal.archivePlace())
    let frames = try journal.frames(after: 0, before: Instant(seconds: 9), limit: 9)
    #expect(frames.isAtEnd && frames.frames.count == 1)
    try writer.add(frames.frames[0])
    try writer.finish()
    let reports = ReportsBeginning(rows: [1], days: [2])
    var closing = Batch()
    closing.closing = Closing(
      archive: writer.file, chain: writer.chain, at: Instant(seconds: 1), plan: "{}", state: [7],
      reports: reports, hasAllDays: true)
    try journal.append(closing)
    #expect(throws: JournalError.archived(through: 3)) { _ = try records(journal, from: 3) }
    #expect(try records(journal, from: 4).map(\.0.seq) == [4, 5])
    #expect(try journal.beginning(hasDays: true)?.reports == reports)
    #expect(try !journal.dropArchived(frames: 9) && journal.dropArchived(frames: 9))
    // A copy in another folder, under another name, with the file beside it.
    #expect(writer.file.name == "journal-1-\(journal.epoch).archive")
    let elsewhere = try Scratch()
    let copy = try journal.copy(to: elsewhere.path("monday.sqlite"))
    while try !copy.step(pages: 100) {}
    try FileManager.default.copyItem(
      atPath: scratch.path(writer.file.name), toPath: elsewhere.path(writer.file.name))
    let monday = try Journal(
      .init(path: elsewhere.path("monday.sqlite"), readOnly: true, vocabulary: 1)
    ) { "" }
    var seen: [UInt64] = []
    let end = try monday.replay(after: 0, chain: 0) { entry, _ in seen.append(entry.seq) }
    #expect(end.isAtEnd && seen == [1, 2, 3, 4, 5])
  }

  @Test("The newest sound snapshot is found; a damaged one is passed over")
  func snapshots() throws {
    let scratch = try Scratch()
    func snapshot(_ n: UInt8) -> Snapshot {
      Snapshot(at: Instant(seconds: Int64(n)), plan: "{}", state: [n, 1, 2])
    }
    do {
      let journal = try open(scratch.path())
      for n in 1...5 {
        try journal.append(batch(1))
        try journal.save(snapshot(UInt8(n)), at: journal.end)
      }
      let newest = try #require(try journal.newestSnapshot { _ in true })
      #expect(newest.snapshot == snapshot(5) && newest.seq == 5)
      let readable = try journal.newestSnapshot { $0.snapshot.state[0] < 4 }
      #expect(readable?.seq == 3, "others may be of another program")
    }
    do {
      let database = try Database(path: scratch.path())
      #expect(try database.integer("SELECT count(*) FROM snapshot") == 3)
      try database.execute("UPDATE snapshot SET state = x'00' WHERE seq = 5")
    }
    let newest = try #require(try open(scratch.path()).newestSnapshot { _ in true })
    #expect(newest.snapshot == snapshot(4) && newest.seq == 4)
  }

  @Test("A backup made in use is a whole journal")
  func backup() throws {
    let scratch = try Scratch()
    let journal = try open(scratch.path())
    for _ in 0..<20 { try journal.append(batch(50)) }
    let backup = try journal.copy(to: scratch.path("copy.sqlite"))
    // Records come in between the steps: they are in the copy too.
    var steps = 0
    while try !backup.step(pages: 1) {
      steps += 1
      if steps < 10 { try journal.append(batch(50)) }
    }
    #expect(steps >= 10)
    try journal.append(batch(1))
    let copy = try open(scratch.path("copy.sqlite"))
    #expect(copy.lastSeq == 29 * 50)
    let end = try copy.replay(after: 0, chain: 0) { _, _ in }
    #expect(end.seq == 29 * 50 && end.isAtEnd)
  }
}
