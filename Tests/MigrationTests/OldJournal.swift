import Base
import Configuration
import Events
import Foundation
import Frames
import Routing

@testable import Journal

/// Writes a journal as versions before schema 3 did: what a program of then would have had on its disk.
struct OldJournal {
  private let database: Database
  private var chain: UInt64 = 0
  private(set) var seq: UInt64 = 0
  private var body: [UInt8] = []
  private var last = Instant.distantPast
  private var count = 0

  init(path: String, fileSystem: String? = nil, schema: Int = 2) throws {
    database = try Database(path: path, fileSystem: fileSystem)
    try database.execute("PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL")
    try database.execute(
      """
      CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
      CREATE TABLE frame(
        seq INTEGER PRIMARY KEY, count INTEGER NOT NULL, body BLOB NOT NULL, chain INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE snapshot(
        seq INTEGER PRIMARY KEY, at_us INTEGER NOT NULL, plan TEXT NOT NULL, state BLOB NOT NULL,
        shell BLOB NOT NULL, chain INTEGER NOT NULL, hash INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE reply(
        key TEXT PRIMARY KEY, command INTEGER NOT NULL, reply TEXT NOT NULL, at_us INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      INSERT INTO meta VALUES('identity', 'old-1');
      INSERT INTO snapshot VALUES(1, 1, '{}', x'00', x'00', 1, 1);
      """)
    if schema == 2 { try database.execute("CREATE INDEX reply_at ON reply(at_us)") }
    try database.execute("PRAGMA user_version=\(schema)")
  }

  private mutating func begin(_ kind: UInt8, _ at: Instant) {
    body.append(kind)
    VariableInteger.write((at - last).microseconds, to: &body)
    last = at
    count += 1
  }

  private mutating func append(_ text: String) {
    VariableInteger.write(Int64(text.utf8.count), to: &body)
    body += text.utf8
  }

  mutating func add(_ event: Event, _ at: Instant, _ options: String = "") {
    begin(options.isEmpty ? 0 : 1, at)
    event.code.write(to: &body)
    if !options.isEmpty { append(options) }
  }

  mutating func add(plan: PlanRecord, _ at: Instant) {
    begin(2, at)
    append(plan.json)
  }

  mutating func add(note type: String, _ options: String, _ at: Instant) {
    begin(3, at)
    append(type)
    append(options)
  }

  /// Any bytes as a frame.
  mutating func add(raw: [UInt8], count: Int) {
    body += raw
    self.count += count
  }

  /// Ends a frame.
  mutating func commit() throws {
    if count == 0 { return }
    chain = SipHash.hash(body[...], k0: chain, k1: seq + 1)
    let insert = try database.prepare("INSERT INTO frame VALUES(?1, ?2, ?3, ?4)")
    insert.bind(1, Int64(seq + 1))
    insert.bind(2, Int64(count))
    insert.bind(3, bytes: body)
    insert.bind(4, Int64(bitPattern: chain))
    try insert.step()
    seq += UInt64(count)
    (body, last, count) = ([], .distantPast, 0)
  }

  func reply(_ column: String, _ command: Int64, _ text: String, _ at: Instant) throws {
    let insert = try database.prepare("INSERT INTO reply VALUES(?1, ?2, ?3, ?4)")
    insert.bind(1, column)
    insert.bind(2, command)
    insert.bind(3, text)
    insert.bind(4, at.microseconds)
    try insert.step()
  }

  var chainEnd: String { String(chain, radix: 16) }
}
