extension TimeSpan {
  /// Reads a span as people write it: `90`, `1.5`, `90s`, `3m`, `2h`; a bare number means seconds.
  ///
  /// At most twelve digits before the point; decimals after the sixth are dropped. What does not fit is ``max``.
  /// - Returns: `nil` if `text` is none.
  public init?(text: some StringProtocol) {
    var digits = Substring(text)
    var unit: Int64 = 1
    switch digits.last {
    case "s": digits.removeLast()
    case "m":
      digits.removeLast()
      unit = 60
    case "h":
      digits.removeLast()
      unit = 3_600
    default: break  // foreign: Character
    }
    guard let seconds = TimeSpan(decimalSeconds: digits) else { return nil }
    self = seconds * unit
  }

  /// Reads seconds without a unit, with decimals if wanted.
  private init?(decimalSeconds text: Substring) {
    var value: Int64 = 0
    var digits = 0
    var decimals = -1
    for byte in text.utf8 {
      if byte == 0x2E, digits > 0, decimals < 0 {
        decimals = 0
        continue
      }
      guard byte >= 0x30, byte <= 0x39, digits < 12 || decimals >= 0 else { return nil }
      if decimals < 6 { value = value * 10 + Int64(byte - 0x30) }
      if decimals >= 0 { decimals += 1 } else { digits += 1 }
    }
    guard digits > 0, decimals != 0 else { return nil }
    for _ in Swift.min(Swift.max(decimals, 0), 6)..<6 { value *= 10 }
    microseconds = value
  }
}
