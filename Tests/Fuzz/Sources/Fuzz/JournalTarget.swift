import Base
import Migration

@testable import Events
@testable import Frames
@testable import Journal
@testable import Routing
@testable import TestSupport

/// What is on disk: events, frames, rows, snapshots. The first byte says which.
enum JournalTarget {
  static func run(_ input: [UInt8]) {
    var bytes = Bytes(input)
    switch bytes.byte() % 6 {
    case 0: checkEvent(Array(bytes.rest))
    case 1: checkFrame(&bytes)
    case 2: checkRecords(&bytes)
    case 3: checkRows(&bytes)
    case 4: checkSnapshot(Array(bytes.rest))
    default: checkHistory(&bytes)
    }
  }

  // MARK: Events

  /// Codes that are read are written again as they were; so are the events they stand for.
  private static func checkEvent(_ bytes: [UInt8]) {
    var position = 0
    guard let code = EventCode.read(from: bytes[...], at: &position) else { return }
    require(position <= bytes.count, "read beyond the end")
    var written: [UInt8] = []
    code.write(to: &written)
    var start = 0
    require(
      EventCode.read(from: written[...], at: &start) == code, "a code is not what was written")
    guard let event = Event(code) else { return }
    require(event.code == code, "\(event) has another code than it was read from")
  }

  // MARK: Frames

  private struct Read: Equatable {
    var entry: Entry
    var step: Frames.Step
  }

  private static func read(_ body: [UInt8], _ words: [UInt8]) -> [Read]? {
    var reader = FrameReader(firstSeq: 1, body: body, words: words)
    var result: [Read] = []
    do {
      while let entry = try reader.next() { result.append(Read(entry: entry, step: reader.step)) }
    } catch {
      return nil
    }
    return result
  }

  /// What is read is written again so that it is read again as it was; of an old frame, that the takeover says the same
  /// of it or refuses it.
  private static func checkFrame(_ bytes: inout Bytes) {
    let words = Array(bytes.text().utf8)
    let body = Array(bytes.rest)
    if let read = read(body, words) {
      require(read.allSatisfy { $0.step.at >= .distantPast }, "a record before all clocks")
      checkRoundTrip(read)
      for one in read { _ = try? Record(one.entry, at: one.step.at) }
      for one in read { _ = Command.list(from: one.step.command) }
    }
    var batch = Batch()
    do {
      try SchemaTakeover().take(body, seq: 1, into: &batch)
    } catch {
      return
    }
    let count = self.read(batch.body, batch.words)?.count
    require(count == batch.count, "what was taken over cannot be read")
  }

  private static func checkRoundTrip(_ read: [Read]) {
    var batch = Batch()
    var begun: UInt64 = 0
    for (entry, step) in read.map({ ($0.entry, $0.step) }) {
      if step.seq != begun {
        begun = step.seq
        batch.begin(step.cause, at: step.at, actor: step.actor) { $0 += step.command }
      }
      var words: [Word] = []
      if case .present(let present) = entry.words { words = present }
      batch.add(entry.stream, entry.kind, words: words) { $0 += entry.payload }
    }
    require(batch.count == read.count, "records were lost while they were written")
    let again = self.read(batch.body, batch.words) ?? []
    require(again.map(\.step) == read.map(\.step), "steps are not what was written")
    require(
      zip(again, read).allSatisfy { $0.entry.payload == $1.entry.payload },
      "records are not what was written")
  }

  /// Records made of the bytes.
  private static func checkRecords(_ bytes: inout Bytes) {
    var batch = Batch()
    var records: [Record] = []
    while !bytes.rest.isEmpty, records.count < 64 {
      let at = Instant(microseconds: bytes.integer() & .max)
      var detail = Detail()
      let name = Detail.Name(rawValue: 1 + bytes.byte() % UInt8(Detail.Name.allCases.count))
      if let name, bytes.byte() & 1 != 0 { detail[name] = bytes.text() }
      let content: Record.Content?
      switch bytes.byte() % 4 {
      case 0: content = .shell(.planAdopted(bytes.text()), detail)
      case 1: content = .shell(.note(bytes.text()), detail)
      case 2: content = .shell(.amended(isDocumented: bytes.byte() & 1 != 0), detail)
      default: content = event(&bytes).map { .event($0, detail) }
      }
      guard let content else { continue }
      let record = Record(seq: UInt64(records.count + 1), at: at, content: content)
      batch.begin(.command, at: at, asking: [.startDay])
      batch.add(record)
      records.append(record)
    }
    require(self.records(batch) == records, "records are not what was written")
  }

  private static func records(_ batch: Batch) -> [Record] {
    (read(batch.body, batch.words) ?? []).compactMap { try? Record($0.entry, at: $0.step.at) }
  }

  private static func event(_ bytes: inout Bytes) -> Event? {
    let kind = bytes.byte() & 63
    let used = bytes.byte() % 7
    var fields: [Int64] = []
    if used > 0 { fields.append(bytes.integer()) }
    if used > 1 { fields.append(bytes.integer() >> 32) }
    if used > 2 { fields.append(Int64(bytes.byte())) }
    if used > 3 { fields.append(Int64(bytes.byte())) }
    if used > 4 { fields.append(bytes.integer()) }
    if used > 5 { fields.append(Int64(bytes.byte())) }
    return Event(EventCode(kind, fields: fields))
  }

