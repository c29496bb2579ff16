public import Configuration
public import Events
public import Journal
public import LineProtocol

extension Directory: Naming {}

extension Record {
  /// Writes the record as an event line. The same record gives the same line for ever.
  public func write(_ names: Directory, to writer: inout LineWriter) {
    writer.event(seq, type)
    writer.option("at", at)
    switch content {
    case .event(let event, let detail):
      event.writeOptions(names, to: &writer)
      writer.append(raw: detail)
    case .plan: break
    case .note(_, let detail): writer.append(raw: detail)
    }
    writer.end()
  }

  /// The type of the line, such as `call.offered`.
  public var type: String {
    switch content {
    case .event(let event, _): event.type
    case .plan: "config.changed"
    case .note(let type, _): type
    }
  }
}
