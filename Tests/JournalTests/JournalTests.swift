import Base
import Foundation
import Routing
import Testing

@testable import Journal

/// A directory that goes when the test does.
private final class Scratch {
  let url: URL
  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "rota-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }
  deinit { try? FileManager.default.removeItem(at: url) }
  func path(_ name: String = "journal.sqlite") -> String { url.appending(path: name).path }
}

private func open(_ path: String) throws -> Journal { try Journal(path: path) { "id-1" } }

private func batch(_ count: Int, at second: Int64 = 1) -> Batch {
  var batch = Batch()
  for i in 0..<count {
    batch.add(
      .agent(.loggedIn(AgentID(i))), at: Instant(seconds: second) + .microseconds(Int64(i)),
      detail: i % 2 == 0 ? "" : " by=\"x y\"")
  }
  return batch
}

private func records(_ journal: Journal, from seq: UInt64 = 1) throws -> [Record] {
  var result: [Record] = []
  try journal.read(from: seq) {
    result.append($0)
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
      var plan = Batch()
      plan.add(plan: "{}", at: Instant(seconds: 2))
      plan.add(note: "daemon.draining", detail: " switch=on", at: Instant(seconds: 3))
      try journal.append(plan)
    }
    let journal = try open(scratch.path())
    #expect(journal.lastSeq == 5)
    #expect(journal.identity == "id-1")
    let all = try records(journal)
    #expect(all.map(\.seq) == [1, 2, 3, 4, 5])
    #expect(all[1].content == .event(.agent(.loggedIn(AgentID(1))), detail: " by=\"x y\""))
    #expect(all[1].at == Instant(seconds: 1) + .microseconds(1))
    #expect(all[3].content == .plan("{}"))
    #expect(all[4].content == .note(type: "daemon.draining", detail: " switch=on"))
    try journal.append(batch(2))
    #expect(try records(journal, from: 6).map(\.seq) == [6, 7])
    #expect(try records(journal, from: 2).map(\.seq) == [2, 3, 4, 5, 6, 7])
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
      _ = try journal.replay(after: 0, chain: 0) { _ in }
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
    try journal.read(from: 1) { record in
      seen.append(record.seq)
      return true
    }
    #expect(seen.suffix(3) == [4, 5, 6])
    #expect(throws: JournalError.brokenChain(seq: 1)) {
      _ = try journal.replay(after: 0, chain: 0) { _ in }
    }
  }

  @Test(
    "Instants before 1970 or beyond all clocks, and fields that fit no type, are no records",
    arguments: [
      [UInt8(Batch.Kind.event.rawValue), 0x01, 63, 0],
      [UInt8(Batch.Kind.event.rawValue)] + [0xFE] + Array(repeating: 0xFF, count: 8) + [
        0x01, 63, 0,
      ]
        + [0, 0x02, 63, 0],
      // A call that ended, of the rep before the first one there can be; a rep of more than 16 bits.
      [0, 0, 11, 2, 0] + [0xFF] + Array(repeating: 0xFF, count: 8) + [0x01],
      [0, 0, 20, 1, 0x80, 0x80, 0x08],
    ])
  func impossibleRecords(body: [UInt8]) {
    #expect(throws: JournalError.self) {
      var reader = FrameReader(firstSeq: 1, body: body)
      while try reader.next() != nil {}
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
    var end = try journal.replay(after: 0, chain: 0, while: goesOn) { seen.append($0.seq) }
    #expect(!end.isAtEnd && end.seq == 4)
    end = try journal.replay(after: end.seq, chain: end.chain) { seen.append($0.seq) }
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
      try journal.replies(now: now) == [
        .init(user: nil, key: "new", command: 1, reply: "+ 200 ok", at: first),
        .init(user: 7, key: "new", command: .max, reply: "+ 201 created", at: now),
      ])
  }

  @Test("The newest sound snapshot is found; a damaged one is passed over")
  func snapshots() throws {
    let scratch = try Scratch()
    func snapshot(_ n: UInt8) -> Snapshot {
      Snapshot(at: Instant(seconds: Int64(n)), plan: "{}", state: [n, 1, 2], shell: [n])
    }
    do {
      let journal = try open(scratch.path())
      for n in 1...5 {
        try journal.append(batch(1))
        try journal.save(snapshot(UInt8(n)), at: journal.end)
      }
      let newest = try #require(try journal.newestSnapshot())
      #expect(newest.0 == snapshot(5) && newest.seq == 5)
    }
    do {
      let database = try Database(path: scratch.path())
      #expect(try database.integer("SELECT count(*) FROM snapshot") == 3)
      try database.execute("UPDATE snapshot SET state = x'00' WHERE seq = 5")
    }
    let newest = try #require(try open(scratch.path()).newestSnapshot())
    #expect(newest.0 == snapshot(4) && newest.seq == 4)
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
    let end = try copy.replay(after: 0, chain: 0) { _ in }
    #expect(end.seq == 29 * 50 && end.isAtEnd)
  }
}

@Suite struct SipHashTests {
  /// The reference vectors of the authors: input 00, 01, ... of growing length, key 00 ... 0f.
  @Test func vectors() {
    let expected: [UInt64] = [
      0x726f_db47_dd0e_0e31, 0x74f8_39c5_93dc_67fd, 0x0d6c_8009_d9a9_4f5a, 0x8567_6696_d7fb_7e2d,
      0xcf27_94e0_2771_87b7, 0x1876_5564_cd99_a68d, 0xcbc9_466e_58fe_e3ce, 0xab02_00f5_8b01_d137,
      0x93f5_f579_9a93_2462,
    ]
    for (length, hash) in expected.enumerated() {
      let input = (0..<UInt8(length)).map { $0 }
      #expect(
        SipHash.hash(input, k0: 0x0706_0504_0302_0100, k1: 0x0f0e_0d0c_0b0a_0908) == hash)
    }
    // The example of the paper's appendix A: 15 bytes.
    #expect(
      SipHash.hash(
        (0..<15).map { UInt8($0) }, k0: 0x0706_0504_0302_0100, k1: 0x0f0e_0d0c_0b0a_0908)
        == 0xa129_ca61_49be_45e5)
  }
}
