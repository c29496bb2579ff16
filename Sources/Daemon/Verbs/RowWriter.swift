import Base
import LineProtocol

/// Writes the rows of a reply and counts them.
struct RowWriter {
  let tag: String?
  var writer: LineWriter
  private var count = 0

  init(tag: String?, writer: LineWriter) {
    self.tag = tag
    self.writer = writer
  }

  mutating func begin() {
    writer.row(tag)
    count += 1
  }

  mutating func option(_ name: String, _ value: String) { writer.option(name, value) }
  mutating func option(_ name: String, _ value: Int) { writer.option(name, value) }
  mutating func option(_ name: String, _ span: TimeSpan) {
    writer.option(name, span)
  }
  mutating func end() { writer.end() }

  /// The last line: how many rows, and up to which record they are true.
  mutating func finish(at seq: UInt64) {
    writer.reply(tag, .rows)
    writer.option("rows", count)
    writer.option("at", Int(clamping: seq))
    writer.end()
  }
}
