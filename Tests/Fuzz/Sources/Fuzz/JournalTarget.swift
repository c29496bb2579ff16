import Base
import Events
@testable import Journal
@testable import Routing
@testable import TestSupport

/// What is on disk: events, frames, rows, snapshots. The first byte says which.
enum JournalTarget {
  static func run(_ input: [UInt8]) {
    var bytes = Bytes(input)
    switch bytes.byte() % 6 {
    case 0: checkEvent(Array(bytes.rest))
    case 1: checkFrame(Array(bytes.rest))
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

  private static func records(_ body: [UInt8]) -> [Record]? {
    var reader = FrameReader(firstSeq: 1, body: body)
    var records: [Record] = []
    do {
      while let record = try reader.next() { records.append(record) }
    } catch {
      return nil
    }
    return records
  }

  private static func checkFrame(_ body: [UInt8]) {
    guard let records = records(body) else { return }
    require(records.allSatisfy { $0.at >= .distantPast }, "a record before all clocks")
    checkRoundTrip(records)
  }

  private static func checkRoundTrip(_ records: [Record]) {
    var batch = Batch()
    for record in records {
      switch record.content {
      case .event(let event, let detail): batch.add(event, at: record.at, detail: detail)
      case .plan(let plan): batch.add(plan: plan, at: record.at)
      case .note(let type, let detail): batch.add(note: type, detail: detail, at: record.at)
      }
    }
    require(batch.count == records.count, "records were lost while they were written")
    require(self.records(batch.body) == records, "records are not what was written")
  }

  /// Records made of the bytes.
  private static func checkRecords(_ bytes: inout Bytes) {
    var records: [Record] = []
    while !bytes.rest.isEmpty, records.count < 64 {
      let at = Instant(microseconds: bytes.integer() & .max)
      let content: Record.Content?
      switch bytes.byte() % 3 {
      case 0: content = .plan(bytes.text())
      case 1: content = .note(type: bytes.text(), detail: bytes.text())
      default: content = event(&bytes).map { .event($0, detail: bytes.text()) }
      }
      guard let content else { continue }
      records.append(Record(seq: UInt64(records.count + 1), at: at, content: content))
    }
    checkRoundTrip(records)
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
      _ = try Journal(path: "journal", fileSystem: disk.name) { "fuzz" }
      try insertRows(&bytes, disk)
      let journal = try Journal(path: "journal", fileSystem: disk.name) { "another" }
      require(journal.identity == "fuzz", "the journal has another name")
      var last: UInt64 = 0
      let end = try journal.replay(after: 0, chain: 0) { record in
        require(record.seq == last + 1, "record \(record.seq) came after \(last)")
        last = record.seq
      }
      require(end.isAtEnd && end.seq == last && last == journal.lastSeq, "the end is elsewhere")
      try journal.read(from: last / 2) { $0.seq >= last / 2 }
      if let snapshot = try journal.newestSnapshot() {
        require(snapshot.seq <= last, "a snapshot of records that are not there")
      }
    } catch is JournalError {
    } catch is DatabaseError {
    } catch {
      require(false, "another error: \(error)")
    }
  }

  private static func insertRows(_ bytes: inout Bytes, _ disk: SimulatedDisk) throws {
    let database = try Database(path: "journal", fileSystem: disk.name)
    try database.execute("PRAGMA locking_mode=EXCLUSIVE")
    let frame = try database.prepare("INSERT OR REPLACE INTO frame VALUES(?1, ?2, ?3, ?4)")
    var (seq, chain): (Int64, UInt64) = (1, 0)
    for _ in 0..<(1 + bytes.byte() % 4) {
      let flags = bytes.byte()
      let body = Array(bytes.text().utf8)
      let count = records(body)?.count ?? 1
      if flags & 1 != 0 { seq = bytes.integer() }
      // Most rows are chained as the daemon would have chained them: others are found out at once.
      chain = Journal.link(chain, seq: UInt64(bitPattern: seq), body)
      if flags & 2 != 0 { chain ^= 1 }
      frame.bind(1, seq)
      frame.bind(2, flags & 4 != 0 ? bytes.integer() : Int64(count))
      frame.bind(3, bytes: body)
      frame.bind(4, Int64(bitPattern: chain))
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
        batch.add(event.event, at: event.at)
        replayed.apply(event.event, at: event.at)
        all.append(
          Record(seq: UInt64(all.count + 1), at: event.at, content: .event(event.event, detail: ""))
        )
      }
    }
    require(records(batch.body) == all, "events are not what was written")
    let snapshot = engine.snapshot()
    require(replayed.snapshot(at: engine.now) == snapshot, "the events give another state")
    let restored = RoutingEngine(plan: plan, seed: 1, snapshot: snapshot)
    require(restored?.snapshot() == snapshot, "a state is not what was written")
  }
}
