/// Times as the protocol writes them: RFC 3339, in UTC, with microseconds.
public enum Timestamp {
  /// `instant` as `2026-11-21T18:00:00.500000Z`.
  public static func text(_ instant: Instant) -> String {
    var bytes: [UInt8] = []
    write(instant, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends ``text(_:)`` to `bytes`.
  public static func write(_ instant: Instant, to bytes: inout [UInt8]) {
    let day = instant.microseconds.dividedFloor(by: 86_400_000_000)
    let rest = instant.microseconds - day * 86_400_000_000
    let date = CivilDate(dayNumber: day)
    let seconds = Int(rest / 1_000_000)
    pad(date.year, 4, 0x2D, to: &bytes)
    pad(date.month, 2, 0x2D, to: &bytes)
    pad(date.day, 2, 0x54, to: &bytes)
    pad(seconds / 3_600, 2, 0x3A, to: &bytes)
    pad(seconds / 60 % 60, 2, 0x3A, to: &bytes)
    pad(seconds % 60, 2, 0x2E, to: &bytes)
    pad(Int(rest % 1_000_000), 6, 0x5A, to: &bytes)
  }

  /// The instant of a time such as `2026-11-21T18:00:00.5Z` or `...+01:00`.
  /// - Returns: `nil` if it is not of RFC 3339, section 5.6, or in UTC of a year that has not four digits.
  public static func parse(_ text: some StringProtocol) -> Instant? {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20,
      let date = CivilDate(text: String(decoding: bytes[..<10], as: UTF8.self)),
      bytes[10] | 0x20 == 0x74, bytes[13] == 0x3A, bytes[16] == 0x3A,
      let hour = Int(digits: bytes[11..<13]), let minute = Int(digits: bytes[14..<16]),
      let second = Int(digits: bytes[17..<19]), hour < 24, minute < 60, second <= 60
    else { return nil }
    var position = 19
    var fraction = 0
    if bytes[position] == 0x2E {
      let digits = bytes[(position + 1)...].prefix { $0 >= 0x30 && $0 <= 0x39 }
      guard !digits.isEmpty else { return nil }
      let padded = Array(digits.prefix(6)) + Array(repeating: 0x30, count: max(0, 6 - digits.count))
      fraction = Int(digits: padded[...]) ?? 0
      position += 1 + digits.count
    }
    guard let offset = offsetSeconds(bytes[position...]) else { return nil }
    let seconds = date.dayNumber * 86_400 + Int64(hour * 3_600 + minute * 60 + second - offset)
    guard (0...9_999).contains(CivilDate(dayNumber: seconds.dividedFloor(by: 86_400)).year) else {
      return nil
    }
    return Instant(microseconds: seconds * 1_000_000 + Int64(fraction))
  }

  private static func offsetSeconds(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard let first = bytes.first else { return nil }
    if first | 0x20 == 0x7A { return bytes.count == 1 ? 0 : nil }
    let rest = Array(bytes.dropFirst())
    guard first == 0x2B || first == 0x2D, rest.count == 5, rest[2] == 0x3A,
      let hours = Int(digits: rest[0..<2]), let minutes = Int(digits: rest[3..<5]), hours < 24,
      minutes < 60
    else { return nil }
    return (first == 0x2B ? 1 : -1) * (hours * 3_600 + minutes * 60)
  }

  /// Appends `number` in `width` digits, then `separator`.
  private static func pad(
    _ number: Int, _ width: Int, _ separator: UInt8, to bytes: inout [UInt8]
  ) {
    var divisor = width == 2 ? 10 : width == 4 ? 1_000 : 100_000
    while divisor > 0 {
      bytes.append(UInt8(truncatingIfNeeded: 0x30 + number / divisor % 10))
      divisor /= 10
    }
    bytes.append(separator)
  }
}
