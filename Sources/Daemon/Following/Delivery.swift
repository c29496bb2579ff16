import Events
import LineProtocol

/// Committed records on their way to the subscribers, as a machine without I/O: each round of records goes to everybody
/// who is due, one after the other; what is committed meanwhile is the next round.
struct Delivery<Receiver> {
  /// What is being sent.
  private(set) var records: [Record] = []
  private var waiting: [Receiver] = []
  /// The records as lines, made once however many subscribers there are.
  private var lines: [UInt64: [UInt8]] = [:]
  private var next: [Record] = []

  /// Takes in what was committed.
  mutating func add(_ records: [Record]) { next += records }

  /// Who is to be sent ``records`` next; `nil`: nobody, until more is committed.
  /// - Parameter due: Who wants a round that begins, in the order in which they are served.
  mutating func nextToServe(_ due: () -> [Receiver]) -> Receiver? {
    while true {
      if let receiver = waiting.popLast() { return receiver }
      records = next
      lines.removeAll()
      next.removeAll()
      if records.isEmpty { return nil }
      waiting = due().reversed()
    }
  }

  /// `record` as a line, made by `write` when it is asked for first.
  mutating func line(_ record: Record, _ write: (inout LineWriter) -> Void) -> [UInt8] {
    if let known = lines[record.seq] { return known }
    var writer = LineWriter()
    write(&writer)
    lines[record.seq] = writer.bytes
    return writer.bytes
  }
}
