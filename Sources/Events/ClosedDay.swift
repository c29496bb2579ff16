public import Base

/// The figures of a day whose records are in an archive file: reports of it are made of these.
///
/// Which figure has which place is said by who reports; places are only ever added at the end.
public struct ClosedDay: Equatable, Sendable {
  /// The figures of one queue or rep.
  public struct Row: Equatable, Sendable {
    /// The number of the queue or rep.
    public var id: UInt16
    /// The figures, in their places; spans in microseconds.
    public var figures: [Int64]
    /// Of a rep: how long not ready, by reason, in microseconds.
    public var notReady: [String: Int64]

    /// The figures of queue or rep number `id`.
    public init(id: UInt16, figures: [Int64], notReady: [String: Int64] = [:]) {
      (self.id, self.figures, self.notReady) = (id, figures, notReady)
    }
  }

  /// The first instant of the day.
  public var from: Instant
  /// The first instant after it.
  public var to: Instant
  /// By queue.
  public var queues: [Row]
  /// By rep.
  public var reps: [Row]

  /// The figures of the day from `from` to `to`.
  public init(from: Instant, to: Instant, queues: [Row], reps: [Row]) {
    (self.from, self.to, self.queues, self.reps) = (from, to, queues, reps)
  }
}

extension ClosedDay {
  func write(to bytes: inout [UInt8]) {
    VariableInteger.write(from.microseconds, to: &bytes)
    VariableInteger.write(to.microseconds, to: &bytes)
    for rows in [queues, reps] {
      VariableInteger.writeUnsigned(UInt64(rows.count), to: &bytes)
      for row in rows { row.write(to: &bytes) }
    }
  }

  static func read(from bytes: ArraySlice<UInt8>, at position: inout Int) -> ClosedDay? {
    guard let from = VariableInteger.read(from: bytes, at: &position),
      let to = VariableInteger.read(from: bytes, at: &position),
      let queues = Row.list(from: bytes, at: &position),
      let reps = Row.list(from: bytes, at: &position)
    else { return nil }
    return ClosedDay(
      from: Instant(microseconds: from), to: Instant(microseconds: to), queues: queues, reps: reps)
  }
}

extension ClosedDay.Row {
  fileprivate func write(to bytes: inout [UInt8]) {
    VariableInteger.writeUnsigned(UInt64(id), to: &bytes)
    VariableInteger.writeUnsigned(UInt64(figures.count), to: &bytes)
    for figure in figures { VariableInteger.write(figure, to: &bytes) }
    VariableInteger.writeUnsigned(UInt64(notReady.count), to: &bytes)
    for (reason, time) in notReady.sorted(by: { $0.key < $1.key }) {
      VariableInteger.writeUnsigned(UInt64(reason.utf8.count), to: &bytes)
      bytes += reason.utf8
      VariableInteger.write(time, to: &bytes)
    }
  }

  /// A number of things to come; no more than there are bytes for.
  private static func count(from bytes: ArraySlice<UInt8>, at position: inout Int) -> Int? {
    guard let count = VariableInteger.readUnsigned(from: bytes, at: &position),
      position <= bytes.endIndex, count <= UInt64(bytes.endIndex - position)
    else { return nil }
    return Int(count)
  }

  fileprivate static func list(
    from bytes: ArraySlice<UInt8>, at position: inout Int
  ) -> [ClosedDay.Row]? {
    guard let count = count(from: bytes, at: &position) else { return nil }
    var rows: [ClosedDay.Row] = []
    for _ in 0..<count {
      guard let row = read(from: bytes, at: &position) else { return nil }
      rows.append(row)
    }
    return rows
  }

  private static func read(
    from bytes: ArraySlice<UInt8>, at position: inout Int
  ) -> ClosedDay.Row? {
    guard let id = VariableInteger.readUnsigned(from: bytes, at: &position),
      let id = UInt16(exactly: id), let figures = count(from: bytes, at: &position)
    else { return nil }
    var row = ClosedDay.Row(id: id, figures: [])
    for _ in 0..<figures {
      guard let figure = VariableInteger.read(from: bytes, at: &position) else { return nil }
      row.figures.append(figure)
    }
    guard let reasons = count(from: bytes, at: &position) else { return nil }
    for _ in 0..<reasons {
      guard let length = count(from: bytes, at: &position) else { return nil }
      let reason = String(decoding: bytes[position..<position + length], as: UTF8.self)
      position += length
      guard let time = VariableInteger.read(from: bytes, at: &position) else { return nil }
      row.notReady[reason] = time
    }
    return row
  }
}
