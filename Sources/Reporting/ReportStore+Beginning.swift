public import Base
import Configuration
import Events
public import Frames
import Journal

// What a read model that is built anew begins with, where history has gone to archive files.

extension ReportStore {
  /// What a read model holds on to where history was cut: what began since `instant` or is not over, of each table.
  private static func kept(since instant: Instant) -> [(table: String, condition: String)] {
    let since = "\(instant.microseconds)"
    let live = "call_id IN (SELECT id FROM calls WHERE ended_us IS NULL)"
    return [
      ("calls", "arrived_us >= \(since) OR ended_us IS NULL"),
      ("offers", "offered_us >= \(since) OR outcome IS NULL OR \(live)"),
      ("queue_visits", "entered_us >= \(since) OR left_us IS NULL OR \(live)"),
      ("handlings", "from_us >= \(since) OR wrap_up_since_us IS NOT NULL OR \(live)"),
      ("transfers", "started_us >= \(since) OR outcome IS NULL"),
      ("consultations", "offered_us >= \(since) OR ended_us IS NULL"),
      ("prevented_blind_transfers", "at_us >= \(since)"),
      ("outbound_requests", "requested_us >= \(since) OR outcome = 'waiting'"),
      ("agent_states", "to_us IS NULL OR to_us >= \(since)"),
    ]
  }

  /// The tables of closed days.
  private static let days = ["closed_days", "rep_days", "queue_days", "not_ready_days"]

  /// What another read model needs to go on from here; of closed days those that this one has.
  /// - Parameter instant: Rows of before it that are over are left out: no later record changes a figure by them.
  public func beginning(since instant: Instant) throws -> ReportsBeginning {
    var (rows, days): ([UInt8], [UInt8]) = ([], [])
    Self.write(projector.directory.json, to: &rows)
    for (table, condition) in Self.kept(since: instant) {
      try write(table, "\(condition) ORDER BY rowid", to: &rows)
    }
    for table in Self.days { try write(table, "1 ORDER BY 1, 2", to: &days) }
    return ReportsBeginning(rows: rows, days: days)
  }

  private func write(_ table: String, _ condition: String, to bytes: inout [UInt8]) throws {
    let columns = try columns(of: table)
    Self.write(table, to: &bytes)
    VariableInteger.writeUnsigned(UInt64(columns.count), to: &bytes)
    for column in columns { Self.write(column.name, to: &bytes) }
    let rows = try database.prepare("SELECT * FROM \(table) WHERE \(condition)")
    while try rows.step() {
      bytes.append(1)
      for (index, column) in columns.enumerated() {
        write(rows, Int32(index), column, to: &bytes)
      }
    }
    bytes.append(0)
  }

  /// Begins after record `seq`, with what ``beginning(since:)`` says; nothing of before is left.
  public func begin(after seq: UInt64, with beginning: ReportsBeginning) throws {
    var position = 0
    let rows = beginning.rows[...]
    guard let names = Self.text(from: rows, at: &position) else {
      throw JournalError.malformed(seq: seq)
    }
    try database.execute("BEGIN")
    do {
      for table in Self.kept(since: .distantPast).map(\.table) + Self.days {
        try database.execute("DELETE FROM \(table)")
      }
      while position < rows.endIndex { try takeTable(rows, at: &position, seq) }
      position = 0
      let days = beginning.days[...]
      while position < days.endIndex { try takeTable(days, at: &position, seq) }
      let update = try database.prepare("UPDATE progress SET seq = ?1, directory = ?2")
      update.bind(1, Int64(clamping: seq))
      update.bind(2, names)
      try update.step()
      try database.execute("COMMIT")
    } catch {
      try? database.execute("ROLLBACK")
      throw error
    }
    try goOn(after: seq)
  }

  private typealias Column = (name: String, isText: Bool)

  private func columns(of table: String) throws(DatabaseError) -> [Column] {
    let rows = try database.prepare("SELECT name, type FROM pragma_table_info('\(table)')")
    var columns: [Column] = []
    while try rows.step() { columns.append((rows.text(0), rows.text(1) == "TEXT")) }
    return columns
  }

  private func write(_ row: Statement, _ index: Int32, _ column: Column, to bytes: inout [UInt8]) {
    if row.isNull(index) {
      bytes.append(0)
    } else if column.isText {
      bytes.append(1)
      Self.write(row.text(index), to: &bytes)
    } else {
      bytes.append(2)
      VariableInteger.write(row.integer(index), to: &bytes)
    }
  }

  /// One table. Columns that this program does not have are left out, and those that it has more have what they have
  /// in a new row.
  private func takeTable(_ bytes: ArraySlice<UInt8>, at position: inout Int, _ seq: UInt64) throws {
    let malformed = JournalError.malformed(seq: seq)
    guard let table = Self.text(from: bytes, at: &position), table.allSatisfy(Self.isPlain),
      let count = VariableInteger.readUnsigned(from: bytes, at: &position), count < 1_000
    else { throw malformed }
    var columns: [String] = []
    for _ in 0..<count {
      guard let name = Self.text(from: bytes, at: &position) else { throw malformed }
      columns.append(name)
    }
    let known = Set(try self.columns(of: table).map(\.name))
    let places = columns.indices.filter { known.contains(columns[$0]) }
    let names = places.map { columns[$0] }.joined(separator: ", ")
    let marks = places.map { _ in "?" }.joined(separator: ", ")
    let insert =
      known.isEmpty
      ? nil : try database.prepare("INSERT OR REPLACE INTO \(table)(\(names)) VALUES(\(marks))")
    while position < bytes.endIndex, bytes[position] == 1 {
      position += 1
      var place: Int32 = 0
      for column in columns.indices {
        guard let value = Self.value(from: bytes, at: &position) else { throw malformed }
        if places.contains(column) {
          place += 1
          insert?.bind(value, at: place)
        }
      }
      try insert?.step()
    }
    position += 1
  }

  private static func isPlain(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character == "_")
  }

  private static func write(_ text: String, to bytes: inout [UInt8]) {
    VariableInteger.writeUnsigned(UInt64(text.utf8.count), to: &bytes)
    bytes += text.utf8
  }

  private static func text(from bytes: ArraySlice<UInt8>, at position: inout Int) -> String? {
    guard let length = VariableInteger.readUnsigned(from: bytes, at: &position),
      position <= bytes.endIndex, length <= UInt64(bytes.endIndex - position)
    else { return nil }
    defer { position += Int(length) }
    return String(decoding: bytes[position..<position + Int(length)], as: UTF8.self)
  }

  private static func value(from bytes: ArraySlice<UInt8>, at position: inout Int) -> SQLValue? {
    guard position < bytes.endIndex else { return nil }
    position += 1
    switch bytes[position - 1] {
    case 0: return .integer(nil)
    case 1: return text(from: bytes, at: &position).map { .text($0) }
    default:  // foreign: UInt8
      return VariableInteger.read(from: bytes, at: &position).map { .integer($0) }
    }
  }
}

extension Statement {
  fileprivate func bind(_ value: SQLValue, at place: Int32) {
    switch value {
    case .integer(let value): bind(place, value)
    case .text(let value): bind(place, value)
    }
  }
}
