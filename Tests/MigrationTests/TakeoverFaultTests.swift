import Base
import Configuration
import Events
import Foundation
import Frames
import Routing
import TestSupport
import Testing

@testable import Journal
@testable import Migration

/// Whatever happens while a journal is taken over, it is the old one or the new one, whole, and the next start ends
/// with the new one.
@Suite struct TakeoverFaultTests {
  /// A journal of schema 2 with plans, events, words, notes and keys, on a disk of its own.
  private func disk(_ seed: UInt64) throws -> SimulatedDisk {
    let disk = SimulatedDisk(seed: seed)
    var old = try OldJournal(path: "journal.sqlite", fileSystem: disk.name)
    var engine = RoutingEngine(TakeoverTests.plan.plan, seed: 1)
    var now = Instant(seconds: 1_800_000_000)
    old.add(plan: TakeoverTests.plan, now)
    func ask(_ command: Command, _ options: String = "") throws {
      var events = EventBuffer()
      now = now + .seconds(1)
      _ = engine.handle(command, at: now, into: &events)
      for entry in events.events { old.add(entry.event, entry.at, options) }
      try old.commit()
    }
    for agent in 0..<3 {
      try ask(.logIn(AgentID(agent)))
      try ask(.makeReady(AgentID(agent)))
    }
    for number in 0..<20 {
      let note = String(repeating: "n", count: 700)
      try ask(
        .arrive(queue: QueueID(0), priority: 0, credit: .zero, skills: []),
        " call=c-\(number) from=+1312555\(number) name=\"\(note)\"")
    }
    old.add(note: "daemon.draining", " switch=on", now)
    try old.commit()
    try old.reply("7 pbx:1", 1, "+ 201 created", now)
    return disk
  }

  private func open(_ disk: SimulatedDisk) throws -> Journal {
    try Journal(
      .init(
        path: "journal.sqlite", fileSystem: disk.name, vocabulary: Record.vocabulary,
        takeover: SchemaTakeover())
    ) { "new" }
  }

  private func expected() throws -> (story: [String], operations: Int64) {
    let disk = try disk(1)
    disk.faults = SimulatedDisk.Faults()
    let story = try story(try open(disk))
    return (story, disk.operations)
  }

  /// Whether a journal was taken over in spite of `faults`, and what it says at the start after, on a disk that is well.
  private func afterwards(
    _ seed: UInt64, _ faults: SimulatedDisk.Faults
  ) throws -> (wasTakenOver: Bool, story: [String]) {
    let disk = try disk(seed)
    disk.faults = faults
    let wasTakenOver = (try? open(disk)) != nil
    disk.kill()
    disk.faults = SimulatedDisk.Faults()
    disk.powerOn()
    return (wasTakenOver, try story(try open(disk)))
  }

  @Test("The power goes at every step")
  func powerCut() throws {
    let (expected, operations) = try expected()
    #expect(expected.count > 30 && operations > 20, "\(expected.count), \(operations)")
    for step in 1...operations {
      #expect(try afterwards(UInt64(step), .init(cutAt: step)).story == expected, "cut at \(step)")
    }
  }

  @Test("The process is killed at every step: a write fails, and the program is no more")
  func kill() throws {
    let (expected, operations) = try expected()
    for step in 1...operations {
      #expect(try afterwards(UInt64(step), .init(failAt: step)).story == expected, "at \(step)")
    }
  }

  @Test("The disk is full, at every size: refused, and taken over once there is room")
  func fullDisk() throws {
    let (expected, _) = try expected()
    var refused = 0
    for capacity in stride(from: Int64(30_000), through: 200_000, by: 4_096) {
      let result = try afterwards(UInt64(capacity), .init(capacity: capacity))
      if !result.wasTakenOver { refused += 1 }
      #expect(result.story == expected, "\(capacity) bytes")
    }
    #expect(refused > 3)
  }

  @Test("Too little room is said before anything is begun, with the figures")
  func room() throws {
    let scratch = try Scratch()
    do {
      var old = try OldJournal(path: scratch.path())
      old.add(plan: TakeoverTests.plan, Instant(seconds: 1))
      try old.commit()
    }
    var told: [SchemaTakeover.Progress] = []
    let takeover = SchemaTakeover(free: { _ in 1_000 }) { told.append($0) }
    do {
      _ = try Journal(
        .init(path: scratch.path(), vocabulary: Record.vocabulary, takeover: takeover)
      ) { "" }
      Issue.record("taken over")
    } catch {
      guard case .noRoom(let needed, 1_000) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(needed > 20_000)
    }
    #expect(told.isEmpty)
  }

  @Test("A damaged journal is left alone, and where it is damaged is said")
  func damage() throws {
    for sql in [
      "UPDATE frame SET chain = chain + 1 WHERE seq = 5", "DELETE FROM frame WHERE seq = 5",
      "UPDATE frame SET count = 2 WHERE seq = 5",
    ] {
      let disk = try disk(1)
      do {
        let database = try Database(path: "journal.sqlite", fileSystem: disk.name)
        try database.execute("PRAGMA locking_mode=EXCLUSIVE; \(sql)")
      }
      do {
        _ = try open(disk)
        Issue.record("taken over after: \(sql)")
      } catch let error as JournalError {
        #expect(error == .brokenChain(seq: 5) || error == .malformed(seq: 5), "\(error)")
      }
      let database = try Database(path: "journal.sqlite", fileSystem: disk.name)
      try database.execute("PRAGMA locking_mode=EXCLUSIVE")
      #expect(try database.integer("PRAGMA user_version") == 2)
      #expect(try database.integer("SELECT count(*) FROM frame WHERE seq < 5") == 3)
    }
  }

  @Test("Who only reads takes over a copy; not a byte of the journal changes")
  func reading() throws {
    let scratch = try Scratch()
    do {
      var old = try OldJournal(path: scratch.path())
      old.add(plan: TakeoverTests.plan, Instant(seconds: 1))
      old.add(.agent(.loggedIn(AgentID(0))), Instant(seconds: 2))
      try old.commit()
    }
    let before = try Data(contentsOf: URL(filePath: scratch.path()))
    let journal = try Journal.reading(scratch.path())
    #expect(try story(journal).count == 2)
    #expect(try Data(contentsOf: URL(filePath: scratch.path())) == before)
  }

  @Test("Without anybody who takes it over, an old journal is said to be one")
  func outdated() throws {
    let scratch = try Scratch()
    _ = try OldJournal(path: scratch.path())
    #expect(throws: JournalError.outdated(version: 2)) {
      _ = try Journal(.init(path: scratch.path(), vocabulary: Record.vocabulary)) { "" }
    }
  }
}