  // MARK: Rows

  /// A journal whose rows somebody else wrote is read or refused.
  private static func checkRows(_ bytes: inout Bytes) {
    let disk = SimulatedDisk(seed: 1)
    do {
      _ = try open(disk, "fuzz")
      try insertRows(&bytes, disk)
      let journal = try open(disk, "another")
      require(journal.identity == "fuzz", "the journal has another name")
      var last: UInt64 = 0
      let end = try journal.replay(after: 0, chain: 0) { entry, _ in
        require(entry.seq == last + 1, "record \(entry.seq) came after \(last)")
        last = entry.seq
      }
      require(end.isAtEnd && end.seq == last && last == journal.lastSeq, "the end is elsewhere")
      try journal.read(from: last / 2) { entry, _ in entry.seq >= last / 2 }
      if let snapshot = try journal.newestSnapshot(where: { _ in true }) {
        require(snapshot.seq <= last, "a snapshot of records that are not there")
      }
    } catch is JournalError {
    } catch is DatabaseError {
    } catch {
      require(false, "another error: \(error)")
    }
  }

  private static func open(_ disk: SimulatedDisk, _ name: String) throws(JournalError) -> Journal {
    try Journal(
      .init(path: "journal", fileSystem: disk.name, vocabulary: Record.vocabulary)
    ) { name }
  }

  private static func insertRows(_ bytes: inout Bytes, _ disk: SimulatedDisk) throws {
    let database = try Database(path: "journal", fileSystem: disk.name)
    try database.execute("PRAGMA locking_mode=EXCLUSIVE")
    let frame = try database.prepare("INSERT OR REPLACE INTO frame VALUES(?1, ?2, ?3, ?4, ?5)")
    var (seq, chain): (Int64, UInt64) = (1, 0)
    for _ in 0..<(1 + bytes.byte() % 4) {
      let flags = bytes.byte()
      let body = Array(bytes.text().utf8)
      let words = Array(bytes.text().utf8)
      let count = read(body, words)?.count ?? 1
      if flags & 1 != 0 { seq = bytes.integer() }
      // Most rows are chained as the daemon would have chained them: others are found out at once.
      chain = Journal.link(chain, seq: UInt64(bitPattern: seq), body)
      if flags & 2 != 0 { chain ^= 1 }
      frame.bind(1, seq)
      frame.bind(2, flags & 4 != 0 ? bytes.integer() : Int64(count))
      frame.bind(3, bytes: body)
      frame.bind(4, bytes: words)
      frame.bind(5, Int64(bitPattern: chain))
      try frame.step()
      seq = seq &+ Int64(count)
    }
    if bytes.byte() & 1 != 0 {
      let hash = bytes.integer()
      try database.execute(
        "INSERT INTO snapshot VALUES(\(bytes.byte()), 1, 'plan', x'01', x'02', 3, \(hash))")
    }
  }

  // MARK: States

  private static let plan: RoutingPlan = {
    var first = QueuePlan(members: (0..<3).map { Member(AgentID($0), tier: UInt8($0 / 2)) })
    first.tierAfter = [.seconds(20)]
    first.maxWait = .seconds(120)
    var second = QueuePlan(members: [1, 2].map { Member(AgentID($0)) })
    second.strategy = .simultaneous
    return RoutingPlan(agents: Array(repeating: AgentPlan(), count: 3), queues: [first, second])
  }()

  /// Bytes that are no state are refused; whatever is accepted can be, and is written and read again.
  private static func checkSnapshot(_ bytes: [UInt8]) {
    guard let engine = RoutingEngine(plan: plan, seed: 1, snapshot: bytes) else { return }
    let snapshot = engine.snapshot()
    let again = RoutingEngine(plan: plan, seed: 1, snapshot: snapshot)
    require(again?.snapshot() == snapshot, "a state is not what was written")
    require(engine.invariantViolations().isEmpty, "a state that cannot be was accepted")
  }

  /// A history of random moves: what is written of it comes back.
  private static func checkHistory(_ bytes: inout Bytes) {
    var engine = RoutingEngine(plan, seed: 1)
    var replayed = engine
    var batch = Batch()
    var all: [Record] = []
    var now = Instant(seconds: 1_000_000)
    while bytes.rest.count >= 4, all.count < 2_000 {
      let move = Move(
        kind: Int(bytes.byte()) % 37, pick: Int(bytes.byte()), other: Int(bytes.byte()),
        pause: .seconds(Int64(bytes.byte() & 31)))
      now = now + move.pause
      var events = EventBuffer()
      _ = engine.handle(move.command(in: engine), at: now, into: &events)
      for event in events.events {
        batch.begin(.unknown, at: event.at)
        batch.add(event.event)
        replayed.apply(event.event, at: event.at)
        all.append(
          Record(seq: UInt64(all.count + 1), at: event.at, content: .event(event.event, Detail()))
        )
      }
    }
    require(records(batch) == all, "events are not what was written")
    let snapshot = engine.snapshot()
    require(replayed.snapshot(at: engine.now) == snapshot, "the events give another state")
    let restored = RoutingEngine(plan: plan, seed: 1, snapshot: snapshot)
    require(restored?.snapshot() == snapshot, "a state is not what was written")
  }
}
