/// Times as the protocol writes them: RFC 3339, in UTC, with microseconds.
public enum Timestamp {
  /// The time `microseconds` after 1970-01-01T00:00:00Z.
  ///
  /// Civil date from day number: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
  public static func text(microseconds: Int64) -> String {
    var bytes: [UInt8] = []
    write(microseconds: microseconds, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends ``text(microseconds:)`` to `bytes`.
  static func write(microseconds: Int64, to bytes: inout [UInt8]) {
    let day = floorDivide(microseconds, 86_400_000_000)
    let rest = microseconds - day * 86_400_000_000
    let (year, month, date) = civil(day)
    let seconds = Int(rest / 1_000_000)
    pad(Int(year), 4, 0x2D, to: &bytes)
    pad(Int(month), 2, 0x2D, to: &bytes)
    pad(Int(date), 2, 0x54, to: &bytes)
    pad(seconds / 3_600, 2, 0x3A, to: &bytes)
    pad(seconds / 60 % 60, 2, 0x3A, to: &bytes)
    pad(seconds % 60, 2, 0x2E, to: &bytes)
    pad(Int(rest % 1_000_000), 6, 0x5A, to: &bytes)
  }

  /// The microseconds since 1970 of a time such as `2026-11-21T18:00:00.5Z` or `...+01:00`.
  /// - Returns: `nil` if it is not of RFC 3339, section 5.6.
  public static func parse(_ text: String) -> Int64? {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, bytes[4] == 0x2D, bytes[7] == 0x2D, bytes[10] | 0x20 == 0x74,
      bytes[13] == 0x3A, bytes[16] == 0x3A,
      let year = number(bytes[0..<4]), let month = number(bytes[5..<7]),
      let date = number(bytes[8..<10]), let hour = number(bytes[11..<13]),
      let minute = number(bytes[14..<16]), let second = number(bytes[17..<19]),
      (1...12).contains(month), (1...daysIn(month, year)).contains(date), hour < 24, minute < 60,
      second <= 60
    else { return nil }
    var position = 19
    var fraction: Int64 = 0
    if bytes[position] == 0x2E {
      let digits = bytes[(position + 1)...].prefix { Characters.isDigit($0) }
      guard !digits.isEmpty else { return nil }
      let padded = Array(digits.prefix(6)) + Array(repeating: 0x30, count: max(0, 6 - digits.count))
      fraction = number(padded[...]) ?? 0
      position += 1 + digits.count
    }
    guard let offset = offsetSeconds(bytes[position...]) else { return nil }
    let days = dayNumber(year, month, date)
    let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - offset
    return seconds * 1_000_000 + fraction
  }

  private static func offsetSeconds(_ bytes: ArraySlice<UInt8>) -> Int64? {
    guard let first = bytes.first else { return nil }
    if first | 0x20 == 0x7A { return bytes.count == 1 ? 0 : nil }
    let rest = Array(bytes.dropFirst())
    guard first == 0x2B || first == 0x2D, rest.count == 5, rest[2] == 0x3A,
      let hours = number(rest[0..<2]), let minutes = number(rest[3..<5]), hours < 24, minutes < 60
    else { return nil }
    return (first == 0x2B ? 1 : -1) * (hours * 3_600 + minutes * 60)
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
    var value: Int64 = 0
    for digit in digits {
      guard Characters.isDigit(digit) else { return nil }
      value = value * 10 + Int64(digit - 0x30)
    }
    return value
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

  private static func floorDivide(_ a: Int64, _ b: Int64) -> Int64 {
    a >= 0 ? a / b : -((-a + b - 1) / b)
  }

  private static func civil(_ day: Int64) -> (year: Int64, month: Int64, date: Int64) {
    let shifted = day + 719_468
    let era = floorDivide(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }

  private static func dayNumber(_ year: Int64, _ month: Int64, _ date: Int64) -> Int64 {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = floorDivide(shiftedYear, 400)
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + date - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func daysIn(_ month: Int64, _ year: Int64) -> Int64 {
    let isLeap = year % 4 == 0 && year % 100 != 0 || year % 400 == 0
    return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][Int(month - 1)]
  }
}
