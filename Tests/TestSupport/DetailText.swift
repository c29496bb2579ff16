package import Events
internal import LineProtocol

extension Detail {
  /// The detail that is written as these options of a protocol line, such as ` call=c-1 from="+1 312"`.
  package init(options text: String) {
    self.init()
    for option in LineParser.options(text) {
      guard let name = Name.allCases.first(where: { $0.word == option.name }) else { continue }
      self[name] = option.value
    }
  }
}
