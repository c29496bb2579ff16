public import LineProtocol

extension Record {
  /// Writes the record as an event line. The same record gives the same line for ever.
  public func write(_ names: Directory, to writer: inout LineWriter) {
    writer.event(seq, type)
    writer.option("at", at)
    switch content {
    case .event(let event, let detail):
      event.writeOptions(names, to: &writer)
      detail.write(to: &writer)
    case .companion: break
    case .shell(let event, let detail):
      detail.write(to: &writer)
      for option in event.options { writer.option(option.name, option.value) }
    }
    writer.end()
  }
}

extension Detail {
  /// Writes the texts as options, those of them that are for clients.
  fileprivate func write(to writer: inout LineWriter) {
    forEach { name, text in
      if name.isForClients { writer.option(name.word, text) }
    }
  }
}
